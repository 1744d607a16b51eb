//! The connection: what is being read, what is being written, and how the two meet.
//!
//! Theory of operation. Reading walks through [`Reading`]; each state has one function that looks at the input and
//! says what comes next. A server's reading stops in `Done` until the response is complete ([`Writing`] is then
//! `Done` too); only then does [`Connection::settle`] decide between the next request, a tunnel and the end. A
//! client's reading is in `Head` while responses are due, in order, for the requests in `asked`. What was refused
//! stays refused: `Failed` has no way out.
//!
//! ```text
//! Head ─► Content ─► Ended ─► Done ─► Head …        (content-less messages go from Head to Ended at once)
//!                              ├────► Switching ─► Tunnel
//!                              └────► Closing ─► Over
//! any ─► Failed
//! ```

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::chunked::{Decoded, Decoder};
use crate::error::{Blame, Error, Reason};
use crate::event::{Event, Fields, Request, Response};
use crate::framing::{self, Asked, Framing};
use crate::head::{Flaw, Kind, Scanner};
use crate::limits::Config;
use crate::send::Writing;
use crate::target;

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
    /// The next message waits for the exchange to be finished (servers: send the response), or the connection is over.
    /// The octets stay with the caller.
    Paused,
}

/// Which side of the connection this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Server,
    Client,
}

/// What is being read.
#[derive(Debug)]
enum Reading {
    /// A head.
    Head,
    /// So many octets more of content.
    Length(u64),
    /// Chunks.
    Chunks(Decoder),
    /// A trailer section.
    Trailers,
    /// Content until the stream ends.
    UntilClose,
    /// The message is complete, and the application has not been told.
    Ended,
    /// The application has been told.
    Done,
    /// What follows is another protocol, and the application has not been told.
    Switching,
    /// It has been told.
    Tunnel,
    /// The connection is over, and the application has not been told.
    Closing,
    /// It has been told.
    Over,
    /// The peer broke the protocol.
    Failed(Error),
}

/// What is known of the request that is being answered.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) asked: Asked,
    /// The request's minor version.
    pub(crate) minor: u8,
    /// The protocols that the client offers to switch to, as a list.
    pub(crate) upgrade: Vec<u8>,
    /// `100 Continue` is owed.
    pub(crate) continue_owed: bool,
    /// The connection closes after this exchange.
    pub(crate) must_close: bool,
    /// The response makes what follows another protocol.
    pub(crate) switches: bool,
}

/// One side of one HTTP/1.1 connection. See the crate's documentation for how to call it.
#[derive(Debug)]
pub struct Connection {
    pub(crate) role: Role,
    pub(crate) config: Config,
    reading: Reading,
    pub(crate) writing: Writing,
    /// The exchange that is read or answered: a server's request, a client's response.
    pub(crate) exchange: Option<Exchange>,
    /// A client's requests that are still to be answered, oldest first.
    pub(crate) asked: VecDeque<Exchange>,
    scanner: Scanner,
    /// Reads the heads that this side writes.
    pub(crate) proofreader: Scanner,
    /// Octets consumed so far.
    base: u64,
    /// The peer ended its stream.
    eof: bool,
    /// The minor version of the last message received, if there was one.
    pub(crate) peer_minor: Option<u8>,
    /// What is to be written.
    pub(crate) out: Vec<u8>,
}

impl Connection {
    /// A server's side.
    pub fn server(config: Config) -> Connection {
        let scanner = Scanner::new(Kind::Request, config.leniency.obs_fold);
        Connection::new(Role::Server, config, scanner)
    }

    /// A client's side.
    pub fn client(config: Config) -> Connection {
        Connection::new(Role::Client, config, Scanner::new(Kind::Response, true))
    }

    fn new(role: Role, config: Config, scanner: Scanner) -> Connection {
        Connection {
            role,
            config,
            reading: Reading::Head,
            writing: Writing::Idle,
            exchange: None,
            asked: VecDeque::new(),
            scanner,
            proofreader: Scanner::new(Kind::Trailers, false),
            base: 0,
            eof: false,
            peer_minor: None,
            out: Vec::new(),
        }
    }

