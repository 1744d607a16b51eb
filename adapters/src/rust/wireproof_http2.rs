//! The reference HTTP/2 core, driven as its documentation says: offer, use, drop what was consumed, again.

use std::sync::LazyLock;

use ::wireproof_http2::{Code, Connection, Error, Event as Native, Fields, Limits, Received, Request, Settings};
use wireproof::bytes::lend_lines;
use wireproof::http1::FieldText;
use wireproof::http2::{Action, Event, Head, Http2, Scope, code_number, setting_name, setting_number};
use wireproof::{Config, Endpoint, FieldList, Implementation, Input, Profile, Protocol, Role, SendError, Unsupported};

/// The reference core, with its default limits.
pub struct WireproofHttp2;

const CAN: &[&str] = &[
    "output",
    "goaway-written",
    "messages",
    "content-length",
    "flow",
    "send-flow",
    "eof",
    "close",
    "trailers",
    "interim",
    "push",
    "enhanced-connect",
    "reset",
    "goaway",
    "goaway-last",
    "goaway-debug",
    "settings",
    "settings-values",
    "settings-acknowledged",
    "ping",
    "window",
    "field-order",
    "error-code",
    "error-stream",
];

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT OR Apache-2.0".to_owned(),
    ..Profile::rust::<Http2>("wireproof-http2", env!("CARGO_PKG_VERSION"), CAN, &[])
});

impl Implementation<Http2> for WireproofHttp2 {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http2>>, Unsupported> {
        open(role, config, Limits::default())
    }
}

/// Opens an endpoint of the core with some limits; the subject has its defaults.
pub(super) fn open(role: Role, config: &Config, limits: Limits) -> Result<Box<dyn Endpoint<Http2>>, Unsupported> {
    let known: Vec<&str> = Http2::SPEC.options.iter().map(|(name, _)| *name).collect();
    config.only(&known)?;
    let config = ::wireproof_http2::Config { settings: settings(config), limits };
    let connection = match role {
        Role::Server => Connection::server(config),
        Role::Client => Connection::client(config),
        Role::Decoder | Role::Encoder => return Err(Unsupported(format!("HTTP/2 has no {role}"))),
    };
    Ok(Box::new(Core { connection, kept: Vec::new(), done: false }))
}

/// The settings that a script asks for; the others have their initial values.
fn settings(config: &Config) -> Settings {
    let number = |name: &str| config.get(name).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    let flag = |name: &str| number(name).map(|n| n == 1);
    let initial = Settings::default();
    Settings {
        header_table_size: number("header-table-size").unwrap_or(initial.header_table_size),
        enable_push: flag("enable-push").unwrap_or(initial.enable_push),
        max_concurrent_streams: number("max-concurrent-streams"),
        initial_window_size: number("initial-window-size").unwrap_or(initial.initial_window_size),
        max_frame_size: number("max-frame-size").unwrap_or(initial.max_frame_size),
        max_header_list_size: number("max-header-list-size"),
        enable_connect_protocol: flag("enable-connect-protocol").unwrap_or(initial.enable_connect_protocol),
    }
}

/// One connection, with the octets that it did not consume.
struct Core {
    connection: Connection,
    kept: Vec<u8>,
    /// Nothing more is reported.
    done: bool,
}

impl Endpoint<Http2> for Core {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        match input {
            Input::Bytes(octets) => {
                let rest = self.complete(octets, events);
                if self.kept.is_empty() {
                    let used = self.offer(rest, events);
                    self.kept.extend_from_slice(&rest[used..]);
                }
            }
            Input::Eof => {
                self.connection.receive_eof();
                self.offer_kept(events);
            }
            Input::Tick(_) => {}
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        let core = &mut self.connection;
        match action {
            Action::Request { stream, fields, end } => chosen(*stream, with(fields, |f| core.send_request(f, *end))),
            Action::Push { stream, promised, fields } => chosen(*promised, with(fields, |f| core.push(*stream, f))),
            Action::Response { stream, fields, end } => with(fields, |f| core.send_response(*stream, f, *end)),
            Action::Interim { stream, fields } => with(fields, |f| core.send_interim(*stream, f)),
            Action::Data { stream, bytes, end } => refused(core.send_data(*stream, bytes, *end)),
            Action::End { stream, trailers } if trailers.is_empty() => refused(core.send_data(*stream, &[], true)),
            Action::End { stream, trailers } => with(trailers, |f| core.send_trailers(*stream, f)),
            Action::Reset { stream, code } => refused(core.reset(*stream, code_of(code)?)),
            Action::Goaway { code } => refused(core.goaway(code_of(code)?)),
            Action::Settings { values } => {
                let number = |(name, value): &(String, u32)| setting_number(name).map(|id| (id, *value));
                let values = values.iter().map(number).collect::<Option<Vec<_>>>();
                refused(core.settings(&values.ok_or_else(|| SendError::Cannot("an unknown setting".to_owned()))?))
            }
            Action::Ping { data } => {
                let data = <[u8; 8]>::try_from(&**data);
                refused(core.ping(data.map_err(|_| SendError::Cannot("PING has eight octets".to_owned()))?))
            }
            Action::Window { stream, increment } => refused(core.give_credit(*stream, *increment)),
        }
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.connection.transmit(out);
    }
}

