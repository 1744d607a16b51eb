//! The HTTP/2 vocabulary (RFC 9113, and RFC 8441), in the RFCs' words.

mod build;
pub mod changes;
mod codes;
mod events;
mod reader;
mod tables;
pub mod workload;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bytes::Octets;
use crate::http1::FieldText;
use crate::protocol::Role;
use crate::script::Step;

pub(crate) use build::frame;
pub use codes::{CODES, code_name, code_number, setting_name, setting_number};
pub use events::{Event, Head, Scope};
pub(crate) use reader::split;

/// HTTP/2.
pub struct Http2;

/// What a client sends first (RFC 9113, 3.4).
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What an endpoint can be asked to send. The stream of a client's request, and of a push, is the one the endpoint
/// must choose by itself: the next that is free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Action {
    /// A request's field section, pseudo-header fields first.
    Request {
        /// The stream.
        stream: u32,
        /// All fields.
        fields: FieldText,
        /// Whether nothing follows.
        #[serde(default)]
        end: bool,
    },
    /// A final response's field section, or 101's.
    Response {
        /// The stream.
        stream: u32,
        /// All fields.
        fields: FieldText,
        /// Whether nothing follows.
        #[serde(default)]
        end: bool,
    },
    /// An interim response's field section.
    Interim {
        /// The stream.
        stream: u32,
        /// All fields.
        fields: FieldText,
    },
    /// Content.
    Data {
        /// The stream.
        stream: u32,
        /// The octets.
        bytes: Octets,
        /// Whether nothing follows.
        #[serde(default)]
        end: bool,
    },
    /// The end of a message whose last part did not say so.
    End {
        /// The stream.
        stream: u32,
        /// Trailer fields; without any, the end is an empty DATA frame.
        #[serde(default)]
        trailers: FieldText,
    },
    /// RST_STREAM.
    Reset {
        /// The stream.
        stream: u32,
        /// The error code's word.
        code: String,
    },
    /// GOAWAY; the last stream is the endpoint's to know.
    Goaway {
        /// The error code's word.
        code: String,
    },
    /// SETTINGS.
    Settings {
        /// Names and values.
        values: Vec<(String, u32)>,
    },
    /// PING.
    Ping {
        /// Eight octets.
        data: Octets,
    },
    /// Credit for the peer: WINDOW_UPDATE. Endpoints give none unless asked to.
    Window {
        /// The stream, or 0 for the connection.
        stream: u32,
        /// How many octets.
        increment: u32,
    },
    /// PUSH_PROMISE; the pushed response follows as `response` on the promised stream.
    Push {
        /// The stream of the request that it belongs to.
        stream: u32,
        /// The stream promised.
        promised: u32,
        /// The promised request's fields.
        fields: FieldText,
    },
}

/// The steps by which a client has asked with these methods on its first streams, before anything is received. A
/// request to POST or to CONNECT is left open: its content may follow.
pub fn asked(methods: &[&str]) -> Vec<Step> {
    let ask = |(at, method): (usize, &&str)| {
        let fields = match *method {
            "CONNECT" => json!([[":method", method], [":authority", "a:80"]]),
            _ => json!([[":method", method], [":scheme", "http"], [":authority", "a"], [":path", "/"]]),
        };
        let end = !["POST", "CONNECT"].contains(method);
        Step::send(json!({"request": {"stream": 2 * at + 1, "fields": fields, "end": end}}))
    };
    methods.iter().enumerate().map(ask).collect()
}

/// Where the frames in these octets begin; the last may be incomplete.
fn boundaries(octets: &[u8]) -> Vec<usize> {
    let (mut starts, mut rest) = (Vec::new(), octets);
    while !rest.is_empty() {
        starts.push(octets.len() - rest.len());
        match split(rest) {
            Some((_, next)) => rest = next,
            None => break,
        }
    }
    starts
}

/// Where the units of what an endpoint receives begin: the client's preface, then frames.
fn units(role: Role, octets: &[u8]) -> Vec<usize> {
    let preface = if role == Role::Server && octets.starts_with(PREFACE) { PREFACE.len() } else { 0 };
    let frames = boundaries(&octets[preface..]).into_iter().map(|at| at + preface);
    frames.filter(|at| *at > 0).collect()
}

