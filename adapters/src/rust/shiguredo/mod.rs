//! shiguredo_http2, as its documentation drives it: `feed` and `process`, then its events and its output.
//!
//! It always announces its settings, all that have a value; those that may be left out are, unless the script sets
//! them. It gives no credit by itself. An error that `process` returns is the connection's; GOAWAY would be the
//! application's to send. Its event `StreamReset` says that a stream was reset, and not by whom: where it has written
//! RST_STREAM for that stream, it was itself, for what it received or because the script asked for it.

mod hpack;

use std::collections::VecDeque;
use std::sync::LazyLock;

use shiguredo_http2::{
    Connection, Error, ErrorCode, ErrorKind, Event as Native, HeaderField, Limits, MaxFrameSize, StreamId, WindowSize,
};
use wireproof::http1::FieldText;
use wireproof::http2::{Action, Event, Head, Http2, Scope, code_number};
use wireproof::{Config, Endpoint, Implementation, Input, Profile, Protocol, Role, SendError, Unsupported};

pub use self::hpack::ShiguredoHpack;

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "2026.1.0-canary.16";

/// The `shiguredo_http2` crate, server and client.
pub struct Shiguredo;

fn profile<P: Protocol>(name: &str, can: &[&str], cannot: &[(&str, &str)]) -> Profile {
    Profile {
        licence: "Apache-2.0".to_owned(),
        home: "https://github.com/shiguredo/http2-rs".to_owned(),
        ..Profile::rust::<P>(name, VERSION, can, cannot)
    }
}

static PROFILE: LazyLock<Profile> = LazyLock::new(|| profile::<Http2>("shiguredo-http2", CAN, CANNOT));

const CAN: &[&str] = &[
    "output",
    "messages",
    "content-length",
    "flow",
    "send-flow",
    "trailers",
    "interim",
    "enhanced-connect",
    "reset",
    "goaway",
    "goaway-last",
    "goaway-debug",
    "settings",
    "settings-acknowledged",
    "ping",
    "window",
    "field-order",
    "error-code",
    "error-stream",
];

const CANNOT: &[(&str, &str)] = &[
    ("goaway-written", "it returns an error, and GOAWAY is the application's to send"),
    ("eof", "it is not told that the stream ended"),
    ("close", "it reports no end of the connection"),
    ("push", "it does not support server push, and announces so"),
    ("settings-values", "its event says only that SETTINGS came"),
];

impl Implementation<Http2> for Shiguredo {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http2>>, Unsupported> {
        let limits = limits(config)?;
        let mut http2 = match role {
            Role::Server => Connection::server(limits),
            Role::Client => Connection::client(limits),
            Role::Decoder | Role::Encoder => return Err(Unsupported(format!("HTTP/2 has no {role}"))),
        };
        http2.initiate().map_err(|e| Unsupported(e.to_string()))?;
        let (out, waiting) = (Vec::new(), VecDeque::new());
        Ok(Box::new(Side { http2, server: role == Role::Server, out, waiting, over: false }))
    }
}

fn limits(config: &Config) -> Result<Limits, Unsupported> {
    super::only_http2(config)?;
    let get = |name: &str| {
        let value = config.get(name).map(u32::try_from).transpose();
        value.map_err(|_| Unsupported(format!("{name} has 32 bits")))
    };
    let unsupported = |e: &dyn std::fmt::Display| Unsupported(e.to_string());
    let mut builder = Limits::builder()
        .max_concurrent_streams(get("max-concurrent-streams")?)
        .max_header_list_size(get("max-header-list-size")?);
    match get("enable-connect-protocol")? {
        None => {}
        Some(1) => builder = builder.enable_connect_protocol(true),
        Some(_) => return Err(Unsupported("it announces extended CONNECT or nothing of it".to_owned())),
    }
    if let Some(size) = get("header-table-size")? {
        builder = builder.header_table_size(size);
    }
    if let Some(size) = get("initial-window-size")? {
        builder = builder.initial_window_size(WindowSize::new(size).map_err(|e| unsupported(&e))?);
    }
    if let Some(size) = get("max-frame-size")? {
        builder = builder.max_frame_size(MaxFrameSize::new(size).map_err(|e| unsupported(&e))?);
    }
    if get("enable-push")? == Some(1) {
        return Err(Unsupported("it does not support server push".to_owned()));
    }
    builder.build().map_err(|e| unsupported(&e))
}

