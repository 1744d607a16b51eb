//! Sending: what an application asks for, checked before anything is written, and content that waits for credit.
//!
//! Everything that is asked for is either written whole, in order, or refused with an error of [`crate::Scope::Local`]
//! and leaves no trace. Content is the exception: what the windows have no room for waits in its stream's queue, and
//! END_STREAM or trailers wait behind it.

use alloc::vec::Vec;

use crate::connection::{Connection, Phase};
use crate::error::{Code, Error, Reason};
use crate::frame::{self, END_HEADERS, END_STREAM, Kind, MAX_WINDOW};
use crate::headers::owned;
use crate::hpack::Field;
use crate::message::{self, Method};
use crate::section::Pseudo;
use crate::settings::Settings;
use crate::stream::{After, Awaited, Ended, Standing, State, Stream, Window};

/// Names and values, pseudo-header fields first.
pub type FieldLines<'a> = &'a [(&'a [u8], &'a [u8])];

fn local<T>(reason: Reason, stream: u32) -> Result<T, Error> {
    Err(Error { reason, stream, offset: 0 })
}

impl Connection {
    /// Sends a request on a new stream and gives its number (clients). `end`: nothing follows.
    ///
    /// # Errors
    ///
    /// The request is malformed, no stream is free, the peer goes away, or the connection is over.
    pub fn send_request(&mut self, fields: FieldLines<'_>, end: bool) -> Result<u32, Error> {
        let id = self.next_stream();
        self.may_open(id)?;
        if !self.client {
            return local(Reason::OutOfTurn, id);
        }
        self.outgoing(fields, id)?;
        let method = match message::request(&self.checked, self.remote.enable_connect_protocol) {
            Ok(method) => method,
            Err(_) => return local(Reason::Malformed, id),
        };
        let length = self.checked.content_length();
        if end && length.is_some_and(|n| n > 0) {
            return local(Reason::Malformed, id);
        }
        let state = if end { State::HalfClosedLocal } else { State::Open };
        let (receive, send) = (self.local.initial_window_size, self.remote.initial_window_size);
        let mut stream = Stream::new(state, receive, send, method);
        stream.head_sent = true;
        stream.announced = length;
        stream.tunnel = method == Method::Connect;
        self.streams.insert(id, stream);
        self.write_section(Kind::Headers, id, if end { END_STREAM } else { 0 }, &[], fields);
        Ok(id)
    }

    /// The number of the next stream of ours.
    fn next_stream(&self) -> u32 {
        match (self.streams.highest_ours, self.client) {
            (0, true) => 1,
            (highest, _) => highest + 2, // below 2^31 + 1
        }
    }

    /// Whether a stream of ours may be opened (5.1.1, 5.1.2, 6.8).
    fn may_open(&self, id: u32) -> Result<(), Error> {
        self.is_running(id)?;
        let full = self.remote.max_concurrent_streams.is_some_and(|most| self.streams.has_active(true, most));
        if full || id > MAX_WINDOW || self.goaway_received.is_some() {
            return local(Reason::NoStream, id);
        }
        Ok(())
    }

    fn is_running(&self, id: u32) -> Result<(), Error> {
        if matches!(self.phase, Phase::Failed(_)) { local(Reason::OutOfTurn, id) } else { Ok(()) }
    }

    /// Checks a field section to be sent by the rules for one received, and by what the peer takes. It is in `checked`.
    fn outgoing(&mut self, fields: FieldLines<'_>, id: u32) -> Result<(), Error> {
        let section = &mut self.checked;
        section.begin(self.remote.max_header_list_size.map_or(usize::MAX, |size| size as usize));
        fields.iter().for_each(|(name, value)| section.take(Field::new(name, value)));
        match section.flaw() {
            None => Ok(()),
            Some(Reason::SectionTooLong) => local(Reason::PeerSectionLimit, id),
            Some(_) => local(Reason::Malformed, id),
        }
    }

