//! Events and expectations as one line of text each, safe on a terminal.

use std::fmt::Write as _;

use crate::bytes::escape;
use crate::recorded::Lines;
use crate::transcript::Transcript;
use crate::value::{Record, Value};
use crate::vectors::{Condition, EventPattern, MemberPattern, Outcome};

/// What a transcript holds, a line an event.
pub(super) fn show_transcript(transcript: &Transcript) -> Lines {
    let mut items = Vec::new();
    for (index, step) in transcript.steps.iter().enumerate() {
        items.extend(step.events.iter().map(|seen| Item::Event(&seen.record)));
        items.extend(step.refused.iter().map(|why| Item::Refused(index, why)));
        items.extend((!step.output.is_empty()).then_some(Item::Wrote(&step.output)));
    }
    Lines::of(&items, |item| match item {
        Item::Event(record) => show_record(record),
        Item::Refused(step, why) => format!("step {step} refused: {}", escape(why.as_bytes())),
        Item::Wrote(output) => format!("wrote \"{}\"", escape(&output[..output.len().min(400)])),
    })
}

/// What becomes a line.
enum Item<'a> {
    Event(&'a Record),
    Refused(usize, &'a str),
    Wrote(&'a [u8]),
}

/// An event on one line: `request method="GET" target="/"`.
pub fn show_record(record: &Record) -> String {
    let mut line = escape(record.event.as_bytes());
    for (name, value) in &record.members {
        let _ = write!(line, " {}={}", escape(name.as_bytes()), show_value(value));
    }
    line
}

fn show_value(value: &Value) -> String {
    match value {
        Value::Bytes(octets) if octets.len() > LONG => {
            format!("\"{}\"… ({} octets)", escape(&octets[..KEPT]), octets.len())
        }
        Value::Bytes(octets) => format!("\"{}\"", escape(octets)),
        Value::Number(n) => n.to_string(),
        Value::Flag(b) => b.to_string(),
        Value::Fields(fields) => format!("[{}]", show_fields(fields)),
    }
}

/// Octets longer than this are shown by their first ones.
const LONG: usize = 200;
const KEPT: usize = 160;

fn show_fields(fields: &[(Vec<u8>, Vec<u8>)]) -> String {
    let short = |octets: &[u8]| match octets.len() {
        0..=LONG => escape(octets),
        len => format!("{}… ({len} octets)", escape(&octets[..KEPT])),
    };
    let shown = fields.iter().take(12).map(|(n, v)| format!("{}: {}", short(n), short(v)));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if fields.len() > 12 {
        let _ = write!(text, ", … ({} in all)", fields.len());
    }
    text
}

/// What an outcome asks for, a line for each condition.
pub fn show_outcome(outcome: &Outcome) -> Vec<String> {
    outcome.when.iter().map(show_condition).collect()
}

fn show_condition(condition: &Condition) -> String {
    let list = |patterns: &[EventPattern]| {
        let shown: Vec<String> = patterns.iter().map(show_pattern).collect();
        if shown.is_empty() { "nothing".to_owned() } else { shown.join(" | ") }
    };
    match condition {
        Condition::Expect { patterns, .. } => list(patterns),
        Condition::Seen(pattern) => format!("somewhere: {}", show_pattern(pattern)),
        Condition::Never(pattern) => format!("nowhere: {}", show_pattern(pattern)),
        Condition::Wrote { patterns, .. } => format!("wrote: {}", list(patterns)),
        Condition::WroteSome { pattern, .. } => format!("wrote, somewhere: {}", show_pattern(pattern)),
        Condition::Unwritten { pattern, .. } => format!("wrote nowhere: {}", show_pattern(pattern)),
        Condition::Refused { step, refused: true } => format!("step {step} is refused"),
        Condition::Refused { step, refused: false } => format!("step {step} is not refused"),
        Condition::RefusedSome { steps } => {
            let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
            format!("one of the steps {} is refused, or several", steps.join(", "))
        }
    }
}

fn show_pattern(pattern: &EventPattern) -> String {
    let mut line = pattern.event.clone();
    for (name, member) in &pattern.members {
        let _ = write!(line, " {name}={}", show_member(member));
    }
    if let Some((first, last)) = pattern.at {
        let _ = write!(line, " at octets {first} to {last}");
    }
    if pattern.optional { format!("({line})") } else { line }
}

fn show_member(member: &MemberPattern) -> String {
    match member {
        MemberPattern::Any(any) => any.iter().map(show_value).collect::<Vec<_>>().join(" or "),
        MemberPattern::Range(low, high) => format!("{low} to {high}"),
        MemberPattern::Fields { has, lacks } => {
            let lacks: Vec<String> = lacks.iter().map(|n| escape(n)).collect();
            let lacks = if lacks.is_empty() { String::new() } else { format!(" without {}", lacks.join(", ")) };
            format!("[… {} …]{lacks}", show_fields(has))
        }
    }
}
