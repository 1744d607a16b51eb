//! The reference core.

use wireproof_http2::{Config, Connection, Event, Received, Settings};

use crate::scripts::{Script, lines};
use crate::{Seen, Server};

pub(crate) struct Ours<'s> {
    connection: Connection,
    script: &'s Script,
    kept: Vec<u8>,
    /// Responses that are being sent, and how far they are.
    sending: Vec<(u32, usize)>,
    seen: Seen,
}

enum Then {
    Nothing,
    Credit(u32, u32),
    Answer(u32),
}

impl<'s> Server<'s> for Ours<'s> {
    fn new(script: &'s Script) -> Ours<'s> {
        let settings = Settings { max_concurrent_streams: Some(100), ..Settings::default() };
        let connection = Connection::server(Config { settings, ..Config::default() });
        Ours { connection, script, kept: Vec::new(), sending: Vec::new(), seen: Seen::default() }
    }

    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let mut piece = piece;
        while !self.kept.is_empty() && !piece.is_empty() {
            let lacks = self.connection.lacks(&self.kept);
            let (more, rest) = piece.split_at(lacks.min(piece.len()));
            self.kept.extend_from_slice(more);
            if more.len() == lacks {
                let mut kept = std::mem::take(&mut self.kept);
                let used = self.offer(&kept);
                kept.drain(..used);
                self.kept = kept;
            }
            piece = rest;
        }
        if self.kept.is_empty() {
            let used = self.offer(piece);
            self.kept.extend_from_slice(&piece[used..]);
        }
        self.pump();
        self.connection.transmit(out);
    }

    fn seen(&self) -> Seen {
        self.seen
    }
}

impl Ours<'_> {
    fn offer(&mut self, octets: &[u8]) -> usize {
        let mut used = 0;
        loop {
            let then = match self.connection.receive(&octets[used..]).expect("the client is right") {
                Received::NeedMore { consumed } => return used + consumed,
                Received::Event { consumed, event } => {
                    used += consumed;
                    see(&event, &mut self.seen)
                }
            };
            match then {
                Then::Nothing => {}
                Then::Credit(stream, octets) => {
                    let _ = self.connection.give_credit(stream, octets); // none to a stream that has ended
                    self.connection.give_credit(0, octets).expect("the connection is open");
                }
                Then::Answer(stream) => self.answer(stream),
            }
        }
    }

    fn answer(&mut self, stream: u32) {
        let (core, script) = (&mut self.connection, self.script);
        core.send_response(stream, &lines(&script.response), false).expect("the response is right");
        self.sending.push((stream, 0));
    }

    /// Sends as much of each response as there is room for.
    fn pump(&mut self) {
        let (core, script) = (&mut self.connection, self.script);
        self.sending.retain_mut(|(stream, sent)| {
            let rest = &script.content[*sent..];
            let size = rest.len().min(core.room(*stream));
            let (last, trailers) = (size == rest.len(), !script.trailers.is_empty());
            if size > 0 || last {
                core.send_data(*stream, &rest[..size], last && !trailers).expect("it is open");
            }
            if last && trailers {
                core.send_trailers(*stream, &lines(&script.trailers)).expect("trailers are right");
            }
            *sent += size;
            !last
        });
    }
}

fn see(event: &Event<'_>, seen: &mut Seen) -> Then {
    match event {
        Event::Request { request, .. } => {
            seen.requests += 1;
            seen.fields += request.fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
            Then::Nothing
        }
        Event::Data { stream, bytes, flow } => {
            seen.content += bytes.len();
            if *flow > 0 { Then::Credit(*stream, *flow) } else { Then::Nothing }
        }
        Event::End { stream, .. } => Then::Answer(*stream),
        _ => Then::Nothing,
    }
}