impl Core {
    /// Completes the frame of which a part was kept, and offers it. Gives what comes after it.
    fn complete<'o>(&mut self, mut octets: &'o [u8], events: &mut dyn FnMut(Event<'_>)) -> &'o [u8] {
        while !self.kept.is_empty() && !octets.is_empty() {
            let lacks = self.connection.lacks(&self.kept);
            let (more, rest) = octets.split_at(lacks.min(octets.len()));
            self.kept.extend_from_slice(more);
            if more.len() == lacks {
                self.offer_kept(events);
            }
            octets = rest;
        }
        octets
    }

    fn offer_kept(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        let mut kept = std::mem::take(&mut self.kept);
        let used = self.offer(&kept, events);
        kept.drain(..used);
        self.kept = kept;
    }

    /// Offers octets until nothing comes, and gives how many were used.
    fn offer(&mut self, octets: &[u8], events: &mut dyn FnMut(Event<'_>)) -> usize {
        let mut used = 0;
        while !self.done {
            match self.connection.receive(&octets[used..]) {
                Ok(Received::Event { consumed, event }) => {
                    used += consumed;
                    self.done = matches!(event, Native::Closed);
                    report(event, events);
                }
                Ok(Received::NeedMore { consumed }) => return used + consumed,
                Err(error) => {
                    self.done = true;
                    reject(Scope::Connection, None, error, events);
                }
            }
        }
        octets.len()
    }
}

/// A stream that was to be this one.
fn chosen(wanted: u32, sent: Result<u32, SendError>) -> Result<(), SendError> {
    match sent? {
        stream if stream == wanted => Ok(()),
        stream => Err(SendError::Cannot(format!("it chose stream {stream}, not {wanted}"))),
    }
}

fn code_of(name: &str) -> Result<Code, SendError> {
    code_number(name).map(Code).ok_or_else(|| SendError::Cannot(format!("{name:?} is no error code")))
}

fn refused<T>(sent: Result<T, Error>) -> Result<T, SendError> {
    sent.map_err(|error| SendError::Refused(error.to_string()))
}

/// Calls `send` with an action's fields.
fn with<T>(fields: &FieldText, send: impl FnOnce(&[(&[u8], &[u8])]) -> Result<T, Error>) -> Result<T, SendError> {
    refused(lend_lines(fields, send))
}

struct List<'a>(Fields<'a>);

impl FieldList for List<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.0.iter().for_each(|(name, value)| each(name, value));
    }
}

fn head<'a>(request: &Request<'a>, fields: &'a List<'a>) -> Head<'a> {
    Head {
        method: Some(request.method),
        scheme: request.scheme,
        authority: request.authority,
        path: request.path,
        protocol: request.protocol,
        fields,
    }
}

/// Names one event in the harness's vocabulary.
fn report(event: Native<'_>, events: &mut dyn FnMut(Event<'_>)) {
    match event {
        Native::Request { stream, request } => {
            events(Event::Request { stream, head: head(&request, &List(request.fields)) });
        }
        Native::Pushed { stream, promised, request } => {
            events(Event::Pushed { stream, promised, head: head(&request, &List(request.fields)) });
        }
        Native::Response { stream, status, fields } => {
            events(Event::Response { stream, status, fields: &List(fields) });
        }
        Native::Interim { stream, status, fields } => events(Event::Interim { stream, status, fields: &List(fields) }),
        Native::Data { stream, bytes, .. } => events(Event::Data { stream, bytes }),
        Native::End { stream, trailers } => events(Event::End { stream, trailers: &List(trailers) }),
        Native::Reset { stream, code } => events(Event::Reset { stream, code: code.0 }),
        Native::Refused { stream, error } => reject(Scope::Stream, Some(stream), error, events),
        Native::Settings(list) => {
            let values: Vec<_> = list.iter().map(|(id, value)| (setting_name(id), value.to_string())).collect();
            events(Event::Settings(Some(&values)));
        }
        Native::SettingsAcknowledged => events(Event::SettingsAcknowledged),
        Native::Ping(data) => events(Event::Ping(&data)),
        Native::Pong(data) => events(Event::Pong(&data)),
        Native::Window { stream, increment } => events(Event::Window { stream, increment }),
        Native::Goaway { last, code, debug } => {
            events(Event::Goaway { last: Some(last), code: code.0, debug: Some(debug) });
        }
        Native::Closed => events(Event::Closed),
    }
}

fn reject(scope: Scope, stream: Option<u32>, error: Error, events: &mut dyn FnMut(Event<'_>)) {
    events(Event::Rejected { scope, stream, code: Some(error.code().0), text: &error.to_string() });
}
