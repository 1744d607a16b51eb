//! The connection: what is received, and what follows from it.
//!
//! Theory of operation. [`Connection::receive`] takes one frame after another, whole, from the front of what it is
//! offered, until one of them makes an event. A frame is checked by its header ([`Connection::admit`]), goes to the
//! function of its type, and there meets the state of its stream ([`crate::stream`]). What comes out is owned
//! ([`Happened`]) and becomes an event, which borrows, at the very end. A rule that is broken comes out as an error:
//! one of the stream becomes RST_STREAM and an event, one of the connection GOAWAY and [`Phase::Failed`], from which
//! there is no way back. What is written is in `out`; [`crate::send`] has the other half.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::error::{Code, Error, Reason, Scope};
use crate::event::{Event, Fields};
use crate::frame::{self, ACK, HEADER, Header, Kind, PADDED, u32_at};
use crate::headers::Block;
use crate::hpack::{Decoder, Encoder};
use crate::limits::{Config, Limits};
use crate::section::Section;
use crate::settings::{Settings, SettingsList, id};
use crate::stream::{Ended, Standing, State, Streams, Window};

/// What a client sends first (RFC 9113, 3.4).
pub const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What [`Connection::receive`] found.
#[derive(Debug)]
pub enum Received<'a> {
    /// Something happened. Drop `consumed` octets from the front of the buffer and call again.
    Event {
        /// Octets that are used up.
        consumed: usize,
        /// What happened.
        event: Event<'a>,
    },
    /// More octets are needed. Drop `consumed` octets from the front of the buffer; keep the rest.
    NeedMore {
        /// Octets that are used up.
        consumed: usize,
    },
}

/// How far the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// So many octets of the client's preface have come.
    Preface(usize),
    /// SETTINGS must come first.
    FirstFrame,
    /// Frames come and go.
    Running,
    /// The peer ended its stream of octets.
    Over,
    /// The peer broke the protocol.
    Failed(Error),
}

/// What a frame brought, before it is shown. Ranges are of the frame's payload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happened {
    Nothing,
    Request(u32),
    Response(u32, u16),
    Interim(u32, u16),
    Trailers(u32),
    Data { stream: u32, from: usize, to: usize, flow: u32 },
    Pushed { stream: u32, promised: u32 },
    Reset(u32, Code),
    Refused(u32, Error),
    Settings,
    SettingsAcknowledged,
    Ping([u8; 8]),
    Pong([u8; 8]),
    Window { stream: u32, increment: u32 },
    Goaway { last: u32, code: Code },
}

/// What a frame's function says is wrong: a rule, and the stream it concerns.
pub(crate) type Wrong = (Reason, u32);

/// One side of one HTTP/2 connection. See the crate's documentation for how to call it.
#[derive(Debug)]
pub struct Connection {
    pub(crate) client: bool,
    pub(crate) phase: Phase,
    pub(crate) limits: Limits,
    /// Our settings that the peer has acknowledged.
    pub(crate) local: Settings,
    /// Those that it has not, the oldest first.
    pub(crate) unacknowledged: VecDeque<Settings>,
    /// The peer's.
    pub(crate) remote: Settings,
    pub(crate) decoder: Decoder,
    pub(crate) encoder: Encoder,
    /// The field section that was decoded last.
    pub(crate) section: Section,
    /// The one that is to be sent, while it is checked.
    pub(crate) checked: Section,
    /// The field block that is being received.
    pub(crate) block: Option<Block>,
    /// Its octets.
    pub(crate) fragments: Vec<u8>,
    pub(crate) streams: Streams,
    pub(crate) receive: Window,
    pub(crate) send: Window,
    /// A stream whose end is to be told after its head or content.
    pub(crate) ending: Option<u32>,
    /// The last stream that our GOAWAY names.
    pub(crate) goaway_sent: Option<u32>,
    /// The last stream that the peer's names.
    pub(crate) goaway_received: Option<u32>,
    /// Octets consumed so far.
    base: u64,
    eof: bool,
    pub(crate) idle_frames: u32,
    pub(crate) resets: u32,
    /// What is to be written.
    pub(crate) out: Vec<u8>,
    /// Scratch for field blocks to be written.
    pub(crate) encoded: Vec<u8>,
}

impl Connection {
    /// A server's side.
    pub fn server(config: Config) -> Connection {
        Connection::new(false, config)
    }

    /// A client's side.
    pub fn client(config: Config) -> Connection {
        Connection::new(true, config)
    }