/// One side of one connection.
struct Side {
    http2: Connection,
    server: bool,
    out: Vec<u8>,
    /// Events that an action brought.
    waiting: VecDeque<Native>,
    /// The connection was refused.
    over: bool,
}

impl Endpoint<Http2> for Side {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(octets) = input else { return };
        if self.over {
            return;
        }
        let processed = self.http2.feed(octets).and_then(|_| self.http2.process());
        let written = self.take_output();
        let ours = resets(&written);
        std::mem::take(&mut self.waiting).iter().for_each(|event| self.show(event, &[], events));
        while let Some(event) = self.http2.poll_event() {
            self.show(&event, &ours, events);
        }
        if let Err(error) = processed {
            self.over = !error.is_stream_error();
            reject(&error, events);
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        let done = self.act(action);
        let written = self.take_output();
        let ours = resets(&written);
        while let Some(event) = self.http2.poll_event() {
            if !matches!(&event, Native::StreamReset { stream_id, .. } if ours.contains(&stream_id.as_u32())) {
                self.waiting.push_back(event);
            }
        }
        done
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}

impl Side {
    /// Moves its output to ours, and gives it.
    fn take_output(&mut self) -> Vec<u8> {
        let mut written = Vec::new();
        while let Some(octets) = self.http2.poll_output() {
            written.extend(octets);
        }
        self.out.extend_from_slice(&written);
        written
    }

    fn act(&mut self, action: &Action) -> Result<(), SendError> {
        let done = match action {
            Action::Request { stream, fields, end } => {
                let chosen = self.http2.start_stream(lines(fields)?, *end).map_err(refused)?;
                return if chosen.as_u32() == *stream { Ok(()) } else { Err(cannot("it chooses another stream")) };
            }
            Action::Response { stream, fields, end } => self.http2.send_response(id(*stream), lines(fields)?, *end),
            Action::Interim { stream, fields } => self.http2.send_response(id(*stream), lines(fields)?, false),
            Action::Data { stream, bytes, end } => self.http2.send_data(id(*stream), bytes.to_vec(), *end),
            Action::End { stream, trailers } if trailers.is_empty() => {
                self.http2.send_data(id(*stream), Vec::new(), true)
            }
            Action::End { stream, trailers } => self.http2.send_trailers(id(*stream), lines(trailers)?),
            Action::Reset { stream, code } => self.http2.reset_stream(id(*stream), error_code(code)?),
            Action::Goaway { code } => self.http2.send_goaway(error_code(code)?, Vec::new()),
            Action::Ping { data } => match data.to_vec().try_into() {
                Ok(data) => self.http2.send_ping(data),
                Err(_) => return Err(cannot("a PING has 8 octets")),
            },
            Action::Window { stream, increment } => self.http2.send_window_update(id(*stream), *increment),
            Action::Settings { .. } => {
                return Err(cannot("it sends the settings of its beginning again, and no others"));
            }
            Action::Push { .. } => return Err(cannot("it does not support server push")),
        };
        done.map_err(refused)
    }

