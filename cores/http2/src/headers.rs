//! Field blocks: HEADERS, PUSH_PROMISE and CONTINUATION (RFC 9113, 4.3, 6.2, 6.6, 6.10), and the messages they make
//! (8.1, 8.4).
//!
//! What will become of a block is decided when it begins ([`Fate`]), and done when it is complete, for it has to be
//! decoded whatever its fate.

use alloc::vec::Vec;

use crate::connection::{Connection, Happened, Wrong, unpadded};
use crate::error::Reason;
use crate::event::Request;
use crate::frame::{self, END_HEADERS, END_STREAM, Header, Kind, PRIORITY, u32_at};
use crate::hpack;
use crate::message::{self, Method};
use crate::section::Pseudo;
use crate::stream::{Awaited, Ended, Standing, State, Stream};

/// A field block that is being received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// The stream of its frames.
    pub(crate) on: u32,
    fate: Fate,
    /// END_STREAM.
    end: bool,
    /// CONTINUATION frames so far.
    continuations: u32,
}

/// What becomes of a field block.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// A new request.
    Opens,
    /// A response, or trailers.
    Continues,
    /// A promised response.
    Fulfils,
    /// A promised request, on this stream.
    Promises(u32),
    /// A promised request on a stream that is refused already.
    Unwanted,
    /// Decoded, and dropped.
    Dropped,
    /// Decoded, and the stream refused.
    Refused(Reason),
}

impl Connection {
    /// 6.2.
    pub(crate) fn headers(&mut self, header: &Header, payload: &[u8]) -> Result<Happened, Wrong> {
        let (from, to) = unpadded(header, payload).map_err(|r| (r, 0))?;
        let from = if header.has(PRIORITY) { from + 5 } else { from };
        let fragment = match payload.get(from..to) {
            Some(fragment) => fragment,
            None if payload.len() < from => return Err((Reason::FrameSize, 0)),
            None => return Err((Reason::Padding, 0)),
        };
        let fate = self.fate(header.stream).map_err(|r| (r, 0))?;
        self.begin(header, fate, header.has(END_STREAM), fragment)
    }

    /// 5.1: by the state of the stream.
    fn fate(&self, on: u32) -> Result<Fate, Reason> {
        let full = || self.local.max_concurrent_streams.is_some_and(|most| self.streams.has_active(false, most));
        match self.streams.standing(on) {
            Standing::Idle if self.client => Err(Reason::Idle),
            Standing::Idle if self.streams.is_ours(on) => Err(Reason::StreamIdentifier),
            Standing::Idle if self.goaway_sent.is_some_and(|last| on > last) => Ok(Fate::Dropped),
            Standing::Idle if full() => Ok(Fate::Refused(Reason::TooManyStreams)),
            Standing::Idle => Ok(Fate::Opens),
            Standing::Kept(State::ReservedLocal) => Err(Reason::Reserved),
            Standing::Kept(State::ReservedRemote) if full() => Ok(Fate::Refused(Reason::TooManyStreams)),
            Standing::Kept(State::ReservedRemote) => Ok(Fate::Fulfils),
            Standing::Kept(State::Open | State::HalfClosedLocal) => Ok(Fate::Continues),
            Standing::Kept(State::HalfClosedRemote) => Ok(Fate::Refused(Reason::HalfClosed)),
            Standing::Closed(Ended::ByUs) => Ok(Fate::Dropped),
            Standing::Closed(Ended::Done | Ended::ByPeer) => Err(Reason::Closed),
            Standing::Forgotten if self.streams.is_ours(on) => Err(Reason::Closed),
            Standing::Forgotten => Err(Reason::StreamIdentifier), // 5.1.1
        }
    }

