//! A canonical workload for a client and a server joined in memory: small and large content both ways, HEAD, 204,
//! trailers, an interim response, a field section of several frames; all streams at once, and credit given by hand.

use serde_json::{Value as Json, json};

use crate::converse::{Conversation, Party};
use crate::endpoint::Profile;
use crate::transcript::{Transcript, coalesce};
use crate::value::{Record, Value};

/// How much content the large messages have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// More than the initial windows hold (RFC 9113, 6.9.2): it has to wait, and credit has to be given.
    BeyondWindows,
    /// Less: for libraries that leave waiting to the application, or give credit as they see fit.
    WithinWindows,
}

impl Scale {
    fn large(self) -> usize {
        match self {
            Scale::BeyondWindows => 100_000,
            Scale::WithinWindows => 30_000,
        }
    }
}

/// Octets that are sent at a time, less than the longest frame.
const PIECE: usize = 16_000;

/// One request and what is to come of it.
struct Exchange {
    stream: u64,
    method: &'static str,
    path: &'static str,
    /// A field that takes so many octets.
    padding: usize,
    /// Whether the request has large content.
    large: bool,
    status: u64,
    /// Octets of the response's content, where it is not large too.
    answer: usize,
    interim: bool,
    trailers: bool,
}

const PLAIN: Exchange = Exchange {
    stream: 0,
    method: "GET",
    path: "/",
    padding: 0,
    large: false,
    status: 200,
    answer: 0,
    interim: false,
    trailers: false,
};

const EXCHANGES: [Exchange; 7] = [
    Exchange { stream: 1, path: "/small", answer: 5, ..PLAIN },
    Exchange { stream: 3, method: "POST", path: "/large", large: true, ..PLAIN },
    Exchange { stream: 5, method: "HEAD", path: "/head", ..PLAIN },
    Exchange { stream: 7, path: "/trailers", answer: 1, trailers: true, ..PLAIN },
    Exchange { stream: 9, path: "/interim", answer: 2, interim: true, ..PLAIN },
    Exchange { stream: 11, path: "/none", status: 204, ..PLAIN },
    Exchange { stream: 13, path: "/fields", padding: 20_000, answer: 3, ..PLAIN },
];

fn exchange(stream: u64) -> Option<&'static Exchange> {
    EXCHANGES.iter().find(|e| e.stream == stream)
}

/// The client's part: all requests at once, and credit for what comes.
pub struct Client(pub Scale);

impl Party for Client {
    fn opening(&self) -> Vec<Json> {
        EXCHANGES.iter().flat_map(|e| e.ask(self.0)).collect()
    }

    fn react(&self, events: &[&Record], at: usize) -> Vec<Json> {
        credit(self.0, events, at)
    }
}

/// The server's part: an answer to each request that is complete, and credit for what comes.
pub struct Server(pub Scale);

impl Party for Server {
    fn opening(&self) -> Vec<Json> {
        Vec::new()
    }

    fn react(&self, events: &[&Record], at: usize) -> Vec<Json> {
        match &*events[at].event {
            "end" => number(events[at], "stream").and_then(exchange).map(|e| e.answer(self.0)).unwrap_or_default(),
            _ => credit(self.0, events, at),
        }
    }
}

/// Gives back what content took, so that more can come: to the connection, and to the stream unless it has ended.
fn credit(scale: Scale, events: &[&Record], at: usize) -> Vec<Json> {
    let octets = events[at].bytes("bytes").map_or(0, <[u8]>::len);
    if events[at].event != "data" || octets == 0 || scale == Scale::WithinWindows {
        return Vec::new();
    }
    let give = |stream: u64| json!({"window": {"stream": stream, "increment": octets}});
    let stream = number(events[at], "stream").unwrap_or(0);
    let seen = events.iter().filter(|r| r.event == "data" && number(r, "stream") == Some(stream));
    let so_far: usize = seen.filter_map(|r| r.bytes("bytes")).map(<[u8]>::len).sum();
    let over = so_far >= scale.large() || exchange(stream).is_some_and(|e| !e.large);
    if over { vec![give(0)] } else { vec![give(stream), give(0)] }
}

pub(super) fn number(record: &Record, member: &str) -> Option<u64> {
    match record.get(member)? {
        Value::Number(n) => Some(*n),
        _ => None,
    }
}

/// Content in pieces; `end`: the last one ends the message.
fn pieces(stream: u64, letter: &str, octets: usize, end: bool) -> Vec<Json> {
    let starts: Vec<usize> = (0..octets).step_by(PIECE).collect();
    let piece = |start: &usize| {
        let size = PIECE.min(octets - start);
        json!({"data": {"stream": stream, "bytes": letter.repeat(size), "end": end && start + size == octets}})
    };
    starts.iter().map(piece).collect()
}

