//! The reference HTTP/1.1 core, driven as its documentation says: offer, use, drop what was consumed, again.

use std::sync::LazyLock;

use ::wireproof_http1::{Connection, Error, Event as Native, Fields, Limits, Reason, Received};
use wireproof::bytes::lend_lines;
use wireproof::http1::{Action, Class, Event, Http1, Phase, Rejected};
use wireproof::{Config, Endpoint, FieldList, Implementation, Input, Profile, Role, SendError, Unsupported};

/// The reference core, strict.
pub struct WireproofHttp1;

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
    "continue",
    "error-class",
    "error-status",
];

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT OR Apache-2.0".to_owned(),
    ..Profile::rust::<Http1>("wireproof-http1", env!("CARGO_PKG_VERSION"), CAN, &[])
});

impl Implementation<Http1> for WireproofHttp1 {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        open(role, config, ::wireproof_http1::Config::default())
    }
}

/// Opens an endpoint of the core with some options beside its limits; the subject has none.
pub(super) fn open(
    role: Role,
    config: &Config,
    options: ::wireproof_http1::Config,
) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
    config.only(&["max-start-line", "max-head", "max-fields"])?;
    let size = |name, default: usize| config.get(name).map_or(default, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let limits = Limits::default();
    let limits = Limits {
        start_line: size("max-start-line", limits.start_line),
        head: size("max-head", limits.head),
        fields: size("max-fields", limits.fields),
        ..limits
    };
    let config = ::wireproof_http1::Config { limits, ..options };
    let connection = match role {
        Role::Server => Connection::server(config),
        Role::Client => Connection::client(config),
        Role::Decoder | Role::Encoder => return Err(Unsupported(format!("HTTP/1 has no {role}"))),
    };
    Ok(Box::new(Core { connection, role, kept: Vec::new(), used: 0, phase: Phase::StartLine, done: false }))
}

/// One connection, with the octets that it did not consume.
struct Core {
    connection: Connection,
    role: Role,
    kept: Vec<u8>,
    /// How many of the kept octets are consumed: they go when they are half of all, so that many messages in one piece
    /// cost no more than their octets.
    used: usize,
    /// The part of the message that comes next, for refusals.
    phase: Phase,
    /// Nothing more is reported.
    done: bool,
}

impl Endpoint<Http1> for Core {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        match input {
            Input::Bytes(octets) if self.kept.is_empty() => {
                let rest = self.offer(octets, events);
                self.kept.extend_from_slice(&octets[rest..]);
                return;
            }
            Input::Bytes(octets) => self.kept.extend_from_slice(octets),
            Input::Eof => self.connection.receive_eof(),
            Input::Tick(_) => return,
        }
        let kept = std::mem::take(&mut self.kept);
        self.used += self.offer(&kept[self.used..], events);
        self.kept = kept;
        if self.used * 2 >= self.kept.len() {
            self.kept.drain(..self.used);
            self.used = 0;
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        let core = &mut self.connection;
        let sent = match action {
            Action::Request { method, target, fields } => lend_lines(fields, |f| core.send_request(method, target, f)),
            Action::Response { status, reason, fields } => {
                lend_lines(fields, |f| core.send_response(*status, reason, f))
            }
            Action::Interim { status, reason, fields } => lend_lines(fields, |f| core.send_interim(*status, reason, f)),
            Action::Data(data) => core.send_data(data),
            Action::End { trailers } => lend_lines(trailers, |f| core.send_end(f)),
            Action::Close {} => {
                core.close();
                self.done = true;
                Ok(())
            }
        };
        sent.map_err(|error| SendError::Refused(error.to_string()))
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.connection.transmit(out);
    }
}

impl Core {
    /// Offers octets until nothing comes; gives how many were consumed.
    fn offer(&mut self, octets: &[u8], events: &mut dyn FnMut(Event<'_>)) -> usize {
        let mut at = 0;
        while !self.done {
            match self.connection.receive(&octets[at..]) {
                Ok(Received::Event { consumed, event }) => {
                    at += consumed;
                    self.done = matches!(event, Native::Closed);
                    self.phase = next_phase(&event);
                    report(&event, events);
                }
                Ok(Received::NeedMore { consumed }) => return at + consumed,
                Ok(Received::Paused) => return at,
                Err(error) => {
                    self.done = true;
                    let status = (self.role == Role::Server).then(|| error.reason.status());
                    events(Event::Rejected(rejected(&error, self.phase, status, &error.to_string())));
                }
            }
        }
        octets.len()
    }
}

/// Field lines with their names lower-cased.
struct Lines<'a>(Fields<'a>);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        let mut short = [0; 64];
        for (name, value) in self.0.iter() {
            match short.get_mut(..name.len()) {
                Some(lower) => {
                    lower.copy_from_slice(name);
                    lower.make_ascii_lowercase();
                    each(lower, value);
                }
                None => each(&name.to_ascii_lowercase(), value),
            }
        }
    }
}