    /// 6.6.
    pub(crate) fn push_promise(&mut self, header: &Header, payload: &[u8]) -> Result<Happened, Wrong> {
        let (from, to) = unpadded(header, payload).map_err(|r| (r, 0))?;
        let promised = u32_at(payload, from).ok_or((Reason::FrameSize, 0))? & frame::MAX_WINDOW;
        let fragment = payload.get(from + 4..to).ok_or((Reason::Padding, 0))?;
        if !self.client || !self.local.enable_push || !self.streams.is_ours(header.stream) {
            return Err((Reason::PushNotAllowed, 0));
        }
        let known = match self.streams.standing(header.stream) {
            Standing::Kept(State::Open | State::HalfClosedLocal) => true,
            Standing::Closed(Ended::ByUs) => false,
            _ => return Err((Reason::PushNotAllowed, 0)),
        };
        if promised == 0 || self.streams.is_ours(promised) || self.streams.standing(promised) != Standing::Idle {
            return Err((Reason::StreamIdentifier, 0));
        }
        let tunnel = self.streams.get(header.stream).is_some_and(|s| s.awaited == Awaited::Tunnel);
        let room = known && self.streams.reserved() < self.limits.promises;
        let fate = match (tunnel, room) {
            (true, _) => Fate::Refused(Reason::Tunnel), // 8.5
            (false, true) => Fate::Promises(promised),
            (false, false) => Fate::Unwanted,
        };
        if !matches!(fate, Fate::Promises(_)) {
            // Reserved all the same (5.1), and refused: nobody wants it.
            let code = Reason::TooManyPromises.code().0.to_be_bytes();
            frame::write(Kind::RstStream, 0, promised, &code, &mut self.out);
            self.streams.close(promised, Ended::ByUs);
        }
        self.begin(header, fate, false, fragment)
    }

    /// 6.10.
    pub(crate) fn continuation(&mut self, header: &Header, payload: &[u8]) -> Result<Happened, Wrong> {
        let block = self.block.as_mut().ok_or((Reason::LoneContinuation, 0))?;
        block.continuations += 1;
        let block = *block;
        if block.continuations > self.limits.continuations {
            return Err((Reason::BlockTooLong, 0));
        }
        self.gather(payload)?;
        if !header.has(END_HEADERS) {
            return Ok(Happened::Nothing);
        }
        let fragments = core::mem::take(&mut self.fragments);
        let happened = self.complete(block, &fragments);
        self.fragments = fragments;
        happened
    }

    fn begin(&mut self, header: &Header, fate: Fate, end: bool, fragment: &[u8]) -> Result<Happened, Wrong> {
        let block = Block { on: header.stream, fate, end, continuations: 0 };
        self.fragments.clear();
        if header.has(END_HEADERS) {
            return self.complete(block, fragment);
        }
        self.block = Some(block);
        self.gather(fragment)?;
        Ok(Happened::Nothing)
    }

    fn gather(&mut self, fragment: &[u8]) -> Result<(), Wrong> {
        if self.fragments.len() + fragment.len() > self.limits.field_block {
            return Err((Reason::BlockTooLong, 0));
        }
        self.fragments.extend_from_slice(fragment);
        Ok(())
    }

    fn complete(&mut self, block: Block, octets: &[u8]) -> Result<Happened, Wrong> {
        self.block = None;
        let advised = self.local.max_header_list_size.map(|size| size as usize);
        self.section.begin(advised.unwrap_or(self.limits.field_section));
        let (section, limits) = (&mut self.section, hpack::Limits { string: usize::MAX }); // the block is bounded
        let decoded = self.decoder.decode(octets, &limits, |field| section.take(field));
        decoded.map_err(|error| (Reason::Compression(error.reason), 0))?;
        let on = block.on;
        match block.fate {
            Fate::Dropped => {
                if self.streams.standing(on) == Standing::Idle {
                    self.streams.close(on, Ended::ByUs); // above our GOAWAY (6.8)
                }
                Ok(Happened::Nothing)
            }
            Fate::Refused(reason) => Err((reason, on)),
            Fate::Opens => self.open(block).map_err(|reason| {
                self.answer_malformed(on, reason);
                (reason, on)
            }),
            Fate::Unwanted => Ok(Happened::Nothing),
            Fate::Promises(promised) => self.promise(on, promised).map_err(|r| (r, promised)),
            Fate::Fulfils => {
                if let Some(stream) = self.streams.get(on) {
                    stream.state = State::HalfClosedLocal;
                }
                self.proceed(block).map_err(|r| (r, on))
            }
            Fate::Continues => self.proceed(block).map_err(|r| (r, on)),
        }
    }

