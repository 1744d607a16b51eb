//! What an HTTP/2 endpoint reports, with Rust types.

use super::codes::CODES;
use crate::value::{EventRef, Fields, ValueRef};

/// A request's control data and fields; absent pseudo-header fields are none.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// `:method`.
    pub method: Option<&'a [u8]>,
    /// `:scheme`.
    pub scheme: Option<&'a [u8]>,
    /// `:authority`.
    pub authority: Option<&'a [u8]>,
    /// `:path`.
    pub path: Option<&'a [u8]>,
    /// `:protocol` (RFC 8441).
    pub protocol: Option<&'a [u8]>,
    /// All other fields, in order, as received.
    pub fields: Fields<'a>,
}

/// How far a refusal goes (RFC 9113, 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The connection is over.
    Connection,
    /// One stream is.
    Stream,
}

/// What an endpoint reports.
#[derive(Clone, Copy)]
pub enum Event<'a> {
    /// A request's field section is complete.
    Request {
        /// The stream.
        stream: u32,
        /// What it says.
        head: Head<'a>,
    },
    /// A final response's field section is complete.
    Response {
        /// The stream.
        stream: u32,
        /// `:status`.
        status: u16,
        /// All other fields.
        fields: Fields<'a>,
    },
    /// An interim response's field section is complete.
    Interim {
        /// The stream.
        stream: u32,
        /// `:status`.
        status: u16,
        /// All other fields.
        fields: Fields<'a>,
    },
    /// Content, without padding.
    Data {
        /// The stream.
        stream: u32,
        /// The octets.
        bytes: &'a [u8],
    },
    /// The peer's half of the stream is complete.
    End {
        /// The stream.
        stream: u32,
        /// The trailer fields.
        trailers: Fields<'a>,
    },
    /// The peer reset a stream.
    Reset {
        /// The stream.
        stream: u32,
        /// The error code.
        code: u32,
    },
    /// The peer promises a request.
    Pushed {
        /// The stream that it belongs to.
        stream: u32,
        /// The stream promised.
        promised: u32,
        /// What the request says.
        head: Head<'a>,
    },
    /// The peer goes away.
    Goaway {
        /// The last stream it may have processed, if shown.
        last: Option<u32>,
        /// The error code.
        code: u32,
        /// Its debug data, if shown.
        debug: Option<&'a [u8]>,
    },
    /// The peer's settings; names as [`super::setting_name`] gives them, values in decimal digits.
    Settings(Option<Fields<'a>>),
    /// The peer acknowledged our settings.
    SettingsAcknowledged,
    /// The peer's PING.
    Ping(&'a [u8]),
    /// The acknowledgement of ours.
    Pong(&'a [u8]),
    /// Credit from the peer.
    Window {
        /// The stream, or 0.
        stream: u32,
        /// How many octets.
        increment: u32,
    },
    /// The connection is over without an error.
    Closed,
    /// The implementation refuses what it received.
    Rejected {
        /// How far.
        scope: Scope,
        /// Which stream, if it says so.
        stream: Option<u32>,
        /// The error code, if it says so.
        code: Option<u32>,
        /// The implementation's own words; shown, never compared.
        text: &'a str,
    },
}

type Member<'a> = Option<(&'static str, ValueRef<'a>)>;

fn number<'a>(name: &'static str, number: u32) -> Member<'a> {
    Some((name, ValueRef::Number(number.into())))
}

fn bytes<'a>(name: &'static str, bytes: Option<&'a [u8]>) -> Member<'a> {
    bytes.map(|b| (name, ValueRef::Bytes(b)))
}

fn fields<'a>(name: &'static str, fields: Fields<'a>) -> Member<'a> {
    Some((name, ValueRef::Fields(fields)))
}

