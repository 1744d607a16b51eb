//! Canonical workloads in which the connection changes while responses are under way: the client sends new SETTINGS,
//! or the server a GOAWAY. What was begun before is completed after it.
//!
//! Contents are less than the windows hold, before the change and after it, so that nothing has to wait.

use serde_json::{Value as Json, json};

use super::workload::{number, shown, unasked};
use crate::converse::{Conversation, Party};
use crate::endpoint::Profile;
use crate::value::Record;

/// What changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The client's SETTINGS come between the two halves of two responses: a smaller INITIAL_WINDOW_SIZE, which leaves
    /// just enough (RFC 9113, 6.9.2), a smaller HEADER_TABLE_SIZE, of which the next response has to tell (RFC 7541,
    /// 4.2), and a larger MAX_FRAME_SIZE.
    Settings,
    /// The server's GOAWAY without an error comes between the two halves of three responses (RFC 9113, 6.8).
    Goaway,
}

impl Change {
    /// All of them.
    pub const ALL: [Change; 2] = [Change::Settings, Change::Goaway];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Change::Settings => "settings",
            Change::Goaway => "goaway",
        }
    }
}

/// The streams; upon the request on the last one comes the second half of the other responses.
const STREAMS: [u64; 3] = [1, 3, LAST];
const LAST: u64 = 5;

/// Octets of half a response's content. Three whole ones fit the connection's window.
const HALF: usize = 10_000;

/// The client's part.
pub struct Client(pub Change);

impl Party for Client {
    fn opening(&self) -> Vec<Json> {
        let at_once = STREAMS.iter().filter(|stream| self.0 == Change::Goaway || **stream != LAST);
        at_once.map(|stream| ask(*stream)).collect()
    }

    fn react(&self, events: &[&Record], at: usize) -> Vec<Json> {
        let first = events[at].event == "response" && number(events[at], "stream") == Some(STREAMS[0]);
        if self.0 == Change::Settings && first {
            let values = [("HEADER_TABLE_SIZE", 100), ("INITIAL_WINDOW_SIZE", 2 * HALF), ("MAX_FRAME_SIZE", 20_000)];
            return vec![json!({"settings": {"values": values}}), ask(LAST)];
        }
        Vec::new()
    }
}

/// The server's part.
pub struct Server(pub Change);

impl Party for Server {
    fn opening(&self) -> Vec<Json> {
        Vec::new()
    }

    fn react(&self, events: &[&Record], at: usize) -> Vec<Json> {
        let Some(stream) = number(events[at], "stream").filter(|_| events[at].event == "end") else {
            return Vec::new();
        };
        let mut actions = vec![
            json!({"response": {"stream": stream, "fields": [[":status", "200"], ["x-name", "value"]], "end": false}}),
            half(stream, false),
        ];
        if stream == LAST {
            actions.extend((self.0 == Change::Goaway).then(|| json!({"goaway": {"code": "NO_ERROR"}})));
            actions.extend(STREAMS.iter().map(|stream| half(*stream, true)));
        }
        actions
    }
}

fn ask(stream: u64) -> Json {
    let fields = [[":method", "GET"], [":scheme", "http"], [":authority", "example.com"], [":path", "/"]];
    json!({"request": {"stream": stream, "fields": fields, "end": true}})
}

fn half(stream: u64, end: bool) -> Json {
    json!({"data": {"stream": stream, "bytes": "p".repeat(HALF), "end": end}})
}

/// What went otherwise than it should, a line for each; nothing if all went well.
pub fn differences(change: Change, conversation: &Conversation, client: &Profile, server: &Profile) -> Vec<String> {
    let mut lines = unasked(conversation);
    let response = ["response 200".to_owned(), format!("data {}", 2 * HALF), "end".to_owned()];
    let request = ["request GET /".to_owned(), "end".to_owned()];
    for stream in STREAMS {
        let sides = [
            ("client", &conversation.client, &response[..], client),
            ("server", &conversation.server, &request[..], server),
        ];
        for (role, transcript, wanted, can) in sides {
            let got = shown(transcript, stream, can);
            if got != wanted {
                lines.push(format!("stream {stream}, {role}: {}; expected {}", got.join(", "), wanted.join(", ")));
            }
        }
    }
    // Its first SETTINGS are acknowledged too.
    let (event, least) = match change {
        Change::Settings => ("settings-acknowledged", 2),
        Change::Goaway => ("goaway", 1),
    };
    let times = conversation.client.events().filter(|(_, seen)| seen.record.event == event).count();
    if client.can(event) && times < least {
        lines.push(format!("the client saw {event} {times} times; expected {least}"));
    }
    lines
}

/// Why the server cannot do its part, if all that it refuses to send is what completes the responses after its own
/// GOAWAY: a library whose only call for one ends the connection.
pub fn incapable(change: Change, conversation: &Conversation) -> Option<String> {
    let refused: Vec<&String> = conversation.server.steps.iter().filter_map(|step| step.refused.as_ref()).collect();
    let able = change != Change::Goaway || refused.len() != STREAMS.len();
    (!able).then(|| format!("the server cannot send after its GOAWAY: {}", refused[0]))
}