fn next_phase(event: &Native<'_>) -> Phase {
    match event {
        Native::Request(_) | Native::Response(_) | Native::Data(_) => Phase::Body,
        Native::Interim(_) | Native::End(_) => Phase::StartLine,
        Native::Upgraded | Native::Closed => Phase::Between,
    }
}

fn report(event: &Native<'_>, events: &mut dyn FnMut(Event<'_>)) {
    match event {
        Native::Request(r) => {
            events(Event::Request {
                method: r.method,
                target: r.target,
                minor: Some(r.minor.min(1)),
                fields: &Lines(r.fields),
            });
        }
        Native::Response(r) => {
            let (status, reason, minor) = (r.status, Some(r.reason), Some(r.minor.min(1)));
            events(Event::Response { status, reason, minor, fields: &Lines(r.fields) });
        }
        Native::Interim(r) => {
            let (status, reason, minor) = (r.status, Some(r.reason), Some(r.minor.min(1)));
            events(Event::Interim { status, reason, minor, fields: &Lines(r.fields) });
        }
        Native::Data(data) => events(Event::Data(data)),
        Native::End(trailers) => events(Event::End { trailers: &Lines(*trailers) }),
        Native::Upgraded => events(Event::Upgraded),
        Native::Closed => events(Event::Closed),
    }
}

fn rejected<'a>(error: &Error, phase: Phase, status: Option<u16>, text: &'a str) -> Rejected<'a> {
    let (class, head_phase) = class(error.reason);
    let phase = if phase == Phase::StartLine { head_phase } else { phase };
    Rejected { phase: Some(phase), class: Some(class), status, text }
}

/// The rule that was broken in our words, and the part of a head that it is about.
fn class(reason: Reason) -> (Class, Phase) {
    use Phase::{Between, Head, StartLine};
    match reason {
        Reason::Method => (Class::Method, StartLine),
        Reason::Target | Reason::TargetForm => (Class::Target, StartLine),
        Reason::MethodTooLong | Reason::TargetTooLong | Reason::StatusLineTooLong => (Class::Limit, StartLine),
        Reason::Version | Reason::VersionNotSupported => (Class::Version, StartLine),
        Reason::StatusCode => (Class::Status, StartLine),
        Reason::ReasonPhrase => (Class::StartLine, StartLine),
        Reason::LineEnd => (Class::LineEnd, Head),
        Reason::SpaceBeforeFields | Reason::Fold => (Class::Fold, Head),
        Reason::FieldName => (Class::FieldName, Head),
        Reason::FieldValue => (Class::FieldValue, Head),
        Reason::TooManyFields | Reason::HeadTooLong | Reason::ChunkLineTooLong => (Class::Limit, Head),
        Reason::HostMissing | Reason::HostRepeated | Reason::HostInvalid => (Class::Host, Head),
        Reason::ContentLength | Reason::ContentLengthRepeated => (Class::ContentLength, Head),
        Reason::LengthBesideCoding | Reason::TransferEncoding | Reason::ChunkedNotLast | Reason::CodingNotAllowed => {
            (Class::TransferEncoding, Head)
        }
        Reason::UnknownCoding => (Class::UnknownCoding, Head),
        Reason::ChunkSize => (Class::ChunkSize, Head),
        Reason::ChunkExtension => (Class::ChunkExtension, Head),
        Reason::ChunkEnd => (Class::ChunkEnd, Head),
        Reason::Incomplete => (Class::Incomplete, Head),
        Reason::Unasked => (Class::Unexpected, Between),
        // Faults of the application; `receive` gives none of these.
        Reason::OutOfTurn | Reason::WrongLength | Reason::TrailerNotAllowed | Reason::NotAllowed => {
            (Class::Unexpected, Between)
        }
    }
}