impl Event<'_> {
    /// Shows it without its type. Allocates nothing.
    pub(super) fn show(&self, show: &mut dyn FnMut(&EventRef<'_>)) {
        match *self {
            Event::Request { stream, head } => show_head(show, "request", &[number("stream", stream)], &head),
            Event::Pushed { stream, promised, head } => {
                show_head(show, "pushed", &[number("stream", stream), number("promised", promised)], &head);
            }
            Event::Response { stream, status, fields: list } => {
                let members = [number("stream", stream), number("status", status.into()), fields("fields", list)];
                show_event(show, "response", &members);
            }
            Event::Interim { stream, status, fields: list } => {
                let members = [number("stream", stream), number("status", status.into()), fields("fields", list)];
                show_event(show, "interim", &members);
            }
            Event::Data { stream, bytes: octets } => {
                show_event(show, "data", &[number("stream", stream), bytes("bytes", Some(octets))]);
            }
            Event::End { stream, trailers } => {
                show_event(show, "end", &[number("stream", stream), fields("trailers", trailers)]);
            }
            Event::Reset { stream, code } => {
                with_code(code, |code| {
                    show_event(show, "reset", &[number("stream", stream), bytes("code", Some(code))])
                });
            }
            Event::Goaway { last, code, debug } => with_code(code, |code| {
                let last = last.and_then(|last| number("last", last));
                show_event(show, "goaway", &[last, bytes("code", Some(code)), bytes("debug", debug)]);
            }),
            Event::Settings(values) => {
                show_event(show, "settings", &[values.and_then(|values| fields("values", values))]);
            }
            Event::SettingsAcknowledged => show_event(show, "settings-acknowledged", &[]),
            Event::Ping(data) => show_event(show, "ping", &[bytes("data", Some(data))]),
            Event::Pong(data) => show_event(show, "pong", &[bytes("data", Some(data))]),
            Event::Window { stream, increment } => {
                show_event(show, "window", &[number("stream", stream), number("increment", increment)]);
            }
            Event::Closed => show_event(show, "closed", &[]),
            Event::Rejected { scope, stream, code, text } => show_rejected(show, scope, stream, code, text),
        }
    }
}

/// At most this many members in an HTTP/2 event.
const MEMBERS: usize = 8;

fn show_event(show: &mut dyn FnMut(&EventRef<'_>), name: &str, known: &[Member<'_>]) {
    let mut members = [("", ValueRef::Flag(false)); MEMBERS];
    let mut count = 0;
    for member in known.iter().flatten() {
        members[count] = *member; // no event has more than MEMBERS
        count += 1;
    }
    show(&EventRef { name, members: &members[..count] });
}

fn show_head(show: &mut dyn FnMut(&EventRef<'_>), name: &str, first: &[Member<'_>], head: &Head<'_>) {
    let control = [
        bytes("method", head.method),
        bytes("scheme", head.scheme),
        bytes("authority", head.authority),
        bytes("path", head.path),
        bytes("protocol", head.protocol),
    ];
    let mut members = [None; MEMBERS];
    let all = first.iter().chain(&control).copied().chain([fields("fields", head.fields)]);
    members.iter_mut().zip(all).for_each(|(slot, member)| *slot = member); // 2 + 5 + 1 at most
    show_event(show, name, &members);
}

fn show_rejected(
    show: &mut dyn FnMut(&EventRef<'_>),
    scope: Scope,
    stream: Option<u32>,
    code: Option<u32>,
    text: &str,
) {
    let word: &[u8] = match scope {
        Scope::Connection => b"connection",
        Scope::Stream => b"stream",
    };
    let mut rejected = |code: Option<&[u8]>| {
        let stream = stream.and_then(|stream| number("stream", stream));
        let text = bytes("text", Some(text.as_bytes()));
        show_event(show, "rejected", &[bytes("scope", Some(word)), stream, bytes("code", code), text]);
    };
    match code {
        None => rejected(None),
        Some(code) => with_code(code, |code| rejected(Some(code))),
    }
}

/// Gives the word of an error code, [`super::code_name`] without allocation.
fn with_code(code: u32, give: impl FnOnce(&[u8])) {
    if let Some(name) = CODES.get(code as usize) {
        return give(name.as_bytes());
    }
    let mut hex = *b"0x00000000";
    let digits = (8 - code.leading_zeros() as usize / 4).max(1);
    for (at, digit) in hex[2..2 + digits].iter_mut().enumerate() {
        let nibble = code >> ((digits - 1 - at) * 4) & 0xf;
        *digit = b"0123456789abcdef"[nibble as usize];
    }
    give(&hex[..2 + digits]);
}

#[cfg(test)]
mod tests {
    use super::super::code_name;
    use super::*;

    #[test]
    fn codes_have_one_word() {
        for code in [0, 1, 13, 14, 0x1f, 0x100, u32::MAX] {
            with_code(code, |word| assert_eq!(word, code_name(code).as_bytes()));
        }
    }
}