    /// Sends a final response (servers). `end`: nothing follows.
    ///
    /// # Errors
    ///
    /// The response is malformed, there is nothing to respond to, or the connection is over.
    pub fn send_response(&mut self, stream: u32, fields: FieldLines<'_>, end: bool) -> Result<(), Error> {
        let status = self.responding(stream, fields)?;
        let length = self.checked.content_length();
        if status < 200 {
            return local(Reason::OutOfTurn, stream);
        }
        let full = self.remote.max_concurrent_streams.is_some_and(|most| self.streams.has_active(true, most));
        let Some(kept) = self.streams.get(stream) else { return local(Reason::OutOfTurn, stream) };
        if kept.state == State::ReservedLocal && full {
            return local(Reason::NoStream, stream);
        }
        let tunnel = kept.method == Method::Connect && status < 300;
        if length.is_some() && (tunnel || status == 204) {
            return local(Reason::Malformed, stream); // RFC 9110, 8.6
        }
        let bodiless = kept.method == Method::Head || matches!(status, 204 | 304);
        let announced = if bodiless { Some(0) } else { length };
        if end && announced.is_some_and(|n| n > 0) {
            return local(Reason::Malformed, stream);
        }
        if kept.state == State::ReservedLocal {
            kept.state = State::HalfClosedRemote;
        }
        (kept.head_sent, kept.announced, kept.tunnel) = (true, announced, tunnel);
        if tunnel && kept.state == State::Open {
            kept.awaited = Awaited::Tunnel;
        }
        self.write_section(Kind::Headers, stream, if end { END_STREAM } else { 0 }, &[], fields);
        if end {
            self.end_sending(stream);
        }
        Ok(())
    }

    /// Sends an interim response (servers): 1xx, but 101, which HTTP/2 does not have (8.6).
    ///
    /// # Errors
    ///
    /// As for [`Connection::send_response`].
    pub fn send_interim(&mut self, stream: u32, fields: FieldLines<'_>) -> Result<(), Error> {
        let status = self.responding(stream, fields)?;
        if self.checked.content_length().is_some() {
            return local(Reason::Malformed, stream); // RFC 9110, 8.6
        }
        if status >= 200 || self.streams.standing(stream) == Standing::Kept(State::ReservedLocal) {
            return local(Reason::OutOfTurn, stream);
        }
        self.write_section(Kind::Headers, stream, 0, &[], fields);
        Ok(())
    }

    /// The status of a response whose section is then in `checked`, if one may be sent now.
    fn responding(&mut self, stream: u32, fields: FieldLines<'_>) -> Result<u16, Error> {
        self.is_running(stream)?;
        let waits = |s: &mut Stream| !s.head_sent && s.state != State::HalfClosedLocal;
        if self.client || !self.streams.get(stream).is_some_and(waits) {
            return local(Reason::OutOfTurn, stream);
        }
        self.outgoing(fields, stream)?;
        message::response(&self.checked).or(local(Reason::Malformed, stream))
    }

    /// Sends content, after the message's field section. What the peer's windows have no room for waits. `end`: nothing
    /// follows; an end without trailers is empty content with `end`.
    ///
    /// # Errors
    ///
    /// The stream is not one to send content on now, or the content does not fit Content-Length.
    pub fn send_data(&mut self, stream: u32, octets: &[u8], end: bool) -> Result<(), Error> {
        let kept = self.sending(stream)?;
        let left = kept.announced.map(|n| n.checked_sub(octets.len() as u64));
        match left {
            Some(None) => return local(Reason::NotAllowed, stream),
            Some(Some(left)) if end && left > 0 => return local(Reason::NotAllowed, stream),
            Some(left) => kept.announced = left,
            None => {}
        }
        if end {
            kept.after = After::End;
        }
        let rest = self.write_at_once(stream, octets);
        if !rest.is_empty()
            && let Some(kept) = self.streams.get(stream)
        {
            kept.queue.extend(rest);
            self.streams.waiting.insert(stream);
        }
        Ok(())
    }