    /// Looks at what the peer sent and was not consumed. Linear in the octets offered for the first time.
    ///
    /// # Errors
    /// The peer broke the protocol. The error is final: every later call gives it again.
    pub fn receive<'a>(&'a mut self, input: &'a [u8]) -> Result<Received<'a>, Error> {
        self.settle();
        self.write_continue();
        match &mut self.reading {
            Reading::Head => self.head(input),
            Reading::Length(left) => {
                let held = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                *left -= held as u64;
                if *left == 0 {
                    self.reading = Reading::Ended;
                }
                self.data(input, 0, held)
            }
            Reading::Chunks(_) => self.chunks(input),
            Reading::Trailers => self.trailers(input, 0),
            Reading::UntilClose if input.is_empty() && self.eof => {
                self.reading = Reading::Ended;
                self.receive(input)
            }
            Reading::UntilClose | Reading::Tunnel => {
                if input.is_empty() && self.eof {
                    self.reading = Reading::Closing;
                    return self.receive(input);
                }
                self.data(input, 0, input.len())
            }
            Reading::Ended => {
                self.reading = Reading::Done;
                Ok(Received::Event { consumed: 0, event: Event::End(Fields::NONE) })
            }
            Reading::Done | Reading::Over => Ok(Received::Paused),
            Reading::Switching => {
                self.reading = Reading::Tunnel;
                Ok(Received::Event { consumed: 0, event: Event::Upgraded })
            }
            Reading::Closing => {
                self.reading = Reading::Over;
                Ok(Received::Event { consumed: 0, event: Event::Closed })
            }
            Reading::Failed(error) => Err(*error),
        }
    }

    /// The peer ended its stream: nothing follows what was offered so far. Call [`Connection::receive`] afterwards.
    pub fn receive_eof(&mut self) {
        self.eof = true;
    }

    /// Moves what is to be written to the end of `out`.
    pub fn transmit(&mut self, out: &mut Vec<u8>) {
        if out.is_empty() {
            core::mem::swap(out, &mut self.out);
        } else {
            out.append(&mut self.out);
        }
    }

    /// Ends the connection from this side: no event follows, and nothing can be sent.
    pub fn close(&mut self) {
        self.reading = Reading::Over;
        self.writing = Writing::Closed;
    }

    /// Whether the connection is over, by its own end, by an error or by [`Connection::close`].
    pub fn is_over(&self) -> bool {
        matches!(self.reading, Reading::Over | Reading::Failed(_))
    }

    /// Between messages: decides what comes next.
    fn settle(&mut self) {
        let Reading::Done = self.reading else { return };
        let finished = self.role == Role::Client || self.writing == Writing::Done;
        let (Some(exchange), true) = (&self.exchange, finished) else { return };
        self.reading = if exchange.switches {
            Reading::Switching
        } else if exchange.must_close {
            self.writing = Writing::Closed;
            Reading::Closing
        } else {
            Reading::Head
        };
        if self.role == Role::Server && !exchange.must_close {
            self.writing = if exchange.switches { Writing::Tunnel } else { Writing::Idle };
        } else if exchange.switches {
            self.writing = Writing::Tunnel;
        }
        self.exchange = None;
        self.scanner.restart(if self.role == Role::Server { Kind::Request } else { Kind::Response });
    }

