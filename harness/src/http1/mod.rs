//! The HTTP/1.1 vocabulary (RFC 9112, RFC 9110), in the RFCs' words.

mod reader;

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::action::AnyAction;
use crate::bytes::Octets;
use crate::protocol::{Answerer, Capability, EventSpec, MemberSpec, Protocol, ProtocolSpec, Role, Transport};
use crate::script::Step;
use crate::value::{EventRef, Fields, Kind, Record, ValueRef};

/// HTTP/1.1.
pub struct Http1;

/// A field list of an action: names and values.
pub type FieldText = Vec<(Octets, Octets)>;

/// What an endpoint reports.
#[derive(Clone, Copy)]
pub enum Event<'a> {
    /// A request's head.
    Request {
        /// The method.
        method: &'a [u8],
        /// The request-target, unchanged.
        target: &'a [u8],
        /// The minor version: 1 for HTTP/1.1.
        minor: Option<u8>,
        /// The header fields: names lower-cased, values and order as received.
        fields: Fields<'a>,
    },
    /// A final response's head.
    Response {
        /// The status code.
        status: u16,
        /// The reason phrase, if the implementation shows it.
        reason: Option<&'a [u8]>,
        /// The minor version.
        minor: Option<u8>,
        /// The header fields.
        fields: Fields<'a>,
    },
    /// An interim (1xx) response's head, other than 101.
    Interim {
        /// The status code.
        status: u16,
        /// The reason phrase, if shown.
        reason: Option<&'a [u8]>,
        /// The minor version.
        minor: Option<u8>,
        /// The header fields.
        fields: Fields<'a>,
    },
    /// Content, with any transfer coding removed.
    Data(&'a [u8]),
    /// The message is complete.
    End {
        /// The trailer fields.
        trailers: Fields<'a>,
    },
    /// The connection now carries another protocol; octets that follow come as [`Event::Data`].
    Upgraded,
    /// The connection is over without an error: the peer ended it between messages, or nothing more will be
    /// processed because of `Connection: close` and its like.
    Closed,
    /// The implementation refuses what it received.
    Rejected(Rejected<'a>),
}

/// A refusal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rejected<'a> {
    /// Where in the message, if known.
    pub phase: Option<Phase>,
    /// Which rule, if known.
    pub class: Option<Class>,
    /// The status code that a server should answer with, if the implementation says so.
    pub status: Option<u16>,
    /// The implementation's own words; shown, never compared.
    pub text: &'a str,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Its word in events and patterns.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// All words.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];
        }
    };
}

words! {
    /// The part of a message in which a refusal happens.
    Phase {
        /// Request line or status line.
        StartLine = "start-line",
        /// Header section.
        Head = "head",
        /// Content.
        Body = "body",
        /// Trailer section.
        Trailers = "trailers",
        /// Between messages, or after the last one.
        Between = "between",
    }
}

words! {
    /// The rule that a refused message broke.
    Class {
        /// The method is no token, or too long.
        Method = "method",
        /// The request-target is not one of the four forms, or not with this method.
        Target = "target",
        /// The HTTP-version is malformed or not supported.
        Version = "version",
        /// The status code is malformed.
        Status = "status",
        /// The white space or the order of the start-line.
        StartLine = "start-line",
        /// A line ends with something else than CRLF.
        LineEnd = "line-end",
        /// A field name, or what stands before its colon.
        FieldName = "field-name",
        /// A field value.
        FieldValue = "field-value",
        /// Obsolete line folding, or white space before the first field line.
        Fold = "fold",
        /// Host is missing, repeated or malformed.
        Host = "host",
        /// Content-Length is malformed or contradicts itself.
        ContentLength = "content-length",
        /// Transfer-Encoding is malformed, misplaced, or not ending in chunked.
        TransferEncoding = "transfer-encoding",
        /// A transfer coding that is not implemented.
        UnknownCoding = "unknown-coding",
        /// A chunk-size, or what follows it.
        ChunkSize = "chunk-size",
        /// A chunk extension.
        ChunkExtension = "chunk-extension",
        /// The CRLF after a chunk's data.
        ChunkEnd = "chunk-end",
        /// The stream ended inside a message.
        Incomplete = "incomplete",
        /// A limit of the endpoint.
        Limit = "limit",
        /// Octets after the end of the connection's last message, or a response nobody asked for.
        Unexpected = "unexpected",
    }
}