impl Exchange {
    fn ask(&self, scale: Scale) -> Vec<Json> {
        let mut fields = vec![
            json!([":method", self.method]),
            json!([":scheme", "http"]),
            json!([":authority", "example.com"]),
            json!([":path", self.path]),
        ];
        if self.padding > 0 {
            fields.push(json!(["x-padding", "~".repeat(self.padding)])); // "~" is no shorter with Huffman
        }
        let stream = self.stream;
        let mut actions = vec![json!({"request": {"stream": stream, "fields": fields, "end": !self.large}})];
        if self.large {
            actions.extend(pieces(stream, "q", scale.large(), true));
        }
        actions
    }

    fn answer(&self, scale: Scale) -> Vec<Json> {
        let (stream, octets) = (self.stream, self.octets(scale));
        let end = octets == 0;
        let mut actions = Vec::new();
        if self.interim {
            actions.push(json!({"interim": {"stream": stream, "fields": [[":status", "103"], ["link", "</a>"]]}}));
        }
        let fields = [[":status".to_owned(), self.status.to_string()]];
        actions.push(json!({"response": {"stream": stream, "fields": fields, "end": end}}));
        if !end {
            actions.extend(pieces(stream, "p", octets, !self.trailers));
        }
        if self.trailers {
            actions.push(json!({"end": {"stream": stream, "trailers": [["x-checksum", "1"]]}}));
        }
        actions
    }

    /// Octets of the response's content.
    fn octets(&self, scale: Scale) -> usize {
        if self.large { scale.large() } else { self.answer }
    }

    /// What the client is to see, of what it can show.
    fn seen_by_client(&self, scale: Scale, can: &Profile) -> Vec<String> {
        let mut lines = Vec::new();
        if self.interim && can.can("interim") {
            lines.push("interim 103".to_owned());
        }
        lines.push(format!("response {}", self.status));
        let octets = self.octets(scale);
        lines.extend((octets > 0).then(|| format!("data {octets}")));
        lines.push(if self.trailers && can.can("trailers") { "end with trailers" } else { "end" }.to_owned());
        lines
    }

    fn seen_by_server(&self, scale: Scale) -> Vec<String> {
        let mut lines = vec![format!("request {} {}", self.method, self.path)];
        lines.extend(self.large.then(|| format!("data {}", scale.large())));
        lines.push("end".to_owned());
        lines
    }
}

/// What went otherwise than it should, a line for each; nothing if all went well.
pub fn differences(scale: Scale, conversation: &Conversation, client: &Profile, server: &Profile) -> Vec<String> {
    let mut lines = unasked(conversation);
    for exchange in &EXCHANGES {
        let sides = [
            ("client", &conversation.client, exchange.seen_by_client(scale, client), client),
            ("server", &conversation.server, exchange.seen_by_server(scale), server),
        ];
        for (role, transcript, wanted, can) in sides {
            let got = shown(transcript, exchange.stream, can);
            if got != wanted {
                let (got, wanted) = (got.join(", "), wanted.join(", "));
                lines.push(format!("stream {}, {role}: {got}; expected {wanted}", exchange.stream));
            }
        }
    }
    lines
}

/// What no workload asks for: sends that are refused, and refusals of what was sent.
pub(super) fn unasked(conversation: &Conversation) -> Vec<String> {
    let mut lines = Vec::new();
    for (role, transcript) in [("client", &conversation.client), ("server", &conversation.server)] {
        let refused = transcript.steps.iter().filter_map(|s| s.refused.as_ref());
        lines.extend(refused.map(|why| format!("the {role} would not send: {why}")));
        let rejected = transcript.events().filter(|(_, s)| s.record.event == "rejected");
        lines.extend(rejected.map(|(_, s)| format!("the {role} saw: {}", crate::judge::show_record(&s.record))));
    }
    lines
}

/// A stream's events in words, its content joined.
pub(super) fn shown(transcript: &Transcript, stream: u64, can: &Profile) -> Vec<String> {
    let ours = transcript.events().filter(|(_, s)| number(&s.record, "stream") == Some(stream));
    let events = coalesce(ours.filter(|(_, s)| s.record.event != "window").map(|(_, seen)| seen.clone()));
    let text =
        |name: &str, record: &Record| String::from_utf8_lossy(record.bytes(name).unwrap_or_default()).into_owned();
    let line = |record: &Record| match &*record.event {
        "request" => format!("request {} {}", text("method", record), text("path", record)),
        name @ ("response" | "interim") => format!("{name} {}", number(record, "status").unwrap_or(0)),
        "data" => format!("data {}", record.bytes("bytes").map_or(0, <[u8]>::len)),
        "end" => {
            let trailers = matches!(record.get("trailers"), Some(Value::Fields(list)) if !list.is_empty());
            if trailers && can.can("trailers") { "end with trailers".to_owned() } else { "end".to_owned() }
        }
        other => other.to_owned(),
    };
    events.iter().map(|seen| line(&seen.record)).collect()
}
