//! httparse: slices in, one parsed head out. It keeps no state, so every call parses from the start again, which is
//! its own way of going on after `Partial`. It finds no end of content: after one head there is nothing more to ask.

use std::sync::LazyLock;

use ::httparse::{EMPTY_HEADER, Error, Header, Request, Response, Status};
use wireproof::http1::{Action, Class, Event, Http1, Phase, Rejected};
use wireproof::{Config, Endpoint, FieldList, Implementation, Input, Profile, Role, SendError, Unsupported};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "1.10.1";

/// Field lines given room for. httparse has no limit of its own: the caller brings the array.
const FIELDS: usize = 256;

/// The `httparse` crate with its default, strict `ParserConfig`.
pub struct Httparse;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT OR Apache-2.0".to_owned(),
    home: "https://github.com/seanmonstar/httparse".to_owned(),
    ..Profile::rust::<Http1>("httparse", VERSION, CAN, CANNOT)
});

const CAN: &[&str] = &["head", "target", "version", "reason", "field-order"];

const CANNOT: &[(&str, &str)] = &[
    ("framing", "it parses one head and does not look for content"),
    ("pipeline", "where the next head begins is its caller's to know"),
    ("eof", "it has no call for the end of the stream"),
    ("trailers", "parse_headers could read them, but only the caller knows where they begin"),
    ("interim", "a 1xx head is the one head it parses; that another follows is its caller's to know"),
    ("error-class", "its seven errors name octets, not rules: a folded line is an invalid header name"),
];

impl Implementation<Http1> for Httparse {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        config.only(&["max-fields"])?;
        let parse: Parse = match role {
            Role::Server => request,
            Role::Client => response,
            Role::Decoder | Role::Encoder => return Err(Unsupported(format!("HTTP/1 has no {role}"))),
        };
        let fields = match config.get("max-fields").map(usize::try_from) {
            None => FIELDS,
            Some(Ok(n)) if n <= FIELDS => n,
            Some(_) => return Err(Unsupported(format!("the adapter gives room for at most {FIELDS} fields"))),
        };
        Ok(Box::new(Head { parse, fields, buffer: Vec::new(), done: false }))
    }
}

/// Reports the head at the start of a buffer, or its refusal, and says whether there was either.
type Parse = for<'a> fn(&'a [u8], &mut [Header<'a>], &mut dyn FnMut(Event<'_>)) -> bool;

/// The octets of one head, as far as they have come.
struct Head {
    parse: Parse,
    fields: usize,
    buffer: Vec<u8>,
    done: bool,
}

impl Endpoint<Http1> for Head {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        match input {
            Input::Bytes(octets) if !octets.is_empty() && !self.done => {
                self.buffer.extend_from_slice(octets);
                let mut fields = [EMPTY_HEADER; FIELDS];
                self.done = (self.parse)(&self.buffer, &mut fields[..self.fields], events);
            }
            Input::Bytes(_) | Input::Eof | Input::Tick(_) => {}
        }
    }

    fn send(&mut self, _: &Action) -> Result<(), SendError> {
        Ok(())
    }

    fn transmit(&mut self, _: &mut Vec<u8>) {}
}

fn request<'a>(buffer: &'a [u8], fields: &mut [Header<'a>], events: &mut dyn FnMut(Event<'_>)) -> bool {
    let mut head = Request::new(fields);
    match head.parse(buffer) {
        Ok(Status::Partial) => return false,
        Ok(Status::Complete(_)) => events(Event::Request {
            method: head.method.unwrap_or_default().as_bytes(),
            target: head.path.unwrap_or_default().as_bytes(),
            minor: head.version,
            fields: &Lines(head.headers),
        }),
        // The one error that two parts of the line share; which, shows from what was parsed before it.
        Err(Error::Token) if head.method.is_some() => {
            refuse(Error::Token, Some(Phase::StartLine), Class::Target, events);
        }
        Err(error) => reject(error, events),
    }
    true
}

fn response<'a>(buffer: &'a [u8], fields: &mut [Header<'a>], events: &mut dyn FnMut(Event<'_>)) -> bool {
    let mut head = Response::new(fields);
    match head.parse(buffer) {
        Ok(Status::Partial) => return false,
        Ok(Status::Complete(_)) => {
            let (status, reason) = (head.code.unwrap_or_default(), head.reason.map(str::as_bytes));
            let fields = &Lines(head.headers);
            events(match status {
                100 | 102..=199 => Event::Interim { status, reason, minor: head.version, fields },
                _ => Event::Response { status, reason, minor: head.version, fields },
            });
        }
        Err(error) => reject(error, events),
    }
    true
}

/// Names an error in our words, as far as it tells.
fn reject(error: Error, events: &mut dyn FnMut(Event<'_>)) {
    let (phase, class) = match error {
        Error::HeaderName => (Some(Phase::Head), Class::FieldName),
        Error::HeaderValue => (Some(Phase::Head), Class::FieldValue),
        Error::NewLine => (None, Class::LineEnd),
        Error::Status => (Some(Phase::StartLine), Class::Status),
        Error::Token => (Some(Phase::StartLine), Class::Method),
        Error::TooManyHeaders => (Some(Phase::Head), Class::Limit),
        Error::Version => (Some(Phase::StartLine), Class::Version),
    };
    refuse(error, phase, class, events);
}

fn refuse(error: Error, phase: Option<Phase>, class: Class, events: &mut dyn FnMut(Event<'_>)) {
    events(Event::Rejected(Rejected { phase, class: Some(class), status: None, text: &error.to_string() }));
}

/// httparse's fields, their names lower-cased.
struct Lines<'a>(&'a [Header<'a>]);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        let mut name = Vec::new();
        for field in self.0 {
            name.clear();
            name.extend_from_slice(field.name.as_bytes());
            name.make_ascii_lowercase();
            each(&name, field.value);
        }
    }
}
