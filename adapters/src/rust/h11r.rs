//! h11r, driven as its documentation tells applications to: octets in, events out until it wants more or pauses.
//!
//! A server starts the next cycle as soon as both sides are done, a client when it is asked to send another request.
//! `closed` is h11r's `ConnectionClosed`, or that its states allow neither side another message. It ends a 101, and a
//! 2xx to CONNECT, with the head: the vocabulary's `end` is reported, or taken, without a call.

use std::sync::LazyLock;

use ::h11r::{
    Connection, Event as Native, Headers, Limits, LocalProtocolError, Method, NextEvent, Request, Response, State,
    StatusCode, Version,
};
use wireproof::http1::{Action, Event, FieldText, Http1, Rejected};
use wireproof::{Config, Endpoint, FieldList, Implementation, Input, Profile, Role, SendError, Unsupported};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "0.3.1";

/// The `h11r` crate, strict, with its own limits.
pub struct H11r;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT".to_owned(),
    home: "https://github.com/cnzakii/h11r".to_owned(),
    ..Profile::rust::<Http1>("h11r", VERSION, CAN, CANNOT)
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
    ("continue", "it shows a flag that the client waits; to answer is the application's"),
    ("error-class", "its errors carry a text and a status, no class"),
];

/// h11r's own limits, which it does not show: `Limits` has a constructor and no getters.
const LIMITS: (usize, usize) = (64 * 1024, 100);

impl Implementation<Http1> for H11r {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        config.only(&["max-head", "max-fields"])?;
        let size =
            |name, default: usize| config.get(name).map_or(default, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let limits = Limits::new(size("max-head", LIMITS.0), size("max-fields", LIMITS.1));
        let limits = limits.map_err(|e| Unsupported(e.to_string()))?;
        let native = match role {
            Role::Server => ::h11r::Role::Server,
            Role::Client => ::h11r::Role::Client,
            Role::Decoder | Role::Encoder => return Err(Unsupported(format!("HTTP/1 has no {role}"))),
        };
        let h11r = Connection::new(native, limits);
        Ok(Box::new(Side { h11r, role, out: Vec::new(), eof: false, switched: false, over: false }))
    }
}

/// One side of one connection.
struct Side {
    h11r: Connection,
    role: Role,
    out: Vec<u8>,
    /// The peer ended its stream; octets after that are against h11r's contract.
    eof: bool,
    /// The octets belong to another protocol.
    switched: bool,
    /// Rejected or closed: it would only say the same again.
    over: bool,
}

impl Endpoint<Http1> for Side {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        if self.over {
            return;
        }
        let took = match input {
            Input::Tick(_) => return,
            Input::Bytes(octets) if !octets.is_empty() && self.eof => return,
            Input::Bytes(octets) if self.switched => {
                report_data(octets, events);
                return;
            }
            Input::Bytes([]) => Ok(()),
            Input::Bytes(octets) => self.h11r.receive_data(octets),
            Input::Eof => {
                self.eof = true;
                if self.switched {
                    return;
                }
                self.h11r.receive_data(b"")
            }
        };
        took.expect("octets before the end");
        self.report(events);
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        if self.h11r.local_state() == State::SwitchedProtocol {
            return match action {
                Action::End { trailers } if trailers.is_empty() => Ok(()),
                _ => Err(SendError::Cannot("after a switch of protocols the application writes past h11r".to_owned())),
            };
        }
        let written = match action {
            Action::Request { method, target, fields } => self.send_request(method, target, fields)?,
            Action::Response { status, reason, fields } if *status != 101 => {
                self.h11r.send_response(response(*status, reason, fields)?)
            }
            Action::Response { status, reason, fields } | Action::Interim { status, reason, fields } => {
                self.h11r.send_informational_response(response(*status, reason, fields)?)
            }
            Action::Data(data) => self.h11r.send_data(data),
            Action::End { trailers } => self.h11r.end_of_message(headers(trailers)),
            Action::Close {} => self.h11r.close().map(|()| Vec::new()),
        };
        self.out.append(&mut written.map_err(refused)?);
        Ok(())
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}

