//! The server's side.

use ::http_net::{Limits, Method, Response, ServerConn, ServerEvent, status_allows_body};
use wireproof::http1::{Action, Event, FieldText, Http1};
use wireproof::{Endpoint, FieldBuffer, Input, SendError};

use super::outgoing::{Framing, Sending, Spec, check_reason, refused, with_trailers};
use super::{Lines, Mode, Waiting, keep, minor, reject, report_data};

/// A server's side of one connection.
pub(super) struct Server {
    conn: ServerConn,
    mode: Mode,
    waiting: Waiting,
    trailers: FieldBuffer,
    sending: Sending,
    out: Vec<u8>,
}

impl Server {
    pub(super) fn new(limits: Limits) -> Server {
        let mut conn = ServerConn::with_limits(limits);
        conn.set_report_trailers(true);
        let (mode, waiting, sending) = (Mode::Http, Waiting::default(), Sending::Nothing);
        Server { conn, mode, waiting, trailers: FieldBuffer::default(), sending, out: Vec::new() }
    }

    /// Polls until it wants input or an answer.
    fn poll(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        while self.mode == Mode::Http {
            match self.conn.poll() {
                Ok(ServerEvent::Request(head)) => events(Event::Request {
                    method: head.method_str().as_bytes(),
                    target: head.target().as_bytes(),
                    minor: Some(minor(head.version())),
                    fields: &Lines(head.headers()),
                }),
                Ok(ServerEvent::Body(octets)) => report_data(octets, events),
                Ok(ServerEvent::Trailers(trailers)) => self.trailers = keep(trailers),
                Ok(ServerEvent::RequestEnd) => {
                    events(Event::End { trailers: &std::mem::take(&mut self.trailers) });
                }
                Ok(ServerEvent::Upgraded) => {
                    self.mode = Mode::Switched;
                    events(Event::Upgraded);
                    report_data(self.conn.remaining_input(), events);
                }
                Ok(ServerEvent::Closed) => {
                    self.mode = Mode::Over;
                    events(Event::Closed);
                }
                Ok(_) => return,
                Err(error) => {
                    self.mode = Mode::Over;
                    reject(error, error.status(), events);
                }
            }
        }
    }

    fn respond(&mut self, status: u16, reason: &[u8], fields: &FieldText) -> Result<(), SendError> {
        let spec = Spec::of(fields)?;
        let mut response = spec.response(status)?;
        let to_connect = self.conn.request().is_some_and(|r| r.method() == Method::Connect);
        let has_content = status_allows_body(status, if to_connect { Method::Connect } else { Method::Get });
        let streams = spec.framing != Framing::Unsaid || has_content;
        if spec.framing == Framing::Unsaid && has_content {
            // Its call for content whose length is not known.
            response = response.chunked();
        }
        self.conn.respond(&response, &mut self.out).map_err(refused)?;
        self.sending = if streams { Sending::Stream } else { Sending::Whole };
        check_reason(status, reason)
    }

    fn interim(&mut self, status: u16, reason: &[u8], fields: &FieldText) -> Result<(), SendError> {
        if status == 100 && !fields.is_empty() {
            return Err(SendError::Cannot("http-net writes 100 without fields".to_owned()));
        }
        let sent = if status == 100 {
            self.conn.send_continue(&mut self.out)
        } else {
            let interim = fields
                .iter()
                .fold(Response::new(status), |r, (name, value)| r.header(&wireproof::bytes::to_latin1(name), value));
            self.conn.send_informational(&interim, &mut self.out)
        };
        sent.map_err(refused)?;
        check_reason(status, reason)
    }
}

impl Endpoint<Http1> for Server {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        self.waiting.take(input);
        self.poll(events);
        while self.mode == Mode::Http {
            match self.waiting.next(|octets| self.conn.feed(octets)) {
                super::Next::Fed => {}
                super::Next::Eof => self.conn.feed_eof(),
                super::Next::Nothing => return,
            }
            self.poll(events);
        }
        self.waiting.rest(self.mode, events);
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::Response { status, reason, fields } => self.respond(*status, reason, fields),
            Action::Interim { status, reason, fields } => self.interim(*status, reason, fields),
            Action::Data(_) if self.conn.is_upgraded() => Err(super::past_the_switch()),
            Action::Data(data) => self.conn.send_body(data, &mut self.out).map_err(refused),
            Action::End { trailers } => {
                if self.sending != Sending::Whole || !trailers.is_empty() {
                    with_trailers(trailers, |t| self.conn.end_body_with_trailers(t, &mut self.out))?;
                }
                self.sending = Sending::Nothing;
                Ok(())
            }
            Action::Request { .. } => Err(SendError::Cannot("a server sends no requests".to_owned())),
            Action::Close {} => Err(super::no_close()),
        }
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}