    /// RFC 9110, 10.1.1: the application asks for the content, so that the client is told to send it.
    fn write_continue(&mut self) {
        let Some(exchange) = &mut self.exchange else { return };
        if exchange.continue_owed && self.writing == Writing::Idle && !self.config.manual_continue {
            exchange.continue_owed = false;
            self.out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
    }

    fn head<'a>(&'a mut self, input: &'a [u8]) -> Result<Received<'a>, Error> {
        if self.role == Role::Client && self.asked.is_empty() && !input.is_empty() {
            return Err(self.fail((Reason::Unasked, 0))); // RFC 9112, 9.2 and 6.3
        }
        match self.scanner.scan(input, &self.config) {
            Err(flaw) => Err(self.fail(flaw)),
            Ok(Some(end)) => {
                let read = match self.role {
                    Role::Server => self.request(input),
                    Role::Client => self.response(input),
                };
                read.map_err(|reason| self.fail((reason, end - 1)))?;
                self.peer_minor = Some(self.scanner.start.minor);
                self.base += end as u64;
                Ok(Received::Event { consumed: end, event: self.head_event(input) })
            }
            Ok(None) if self.eof && self.owes_message() => Err(self.fail((Reason::Incomplete, input.len()))),
            Ok(None) if self.eof => {
                self.reading = Reading::Closing;
                self.writing = Writing::Closed;
                self.receive(&[])
            }
            Ok(None) => Ok(Received::NeedMore { consumed: 0 }),
        }
    }

    /// Whether the peer may not end its stream here: a request has begun, or a response is due.
    fn owes_message(&self) -> bool {
        match self.role {
            Role::Server => self.scanner.has_begun(),
            Role::Client => !self.asked.is_empty(),
        }
    }

    fn fields<'a>(&'a self, input: &'a [u8]) -> Fields<'a> {
        Fields { spans: &self.scanner.spans, seen: self.scanner.seen, input, unfolded: &self.scanner.unfolded }
    }

    /// Checks a request's head and learns from it.
    fn request(&mut self, input: &[u8]) -> Result<(), Reason> {
        let (start, fields) = (self.scanner.start, self.fields(input));
        let (method, target) = (span(input, start.method), span(input, start.target));
        let leniency = &self.config.leniency;
        if !start.plain_path || method == b"CONNECT" {
            target::check(method, target, leniency.target_octets)?;
        }
        check_host(fields, start.minor)?;
        let (framing, suspicious) = framing::of_request(fields, start.minor, leniency)?;
        let offers = framing::offers_upgrade(fields, start.minor);
        let has_content = !matches!(framing, Framing::None | Framing::Length(0));
        let exchange = Exchange {
            asked: asked(method),
            minor: start.minor,
            upgrade: if offers { join(fields, b"upgrade") } else { Vec::new() },
            continue_owed: has_content && framing::expects_continue(fields, start.minor),
            must_close: suspicious || !framing::persists(fields, start.minor),
            switches: false,
        };
        self.exchange = Some(exchange);
        self.reading = reading(framing);
        Ok(())
    }

    /// Checks a response's head and learns from it.
    fn response(&mut self, input: &[u8]) -> Result<(), Reason> {
        let (start, fields) = (self.scanner.start, self.fields(input));
        let Some(due) = self.asked.front() else { return Err(Reason::Unasked) };
        if (100..200).contains(&start.status) && start.status != 101 {
            self.reading = Reading::Head;
            return Ok(());
        }
        if start.status == 101 && due.upgrade.is_empty() {
            return Err(Reason::Unasked); // RFC 9110, 7.8: no switch that the client did not offer
        }
        let leniency = &self.config.leniency;
        let (framing, must_close) = framing::of_response(fields, start.minor, start.status, due.asked, leniency)?;
        let switches = start.status == 101 || framing::is_tunnel(start.status, due.asked);
        let must_close = !switches && (must_close || due.must_close || !framing::persists(fields, start.minor));
        self.exchange = self.asked.pop_front().map(|due| Exchange { must_close, switches, ..due });
        self.reading = reading(framing);
        Ok(())
    }

    /// The event of the head that was just read.
    fn head_event<'a>(&'a mut self, input: &'a [u8]) -> Event<'a> {
        let start = self.scanner.start;
        let interim = self.role == Role::Client && matches!(self.reading, Reading::Head);
        if interim {
            // The scanner looks at the next head from its first octet; the fields of this one are still there.
            self.scanner.rewind();
        }
        let fields = self.fields(input);
        match self.role {
            Role::Server => Event::Request(Request {
                method: span(input, start.method),
                target: span(input, start.target),
                minor: start.minor,
                fields,
                expects_continue: self.exchange.as_ref().is_some_and(|e| e.continue_owed),
                has_content: !matches!(self.reading, Reading::Ended),
            }),
            Role::Client => {
                let (status, minor) = (start.status, start.minor);
                let response = Response { status, reason: span(input, start.reason), minor, fields };
                if interim { Event::Interim(response) } else { Event::Response(response) }
            }
        }
    }

    fn chunks<'a>(&'a mut self, input: &'a [u8]) -> Result<Received<'a>, Error> {
        let Reading::Chunks(decoder) = &mut self.reading else { return Ok(Received::Paused) };
        match decoder.decode(input, &self.config.limits) {
            Err(flaw) => Err(self.fail(flaw)),
            Ok(Decoded::Data(from, to)) => self.data(input, from, to),
            Ok(Decoded::Last(at)) => {
                self.reading = Reading::Trailers;
                self.scanner.restart(Kind::Trailers);
                self.base += at as u64;
                self.trailers(input, at)
            }
            Ok(Decoded::More) => self.data(input, input.len(), input.len()),
        }
    }

    fn trailers<'a>(&'a mut self, input: &'a [u8], from: usize) -> Result<Received<'a>, Error> {
        let section = &input[from..];
        match self.scanner.scan(section, &self.config) {
            Err(flaw) => Err(self.fail(flaw)),
            Ok(Some(end)) => {
                self.base += end as u64;
                self.reading = Reading::Done;
                Ok(Received::Event { consumed: from + end, event: Event::End(self.fields(section)) })
            }
            Ok(None) if self.eof => Err(self.fail((Reason::Incomplete, section.len()))),
            Ok(None) => Ok(Received::NeedMore { consumed: from }),
        }
    }

    /// Consumes up to `to` and reports the octets from `from` on as content.
    fn data<'a>(&mut self, input: &'a [u8], from: usize, to: usize) -> Result<Received<'a>, Error> {
        if from < to {
            self.base += to as u64;
            return Ok(Received::Event { consumed: to, event: Event::Data(&input[from..to]) });
        }
        if matches!(self.reading, Reading::Ended) {
            self.reading = Reading::Done;
            return Ok(Received::Event { consumed: 0, event: Event::End(Fields::NONE) });
        }
        if self.eof && matches!(self.reading, Reading::Length(_) | Reading::Chunks(_)) {
            return Err(self.fail((Reason::Incomplete, input.len()))); // RFC 9112, 8
        }
        self.base += to as u64;
        Ok(Received::NeedMore { consumed: to })
    }

    /// The peer broke the protocol. A server that has not begun to answer writes what it owes and closes.
    fn fail(&mut self, (reason, at): Flaw) -> Error {
        let error = Error { reason, blame: Blame::Remote, offset: self.base + at as u64 };
        self.reading = Reading::Failed(error);
        if self.role == Role::Server && self.writing == Writing::Idle {
            crate::send::error_response(reason.status(), &mut self.out);
        }
        self.writing = Writing::Closed;
        error
    }
}