impl Side {
    /// Asks for events until there are none.
    fn report(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        loop {
            if self.role == Role::Server && self.both_done() && self.h11r.start_next_cycle().is_err() {
                break;
            }
            match self.h11r.next_event() {
                Ok(NextEvent::Event(event)) => {
                    self.over = event == Native::ConnectionClosed;
                    show(&event, events);
                    let is_head = matches!(event, Native::Response(_) | Native::InformationalResponse(_));
                    if is_head && self.h11r.peer_state() == State::SwitchedProtocol {
                        events(Event::End { trailers: &NONE });
                    }
                }
                Ok(NextEvent::NeedData | NextEvent::Paused) => break,
                Err(error) => {
                    self.over = true;
                    let status = error.suggested_status_code();
                    events(Event::Rejected(Rejected { phase: None, class: None, status, text: &error.to_string() }));
                }
            }
            if self.over {
                return;
            }
        }
        self.settle(events);
    }

    /// What follows from the states alone: a switch of protocols, a connection that is over.
    fn settle(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        let closing = |state| matches!(state, State::MustClose | State::Closed);
        if self.h11r.peer_state() == State::SwitchedProtocol {
            self.switched = true;
            events(Event::Upgraded);
            report_data(self.h11r.trailing_data().0, events);
        } else if closing(self.h11r.local_state()) && closing(self.h11r.peer_state()) {
            self.over = true;
            events(Event::Closed);
        }
    }

    fn both_done(&self) -> bool {
        self.h11r.local_state() == State::Done && self.h11r.peer_state() == State::Done
    }

    fn send_request(
        &mut self,
        method: &[u8],
        target: &[u8],
        fields: &FieldText,
    ) -> Result<Result<Vec<u8>, LocalProtocolError>, SendError> {
        if self.both_done() {
            self.h11r.start_next_cycle().map_err(refused)?;
        }
        let method = Method::from_bytes(method).map_err(refused)?;
        let (target, headers) = (target.to_vec(), headers(fields));
        Ok(self.h11r.send_request(Request { method, target, headers, http_version: Version::Http11 }))
    }
}

fn refused(error: impl std::fmt::Display) -> SendError {
    SendError::Refused(error.to_string())
}

fn response(status: u16, reason: &[u8], fields: &FieldText) -> Result<Response, SendError> {
    let status = StatusCode::from_u16(status).map_err(refused)?;
    Ok(Response { status, reason: reason.to_vec(), headers: headers(fields), http_version: Version::Http11 })
}

fn headers(fields: &FieldText) -> Headers {
    fields.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

fn report_data(octets: &[u8], events: &mut dyn FnMut(Event<'_>)) {
    if !octets.is_empty() {
        events(Event::Data(octets));
    }
}

fn show(event: &Native<'_>, events: &mut dyn FnMut(Event<'_>)) {
    match event {
        Native::Request(r) => events(Event::Request {
            method: r.method.as_bytes(),
            target: &r.target,
            minor: Some(minor(r.http_version)),
            fields: &Lines(&r.headers),
        }),
        Native::InformationalResponse(r) if r.status.as_u16() != 101 => {
            let (status, minor) = (r.status.as_u16(), Some(minor(r.http_version)));
            events(Event::Interim { status, reason: Some(&r.reason), minor, fields: &Lines(&r.headers) });
        }
        Native::InformationalResponse(r) | Native::Response(r) => {
            let (status, minor) = (r.status.as_u16(), Some(minor(r.http_version)));
            events(Event::Response { status, reason: Some(&r.reason), minor, fields: &Lines(&r.headers) });
        }
        Native::Data(data) => report_data(data.data, events),
        Native::EndOfMessage(end) => events(Event::End { trailers: &Lines(&end.trailers) }),
        Native::ConnectionClosed => events(Event::Closed),
    }
}

fn minor(version: Version) -> u8 {
    u8::from(version == Version::Http11)
}

/// No fields.
static EMPTY: Headers = Headers::new();
const NONE: Lines<'static> = Lines(&EMPTY);

/// Field lines, their names lower-cased.
struct Lines<'a>(&'a Headers);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        let mut lower = Vec::new();
        for (name, value) in self.0 {
            lower.clear();
            lower.extend_from_slice(name);
            lower.make_ascii_lowercase();
            each(&lower, value);
        }
    }
}
