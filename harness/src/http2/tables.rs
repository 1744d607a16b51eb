//! The tables of HTTP/2: what can be reported, written, done and set.

use serde::Deserialize as _;

use super::{Action, Http2, is_unfinished, reader, units};
use crate::protocol::{Capability, EventSpec, MemberSpec, Protocol, ProtocolSpec, Role, Transport};
use crate::value::{EventRef, Kind};

const fn member(name: &'static str, kind: Kind) -> MemberSpec {
    MemberSpec { name, kind, needs: None, compared: true }
}

const fn shown_with(name: &'static str, kind: Kind, capability: &'static str) -> MemberSpec {
    MemberSpec { name, kind, needs: Some(capability), compared: true }
}

const STREAM: MemberSpec = member("stream", Kind::Number);
const FIELDS: MemberSpec = member("fields", Kind::Fields);
const CODE: MemberSpec = member("code", Kind::Bytes);
const LENGTH: MemberSpec = member("length", Kind::Number);

const fn event(name: &'static str, needs: Option<&'static str>, members: &'static [MemberSpec]) -> EventSpec {
    EventSpec { name, needs, members }
}

/// The parts of a request's control data (RFC 9113, 8.3.1; RFC 8441, 4), where they are there.
const REQUEST: &[MemberSpec] = &[
    STREAM,
    member("method", Kind::Bytes),
    member("scheme", Kind::Bytes),
    member("authority", Kind::Bytes),
    member("path", Kind::Bytes),
    member("protocol", Kind::Bytes),
    FIELDS,
];

const PUSHED: &[MemberSpec] = &[
    STREAM,
    member("promised", Kind::Number),
    member("method", Kind::Bytes),
    member("scheme", Kind::Bytes),
    member("authority", Kind::Bytes),
    member("path", Kind::Bytes),
    FIELDS,
];

const EVENTS: &[EventSpec] = &[
    event("request", None, REQUEST),
    event("response", None, &[STREAM, member("status", Kind::Number), FIELDS]),
    event("interim", Some("interim"), &[STREAM, member("status", Kind::Number), FIELDS]),
    event("data", None, &[STREAM, member("bytes", Kind::Bytes)]),
    event("end", None, &[STREAM, shown_with("trailers", Kind::Fields, "trailers")]),
    event("reset", Some("reset"), &[STREAM, CODE]),
    event("pushed", Some("push"), PUSHED),
    event(
        "goaway",
        Some("goaway"),
        &[shown_with("last", Kind::Number, "goaway-last"), CODE, shown_with("debug", Kind::Bytes, "goaway-debug")],
    ),
    event("settings", Some("settings"), &[shown_with("values", Kind::Fields, "settings-values")]),
    event("settings-acknowledged", Some("settings-acknowledged"), &[]),
    event("ping", Some("ping"), &[member("data", Kind::Bytes)]),
    event("pong", Some("ping"), &[member("data", Kind::Bytes)]),
    event("window", Some("window"), &[STREAM, member("increment", Kind::Number)]),
    event("closed", Some("close"), &[]),
    event(
        "rejected",
        None,
        &[
            member("scope", Kind::Bytes),
            shown_with("stream", Kind::Number, "error-stream"),
            shown_with("code", Kind::Bytes, "error-code"),
            MemberSpec { name: "text", kind: Kind::Bytes, needs: None, compared: false },
        ],
    ),
];

/// Frames as they are written; a field block is one record whatever frames carry it.
const WRITTEN: &[EventSpec] = &[
    event("PREFACE", None, &[]),
    event("DATA", None, &[STREAM, member("bytes", Kind::Bytes), LENGTH, member("end", Kind::Flag)]),
    event("HEADERS", None, &[STREAM, FIELDS, LENGTH, member("end", Kind::Flag)]),
    event("PRIORITY", None, &[STREAM]),
    event("RST_STREAM", None, &[STREAM, CODE]),
    event("SETTINGS", None, &[member("values", Kind::Fields)]),
    event("SETTINGS_ACK", None, &[]),
    event("PUSH_PROMISE", None, &[STREAM, member("promised", Kind::Number), FIELDS, LENGTH]),
    event("PING", None, &[member("data", Kind::Bytes)]),
    event("PING_ACK", None, &[member("data", Kind::Bytes)]),
    event("GOAWAY", None, &[member("last", Kind::Number), CODE, member("debug", Kind::Bytes)]),
    event("WINDOW_UPDATE", None, &[STREAM, member("increment", Kind::Number)]),
    event("TABLE_SIZE", None, &[member("size", Kind::Number)]),
    event("UNKNOWN", None, &[STREAM, member("type", Kind::Number)]),
];

