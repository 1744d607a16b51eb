//! The client's side.

use ::http_net::{ClientConn, ClientEvent, Limits, ResponseHead};
use wireproof::http1::{Action, Event, FieldText, Http1};
use wireproof::{Endpoint, FieldBuffer, Input, SendError};

use super::outgoing::{Framing, Sending, Spec, refused, with_trailers};
use super::{Lines, Mode, Waiting, keep, minor, reject, report_data};

/// A client's side of one connection.
pub(super) struct Client {
    conn: ClientConn,
    mode: Mode,
    waiting: Waiting,
    trailers: FieldBuffer,
    sending: Sending,
    out: Vec<u8>,
}

impl Client {
    pub(super) fn new(limits: Limits) -> Client {
        let mut conn = ClientConn::with_limits(limits);
        conn.set_report_trailers(true);
        conn.set_report_informational(true);
        let (mode, waiting, sending) = (Mode::Http, Waiting::default(), Sending::Nothing);
        Client { conn, mode, waiting, trailers: FieldBuffer::default(), sending, out: Vec::new() }
    }

    /// Polls until it wants input or a request.
    fn poll(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        while self.mode == Mode::Http {
            match self.conn.poll() {
                Ok(ClientEvent::Response(head)) => response(&head, events),
                Ok(ClientEvent::Informational(head)) => interim(&head, events),
                // It shows nothing of this head.
                Ok(ClientEvent::Continue) => {
                    let fields = &FieldBuffer::default();
                    events(Event::Interim { status: 100, reason: None, minor: None, fields });
                }
                Ok(ClientEvent::Body(octets)) => report_data(octets, events),
                Ok(ClientEvent::Trailers(trailers)) => self.trailers = keep(trailers),
                Ok(ClientEvent::ResponseEnd) => {
                    events(Event::End { trailers: &std::mem::take(&mut self.trailers) });
                }
                Ok(ClientEvent::Upgraded) => {
                    self.mode = Mode::Switched;
                    events(Event::End { trailers: &FieldBuffer::default() });
                    events(Event::Upgraded);
                    report_data(self.conn.remaining_input(), events);
                }
                Ok(ClientEvent::Closed) => {
                    self.mode = Mode::Over;
                    events(Event::Closed);
                }
                Ok(_) => return,
                Err(error) => {
                    self.mode = Mode::Over;
                    reject(error, None, events);
                }
            }
        }
    }

    fn ask(&mut self, method: &[u8], target: &[u8], fields: &FieldText) -> Result<(), SendError> {
        let spec = Spec::of(fields)?;
        self.conn.send_request(&spec.request(method, target), &mut self.out).map_err(refused)?;
        self.sending = if spec.framing == Framing::Unsaid { Sending::Whole } else { Sending::Stream };
        Ok(())
    }
}

fn response(head: &ResponseHead<'_>, events: &mut dyn FnMut(Event<'_>)) {
    let (reason, minor) = (Some(head.reason().as_bytes()), Some(minor(head.version())));
    events(Event::Response { status: head.status(), reason, minor, fields: &Lines(head.headers()) });
}

fn interim(head: &ResponseHead<'_>, events: &mut dyn FnMut(Event<'_>)) {
    let (reason, minor) = (Some(head.reason().as_bytes()), Some(minor(head.version())));
    events(Event::Interim { status: head.status(), reason, minor, fields: &Lines(head.headers()) });
}

impl Endpoint<Http1> for Client {
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
            Action::Request { method, target, fields } => self.ask(method, target, fields),
            Action::Data(_) if self.conn.is_upgraded() => Err(super::past_the_switch()),
            Action::Data(data) => self.conn.send_body(data, &mut self.out).map_err(refused),
            Action::End { trailers } => {
                if self.sending != Sending::Whole || !trailers.is_empty() {
                    with_trailers(trailers, |t| self.conn.end_body_with_trailers(t, &mut self.out))?;
                }
                self.sending = Sending::Nothing;
                Ok(())
            }
            Action::Response { .. } | Action::Interim { .. } => {
                Err(SendError::Cannot("a client sends no responses".to_owned()))
            }
            Action::Close {} => Err(super::no_close()),
        }
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}