    fn new(client: bool, config: Config) -> Connection {
        let initial = Settings::default();
        let mut connection = Connection {
            client,
            phase: if client { Phase::FirstFrame } else { Phase::Preface(0) },
            local: initial,
            unacknowledged: VecDeque::new(),
            remote: initial,
            decoder: Decoder::default(),
            encoder: Encoder::new(),
            section: Section::default(),
            checked: Section::default(),
            block: None,
            fragments: Vec::new(),
            streams: Streams::new(client, config.limits.remembered),
            receive: Window::new(initial.initial_window_size),
            send: Window::new(initial.initial_window_size),
            ending: None,
            goaway_sent: None,
            goaway_received: None,
            base: 0,
            eof: false,
            idle_frames: 0,
            resets: 0,
            out: Vec::new(),
            encoded: Vec::new(),
            limits: config.limits,
        };
        if client {
            connection.out.extend_from_slice(PREFACE);
        }
        connection.announce(config.settings);
        connection
    }

    /// Takes octets of the peer: all that were not consumed before, and what came since.
    ///
    /// # Errors
    ///
    /// The peer broke the protocol; GOAWAY is in [`Connection::transmit`], and every further call says the same.
    pub fn receive<'a>(&'a mut self, input: &'a [u8]) -> Result<Received<'a>, Error> {
        let mut used = 0;
        loop {
            if let Some(stream) = self.ending.take() {
                return Ok(Received::Event { consumed: used, event: Event::End { stream, trailers: Fields::NONE } });
            }
            let Some((taken, happened)) = self.step(&input[used..])? else { break };
            let payload = input.get(used + HEADER..used + taken).unwrap_or_default();
            used += taken;
            self.base += taken as u64;
            if !matches!(happened, Happened::Nothing) {
                return Ok(Received::Event { consumed: used, event: self.show(happened, payload) });
            }
        }
        if self.eof && self.phase != Phase::Over {
            self.phase = Phase::Over;
            return Ok(Received::Event { consumed: used, event: Event::Closed });
        }
        Ok(Received::NeedMore { consumed: used })
    }

    /// Octets, one at least, that lack until `rest`, which was offered and not consumed, holds a frame's header, or the
    /// whole frame. Nothing comes before. A caller that appends no more than these to it, offers it, and offers the others
    /// from where they are copies fewer octets.
    #[inline]
    pub fn lacks(&self, rest: &[u8]) -> usize {
        let whole = frame::length(rest).map_or(HEADER, |length| HEADER + length);
        whole.saturating_sub(rest.len()).max(1)
    }

    /// The peer ended its stream of octets. Go on with [`Connection::receive`] until it needs more.
    pub fn receive_eof(&mut self) {
        self.eof = true;
    }

    /// The next octets that belong together, and what they bring; none if they are not all there.
    fn step(&mut self, input: &[u8]) -> Result<Option<(usize, Happened)>, Error> {
        match self.phase {
            Phase::Failed(error) => Err(error),
            Phase::Over => Ok(None),
            Phase::Preface(seen) => self.preface(seen, input),
            Phase::FirstFrame | Phase::Running => self.frame(input),
        }
    }

    /// 3.4: octet by octet, so that another protocol is noticed at once.
    fn preface(&mut self, seen: usize, input: &[u8]) -> Result<Option<(usize, Happened)>, Error> {
        let wanted = &PREFACE[seen..]; // `seen` is below its length
        let length = wanted.len().min(input.len());
        if wanted[..length] != input[..length] {
            return Err(self.fail((Reason::Preface, 0)));
        }
        self.phase = if length == wanted.len() { Phase::FirstFrame } else { Phase::Preface(seen + length) };
        Ok((length > 0).then_some((length, Happened::Nothing)))
    }

    fn frame(&mut self, input: &[u8]) -> Result<Option<(usize, Happened)>, Error> {
        let Some(header) = Header::read(input) else { return Ok(None) };
        let admitted = self.admit(&header);
        let result = match (admitted, input.get(HEADER..HEADER + header.length)) {
            (Err(reason), _) => Err((reason, 0)),
            (Ok(()), None) => return Ok(None),
            (Ok(()), Some(payload)) => self.dispatch(&header, payload),
        };
        let happened = match result {
            Ok(happened) => happened,
            Err(wrong) if wrong.0.scope() == Scope::Stream => self.refuse(wrong)?,
            Err(wrong) => return Err(self.fail(wrong)),
        };
        Ok(Some((HEADER + header.length, happened)))
    }