    fn show(&self, event: &Native, ours: &[u32], events: &mut dyn FnMut(Event<'_>)) {
        match event {
            Native::ConnectionPreface | Native::StreamClosed { .. } => {}
            Native::DataDiscarded { .. } | Native::PriorityUpdateReceived { .. } => {}
            Native::SettingsReceived { ack: false } => events(Event::Settings(None)),
            Native::SettingsReceived { ack: true } => events(Event::SettingsAcknowledged),
            Native::HeadersReceived { stream_id, headers, end_stream, .. } => {
                show_head(stream_id.as_u32(), headers, self.server, events);
                show_end(stream_id.as_u32(), *end_stream, events);
            }
            Native::DataReceived { stream_id, data, end_stream } => {
                events(Event::Data { stream: stream_id.as_u32(), bytes: data });
                show_end(stream_id.as_u32(), *end_stream, events);
            }
            Native::TrailersReceived { stream_id, trailers } => {
                let trailers: Vec<_> = trailers.iter().map(|f| (f.name(), f.value())).collect();
                events(Event::End { stream: stream_id.as_u32(), trailers: &trailers });
            }
            Native::StreamReset { stream_id, error_code, .. } => {
                let (stream, code) = (stream_id.as_u32(), error_code.as_u32());
                if ours.contains(&stream) {
                    let (scope, stream, code) = (Scope::Stream, Some(stream), Some(code));
                    events(Event::Rejected { scope, stream, code, text: &error_code.to_string() });
                } else {
                    events(Event::Reset { stream, code });
                }
            }
            Native::PingReceived { opaque_data, ack: false } => events(Event::Ping(opaque_data)),
            Native::PingReceived { opaque_data, ack: true } => events(Event::Pong(opaque_data)),
            Native::GoawayReceived { last_stream_id, error_code, debug_data } => events(Event::Goaway {
                last: Some(last_stream_id.as_u32()),
                code: error_code.as_u32(),
                debug: Some(debug_data),
            }),
            Native::WindowUpdateReceived { stream_id, increment } => {
                events(Event::Window { stream: stream_id.as_u32(), increment: *increment });
            }
            Native::ConnectionError { error_code, reason } => {
                let code = Some(error_code.as_u32());
                events(Event::Rejected { scope: Scope::Connection, stream: None, code, text: reason });
            }
        }
    }
}

/// The streams of the RST_STREAM frames in what it wrote.
fn resets(written: &[u8]) -> Vec<u32> {
    const PREFACE: &[u8] = wireproof::http2::PREFACE;
    let (mut streams, mut rest) = (Vec::new(), written.strip_prefix(PREFACE).unwrap_or(written));
    while let Some((&[a, b, c, kind, _, d, e, f, g], payload)) = rest.split_first_chunk::<9>() {
        if kind == 3 {
            streams.push(u32::from_be_bytes([d, e, f, g]));
        }
        rest = payload.get(u32::from_be_bytes([0, a, b, c]) as usize..).unwrap_or_default();
    }
    streams
}

fn show_end(stream: u32, end: bool, events: &mut dyn FnMut(Event<'_>)) {
    if end {
        events(Event::End { stream, trailers: &Vec::<(Vec<u8>, Vec<u8>)>::new() });
    }
}

fn show_head(stream: u32, all: &[HeaderField], server: bool, events: &mut dyn FnMut(Event<'_>)) {
    let pseudo = |name: &str| all.iter().find(|f| f.name() == name.as_bytes()).map(HeaderField::value);
    let regular = all.iter().filter(|f| !f.name().starts_with(b":"));
    let fields: Vec<_> = regular.map(|f| (f.name(), f.value())).collect();
    let status = pseudo(":status").and_then(|s| str::from_utf8(s).ok()?.parse().ok());
    match status {
        Some(status @ 100..=199) => events(Event::Interim { stream, status, fields: &fields }),
        Some(status) => events(Event::Response { stream, status, fields: &fields }),
        None if server => events(Event::Request {
            stream,
            head: Head {
                method: pseudo(":method"),
                scheme: pseudo(":scheme"),
                authority: pseudo(":authority"),
                path: pseudo(":path"),
                protocol: pseudo(":protocol"),
                fields: &fields,
            },
        }),
        None => {}
    }
}

fn reject(error: &Error, events: &mut dyn FnMut(Event<'_>)) {
    let scope = match error.kind() {
        ErrorKind::StreamError(_) => Scope::Stream,
        ErrorKind::ConnectionError(_) | ErrorKind::HpackError => Scope::Connection,
    };
    let code = error.error_code().map(ErrorCode::as_u32);
    events(Event::Rejected { scope, stream: None, code, text: &error.to_string() });
}

fn refused(error: impl std::fmt::Display) -> SendError {
    SendError::Refused(error.to_string())
}

fn cannot(why: &str) -> SendError {
    SendError::Cannot(why.to_owned())
}

fn id(stream: u32) -> StreamId {
    StreamId::from_wire(stream & 0x7fff_ffff)
}

fn lines(fields: &FieldText) -> Result<Vec<HeaderField>, SendError> {
    fields.iter().map(|(name, value)| HeaderField::new(name, value).map_err(refused)).collect()
}

fn error_code(name: &str) -> Result<ErrorCode, SendError> {
    code_number(name).map(ErrorCode::from_u32).ok_or_else(|| SendError::Cannot(format!("no error code {name:?}")))
}
