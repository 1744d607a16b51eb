//! milo, driven as its design says: the caller keeps what is not consumed, and answers after each head what only an
//! application knows: that a response has no content (HEAD), or that a tunnel begins (a 2xx to CONNECT).
//!
//! What it shows is read from its event buffer, as its own tests do. Its callbacks replay that buffer, but not what
//! `finish` notes there: by them a response that ends with the stream is never complete.
//!
//! After a request that may switch protocols it stops. Octets that follow wait for the answer: 101, or a 2xx to
//! CONNECT, and they belong to the other protocol; anything else, and `reset` lets it read on, for which it has no
//! other call.

mod batch;

use std::collections::VecDeque;
use std::sync::LazyLock;

use milo_parser::{
    EVENT_CONNECT, EVENT_DATA, EVENT_ERROR, EVENT_HEADER_NAME, EVENT_HEADER_VALUE, EVENT_HEADERS,
    EVENT_MESSAGE_COMPLETE, EVENT_MESSAGE_START, EVENT_METHOD, EVENT_REASON, EVENT_STATUS, EVENT_TRAILER_NAME,
    EVENT_TRAILER_VALUE, EVENT_UPGRADE, EVENT_URL, EVENT_VERSION, STATE_TUNNEL,
};
use wireproof::http1::{Action, Event, Http1, Rejected};
use wireproof::{Config, Endpoint, FieldBuffer, Implementation, Input, Profile, Role, SendError, Unsupported};

use self::batch::{Noted, Parser};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "0.9.0";

/// The `milo-parser` crate, with its own limits.
pub struct MiloParser;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "ISC".to_owned(),
    home: "https://github.com/ShogunPanda/milo".to_owned(),
    ..Profile::rust::<Http1>("milo-parser", VERSION, CAN, CANNOT)
});

const CAN: &[&str] = &[
    "head",
    "framing",
    "pipeline",
    "eof",
    "trailers",
    "interim",
    "upgrade",
    "target",
    "version",
    "reason",
    "field-order",
];

const CANNOT: &[(&str, &str)] = &[
    ("output", "a parser: it writes nothing"),
    ("close", "left to the application, also what its own messages ask for; what follows a last message is refused"),
    ("host", "left to the application"),
    ("continue", "left to the application"),
    ("error-class", "most of its errors are one, UNEXPECTED_CHARACTER, in every part of a message"),
    ("error-status", "its errors name no status code"),
];

impl Implementation<Http1> for MiloParser {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        config.only(&["max-start-line"])?;
        let limit = config.get("max-start-line").map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        if let Role::Decoder | Role::Encoder = role {
            return Err(Unsupported(format!("HTTP/1 has no {role}")));
        }
        let parser = Parser::new(role == Role::Server, limit);
        let (message, octets, asked) = (Message::default(), Vec::new(), VecDeque::new());
        Ok(Box::new(Side { parser, role, mode: Mode::Http, message, octets, eof: false, asked }))
    }
}

/// Whose the octets are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// milo's.
    Http,
    /// They wait for the answer to a request that may switch protocols.
    Waits,
    /// Another protocol's, which is to be shown.
    Agreed,
    /// Another protocol's.
    Switched,
    /// Rejected: nobody's.
    Over,
}

/// A request that is not answered: by its method one may know what comes of the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Head,
    Connect,
    Other,
}

impl Asked {
    fn by(method: &[u8]) -> Asked {
        match method {
            b"HEAD" => Asked::Head,
            b"CONNECT" => Asked::Connect,
            _ => Asked::Other,
        }
    }

    fn opens_a_tunnel(self, status: u16) -> bool {
        self == Asked::Connect && matches!(status, 200..=299)
    }
}

/// What was noted of a message so far.
#[derive(Default)]
struct Message {
    /// The method, or the status code.
    first: Vec<u8>,
    /// The target, or the reason phrase.
    second: Vec<u8>,
    version: Vec<u8>,
    fields: FieldBuffer,
    trailers: FieldBuffer,
    is_interim: bool,
}

/// One side of one connection.
struct Side {
    parser: Parser,
    role: Role,
    mode: Mode,
    message: Message,
    /// Octets that milo has not consumed.
    octets: Vec<u8>,
    /// The stream ended, and milo was not told yet.
    eof: bool,
    /// Requests whose answer is due.
    asked: VecDeque<Asked>,
}