    /// Octets of content that [`Connection::send_data`] would write at once on a stream: what the peer's windows have room
    /// for, less what waits already. An application that sends no more than this keeps the rest where it has it; room
    /// may come with any [`crate::Event::Window`] and [`crate::Event::Settings`].
    pub fn room(&mut self, stream: u32) -> usize {
        let connection = self.send.room();
        match self.streams.get(stream) {
            Some(kept) if kept.sends() && kept.head_sent && kept.queue.is_empty() => connection.min(kept.send.room()),
            _ => 0,
        }
    }

    /// Ends a message with a trailer section.
    ///
    /// # Errors
    ///
    /// The stream has nothing to end, the trailers are malformed, or content is missing.
    pub fn send_trailers(&mut self, stream: u32, fields: FieldLines<'_>) -> Result<(), Error> {
        let kept = self.sending(stream)?;
        if kept.tunnel || kept.announced.is_some_and(|left| left > 0) {
            return local(Reason::NotAllowed, stream);
        }
        self.outgoing(fields, stream)?;
        if message::trailers(&self.checked).is_err() || fields.is_empty() {
            return local(Reason::Malformed, stream);
        }
        let kept = self.sending(stream)?;
        if kept.queue.is_empty() {
            self.write_section(Kind::Headers, stream, END_STREAM, &[], fields);
            self.end_sending(stream);
        } else {
            kept.after = After::Trailers(owned(fields));
        }
        Ok(())
    }

    /// A stream on which content may be sent.
    fn sending(&mut self, stream: u32) -> Result<&mut Stream, Error> {
        self.is_running(stream)?;
        match self.streams.get(stream) {
            Some(kept) if kept.sends() && kept.head_sent => Ok(kept),
            _ => local(Reason::OutOfTurn, stream),
        }
    }

    /// Ends a stream at once (6.4).
    ///
    /// # Errors
    ///
    /// There is no such stream, or the connection is over.
    pub fn reset(&mut self, stream: u32, code: Code) -> Result<(), Error> {
        self.is_running(stream)?;
        if self.streams.get(stream).is_none() {
            return local(Reason::OutOfTurn, stream);
        }
        frame::write(Kind::RstStream, 0, stream, &code.0.to_be_bytes(), &mut self.out);
        self.streams.close(stream, Ended::ByUs);
        Ok(())
    }

    /// Says that no new streams are taken; those that were received go on (6.8). A server that goes gracefully, with
    /// NO_ERROR, says so twice: the first time it names the highest stream there can be, so that requests on their way
    /// are still taken, the second time, after a round trip, the last one that it took.
    ///
    /// # Errors
    ///
    /// The connection is over.
    pub fn goaway(&mut self, code: Code) -> Result<(), Error> {
        self.is_running(0)?;
        let warning = !self.client && code == Code::NO_ERROR && self.goaway_sent.is_none();
        self.write_goaway(if warning { MAX_WINDOW } else { self.streams.highest_theirs }, code);
        Ok(())
    }

    pub(crate) fn write_goaway(&mut self, last: u32, code: Code) {
        self.goaway_sent = Some(self.goaway_sent.map_or(last, |before| before.min(last)));
        let last = self.goaway_sent.unwrap_or(last); // never raised (6.8)
        frame::Header { length: 8, kind: Kind::Goaway, flags: 0, stream: 0 }.write(&mut self.out);
        self.out.extend_from_slice(&last.to_be_bytes());
        self.out.extend_from_slice(&code.0.to_be_bytes());
    }

    /// Changes settings of ours; they hold once they are acknowledged. Pairs are numbers and values (6.5.1).
    ///
    /// # Errors
    ///
    /// A value that the setting cannot have, or the connection is over.
    pub fn settings(&mut self, values: &[(u16, u32)]) -> Result<(), Error> {
        self.is_running(0)?;
        let mut settings = *self.unacknowledged.back().unwrap_or(&self.local);
        for (id, value) in values {
            if settings.take(*id, *value, !self.client).is_err() {
                return local(Reason::NotAllowed, 0);
            }
        }
        self.unacknowledged.push_back(settings);
        self.write_settings(values.iter().copied());
        Ok(())
    }