fn reading(framing: Framing) -> Reading {
    match framing {
        Framing::None | Framing::Length(0) => Reading::Ended,
        Framing::Length(length) => Reading::Length(length),
        Framing::Chunked => Reading::Chunks(Decoder::new()),
        Framing::UntilClose => Reading::UntilClose,
    }
}

pub(crate) fn span(input: &[u8], (from, to): (usize, usize)) -> &[u8] {
    input.get(from..to).unwrap_or_default()
}

pub(crate) fn asked(method: &[u8]) -> Asked {
    match method {
        b"HEAD" => Asked::Head,
        b"CONNECT" => Asked::Connect,
        _ => Asked::Plain,
    }
}

/// All lines of a list field as one list.
pub(crate) fn join(fields: Fields<'_>, name: &'static [u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    for value in fields.values(name) {
        joined.extend_from_slice(value);
        joined.push(b',');
    }
    joined
}

/// RFC 9112, 3.2: exactly one valid Host in HTTP/1.1, at most one in any version.
pub(crate) fn check_host(fields: Fields<'_>, minor: u8) -> Result<(), Reason> {
    let mut hosts = fields.values(b"host");
    match (hosts.next(), hosts.next()) {
        (None, _) if minor > 0 => Err(Reason::HostMissing),
        (Some(_), Some(_)) => Err(Reason::HostRepeated),
        (Some(host), None) if !target::is_host_and_port(host) => Err(Reason::HostInvalid),
        (Some(_) | None, _) => Ok(()),
    }
}