    /// A new request.
    fn open(&mut self, block: Block) -> Result<Happened, Reason> {
        let method = message::request(&self.section, self.local.enable_connect_protocol)?;
        let state = if block.end { State::HalfClosedRemote } else { State::Open };
        let (receive, send) = (self.local.initial_window_size, self.remote.initial_window_size);
        let mut stream = Stream::new(state, receive, send, method);
        stream.awaited = Awaited::Content(self.section.content_length());
        if block.end {
            stream.may_end()?;
            self.ending = Some(block.on);
        }
        self.streams.insert(block.on, stream);
        Ok(Happened::Request(block.on))
    }

    /// 8.2.1: a malformed request SHOULD be answered, with 400 or what says more (10.5.1), before its stream is reset.
    fn answer_malformed(&mut self, on: u32, reason: Reason) {
        let status: &[u8] = if reason == Reason::SectionTooLong { b"431" } else { b"400" };
        self.write_section(Kind::Headers, on, END_STREAM, &[], &[(b":status", status)]);
    }

    /// A promised request (8.4): safe, cacheable, without content.
    fn promise(&mut self, on: u32, promised: u32) -> Result<Happened, Reason> {
        let method = message::request(&self.section, false)?;
        let safe = matches!(self.section.pseudo(Pseudo::Method), Some(b"GET" | b"HEAD"));
        if !safe || self.section.content_length().is_some_and(|n| n > 0) {
            return Err(Reason::PromisedRequest);
        }
        let (receive, send) = (self.local.initial_window_size, self.remote.initial_window_size);
        self.streams.insert(promised, Stream::new(State::ReservedRemote, receive, send, method));
        Ok(Happened::Pushed { stream: on, promised })
    }

    /// A response, or trailers.
    fn proceed(&mut self, block: Block) -> Result<Happened, Reason> {
        let Some(stream) = self.streams.get(block.on) else { return Ok(Happened::Nothing) };
        let (awaited, method) = (stream.awaited, stream.method);
        match awaited {
            Awaited::Tunnel => Err(Reason::Tunnel),
            Awaited::Head => self.response(block, method),
            Awaited::Content(_) => {
                message::trailers(&self.section)?;
                if !block.end {
                    return Err(Reason::MessageOrder); // 8.1: trailers end the stream
                }
                stream.may_end()?;
                self.end_receiving(block.on);
                Ok(Happened::Trailers(block.on))
            }
        }
    }

    fn response(&mut self, block: Block, method: Method) -> Result<Happened, Reason> {
        let status = message::response(&self.section)?;
        if status < 200 {
            // 8.1: an interim response ends nothing.
            return if block.end { Err(Reason::MessageOrder) } else { Ok(Happened::Interim(block.on, status)) };
        }
        let Some(stream) = self.streams.get(block.on) else { return Ok(Happened::Nothing) };
        stream.awaited = match (method, status) {
            (Method::Connect, 200..300) => Awaited::Tunnel,
            (Method::Head, _) | (_, 204 | 304) => Awaited::Content(Some(0)), // 8.1.1
            _ => Awaited::Content(self.section.content_length()),
        };
        if block.end {
            stream.may_end()?;
            self.ending = Some(block.on);
            self.end_receiving(block.on);
        }
        Ok(Happened::Response(block.on, status))
    }

    /// The section that was decoded last, as a request.
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            method: self.section.pseudo(Pseudo::Method).unwrap_or_default(),
            scheme: self.section.pseudo(Pseudo::Scheme),
            authority: self.section.pseudo(Pseudo::Authority),
            path: self.section.pseudo(Pseudo::Path),
            protocol: self.section.pseudo(Pseudo::Protocol),
            fields: self.section.fields(),
        }
    }
}

/// Names and values that outlive their section.
pub(crate) fn owned(fields: &[(&[u8], &[u8])]) -> Vec<(Vec<u8>, Vec<u8>)> {
    fields.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}