/// What an endpoint can be asked to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Action {
    /// A request's head. Clients that only parse receive it too: the framing of a response depends on it.
    Request {
        /// The method.
        method: Octets,
        /// The request-target.
        target: Octets,
        /// The fields; Host is not added.
        #[serde(default)]
        fields: FieldText,
    },
    /// A final response's head, or 101.
    Response {
        /// The status code.
        status: u16,
        /// The reason phrase.
        #[serde(default)]
        reason: Octets,
        /// The fields; framing fields are not added.
        #[serde(default)]
        fields: FieldText,
    },
    /// An interim response's head.
    Interim {
        /// The status code.
        status: u16,
        /// The reason phrase.
        #[serde(default)]
        reason: Octets,
        /// The fields.
        #[serde(default)]
        fields: FieldText,
    },
    /// Content.
    Data(Octets),
    /// The end of the message.
    End {
        /// Trailer fields.
        #[serde(default)]
        trailers: FieldText,
    },
    /// The end of the connection, from our side.
    Close {},
}

impl Protocol for Http1 {
    type Event<'a> = Event<'a>;
    type Action = Action;
    const SPEC: &'static ProtocolSpec = &SPEC;

    fn describe(event: &Event<'_>, show: &mut dyn FnMut(&EventRef<'_>)) {
        match *event {
            Event::Request { method, target, minor, fields } => show_request(show, method, target, minor, fields),
            Event::Response { status, reason, minor, fields } => {
                show_response(show, "response", status, reason, minor, fields);
            }
            Event::Interim { status, reason, minor, fields } => {
                show_response(show, "interim", status, reason, minor, fields);
            }
            Event::Data(bytes) => show(&EventRef { name: "data", members: &[("bytes", ValueRef::Bytes(bytes))] }),
            Event::End { trailers } => {
                show(&EventRef { name: "end", members: &[("trailers", ValueRef::Fields(trailers))] });
            }
            Event::Upgraded => show(&EventRef { name: "upgraded", members: &[] }),
            Event::Closed => show(&EventRef { name: "closed", members: &[] }),
            Event::Rejected(rejected) => show_rejected(show, &rejected),
        }
    }
}

/// At most this many members in an HTTP/1 refusal.
const MEMBERS: usize = 4;

/// The version of a head, as a member.
fn version(minor: Option<u8>) -> Option<(&'static str, ValueRef<'static>)> {
    let version: &[u8] = match minor? {
        0 => b"1.0",
        1 => b"1.1",
        _ => return None,
    };
    Some(("version", ValueRef::Bytes(version)))
}

