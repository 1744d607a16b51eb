//! nghttp2, the C library that the `libnghttp2-sys` crate builds, in this process: octets go in by
//! `nghttp2_session_mem_recv2` and come out by `nghttp2_session_mem_send2`, right after each other, as an event loop does
//! it. Its callbacks note what they are told, and this module names it. All `unsafe` is in [`native`].
//!
//! It runs as it comes, but for two things. Automatic WINDOW_UPDATE is off (`no_auto_window_update`). And a field that
//! it finds invalid resets its stream: `on_invalid_header` answers as its documentation says, where without it nghttp2
//! drops the field without a word and shows the rest.
//!
//! What it refuses is known by two callbacks: `on_invalid_frame_recv` says that a frame was refused, and `on_frame_send`,
//! when RST_STREAM or GOAWAY is written, how far that goes and with which code. `closed` is that it wants neither to
//! read nor to write.

mod hpack;
mod native;
mod shown;

use std::sync::LazyLock;

use wireproof::http1::FieldText;
use wireproof::http2::{Action, Event, Http2, code_number, setting_number};
use wireproof::{Config, Endpoint, Implementation, Input, Profile, Protocol, Role, SendError, Unsupported};

pub use self::hpack::Nghttp2Hpack;
use self::native::{Lines, Note, Session};

/// The version in `Cargo.lock`, crate and C library; a test compares them.
const VERSION: &str = "0.1.13+1.68.1";

/// nghttp2's sessions, server and client.
pub struct Nghttp2;

fn profile<P: Protocol>(name: &str, can: &[&str], cannot: &[(&str, &str)]) -> Profile {
    Profile {
        language: "c".to_owned(),
        licence: "MIT".to_owned(),
        home: "https://nghttp2.org".to_owned(),
        ..Profile::rust::<P>(name, VERSION, can, cannot)
    }
}

static PROFILE: LazyLock<Profile> = LazyLock::new(|| profile::<Http2>("nghttp2", CAN, CANNOT));

const CAN: &[&str] = &[
    "output",
    "goaway-written",
    "messages",
    "content-length",
    "flow",
    "send-flow",
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

const CANNOT: &[(&str, &str)] = &[("eof", "with octets in memory it is not told that the stream ended")];

/// The options of a script, with the settings that they are.
const OPTIONS: &[(&str, &str)] = &[
    ("header-table-size", "HEADER_TABLE_SIZE"),
    ("enable-push", "ENABLE_PUSH"),
    ("max-concurrent-streams", "MAX_CONCURRENT_STREAMS"),
    ("initial-window-size", "INITIAL_WINDOW_SIZE"),
    ("max-frame-size", "MAX_FRAME_SIZE"),
    ("max-header-list-size", "MAX_HEADER_LIST_SIZE"),
    ("enable-connect-protocol", "ENABLE_CONNECT_PROTOCOL"),
];

impl Implementation<Http2> for Nghttp2 {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http2>>, Unsupported> {
        super::only_http2(config)?;
        let server = match role {
            Role::Server => true,
            Role::Client => false,
            Role::Decoder | Role::Encoder => return Err(Unsupported(format!("HTTP/2 has no {role}"))),
        };
        let mut values = Vec::new();
        for (option, setting) in OPTIONS {
            let value = config.get(option).map(u32::try_from).transpose();
            let value = value.map_err(|_| Unsupported(format!("{option} has 32 bits")))?;
            values.extend(setting_number(setting).zip(value));
        }
        let mut session = Session::new(server).map_err(Unsupported)?;
        session.settings(&values).map_err(Unsupported)?;
        Ok(Box::new(Side { session, notes: Vec::new(), server, out: Vec::new(), over: false }))
    }
}

/// One side of one connection.
struct Side {
    session: Session,
    /// What the session noted last.
    notes: Vec<Note>,
    server: bool,
    out: Vec<u8>,
    /// Rejected or closed.
    over: bool,
}

impl Endpoint<Http2> for Side {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(octets) = input else { return };
        if self.over {
            return;
        }
        let received = self.session.receive(octets);
        let written = self.session.transmit(&mut self.out);
        self.session.take_notes(&mut self.notes);
        let fatal = received.and(written).err();
        self.over = shown::report(&self.notes, octets, self.server, fatal.as_deref(), events);
        if !self.over && self.session.is_over() {
            self.over = true;
            events(Event::Closed);
        }
    }

    /// Submits the action and writes what there is, so that what nghttp2 does not send is this action's refusal.
    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        self.submit(action)?;
        self.session.transmit(&mut self.out).map_err(SendError::Refused)?;
        self.session.take_notes(&mut self.notes);
        let refusal = self.notes.iter().find_map(|note| match note {
            Note::NotSent(text) => Some(text.clone()),
            _ => None,
        });
        refusal.map_or(Ok(()), |text| Err(SendError::Refused(text)))
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        if self.session.transmit(&mut self.out).is_ok() {
            out.append(&mut self.out);
        }
    }
}

impl Side {
    fn submit(&mut self, action: &Action) -> Result<(), SendError> {
        let session = &mut self.session;
        let done = match action {
            Action::Request { stream, fields, end } => {
                chosen(*stream, session.next_stream())?;
                session.message(None, fields, *end)
            }
            Action::Response { stream, fields, end } => session.message(Some(*stream), fields, *end),
            Action::Interim { stream, fields } => session.interim(*stream, fields),
            Action::Data { stream, bytes, end } => session.content(*stream, bytes, *end),
            Action::End { stream, trailers } => session.end(*stream, lines(trailers)),
            Action::Reset { stream, code } => session.reset(*stream, error_code(code)?),
            Action::Goaway { code } => session.goaway(error_code(code)?),
            Action::Settings { values } => session.settings(&settings(values)?),
            Action::Ping { data } => match data.to_vec().try_into() {
                Ok(data) => session.ping(data),
                Err(_) => return Err(SendError::Cannot("a PING has 8 octets".to_owned())),
            },
            Action::Window { stream, increment } => session.window(*stream, *increment),
            Action::Push { stream, promised, fields } => {
                chosen(*promised, session.next_stream())?;
                session.push(*stream, fields)
            }
        };
        done.map_err(SendError::Refused)
    }
}

/// The stream that the script names must be the one that nghttp2 chooses.
fn chosen(named: u32, next: u32) -> Result<(), SendError> {
    if named == next { Ok(()) } else { Err(SendError::Cannot(format!("nghttp2 chooses stream {next}"))) }
}

fn lines(fields: &FieldText) -> Lines {
    fields.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

fn error_code(name: &str) -> Result<u32, SendError> {
    code_number(name).ok_or_else(|| SendError::Cannot(format!("no error code {name:?}")))
}

fn settings(values: &[(String, u32)]) -> Result<Vec<(u16, u32)>, SendError> {
    let number = |name: &str| setting_number(name).ok_or_else(|| SendError::Cannot(format!("no setting {name:?}")));
    values.iter().map(|(name, value)| Ok((number(name)?, *value))).collect()
}