    /// What can be said of a frame by its header alone.
    fn admit(&mut self, header: &Header) -> Result<(), Reason> {
        if self.phase == Phase::FirstFrame && (header.kind != Kind::Settings || header.has(ACK)) {
            return Err(Reason::FirstFrame);
        }
        if let Some(block) = &self.block
            && (header.kind != Kind::Continuation || header.stream != block.on)
        {
            return Err(Reason::BlockInterrupted);
        }
        if header.length > self.local.max_frame_size as usize {
            return Err(Reason::FrameTooLong);
        }
        match header.kind {
            Kind::Data | Kind::Headers | Kind::Priority | Kind::RstStream | Kind::PushPromise | Kind::Continuation
                if header.stream == 0 =>
            {
                Err(Reason::StreamZero)
            }
            Kind::Settings | Kind::Ping | Kind::Goaway if header.stream != 0 => Err(Reason::NotStreamZero),
            _ => Ok(()),
        }
    }

    fn dispatch(&mut self, header: &Header, payload: &[u8]) -> Result<Happened, Wrong> {
        self.phase = Phase::Running;
        let on = header.stream;
        let happened = match header.kind {
            Kind::Data => self.data(header, payload),
            Kind::Headers => self.headers(header, payload),
            Kind::Priority => self.priority(on, payload),
            Kind::RstStream => self.rst_stream(on, payload),
            Kind::Settings if header.has(ACK) => self.settings_ack(payload).map_err(|r| (r, 0)),
            Kind::Settings => self.settings_received(payload).map_err(|r| (r, 0)),
            Kind::PushPromise => self.push_promise(header, payload),
            Kind::Ping => self.ping_received(header, payload).map_err(|r| (r, 0)),
            Kind::Goaway => self.goaway_received(payload).map_err(|r| (r, 0)),
            Kind::WindowUpdate => self.window_update(on, payload),
            Kind::Continuation => self.continuation(header, payload),
            Kind::Unknown(_) => Ok(Happened::Nothing), // 5.5
        }?;
        self.count_idle(header, &happened)?;
        Ok(happened)
    }

    /// 10.5: a peer that only keeps us busy is told to be calm.
    fn count_idle(&mut self, header: &Header, happened: &Happened) -> Result<(), Wrong> {
        let progress = match happened {
            Happened::Data { from, to, .. } => from < to || self.ending.is_some(),
            _ => matches!(header.kind, Kind::Headers | Kind::Continuation), // messages, or bounded by themselves
        };
        self.idle_frames = if progress { 0 } else { self.idle_frames + 1 };
        if self.idle_frames > self.limits.idle_frames { Err((Reason::Flood, 0)) } else { Ok(()) }
    }

    /// 6.1.
    fn data(&mut self, header: &Header, payload: &[u8]) -> Result<Happened, Wrong> {
        let on = header.stream;
        let (from, to) = unpadded(header, payload).map_err(|r| (r, 0))?;
        self.receive.take(header.length).map_err(|()| (Reason::FlowControl, 0))?;
        match self.streams.standing(on) {
            Standing::Idle => Err((Reason::Idle, 0)),
            Standing::Kept(State::ReservedLocal | State::ReservedRemote) => Err((Reason::Reserved, 0)),
            Standing::Kept(State::HalfClosedRemote) => {
                self.give_back(header.length);
                Err((Reason::HalfClosed, on))
            }
            Standing::Closed(Ended::ByUs) => {
                self.give_back(header.length);
                Ok(Happened::Nothing)
            }
            Standing::Closed(Ended::Done | Ended::ByPeer) | Standing::Forgotten => Err((Reason::Closed, 0)),
            Standing::Kept(State::Open | State::HalfClosedLocal) => match self.content(header, to - from) {
                Ok(()) => Ok(Happened::Data { stream: on, from, to, flow: header.length as u32 }),
                Err(reason) => {
                    self.give_back(header.length);
                    Err((reason, on))
                }
            },
        }
    }

    /// Counts content, and ends the message if this was the last of it.
    fn content(&mut self, header: &Header, octets: usize) -> Result<(), Reason> {
        let ends = header.has(frame::END_STREAM);
        let Some(stream) = self.streams.get(header.stream) else { return Ok(()) };
        stream.receive.take(header.length).map_err(|()| Reason::StreamFlowControl)?;
        stream.count(octets)?;
        if ends {
            stream.may_end()?;
            self.ending = Some(header.stream);
            self.end_receiving(header.stream);
        }
        Ok(())
    }

