//! A transcript: what one endpoint reported and wrote, step by step, while a script ran.

use serde::{Deserialize, Serialize};

use crate::bytes::{from_hex, to_hex};
use crate::protocol::ProtocolSpec;
use crate::value::{Record, Value};

/// An event and when it was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How many octets had been fed when it was reported, counted over all steps; where the subject says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fed: Option<u64>,
    /// The event.
    #[serde(flatten)]
    pub record: Record,
}

/// What happened in one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The events, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Seen>,
    /// The octets the endpoint wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "hex")]
    pub output: Vec<u8>,
    /// Why a `send` was refused, in the implementation's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// How an implementation broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FaultKind {
    /// It panicked, or raised what is no protocol error.
    Panic,
    /// Its process ended by itself.
    Exit,
    /// A signal ended its process.
    Signal,
    /// It did not answer in time.
    Hang,
    /// It answered more than the harness takes.
    Flood,
    /// It answered what is no answer.
    Garbage,
    /// It answers the same script differently later in the same process.
    Leak,
}

/// An implementation broke: a verdict on it, with what came before kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// How.
    pub kind: FaultKind,
    /// The message, traceback or noise that came with it; never compared.
    pub text: String,
}

/// Per step, what was reported and written; and a fault if the implementation broke.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// One record per step that was begun.
    pub steps: Vec<StepRecord>,
    /// Set if the implementation broke; the last step is then the one in which it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

impl Transcript {
    /// All events in order, with the index of their step.
    pub fn events(&self) -> impl Iterator<Item = (usize, &Seen)> {
        self.steps.iter().enumerate().flat_map(|(i, step)| step.events.iter().map(move |seen| (i, seen)))
    }

    /// All octets written.
    pub fn output(&self) -> Vec<u8> {
        self.steps.iter().flat_map(|s| s.output.iter().copied()).collect()
    }

    /// All octets written in some of the steps.
    pub fn output_of(&self, steps: std::ops::Range<usize>) -> Vec<u8> {
        let inside = self.steps.iter().enumerate().filter(|(at, _)| steps.contains(at));
        inside.flat_map(|(_, step)| step.output.iter().copied()).collect()
    }

    /// The form in which cuts of one script must agree: adjacent `data` of one step joined, empty `data` dropped,
    /// members that are not compared (native error text) and offsets removed. Nothing else is normalised.
    pub fn canonical(&self, protocol: &ProtocolSpec) -> Transcript {
        let step = |s: &StepRecord| StepRecord {
            events: coalesce(s.events.iter().map(|seen| Seen { fed: None, record: strip(&seen.record, protocol) })),
            output: s.output.clone(),
            refused: s.refused.as_ref().map(|_| String::new()),
        };
        let fault = self.fault.as_ref().map(|f| Fault { kind: f.kind, text: String::new() });
        Transcript { steps: self.steps.iter().map(step).collect(), fault }
    }
}

/// Joins adjacent `data` events whose other members agree, and drops empty ones. A joined event keeps the offset at
/// which its first part was reported.
pub(crate) fn coalesce(events: impl Iterator<Item = Seen>) -> Vec<Seen> {
    let mut joined: Vec<Seen> = Vec::new();
    for seen in events {
        if seen.record.event == "data" && seen.record.bytes("bytes").is_some_and(<[u8]>::is_empty) {
            continue;
        }
        if let Some(last) = joined.last_mut()
            && last.record.event == "data"
            && seen.record.event == "data"
            && append_data(&mut last.record, &seen.record)
        {
            continue;
        }
        joined.push(seen);
    }
    joined
}

/// Appends `next`'s octets to `data` unless another member (a stream) differs.
fn append_data(data: &mut Record, next: &Record) -> bool {
    let others = |r: &Record| r.members.iter().filter(|(n, _)| n != "bytes").cloned().collect::<Vec<_>>();
    if others(data) != others(next) {
        return false;
    }
    let more = next.bytes("bytes").unwrap_or_default().to_vec();
    for (name, value) in &mut data.members {
        if let (true, Value::Bytes(octets)) = (name == "bytes", value) {
            octets.extend_from_slice(&more);
        }
    }
    true
}

/// Removes the members that do not take part in comparisons.
fn strip(record: &Record, protocol: &ProtocolSpec) -> Record {
    let spec = protocol.event(&record.event);
    let compared = |name: &str| spec.and_then(|s| s.member(name)).is_none_or(|m| m.compared);
    Record {
        event: record.event.clone(),
        members: record.members.iter().filter(|(name, _)| compared(name)).cloned().collect(),
    }
}

mod hex {
    //! Octets as one hex string.
    use super::{from_hex, to_hex};
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(octets))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        from_hex(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::Http1;
    use crate::protocol::Protocol;

    fn data(octets: &[u8]) -> Seen {
        Seen { fed: Some(3), record: Record::new("data").with("bytes", Value::Bytes(octets.to_vec())) }
    }

    fn of(events: Vec<Seen>) -> Transcript {
        Transcript { steps: vec![StepRecord { events, ..StepRecord::default() }], fault: None }
    }

    #[test]
    fn data_is_joined_and_empty_data_dropped() {
        let cut = of(vec![data(b"a"), data(b""), data(b"bc")]).canonical(Http1::SPEC);
        assert_eq!(cut, of(vec![data(b"abc")]).canonical(Http1::SPEC));
    }

    #[test]
    fn data_across_another_event_or_step_stays_apart() {
        let end = Seen { fed: None, record: Record::new("end") };
        let parted = of(vec![data(b"a"), end.clone(), data(b"b")]).canonical(Http1::SPEC);
        assert_ne!(parted, of(vec![data(b"ab"), end]).canonical(Http1::SPEC));
    }

    #[test]
    fn native_text_is_not_compared_and_class_is() {
        let rejected = |text: &str, class: &str| {
            of(vec![Seen {
                fed: None,
                record: Record::new("rejected")
                    .with("class", Value::Bytes(class.into()))
                    .with("text", Value::Bytes(text.into())),
            }])
            .canonical(Http1::SPEC)
        };
        assert_eq!(rejected("one", "host"), rejected("other", "host"));
        assert_ne!(rejected("one", "host"), rejected("one", "limit"));
    }
}