    /// The first settings.
    pub(crate) fn announce(&mut self, settings: Settings) {
        self.write_settings(settings.changes());
        self.unacknowledged.push_back(settings);
    }

    fn write_settings(&mut self, values: impl Iterator<Item = (u16, u32)>) {
        let payload: Vec<u8> =
            values.flat_map(|(id, value)| id.to_be_bytes().into_iter().chain(value.to_be_bytes())).collect();
        frame::write(Kind::Settings, 0, 0, &payload, &mut self.out);
    }

    /// Sends a PING (6.7).
    ///
    /// # Errors
    ///
    /// The connection is over.
    pub fn ping(&mut self, data: [u8; 8]) -> Result<(), Error> {
        self.is_running(0)?;
        frame::write(Kind::Ping, 0, 0, &data, &mut self.out);
        Ok(())
    }

    /// Lets the peer send so many octets more, on a stream or, with 0, on the connection (6.9).
    ///
    /// # Errors
    ///
    /// Nothing, or more than a window holds; a stream on which nothing more can come.
    pub fn give_credit(&mut self, stream: u32, octets: u32) -> Result<(), Error> {
        self.is_running(stream)?;
        if octets == 0 || octets > MAX_WINDOW {
            return local(Reason::NotAllowed, stream);
        }
        let added = match (stream, self.streams.get(stream)) {
            (0, _) => self.receive.add(octets.into()),
            (_, Some(kept)) if kept.receives() || kept.state == State::ReservedRemote => {
                kept.receive.add(octets.into())
            }
            _ => return local(Reason::OutOfTurn, stream),
        };
        if added.is_err() {
            return local(Reason::NotAllowed, stream);
        }
        frame::write(Kind::WindowUpdate, 0, stream, &octets.to_be_bytes(), &mut self.out);
        Ok(())
    }

    /// Promises a request, and gives the stream on which its response is to be sent (servers; 8.4).
    ///
    /// # Errors
    ///
    /// The peer wants no promises, the stream is not one of its open requests, or the request may not be promised.
    pub fn push(&mut self, stream: u32, fields: FieldLines<'_>) -> Result<u32, Error> {
        let id = self.next_stream();
        self.is_running(stream)?;
        if self.goaway_received.is_some() || id > MAX_WINDOW {
            return local(Reason::NoStream, id);
        }
        let open = matches!(self.streams.standing(stream), Standing::Kept(State::Open | State::HalfClosedRemote));
        if self.client || !self.remote.enable_push || !open || self.streams.is_ours(stream) {
            return local(Reason::OutOfTurn, stream);
        }
        self.outgoing(fields, id)?;
        let section = &self.checked;
        let safe = matches!(section.pseudo(Pseudo::Method), Some(b"GET" | b"HEAD"));
        let whole = section.pseudo(Pseudo::Authority).is_some() && section.content_length().unwrap_or(0) == 0;
        let Some(method) = message::request(section, false).ok().filter(|_| safe && whole) else {
            return local(Reason::Malformed, id);
        };
        let (receive, send) = (self.local.initial_window_size, self.remote.initial_window_size);
        self.streams.insert(id, Stream::new(State::ReservedLocal, receive, send, method));
        self.write_section(Kind::PushPromise, stream, 0, &id.to_be_bytes(), fields);
        Ok(id)
    }

    /// Appends what is to be written to `out`, and forgets it.
    pub fn transmit(&mut self, out: &mut Vec<u8>) {
        if out.is_empty() {
            return core::mem::swap(out, &mut self.out); // nothing moves, and both keep their room
        }
        out.append(&mut self.out);
    }