impl Endpoint<Http1> for Side {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        match input {
            Input::Bytes(octets) if self.octets.is_empty() => {
                let read = self.read(octets, events);
                self.octets.extend_from_slice(&octets[read..]);
            }
            Input::Bytes(octets) => {
                self.octets.extend_from_slice(octets);
                self.read_held(events);
            }
            Input::Eof => {
                self.eof = true;
                self.read_held(events);
            }
            Input::Tick(_) => return,
        }
        if self.mode == Mode::Http && std::mem::take(&mut self.eof) {
            let noted = self.parser.finish();
            self.show(&noted, &[], events);
        }
    }

    /// Writes nothing. A client's request tells how its response is framed, and a server's answer whether protocols
    /// switch.
    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::Request { method, .. } if self.role == Role::Client => {
                self.asked.push_back(Asked::by(method));
            }
            Action::Response { status, .. } if self.role == Role::Server => {
                let asked = self.asked.pop_front();
                if self.mode == Mode::Waits && self.asked.is_empty() {
                    let agreed = *status == 101 || asked.is_some_and(|a| a.opens_a_tunnel(*status));
                    if !agreed {
                        self.parser.reset();
                    }
                    self.mode = if agreed { Mode::Agreed } else { Mode::Http };
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn transmit(&mut self, _: &mut Vec<u8>) {}
}

impl Side {
    /// Reads the octets that were left.
    fn read_held(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        let mut octets = std::mem::take(&mut self.octets);
        let read = self.read(&octets, events);
        octets.drain(..read);
        self.octets = octets;
    }

    /// Feeds milo until it neither consumes nor shows anything; gives how many octets are done with.
    fn read(&mut self, octets: &[u8], events: &mut dyn FnMut(Event<'_>)) -> usize {
        let mut at = 0;
        while self.mode == Mode::Http {
            let (consumed, noted) = self.parser.parse(&octets[at..]);
            self.show(&noted, &octets[at..], events);
            at += consumed;
            if self.mode == Mode::Http && self.parser.state() == STATE_TUNNEL {
                // With no request to answer it is the preface of HTTP/2, of which milo shows no head.
                self.mode = if self.asked.is_empty() { Mode::Agreed } else { Mode::Waits };
            }
            if consumed == 0 && noted.is_empty() {
                break;
            }
        }
        if self.mode == Mode::Agreed {
            self.mode = Mode::Switched;
            events(Event::Upgraded);
        }
        match self.mode {
            Mode::Switched if at < octets.len() => events(Event::Data(&octets[at..])),
            Mode::Http | Mode::Waits => return at,
            _ => {}
        }
        octets.len()
    }

    /// Names what was noted. `octets` are those of the call that noted it.
    fn show(&mut self, noted: &[Noted], octets: &[u8], events: &mut dyn FnMut(Event<'_>)) {
        for noted in noted {
            if self.mode == Mode::Over {
                return;
            }
            let span = || &octets[noted.at..][..noted.len];
            match noted.kind {
                EVENT_MESSAGE_START => self.message = Message::default(),
                EVENT_METHOD | EVENT_STATUS => self.message.first = span().to_vec(),
                EVENT_URL | EVENT_REASON => self.message.second = span().to_vec(),
                EVENT_VERSION => self.message.version = span().to_vec(),
                EVENT_HEADER_NAME => self.message.fields.push(&span().to_ascii_lowercase(), b""),
                EVENT_TRAILER_NAME => self.message.trailers.push(&span().to_ascii_lowercase(), b""),
                EVENT_HEADER_VALUE => self.message.fields.extend_value(span()),
                EVENT_TRAILER_VALUE => self.message.trailers.extend_value(span()),
                EVENT_HEADERS => self.head(events),
                EVENT_DATA => events(Event::Data(&octets[noted.at..][..noted.len])),
                EVENT_MESSAGE_COMPLETE if self.message.is_interim => {}
                EVENT_MESSAGE_COMPLETE => self.end(events),
                EVENT_CONNECT if self.role == Role::Server => self.end(events),
                EVENT_CONNECT | EVENT_UPGRADE => {
                    self.end(events);
                    self.mode = Mode::Agreed;
                }
                EVENT_ERROR => {
                    self.mode = Mode::Over;
                    let text = &self.parser.error();
                    events(Event::Rejected(Rejected { phase: None, class: None, status: None, text }));
                }
                _ => {}
            }
        }
    }

    fn head(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        let Message { first, second, version, fields, .. } = &self.message;
        let minor = version.last().map(|digit| digit.wrapping_sub(b'0'));
        if self.role == Role::Server {
            self.asked.push_back(Asked::by(first));
            events(Event::Request { method: first, target: second, minor, fields });
            return;
        }
        let status = first.iter().fold(0, |n, digit| n * 10 + u16::from(digit.wrapping_sub(b'0')));
        let reason = Some(&second[..]);
        if matches!(status, 100 | 102..=199) {
            events(Event::Interim { status, reason, minor, fields });
            self.message.is_interim = true;
            return;
        }
        events(Event::Response { status, reason, minor, fields });
        let asked = self.asked.pop_front().unwrap_or(Asked::Other);
        self.parser.tell(asked == Asked::Head, asked.opens_a_tunnel(status));
    }

    fn end(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        events(Event::End { trailers: &self.message.trailers });
    }
}
