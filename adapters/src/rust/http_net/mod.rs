//! http-net, driven as its documentation says: feed what its buffer takes, poll until it wants input or an answer,
//! feed the rest.
//!
//! Its builders own the framing and connection fields and refuse them as fields: what a field of an action says by
//! these names goes to the builder's own call ([`outgoing`]).

mod client;
mod outgoing;
mod server;

use std::sync::LazyLock;

use ::http_net::{Headers, HttpError, Limits, Version};
use wireproof::http1::{Event, Http1, Rejected};
use wireproof::{
    Config, Endpoint, FieldBuffer, FieldList, Implementation, Input, Profile, Role, SendError, Unsupported,
};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "0.9.1";

/// The `http-net` crate, strict, with its own limits, trailers and interim responses shown, clients free to pipeline.
pub struct HttpNet;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "Apache-2.0 OR MIT".to_owned(),
    home: "https://github.com/jamesgober/http-net".to_owned(),
    ..Profile::rust::<Http1>("http-net", VERSION, CAN, CANNOT)
});

const CAN: &[&str] = &[
    "head",
    "framing",
    "pipeline",
    "eof",
    "close",
    "trailers",
    "interim",
    "upgrade",
    "output",
    "target",
    "version",
    "reason",
    "field-order",
    "host",
    "error-status",
];

const CANNOT: &[(&str, &str)] = &[
    ("continue", "it says whether the client expects 100; to answer is the application's"),
    (
        "error-class",
        "its errors name rules, not the part of the message: a bad header field and a bad trailer field are one",
    ),
];

/// Requests that a client may have outstanding; the default, 1, is no pipelining.
const PIPELINE: u8 = 16;

impl Implementation<Http1> for HttpNet {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        config.only(&["max-start-line", "max-fields"])?;
        let size =
            |name, default: usize| config.get(name).map_or(default, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let limits = Limits::new().with_pipeline_depth(PIPELINE);
        let limits = limits
            .with_max_start_line(size("max-start-line", limits.max_start_line()))
            .with_max_headers(size("max-fields", limits.max_headers()));
        match role {
            Role::Server => Ok(Box::new(server::Server::new(limits))),
            Role::Client => Ok(Box::new(client::Client::new(limits))),
            Role::Decoder | Role::Encoder => Err(Unsupported(format!("HTTP/1 has no {role}"))),
        }
    }
}

/// What an endpoint does next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// It reads messages.
    Http,
    /// The octets belong to another protocol.
    Switched,
    /// Rejected or closed: nothing more is reported.
    Over,
}

/// What has come and did not fit in its buffer yet, which may be full of requests that wait for their turn.
#[derive(Default)]
struct Waiting {
    octets: Vec<u8>,
    /// How many of them are handed over.
    fed: usize,
    eof: bool,
    told: bool,
}

/// What was handed over.
enum Next {
    Fed,
    Eof,
    Nothing,
}

impl Waiting {
    fn take(&mut self, input: Input<'_>) {
        match input {
            Input::Bytes(octets) if !self.eof => {
                self.octets.drain(..std::mem::take(&mut self.fed));
                self.octets.extend_from_slice(octets);
            }
            Input::Eof => self.eof = true,
            Input::Bytes(_) | Input::Tick(_) => {}
        }
    }

    /// Hands over what is taken, and behind all of it the end of the stream.
    fn next(&mut self, feed: impl FnOnce(&[u8]) -> usize) -> Next {
        if self.fed == self.octets.len() {
            return if self.eof && !std::mem::replace(&mut self.told, true) { Next::Eof } else { Next::Nothing };
        }
        let fed = feed(&self.octets[self.fed..]);
        self.fed += fed;
        if fed > 0 { Next::Fed } else { Next::Nothing }
    }

    /// What waits when messages are over: octets of the other protocol.
    fn rest(&mut self, mode: Mode, events: &mut dyn FnMut(Event<'_>)) {
        if mode == Mode::Switched {
            report_data(&self.octets[self.fed..], events);
        }
        (self.octets, self.fed) = (Vec::new(), 0);
    }
}

/// Trailer fields, until the end of their message is shown.
fn keep(trailers: Headers<'_>) -> FieldBuffer {
    let mut kept = FieldBuffer::default();
    trailers.for_each(|(name, value)| kept.push(name.to_ascii_lowercase().as_bytes(), value));
    kept
}

/// Field lines, their names lower-cased.
struct Lines<'a>(Headers<'a>);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        let mut lower = Vec::new();
        for (name, value) in self.0.clone() {
            lower.clear();
            lower.extend_from_slice(name.as_bytes());
            lower.make_ascii_lowercase();
            each(&lower, value);
        }
    }
}

fn minor(version: Version) -> u8 {
    u8::from(version == Version::Http11)
}

fn report_data(octets: &[u8], events: &mut dyn FnMut(Event<'_>)) {
    if !octets.is_empty() {
        events(Event::Data(octets));
    }
}

fn reject(error: HttpError, status: Option<u16>, events: &mut dyn FnMut(Event<'_>)) {
    events(Event::Rejected(Rejected { phase: None, class: None, status, text: &error.to_string() }));
}

fn past_the_switch() -> SendError {
    SendError::Cannot("after a switch of protocols the application writes past http-net".to_owned())
}

fn no_close() -> SendError {
    SendError::Cannot("http-net has no call to close: the application drops it and closes the socket".to_owned())
}
