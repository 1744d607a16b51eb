//! Where two readings part, and how bad that is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::reading::{FieldHash, Message, Reading, Refusal, State};
use crate::endpoint::Profile;
use crate::protocol::ProtocolSpec;

/// How bad a difference is; the first is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// A crash, a hang, or a result that depends on how the octets were cut: one subject is enough.
    S0,
    /// Framing, among subjects that accept: how many messages, where they end, their content, complete or waiting.
    S1,
    /// The same framing, but method, target, or the set, order or value of fields differ.
    S2,
    /// One accepts what the other refuses.
    S3,
    /// Both refuse, with another phase, class, scope or code; or one of them later.
    S4,
    /// Upkeep and granularity.
    S5,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Severity; 6] = [Severity::S0, Severity::S1, Severity::S2, Severity::S3, Severity::S4, Severity::S5];

    /// What it means, for people.
    pub fn means(self) -> &'static str {
        match self {
            Severity::S0 => "breaks, or depends on how the input is cut",
            Severity::S1 => "framing differs",
            Severity::S2 => "a message's control data or fields differ",
            Severity::S3 => "one accepts what another refuses",
            Severity::S4 => "refused in another way",
            Severity::S5 => "upkeep differs",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Where two readings part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// How bad.
    pub severity: Severity,
    /// The message, counted from 0 among those that both can show.
    pub message: usize,
    /// What of it: `messages`, `content`, `completion`, a member's name, `accepted`, `late`.
    pub what: &'static str,
}

/// What two subjects can be compared by: what both can show.
#[derive(Clone, Debug)]
pub struct Common {
    spec: &'static ProtocolSpec,
    /// By event: whether both show it, and which of its members.
    events: Vec<(bool, u64)>,
    /// Neither content nor end: only the first head.
    head_only: bool,
    /// Only the first message.
    first_only: bool,
    close: bool,
    order: bool,
    trailers: bool,
    /// Messages are told apart by stream.
    streams: bool,
}

impl Common {
    /// What both profiles have.
    pub fn of(spec: &'static ProtocolSpec, a: &Profile, b: &Profile) -> Common {
        let named = |name: &str| spec.capabilities.iter().any(|c| c.name == name);
        let both = |name: &str| !named(name) || (a.can(name) && b.can(name));
        let events = spec.events.iter().map(|event| {
            let members = event.members.iter().enumerate();
            let compared = members.filter(|(_, m)| m.compared && m.needs.is_none_or(both)).map(|(at, _)| 1 << at);
            (event.needs.is_none_or(both), compared.fold(0, |mask, bit: u64| mask | bit))
        });
        let streams = spec.events.iter().any(|event| event.member("stream").is_some());
        Common {
            spec,
            events: events.collect(),
            head_only: !both("framing"),
            first_only: !both("pipeline"),
            close: both("close"),
            order: both("field-order"),
            trailers: both("trailers"),
            streams,
        }
    }

    /// Whether one of the two sees nothing behind the first final head.
    pub fn sees_heads_only(&self) -> bool {
        self.head_only
    }

    /// Whether messages are told apart by stream.
    pub fn has_streams(&self) -> bool {
        self.streams
    }

    fn shows(&self, message: &Message) -> bool {
        self.events.get(usize::from(message.kind)).is_none_or(|(shown, _)| *shown)
    }

    /// Whether content may follow this head.
    fn is_final(&self, message: &Message) -> bool {
        let event = self.spec.events.get(usize::from(message.kind));
        event.is_some_and(|event| matches!(event.name, "request" | "response"))
    }

    fn members(&self, kind: u8) -> u64 {
        self.events.get(usize::from(kind)).map_or(0, |(_, members)| *members)
    }

    /// The first member in which two sets of control data differ.
    fn control(&self, kind: u8, a: &[u64], b: &[u64]) -> Option<&'static str> {
        let mask = self.members(kind);
        let slot = (0..a.len()).find(|slot| mask >> slot & 1 == 1 && a[*slot] != b[*slot])?;
        Some(self.spec.events[usize::from(kind)].members[slot].name)
    }

    /// What differs in the heads of two messages.
    fn head(&self, a: &Message, b: &Message) -> Option<&'static str> {
        if a.kind != b.kind {
            return Some("kind");
        }
        self.control(a.kind, &a.control, &b.control).or_else(|| self.fields(a.fields, b.fields))
    }

    fn fields(&self, a: FieldHash, b: FieldHash) -> Option<&'static str> {
        match (a, b) {
            _ if a.ordered == b.ordered || (!self.order && a.any == b.any) => None,
            _ if a.count != b.count => Some("field dropped"),
            _ if a.any == b.any => Some("field order"),
            _ if a.names != b.names => Some("field name"),
            _ => Some("field value"),
        }
    }
}