    /// Writes a field section in as many frames as it needs (4.3).
    pub(crate) fn write_section(&mut self, kind: Kind, stream: u32, flags: u8, before: &[u8], fields: FieldLines<'_>) {
        self.encoded.clear();
        self.encoded.extend_from_slice(before);
        let fields = fields.iter().map(|(name, value)| Field::new(name, value));
        self.encoder.encode(fields, &mut self.encoded);
        let most = self.remote.max_frame_size as usize;
        let (mut kind, mut flags, mut rest) = (kind, flags, &self.encoded[..]);
        loop {
            let (fragment, next) = rest.split_at(rest.len().min(most));
            let last = if next.is_empty() { END_HEADERS } else { 0 };
            frame::write(kind, flags | last, stream, fragment, &mut self.out);
            (kind, flags, rest) = (Kind::Continuation, 0, next);
            if rest.is_empty() {
                return;
            }
        }
    }

    /// Writes what the windows have room for, a frame a stream and round.
    pub(crate) fn flush(&mut self) {
        let mut wrote = true;
        while wrote {
            wrote = false;
            let mut from = 0;
            while let Some(stream) = self.streams.waiting.range(from..).next().copied() {
                wrote |= self.write_content(stream);
                from = stream + 1;
            }
        }
    }

    /// Writes what the windows have room for of content before which nothing waits, without a stay in the queue. Gives the
    /// rest.
    fn write_at_once<'o>(&mut self, id: u32, mut octets: &'o [u8]) -> &'o [u8] {
        let Some(stream) = self.streams.get(id).filter(|stream| stream.queue.is_empty()) else { return octets };
        let most = self.remote.max_frame_size as usize;
        while let Some((size, ends)) = stream.next_frame(octets.len(), self.send, most) {
            write_data_header(stream, &mut self.send, (id, size, ends), &mut self.out);
            let (written, rest) = octets.split_at(size); // no more than there is
            self.out.extend_from_slice(written);
            self.idle_frames = 0;
            octets = rest;
            if ends {
                self.end_sending(id);
                break;
            }
        }
        octets
    }

    pub(crate) fn flush_stream(&mut self, stream: u32) {
        while self.write_content(stream) {}
    }

    /// Writes the next frame of a stream's content, if there is one and room for it.
    fn write_content(&mut self, id: u32) -> bool {
        let Some(stream) = self.streams.get(id) else { return false };
        let most = self.remote.max_frame_size as usize;
        if let Some((size, ends)) = stream.next_frame(stream.queue.len(), self.send, most) {
            write_data_header(stream, &mut self.send, (id, size, ends), &mut self.out);
            stream.take_queued(size, &mut self.out);
            self.idle_frames = 0;
            if !stream.waits() {
                self.streams.waiting.remove(&id);
            }
            if ends {
                self.end_sending(id);
            }
            return !ends;
        }
        if !stream.queue.is_empty() {
            return false;
        }
        let After::Trailers(trailers) = &mut stream.after else { return false };
        let trailers = core::mem::take(trailers);
        self.streams.waiting.remove(&id);
        let fields: Vec<(&[u8], &[u8])> = trailers.iter().map(|(n, v)| (n.as_slice(), v.as_slice())).collect();
        self.write_section(Kind::Headers, id, END_STREAM, &[], &fields);
        self.end_sending(id);
        false
    }

    /// Our half of a stream is written to its end.
    fn end_sending(&mut self, id: u32) {
        match self.streams.get(id) {
            Some(stream) if stream.state == State::Open => {
                stream.state = State::HalfClosedLocal;
                stream.after = After::More; // nothing waits
            }
            Some(_) => self.finish(id),
            None => {}
        }
    }
}

/// Writes the header of a DATA frame for which both windows have room, and takes it off them.
fn write_data_header(
    stream: &mut Stream,
    connection: &mut Window,
    (id, size, ends): (u32, usize, bool),
    out: &mut Vec<u8>,
) {
    let taken = stream.send.take(size).and_then(|()| connection.take(size));
    debug_assert_eq!(taken, Ok(()), "size is within both windows");
    let flags = if ends { END_STREAM } else { 0 };
    frame::Header { length: size, kind: Kind::Data, flags, stream: id }.write(out);
}