    /// Octets that nobody will see are credited at once.
    fn give_back(&mut self, octets: usize) {
        if octets > 0 && self.receive.add(octets as i64).is_ok() {
            let increment = (octets as u32).to_be_bytes(); // a frame's length
            frame::write(Kind::WindowUpdate, 0, 0, &increment, &mut self.out);
        }
    }

    /// The peer's half of a stream is complete.
    pub(crate) fn end_receiving(&mut self, on: u32) {
        match self.streams.get(on) {
            Some(stream) if stream.state == State::Open => stream.state = State::HalfClosedRemote,
            Some(_) => self.finish(on),
            None => {}
        }
    }

    /// Both halves are.
    pub(crate) fn finish(&mut self, on: u32) {
        self.streams.close(on, Ended::Done);
        self.resets = self.resets.saturating_sub(1);
    }

    /// 6.3: deprecated; its size is checked, and no more.
    fn priority(&mut self, on: u32, payload: &[u8]) -> Result<Happened, Wrong> {
        match (payload.len(), self.streams.standing(on)) {
            (5, _) => Ok(Happened::Nothing),
            (_, Standing::Kept(_)) => Err((Reason::PrioritySize, on)),
            _ => Err((Reason::FrameSize, 0)), // there is no stream that could be reset
        }
    }

    /// 6.4.
    fn rst_stream(&mut self, on: u32, payload: &[u8]) -> Result<Happened, Wrong> {
        let code = u32_at(payload, 0).filter(|_| payload.len() == 4).ok_or((Reason::FrameSize, 0))?;
        match self.streams.standing(on) {
            Standing::Idle => Err((Reason::Idle, 0)),
            Standing::Closed(_) | Standing::Forgotten => Ok(Happened::Nothing),
            Standing::Kept(_) => {
                self.streams.close(on, Ended::ByPeer);
                self.count_reset()?;
                Ok(Happened::Reset(on, Code(code)))
            }
        }
    }

    fn count_reset(&mut self) -> Result<(), Wrong> {
        self.resets += 1;
        if self.resets > self.limits.resets { Err((Reason::Flood, 0)) } else { Ok(()) }
    }

    /// 6.5.
    fn settings_received(&mut self, payload: &[u8]) -> Result<Happened, Reason> {
        if !payload.len().is_multiple_of(6) {
            return Err(Reason::FrameSize);
        }
        let before = self.remote.initial_window_size;
        for (number, value) in (SettingsList { payload }).iter() {
            self.remote.take(number, value, self.client)?;
            if number == id::HEADER_TABLE_SIZE {
                self.encoder.set_max_table_size(value as usize);
            }
        }
        let change = i64::from(self.remote.initial_window_size) - i64::from(before);
        for (_, stream) in self.streams.all() {
            stream.send.add(change).map_err(|()| Reason::WindowOverflow)?; // 6.9.2
        }
        frame::write(Kind::Settings, ACK, 0, &[], &mut self.out);
        self.flush();
        Ok(Happened::Settings)
    }

    /// 6.5.3: what we announced holds from here on.
    fn settings_ack(&mut self, payload: &[u8]) -> Result<Happened, Reason> {
        if !payload.is_empty() {
            return Err(Reason::FrameSize);
        }
        let Some(settings) = self.unacknowledged.pop_front() else { return Ok(Happened::Nothing) };
        let change = i64::from(settings.initial_window_size) - i64::from(self.local.initial_window_size);
        for (_, stream) in self.streams.all() {
            let _ = stream.receive.add(change); // ours: never beyond 2^31 - 1 by `settings`
        }
        self.decoder.set_max_table_size(settings.header_table_size as usize);
        self.local = settings;
        Ok(Happened::SettingsAcknowledged)
    }

    /// 6.7.
    fn ping_received(&mut self, header: &Header, payload: &[u8]) -> Result<Happened, Reason> {
        let data = <[u8; 8]>::try_from(payload).map_err(|_| Reason::FrameSize)?;
        if header.has(ACK) {
            return Ok(Happened::Pong(data));
        }
        frame::write(Kind::Ping, ACK, 0, &data, &mut self.out);
        Ok(Happened::Ping(data))
    }