/// Shows a request. Every message goes through this and the next one: they write each member once, where it stays.
fn show_request(
    show: &mut dyn FnMut(&EventRef<'_>),
    method: &[u8],
    target: &[u8],
    minor: Option<u8>,
    fields: Fields<'_>,
) {
    let (method, target) = (("method", ValueRef::Bytes(method)), ("target", ValueRef::Bytes(target)));
    let fields = ("fields", ValueRef::Fields(fields));
    match version(minor) {
        Some(version) => show(&EventRef { name: "request", members: &[method, target, version, fields] }),
        None => show(&EventRef { name: "request", members: &[method, target, fields] }),
    }
}

/// Shows a response, final or interim.
fn show_response(
    show: &mut dyn FnMut(&EventRef<'_>),
    name: &str,
    status: u16,
    reason: Option<&[u8]>,
    minor: Option<u8>,
    fields: Fields<'_>,
) {
    let status = ("status", ValueRef::Number(status.into()));
    let reason = reason.map(|reason| ("reason", ValueRef::Bytes(reason)));
    let fields = ("fields", ValueRef::Fields(fields));
    match (reason, version(minor)) {
        (Some(reason), Some(version)) => show(&EventRef { name, members: &[status, reason, version, fields] }),
        (Some(one), None) | (None, Some(one)) => show(&EventRef { name, members: &[status, one, fields] }),
        (None, None) => show(&EventRef { name, members: &[status, fields] }),
    }
}

fn show_rejected(show: &mut dyn FnMut(&EventRef<'_>), rejected: &Rejected<'_>) {
    let mut members = [("", ValueRef::Flag(false)); MEMBERS];
    let known = [
        rejected.phase.map(|p| ("phase", ValueRef::Bytes(p.name().as_bytes()))),
        rejected.class.map(|c| ("class", ValueRef::Bytes(c.name().as_bytes()))),
        rejected.status.map(|s| ("status", ValueRef::Number(s.into()))),
        Some(("text", ValueRef::Bytes(rejected.text.as_bytes()))),
    ];
    let mut count = 0;
    for member in known.into_iter().flatten() {
        members[count] = member; // at most 4
        count += 1;
    }
    show(&EventRef { name: "rejected", members: &members[..count] });
}

/// A member that is always observable and compared.
const fn member(name: &'static str, kind: Kind) -> MemberSpec {
    MemberSpec { name, kind, needs: None, compared: true }
}

/// A member that only some implementations show.
const fn shown_with(name: &'static str, kind: Kind, capability: &'static str) -> MemberSpec {
    MemberSpec { name, kind, needs: Some(capability), compared: true }
}

const EVENTS: &[EventSpec] = &[
    EventSpec {
        name: "request",
        needs: None,
        members: &[
            member("method", Kind::Bytes),
            shown_with("target", Kind::Bytes, "target"),
            shown_with("version", Kind::Bytes, "version"),
            member("fields", Kind::Fields),
        ],
    },
    EventSpec {
        name: "response",
        needs: None,
        members: &[
            member("status", Kind::Number),
            shown_with("reason", Kind::Bytes, "reason"),
            shown_with("version", Kind::Bytes, "version"),
            member("fields", Kind::Fields),
        ],
    },
    EventSpec {
        name: "interim",
        needs: Some("interim"),
        members: &[
            member("status", Kind::Number),
            shown_with("reason", Kind::Bytes, "reason"),
            shown_with("version", Kind::Bytes, "version"),
            member("fields", Kind::Fields),
        ],
    },
    EventSpec { name: "data", needs: Some("framing"), members: &[member("bytes", Kind::Bytes)] },
    EventSpec { name: "end", needs: Some("framing"), members: &[shown_with("trailers", Kind::Fields, "trailers")] },
    EventSpec { name: "upgraded", needs: Some("upgrade"), members: &[] },
    EventSpec { name: "closed", needs: Some("close"), members: &[] },
    EventSpec {
        name: "rejected",
        needs: None,
        members: &[
            shown_with("phase", Kind::Bytes, "error-class"),
            shown_with("class", Kind::Bytes, "error-class"),
            shown_with("status", Kind::Number, "error-status"),
            MemberSpec { name: "text", kind: Kind::Bytes, needs: None, compared: false },
        ],
    },
];

const CAPABILITIES: &[Capability] = &[
    Capability { name: "head", means: "parses message heads; everything that speaks HTTP/1 has this one" },
    Capability { name: "framing", means: "finds where messages end: reports content as data, and end" },
    Capability { name: "pipeline", means: "goes on to the next message on the same connection" },
    Capability { name: "eof", means: "can be told that the peer ended its stream" },
    Capability {
        name: "close",
        means: "reports that the connection is over, by eof or because a message asked for it",
    },
    Capability { name: "trailers", means: "shows trailer fields" },
    Capability { name: "interim", means: "shows interim (1xx) responses" },
    Capability { name: "upgrade", means: "reports a switch of protocols and hands over the octets that follow" },
    Capability { name: "output", means: "writes what it is asked to send" },
    Capability { name: "target", means: "shows the request-target as received" },
    Capability { name: "version", means: "shows the HTTP version" },
    Capability { name: "reason", means: "shows the reason phrase" },
    Capability { name: "field-order", means: "keeps the order of fields with different names" },
    Capability { name: "host", means: "takes on the server's duty to check Host" },
    Capability { name: "continue", means: "answers Expect: 100-continue, or reports that it wants to" },
    Capability { name: "error-class", means: "says which rule a refused message broke" },
    Capability { name: "error-status", means: "says which status code a refused request deserves, or writes it" },
];

const OPTIONS: &[(&str, &str)] = &[
    ("max-start-line", "octets in a request line or status line before it is refused"),
    ("max-head", "octets in a head before it is refused"),
    ("max-fields", "field lines in a head or trailer section before it is refused"),
];

/// The tables of HTTP/1.1.
static SPEC: ProtocolSpec = ProtocolSpec {
    name: "http1",
    transport: Transport::Stream,
    roles: &[Role::Server, Role::Client],
    events: EVENTS,
    written: EVENTS,
    ambient: &["closed"],
    capabilities: CAPABILITIES,
    options: OPTIONS,
    check_action: |json| Action::deserialize(json).map(drop).map_err(|e| e.to_string()),
    answerer: |role| (role == Role::Server).then(|| Box::<AnswerEach>::default() as Box<dyn Answerer>),
    comparable,
    fold_names: true,
    read_output: Some(reader::read),
    refusals: None,
    units: None,
    is_unfinished: None,
    show_unit: crate::bytes::escape,
};

/// Without `framing` nothing after the first head can be compared; without `pipeline` nothing after the first end.
fn comparable(records: &[Record], both_can: &dyn Fn(&str) -> bool) -> usize {
    let last = match (both_can("framing"), both_can("pipeline")) {
        (false, _) => records.iter().position(|r| matches!(&*r.event, "request" | "response")),
        (true, false) => records.iter().position(|r| r.event == "end"),
        (true, true) => None,
    };
    last.map_or(records.len(), |at| at + 1)
}

/// Answers each complete request with 200 and no content, and CONNECT with 200 alone (RFC 9110, 9.3.6).
#[derive(Default)]
struct AnswerEach {
    connect: bool,
    head: bool,
}

impl Answerer for AnswerEach {
    fn observe(&mut self, event: &EventRef<'_>) -> Cow<'static, [AnyAction]> {
        match event.name {
            "request" => {
                let method = event.bytes("method").unwrap_or_default();
                self.connect = method == b"CONNECT";
                self.head = method == b"HEAD";
            }
            "end" if self.connect => return Cow::Borrowed(&ANSWERS[1][..]),
            "end" => return Cow::Borrowed(&ANSWERS[0][..]),
            _ => {}
        }
        Cow::Borrowed(&[])
    }
}

/// The answer to most requests, and the one to CONNECT.
static ANSWERS: LazyLock<[[AnyAction; 2]; 2]> = LazyLock::new(|| {
    let answer = |fields: &[[&str; 2]]| {
        let response = json!({"response": {"status": 200, "reason": "OK", "fields": fields}});
        [response.into(), json!({"end": {}}).into()]
    };
    [answer(&[["content-length", "0"]]), answer(&[])]
});

/// The steps by which a client has asked with these methods, before anything is received.
pub fn asked(methods: &[&str]) -> Vec<Step> {
    let ask = |method: &&str| {
        let target = if *method == "CONNECT" { "a:80" } else { "/" };
        let request = json!({"request": {"method": method, "target": target, "fields": [["Host", "a"]]}});
        [Step::send(request), Step::send(json!({"end": {}}))]
    };
    methods.iter().flat_map(ask).collect()
}