/// What belongs to the upkeep of any connection: it counts only in lists that name it.
const AMBIENT: &[&str] = &[
    "closed",
    "settings",
    "settings-acknowledged",
    "ping",
    "pong",
    "window",
    "PREFACE",
    "PRIORITY",
    "SETTINGS",
    "SETTINGS_ACK",
    "PING",
    "PING_ACK",
    "WINDOW_UPDATE",
    "TABLE_SIZE",
    "UNKNOWN",
];

const CAPABILITIES: &[Capability] = &[
    Capability { name: "output", means: "writes what it is asked to send, and answers SETTINGS and PING" },
    Capability { name: "goaway-written", means: "writes GOAWAY itself when it refuses the connection" },
    Capability { name: "messages", means: "checks that requests and responses are well formed (RFC 9113, 8.1 to 8.3)" },
    Capability { name: "content-length", means: "checks DATA against Content-Length (8.1.1)" },
    Capability {
        name: "flow",
        means: "counts received octets against its windows, and gives credit only when told to",
    },
    Capability { name: "send-flow", means: "holds DATA back until the peer's windows have room" },
    Capability { name: "eof", means: "can be told that the peer ended its stream" },
    Capability { name: "close", means: "reports that the connection is over" },
    Capability { name: "trailers", means: "shows trailer fields" },
    Capability { name: "interim", means: "shows interim (1xx) responses" },
    Capability { name: "push", means: "shows promised requests, or makes promises" },
    Capability { name: "enhanced-connect", means: "speaks extended CONNECT (RFC 8441)" },
    Capability { name: "reset", means: "shows RST_STREAM of the peer" },
    Capability { name: "goaway", means: "shows GOAWAY of the peer" },
    Capability { name: "goaway-last", means: "shows the last stream of a GOAWAY" },
    Capability { name: "goaway-debug", means: "shows the debug data of a GOAWAY" },
    Capability { name: "settings", means: "reports the peer's SETTINGS" },
    Capability { name: "settings-values", means: "shows which settings the peer changed, with their values" },
    Capability { name: "settings-acknowledged", means: "reports that the peer acknowledged its SETTINGS" },
    Capability { name: "ping", means: "reports PING and its acknowledgement" },
    Capability { name: "window", means: "reports WINDOW_UPDATE of the peer" },
    Capability { name: "field-order", means: "keeps the order of fields with different names" },
    Capability { name: "error-code", means: "says with which code it refuses, or writes it" },
    Capability { name: "error-stream", means: "says which stream it refuses, or writes it" },
];

/// The settings the endpoint announces at its start (RFC 9113, 6.5.2), and limits of its own.
const OPTIONS: &[(&str, &str)] = &[
    ("header-table-size", "SETTINGS_HEADER_TABLE_SIZE it announces, in octets"),
    ("enable-push", "SETTINGS_ENABLE_PUSH it announces, 0 or 1"),
    ("max-concurrent-streams", "SETTINGS_MAX_CONCURRENT_STREAMS it announces"),
    ("initial-window-size", "SETTINGS_INITIAL_WINDOW_SIZE it announces, in octets"),
    ("max-frame-size", "SETTINGS_MAX_FRAME_SIZE it announces, in octets"),
    ("max-header-list-size", "SETTINGS_MAX_HEADER_LIST_SIZE it announces, in octets"),
    ("enable-connect-protocol", "SETTINGS_ENABLE_CONNECT_PROTOCOL it announces, 0 or 1"),
];

/// The tables of HTTP/2.
pub(super) static SPEC: ProtocolSpec = ProtocolSpec {
    name: "http2",
    transport: Transport::Stream,
    roles: &[Role::Server, Role::Client],
    events: EVENTS,
    written: WRITTEN,
    ambient: AMBIENT,
    capabilities: CAPABILITIES,
    options: OPTIONS,
    check_action: |json| Action::deserialize(json).map(drop).map_err(|e| e.to_string()),
    answerer: |_| None,
    comparable: |records, _| records.len(),
    fold_names: false,
    read_output: Some(reader::read),
    refusals: Some(reader::refusals),
    units: Some(units),
    is_unfinished: Some(is_unfinished),
    show_unit: reader::show,
};

impl Protocol for Http2 {
    type Event<'a> = super::Event<'a>;
    type Action = Action;
    const SPEC: &'static ProtocolSpec = &SPEC;

    fn describe(event: &super::Event<'_>, show: &mut dyn FnMut(&EventRef<'_>)) {
        event.show(show);
    }
}