    /// 6.8: streams of ours above the last one are over.
    fn goaway_received(&mut self, payload: &[u8]) -> Result<Happened, Reason> {
        let (Some(last), Some(code)) = (u32_at(payload, 0), u32_at(payload, 4)) else { return Err(Reason::FrameSize) };
        let last = last & frame::MAX_WINDOW;
        let last = self.goaway_received.map_or(last, |before| before.min(last));
        self.goaway_received = Some(last);
        let mut from = last.saturating_add(1);
        while let Some(stream) = self.streams.next(from) {
            if self.streams.is_ours(stream) {
                self.streams.close(stream, Ended::ByPeer);
            }
            from = stream + 1;
        }
        Ok(Happened::Goaway { last, code: Code(code) })
    }

    /// 6.9.
    fn window_update(&mut self, on: u32, payload: &[u8]) -> Result<Happened, Wrong> {
        let increment = u32_at(payload, 0).filter(|_| payload.len() == 4).ok_or((Reason::FrameSize, 0))?;
        let increment = increment & frame::MAX_WINDOW;
        let happened = Happened::Window { stream: on, increment };
        if on == 0 {
            if increment == 0 {
                return Err((Reason::ZeroIncrement, 0));
            }
            self.send.add(increment.into()).map_err(|()| (Reason::WindowOverflow, 0))?;
            self.flush();
            return Ok(happened);
        }
        match self.streams.standing(on) {
            Standing::Idle => return Err((Reason::Idle, 0)),
            Standing::Kept(State::ReservedRemote) => return Err((Reason::Reserved, 0)),
            Standing::Closed(_) | Standing::Forgotten => return Ok(Happened::Nothing),
            Standing::Kept(_) if increment == 0 => return Err((Reason::ZeroStreamIncrement, on)),
            Standing::Kept(_) => {}
        }
        if let Some(stream) = self.streams.get(on) {
            stream.send.add(increment.into()).map_err(|()| (Reason::StreamWindowOverflow, on))?;
        }
        self.flush_stream(on);
        Ok(happened)
    }

    /// 5.4.2: ends one stream.
    fn refuse(&mut self, (reason, stream): Wrong) -> Result<Happened, Error> {
        let error = Error { reason, stream, offset: self.base };
        frame::write(Kind::RstStream, 0, stream, &reason.code().0.to_be_bytes(), &mut self.out);
        self.streams.close(stream, Ended::ByUs);
        match self.count_reset() {
            Ok(()) => Ok(Happened::Refused(stream, error)),
            Err(wrong) => Err(self.fail(wrong)),
        }
    }

    /// 5.4.1: ends the connection.
    fn fail(&mut self, (reason, stream): Wrong) -> Error {
        let error = Error { reason, stream, offset: self.base };
        self.phase = Phase::Failed(error);
        self.write_goaway(self.streams.highest_theirs, reason.code());
        error
    }

    fn show<'a>(&'a self, happened: Happened, payload: &'a [u8]) -> Event<'a> {
        let fields = self.section.fields();
        match happened {
            Happened::Request(stream) => Event::Request { stream, request: self.request() },
            Happened::Response(stream, status) => Event::Response { stream, status, fields },
            Happened::Interim(stream, status) => Event::Interim { stream, status, fields },
            Happened::Trailers(stream) => Event::End { stream, trailers: fields },
            Happened::Pushed { stream, promised } => Event::Pushed { stream, promised, request: self.request() },
            Happened::Data { stream, from, to, flow } => {
                Event::Data { stream, bytes: payload.get(from..to).unwrap_or_default(), flow }
            }
            Happened::Reset(stream, code) => Event::Reset { stream, code },
            Happened::Refused(stream, error) => Event::Refused { stream, error },
            Happened::Settings => Event::Settings(SettingsList { payload }),
            Happened::SettingsAcknowledged | Happened::Nothing => Event::SettingsAcknowledged,
            Happened::Ping(data) => Event::Ping(data),
            Happened::Pong(data) => Event::Pong(data),
            Happened::Window { stream, increment } => Event::Window { stream, increment },
            Happened::Goaway { last, code } => {
                Event::Goaway { last, code, debug: payload.get(8..).unwrap_or_default() }
            }
        }
    }
}

/// Where the payload stands without its padding (6.1, 6.2, 6.6).
pub(crate) fn unpadded(header: &Header, payload: &[u8]) -> Result<(usize, usize), Reason> {
    if !header.has(PADDED) {
        return Ok((0, payload.len()));
    }
    let padding = *payload.first().ok_or(Reason::FrameSize)?;
    let room = payload.len() - 1;
    let content = room.checked_sub(usize::from(padding)).ok_or(Reason::Padding)?;
    Ok((1, 1 + content))
}