/// Whether what an endpoint receives ends inside the preface, a frame or a field block (RFC 9113, 4.3: HEADERS or
/// PUSH_PROMISE and the CONTINUATION frames next to it are one unit).
fn is_unfinished(role: Role, octets: &[u8]) -> bool {
    let frames = if role == Role::Server { octets.strip_prefix(PREFACE) } else { Some(octets) };
    let Some(mut rest) = frames else { return PREFACE.starts_with(octets) };
    let mut in_block = false;
    while let Some((frame, next)) = split(rest) {
        let belongs = matches!(frame.kind, 1 | 5) || frame.kind == 9 && in_block;
        in_block = belongs && frame.flags & 4 == 0; // END_HEADERS
        rest = next;
    }
    in_block || !rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Config;
    use crate::protocol::Protocol;
    use crate::script::{Script, Step};
    use crate::transcript::{StepRecord, Transcript};
    use crate::value::Value;
    use serde_json::json;

    fn octets(forms: &[serde_json::Value]) -> Vec<u8> {
        let mut text = |json: &serde_json::Value| {
            crate::bytes::from_latin1(json.as_str().unwrap_or_default()).map_err(|e| e.to_string())
        };
        forms.iter().flat_map(|f| frame(f.as_object().unwrap(), &mut text).unwrap()).collect()
    }

    fn read(role: Role, output: Vec<u8>) -> Vec<String> {
        let transcript = Transcript { steps: vec![StepRecord { output, ..StepRecord::default() }], fault: None };
        let records = Http2::SPEC.read_output.unwrap()(role, &transcript, 0..1);
        records.iter().map(crate::judge::show_record).collect()
    }

    #[test]
    fn what_is_built_is_read() {
        let frames = octets(&[
            json!({"frame": "SETTINGS", "settings": [["MAX_FRAME_SIZE", 16384], [99, 1]]}),
            json!({"frame": "SETTINGS", "flags": ["ACK"]}),
            json!({"frame": "HEADERS", "stream": 1, "flags": ["END_STREAM"], "pad": 3, "fields": [[":status", "200"]]}),
            json!({"frame": "CONTINUATION", "stream": 1, "fields": [["a", "b"]]}),
            json!({"frame": "DATA", "stream": 3, "pad": 1, "data": "hi"}),
            json!({"frame": "GOAWAY", "last": 1, "code": 11}),
            json!({"frame": "WINDOW_UPDATE", "increment": 5}),
            json!({"frame": 77, "stream": 1, "flags": 255}),
            json!({"frame": "PING", "data": "12345678", "length": 7}),
        ]);
        let expected = [
            "SETTINGS values=[MAX_FRAME_SIZE: 16384, 0x63: 1]",
            "SETTINGS_ACK",
            "HEADERS stream=1 fields=[:status: 200, a: b] length=17 end=true",
            "DATA stream=3 bytes=\"hi\" length=4 end=false",
            "GOAWAY last=1 code=\"ENHANCE_YOUR_CALM\" debug=\"\"",
            "WINDOW_UPDATE stream=0 increment=5",
            "UNKNOWN stream=1 type=77",
            "garbled text=\"a frame of another size than its type has\"",
        ];
        assert_eq!(read(Role::Server, frames.clone()), expected);
        assert_eq!(read(Role::Client, frames), ["garbled text=\"no client connection preface\""]);
        assert_eq!(read(Role::Client, PREFACE.to_vec()), ["PREFACE"]);
    }

    #[test]
    fn units_are_the_preface_and_frames() {
        let frames = octets(&[json!({"frame": "SETTINGS"}), json!({"frame": "PING", "data": "12345678"})]);
        assert_eq!(units(Role::Client, &frames), [9]);
        assert_eq!(units(Role::Server, &[PREFACE, &frames[..20]].concat()), [24, 33]);
    }

    #[test]
    fn what_ends_inside_a_unit_is_unfinished() {
        let frames: [(&[u8], bool); 8] = [
            (b"", false),
            (b"\0\0\0\x04\0\0\0\0\0", false),
            (b"\0\0\0\x04\0\0\0\0", true),
            (b"\0\0\0\x01\x04\0\0\0\x01", false),
            (b"\0\0\0\x01\0\0\0\0\x01", true),
            (b"\0\0\0\x05\0\0\0\0\x01\0\0\0\x09\0\0\0\0\x01", true),
            (b"\0\0\0\x01\0\0\0\0\x01\0\0\0\x04\0\0\0\0\0", false),
            (b"\0\0\0\x09\0\0\0\0\x01", false),
        ];
        for (octets, unfinished) in frames {
            assert_eq!(is_unfinished(Role::Client, octets), unfinished, "{octets:?}");
            assert_eq!(is_unfinished(Role::Server, &[PREFACE, octets].concat()), unfinished, "{octets:?}");
        }
        assert!(is_unfinished(Role::Server, &PREFACE[..5]) && !is_unfinished(Role::Server, b"GET / HTTP"));
    }

    #[test]
    fn what_is_written_unasked_is_a_refusal() {
        let output = |form: serde_json::Value| StepRecord { output: octets(&[form]), ..StepRecord::default() };
        let goaway = |code: u32| json!({"frame": "GOAWAY", "last": 0, "code": code});
        let transcript = Transcript {
            steps: vec![
                output(goaway(0)),
                output(json!({"frame": "RST_STREAM", "stream": 5, "code": 5})),
                output(json!({"frame": "RST_STREAM", "stream": 5, "code": 8})),
                output(goaway(1)),
            ],
            fault: None,
        };
        let reset = Step::send(json!({"reset": {"stream": 5, "code": "CANCEL"}}));
        let steps = vec![Step::Receive(vec![]), Step::Receive(vec![]), reset, Step::Eof];
        let script =
            Script { protocol: Http2::SPEC, role: Role::Server, config: Config::default(), answer: false, steps };
        let refusals = Http2::SPEC.refusals.unwrap()(&script, &transcript);
        assert_eq!(refusals.iter().map(|(step, _)| *step).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(refusals[0].1.get("code"), Some(&Value::Bytes(b"STREAM_CLOSED".to_vec())));
        assert_eq!(refusals[1].1.get("scope"), Some(&Value::Bytes(b"connection".to_vec())));
    }
}