/// What one side did with a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Did {
    /// Shown at least in part, and not refused.
    Took(State),
    /// Refused, at its head or behind it.
    Refused,
    /// Nothing of it is shown.
    Nothing,
}

/// The worst difference between two readings of one script, as far as both subjects can show; the first of those.
/// Symmetric.
pub fn differ(common: &Common, a: &Reading, b: &Reading) -> Option<Difference> {
    if a.fault.is_some() || b.fault.is_some() {
        return Some(Difference {
            severity: Severity::S0,
            message: a.messages.len().min(b.messages.len()),
            what: "fault",
        });
    }
    let mut worst = None;
    let mut found = |severity: Severity, message: usize, what: &'static str| {
        let difference = Difference { severity, message, what };
        if worst.is_none_or(|w: Difference| severity < w.severity) {
            worst = Some(difference);
        }
    };
    if common.streams {
        by_stream(common, a, b, &mut found);
    } else {
        in_order(common, a, b, &mut found);
    }
    if !common.head_only && a.refusal.is_none() && b.refusal.is_none() && upkeep(common, a, b) {
        found(Severity::S5, 0, "upkeep");
    }
    worst
}

type Found<'f> = &'f mut dyn FnMut(Severity, usize, &'static str);

/// Messages that follow one another on a connection.
fn in_order(common: &Common, a: &Reading, b: &Reading, found: Found<'_>) {
    let list = |r: &Reading| -> Vec<Message> { r.messages.iter().filter(|m| common.shows(m)).copied().collect() };
    if common.head_only {
        return heads_only(common, a, b, found);
    }
    // The usual case first, without copies: nothing is hidden.
    let all = |r: &Reading| r.messages.iter().all(|m| common.shows(m));
    if all(a) && all(b) {
        return sequence(common, (&a.messages, a), (&b.messages, b), found);
    }
    sequence(common, (&list(a), a), (&list(b), b), found);
}

/// The heads up to the first final one, for subjects of which one sees nothing behind it.
fn heads_only(common: &Common, a: &Reading, b: &Reading, found: Found<'_>) {
    fn shown<'r>(common: &'r Common, reading: &'r Reading) -> impl Iterator<Item = &'r Message> {
        reading.messages.iter().filter(|m| m.is_shown() && common.shows(m))
    }
    let (mut left, mut right) = (shown(common, a), shown(common, b));
    for at in 0.. {
        match (left.next(), right.next()) {
            (Some(x), Some(y)) => {
                if let Some(what) = common.head(x, y) {
                    found(Severity::S2, at, what);
                }
                if common.is_final(x) || common.is_final(y) {
                    return;
                }
            }
            (None, None) => {
                return match (&a.refusal, &b.refusal) {
                    (Some(_), Some(_)) => refusals(common, a, b, at, found),
                    (None, None) => {}
                    _ => found(Severity::S4, at, "late"),
                };
            }
            (one, _) => {
                let (shower, other) = if one.is_some() { (a, b) } else { (b, a) };
                // Who sees one head has seen it, if it was one that is not compared.
                let spent = other.messages.iter().any(|m| m.is_shown() && !common.shows(m));
                return match (&shower.refusal, &other.refusal) {
                    (_, None) if spent => {}
                    (None, Some(_)) => found(Severity::S3, at, "accepted"),
                    (Some(_), Some(_)) => found(Severity::S4, at, "shown"),
                    (None, None) => found(Severity::S1, at, "messages"),
                    (Some(_), None) => found(Severity::S4, at, "late"),
                };
            }
        }
    }
}

fn sequence(common: &Common, a: (&[Message], &Reading), b: (&[Message], &Reading), found: Found<'_>) {
    let did = |(messages, reading): (&[Message], &Reading), at: usize| {
        let refuses = reading.refusal.is_some() && at + 1 >= messages.len();
        match messages.get(at) {
            // A refusal behind a complete message is about the next one.
            Some(m) if refuses && m.state == State::Waiting => Did::Refused,
            Some(m) => Did::Took(m.state),
            None if refuses => Did::Refused,
            None => Did::Nothing,
        }
    };
    for at in 0..=a.0.len().max(b.0.len()) {
        let heads = (a.0.get(at), b.0.get(at));
        if let (Some(x), Some(y)) = heads
            && let Some(what) = common.head(x, y)
        {
            found(Severity::S2, at, what);
        }
        let (x, y) = (did(a, at), did(b, at));
        match (x, y) {
            (Did::Nothing, Did::Nothing) => {
                if common.close && a.1.closed != b.1.closed {
                    found(Severity::S5, at, "closed");
                }
                return;
            }
            (Did::Refused, Did::Refused) => {
                if heads.0.is_some() != heads.1.is_some() {
                    found(Severity::S4, at, "shown");
                }
                return refusals(common, a.1, b.1, at, found);
            }
            (Did::Refused, Did::Took(state)) | (Did::Took(state), Did::Refused) => {
                let shown_by_taker = if x == Did::Refused { heads.1 } else { heads.0 }.is_some_and(Message::is_shown);
                let shown_by_refuser = if x == Did::Refused { heads.0 } else { heads.1 }.is_some();
                // Waiting for more behind the same head is no acceptance yet.
                let accepts = shown_by_taker && (state != State::Waiting || !shown_by_refuser);
                return if accepts { found(Severity::S3, at, "accepted") } else { found(Severity::S4, at, "late") };
            }
            (Did::Refused, Did::Nothing) | (Did::Nothing, Did::Refused) => {
                let silent = if x == Did::Nothing { a.1 } else { b.1 };
                let what = if silent.closed { "closed" } else { "late" };
                return found(Severity::S4, at, what);
            }
            (Did::Took(_), Did::Nothing) | (Did::Nothing, Did::Took(_)) => return found(Severity::S1, at, "messages"),
            (Did::Took(_), Did::Took(_)) => {
                let (Some(x), Some(y)) = heads else { return };
                if taken(common, (x, a.1), (y, b.1), at, found) || common.first_only {
                    return;
                }
            }
        }
    }
}

/// Two messages that both took; whether it makes no sense to go on.
fn taken(
    common: &Common,
    (a, left): (&Message, &Reading),
    (b, right): (&Message, &Reading),
    at: usize,
    found: Found<'_>,
) -> bool {
    // Who shows content only when all of it is there, or all of its frame, shows less than the other so far.
    let waiting = a.state == State::Waiting && b.state == State::Waiting;
    let later = waiting && (a.length == 0 || b.length == 0 || a.length != b.length && left.inside && right.inside);
    if (a.length, a.content) != (b.length, b.content) && !later {
        found(Severity::S1, at, "content");
        return true;
    }
    if a.state != b.state {
        found(Severity::S1, at, "completion");
        return true;
    }
    if common.trailers && common.fields(a.trailers, b.trailers).is_some() {
        found(Severity::S2, at, "trailers");
    }
    false
}

/// Two refusals of a connection.
fn refusals(common: &Common, a: &Reading, b: &Reading, at: usize, found: Found<'_>) {
    let (Some(x), Some(y)) = (&a.refusal, &b.refusal) else { return };
    let kind = common.spec.events.iter().position(|event| event.name == "rejected").unwrap_or(usize::MAX);
    let said = |r: &Refusal| r.control.iter().any(|slot| *slot != 0);
    if said(x)
        && said(y)
        && let Some(what) = common.control(kind as u8, &x.control, &y.control)
    {
        found(Severity::S4, at, what);
    }
}

/// Messages of streams, whose order among each other is nobody's.
fn by_stream(common: &Common, a: &Reading, b: &Reading, found: Found<'_>) {
    match (&a.refusal, &b.refusal) {
        (Some(_), Some(_)) => refusals(common, a, b, 0, found),
        (None, None) => {}
        // A connection error for what another takes as a stream error is permitted (RFC 9113, 5.4).
        (Some(_), None) if refuses_a_stream(b) => found(Severity::S4, 0, "scope"),
        (None, Some(_)) if refuses_a_stream(a) => found(Severity::S4, 0, "scope"),
        // Who says nothing of a frame or a field block of which more is to come has not taken it yet.
        _ if a.inside => found(Severity::S4, 0, "late"),
        _ => found(Severity::S3, 0, "accepted"),
    }
    let (mut i, mut j, mut at) = (0, 0, 0);
    let mut behind = None; // the stream that one of the two has refused already
    let list = |r: &Reading| -> Vec<Message> { r.messages.iter().filter(|m| common.shows(m)).copied().collect() };
    let (x, y) = (list(a), list(b));
    let key = |m: Option<&Message>| m.map_or(u64::MAX, |m| m.stream);
    while i < x.len() || j < y.len() {
        let (left, right) = (x.get(i), y.get(j));
        let (left, right) = match key(left).cmp(&key(right)) {
            std::cmp::Ordering::Less => (left, None),
            std::cmp::Ordering::Greater => (None, right),
            std::cmp::Ordering::Equal => (left, right),
        };
        i += usize::from(left.is_some());
        j += usize::from(right.is_some());
        // What both show behind that need not be the same messages any more; that one took what the other refused is said.
        let refused = |m: Option<&Message>| m.filter(|m| m.refused.is_some()).map(|m| m.stream);
        if left.is_none() || right.is_none() || behind != left.map(|m| m.stream) {
            on_stream(common, (left, a), (right, b), at, found);
        }
        behind = refused(left).or(refused(right)).or(behind);
        at += 1;
    }
}

/// Whether it is a stream of which only its end is shown, by a reset of the peer: what came before may have been taken and
/// not shown yet, or discarded.
fn is_reset_alone(message: &Message) -> bool {
    !message.is_shown() && message.state == State::Reset && message.length == 0
}

/// Whether nothing else is shown of this stream.
fn resets_alone(reading: &Reading, stream: u64) -> bool {
    reading.messages.iter().any(|m| m.stream == stream && is_reset_alone(m))
}

/// Whether this stream is refused, at whichever of its messages.
fn refuses(reading: &Reading, stream: u64) -> bool {
    reading.messages.iter().any(|m| m.stream == stream && m.refused.is_some())
}

/// Whether this stream is refused or was reset by the peer, at whichever of its messages: who shows only its reset may have
/// dropped what came before.
fn is_given_up(reading: &Reading, stream: u64) -> bool {
    reading.messages.iter().any(|m| m.stream == stream && (m.refused.is_some() || m.state == State::Reset))
}

fn refuses_a_stream(reading: &Reading) -> bool {
    reading.messages.iter().any(|m| m.refused.is_some())
}

fn on_stream(
    common: &Common,
    (left, a): (Option<&Message>, &Reading),
    (right, b): (Option<&Message>, &Reading),
    at: usize,
    found: Found<'_>,
) {
    let (Some(x), Some(y)) = (left, right) else {
        let (one, own, other) = if left.is_some() { (left, a, b) } else { (right, b, a) };
        let Some(one) = one else { return };
        // What stands behind the refusal of its stream is not told either.
        if refuses(other, one.stream) {
            return match (one.refused, &own.refusal) {
                (None, None) if one.state != State::Reset => found(Severity::S3, at, "accepted"),
                (None, None) => {}
                _ => found(Severity::S4, at, "scope"),
            };
        }
        return match (one.refused, &other.refusal) {
            (Some(_), None) => found(Severity::S4, at, "silent"), // discarding on closed streams is permitted
            (Some(_), Some(_)) => found(Severity::S4, at, "scope"),
            (None, Some(_)) => found(Severity::S4, at, "lost"),
            (None, None) if is_given_up(own, one.stream) && resets_alone(other, one.stream) => {
                found(Severity::S4, at, "silent");
            }
            (None, None) if one.is_shown() => found(Severity::S1, at, "messages"),
            // That a stream is reset of which nothing is shown.
            (None, None) if is_reset_alone(one) => found(Severity::S4, at, "silent"),
            (None, None) => found(Severity::S1, at, "content"),
        };
    };
    match (x.refused, y.refused) {
        (Some(p), Some(q)) => {
            if p != q && !p.text().is_empty() && !q.text().is_empty() {
                found(Severity::S4, at, "code");
            }
        }
        (None, None) if is_reset_alone(x) != is_reset_alone(y) => {
            let (one, own, other, silent) = if is_reset_alone(y) { (x, a, y, b) } else { (y, b, x, a) };
            match &silent.refusal {
                Some(_) => found(Severity::S4, at, "lost"),
                None if is_given_up(own, one.stream) => found(Severity::S4, at, "silent"),
                None if a.refusal.is_some() || b.refusal.is_some() => {}
                None => {
                    taken(common, (one, own), (other, silent), at, found);
                }
            }
        }
        (None, None) => {
            if x.is_shown() && y.is_shown() {
                if let Some(what) = common.head(x, y) {
                    found(Severity::S2, at, what);
                }
            } else if x.is_shown() != y.is_shown() {
                found(Severity::S2, at, "kind");
            }
            // What stands behind a refusal of the connection is not told.
            if a.refusal.is_none() && b.refusal.is_none() {
                taken(common, (x, a), (y, b), at, found);
            }
        }
        (refused, _) => {
            let (taker, reading) = if refused.is_some() { (y, b) } else { (x, a) };
            match (&reading.refusal, taker.state) {
                (Some(_), _) => found(Severity::S4, at, "scope"),
                (None, State::Reset) => {}
                (None, _) if refuses(reading, taker.stream) => found(Severity::S4, at, "late"),
                (None, _) if taker.is_shown() => found(Severity::S3, at, "accepted"),
                (None, _) => found(Severity::S4, at, "silent"),
            }
        }
    }
}

/// Whether events of upkeep differ that both show.
fn upkeep(common: &Common, a: &Reading, b: &Reading) -> bool {
    let shown = |r: &Reading| -> Vec<(u8, u64)> {
        let mask =
            |kind: u8| common.events.get(usize::from(kind)).is_some_and(|(shown, members)| *shown && *members != 0);
        r.upkeep.iter().filter(|(kind, _)| mask(*kind)).copied().collect()
    };
    !(a.upkeep.is_empty() && b.upkeep.is_empty()) && shown(a) != shown(b)
}
