//! What a subject understood, message by message, in a form that is quick to make and to compare: hashes and framing.

use super::hash::{Rolling, mix, octets};
use super::rules::{Rules, trimmed};
use crate::drive::Observer;
use crate::protocol::{IsUnfinished, ProtocolSpec};
use crate::script::Script;
use crate::transcript::{FaultKind, StepRecord, Transcript};
use crate::value::{EventRef, ValueRef};

/// Members of one event that are told apart.
const SLOTS: usize = 8;

/// The kind of a message whose head was not shown: a stream refused before it, content from nowhere.
const ABSENT: u8 = u8::MAX;

/// A short word of a vocabulary: a phase, a class, an error code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word {
    octets: [u8; 23],
    length: u8,
}

impl Word {
    fn of(text: &[u8]) -> Word {
        let mut word = Word::default();
        let length = text.len().min(word.octets.len());
        word.octets[..length].copy_from_slice(&text[..length]);
        word.length = length as u8; // at most 23
        word
    }

    /// As text; empty if nothing was said.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.octets[..usize::from(self.length)]).unwrap_or("?")
    }
}

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// More is expected.
    Waiting,
    /// It is complete.
    Complete,
    /// Another protocol follows.
    Upgraded,
    /// The peer reset its stream.
    Reset,
}

impl State {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Complete => "complete",
            State::Upgraded => "upgraded",
            State::Reset => "reset",
        }
    }
}

/// A list of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct FieldHash {
    pub(super) count: u32,
    /// Of the names in order.
    pub(super) names: u64,
    /// Of all lines in order.
    pub(super) ordered: u64,
    /// Of all lines in any order.
    pub(super) any: u64,
}

impl FieldHash {
    fn of(fields: &dyn crate::value::FieldList, fold: bool, trim: bool) -> FieldHash {
        let mut hash = FieldHash::default();
        fields.visit(&mut |name, value| {
            let (name, value) = (octets(name, fold), octets(if trim { trimmed(value) } else { value }, false));
            let line = mix(name, value);
            hash.count += 1;
            hash.names = mix(hash.names, name);
            hash.ordered = mix(hash.ordered, line);
            hash.any = hash.any.wrapping_add(line);
        });
        hash
    }
}

/// One message, or another event that stands for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// The index of its event in the protocol's table.
    pub(super) kind: u8,
    /// Its stream, where there are streams.
    pub stream: u64,
    /// How far it came.
    pub state: State,
    /// Octets of content.
    pub length: u64,
    /// Whether its stream was refused, and with which code.
    pub refused: Option<Word>,
    pub(super) content: Rolling,
    /// A hash for each member of the event but its fields; 0 where it is absent.
    pub(super) control: [u64; SLOTS],
    pub(super) fields: FieldHash,
    pub(super) trailers: FieldHash,
}

impl Message {
    fn new(kind: u8, stream: u64, state: State) -> Message {
        let none = FieldHash::default();
        let (control, content) = ([0; SLOTS], Rolling::default());
        Message { kind, stream, state, length: 0, refused: None, content, control, fields: none, trailers: none }
    }

    /// Whether its head was shown.
    pub fn is_shown(&self) -> bool {
        self.kind != ABSENT
    }
}

/// Why a connection was refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// The words it was refused with, in the order of the vocabulary: phase and class, or scope and code.
    pub words: [Word; 2],
    /// How many messages had been shown.
    pub after: usize,
    pub(super) control: [u64; SLOTS],
}

/// What one subject understood of one script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reading {
    /// The messages, in the order of their heads; by stream where there are streams.
    pub messages: Vec<Message>,
    /// The refusal of the connection.
    pub refusal: Option<Refusal>,
    /// Whether it said that the connection is over.
    pub closed: bool,
    /// How it broke.
    pub fault: Option<FaultKind>,
    /// Whether what was fed ends inside a unit (a frame, a field block), so that who says nothing of it may only be waiting.
    pub inside: bool,
    /// Events of upkeep, and how often: their kind and hash.
    pub(super) upkeep: Vec<(u8, u64)>,
}

impl Reading {
    /// What is left of a transcript of this script when it is normalised.
    pub fn of(script: &Script, transcript: &Transcript, rules: Rules) -> Reading {
        let mut reader = Reader::new(script.protocol, rules);
        for step in &transcript.steps {
            reader.step();
            step.events.iter().for_each(|seen| seen.record.with_ref(&mut |event| reader.event(event, 0)));
            reader.output(&step.output);
        }
        reader.reading.fault = transcript.fault.as_ref().map(|fault| fault.kind);
        reader.finish(script).clone()
    }

    /// In a few words: `2 complete`, `1 waiting`, `rejected start-line method`, `panic`.
    pub fn outcome(&self) -> String {
        if let Some(fault) = self.fault {
            return format!("{fault:?}").to_lowercase();
        }
        let shown = self.messages.iter().filter(|m| m.is_shown()).count();
        let last = self.messages.last().map_or("nothing", |m| m.state.name());
        match (&self.refusal, self.messages.iter().find_map(|m| m.refused)) {
            (Some(refusal), _) => {
                let words = refusal.words.iter().map(Word::text).filter(|w| !w.is_empty());
                let before = if shown > 0 { format!("{shown} shown, then ") } else { String::new() };
                words.fold(format!("{before}rejected"), |text, word| text + " " + word)
            }
            (None, Some(code)) => format!("{shown} shown, a stream rejected {}", code.text()).trim_end().to_owned(),
            (None, None) if shown == 0 => if self.closed { "closed" } else { "nothing" }.to_owned(),
            (None, None) => format!("{shown} {last}"),
        }
    }

    /// A hash of what is coarse: how many messages, how the last stands, how it was refused. What guides a fuzzer.
    pub fn tuple(&self) -> u64 {
        let last = self.messages.last().map_or(0, |m| 1 + m.state as u64);
        let coarse = self.messages.len().min(2) as u64 | last << 2;
        let streams = u64::from(self.messages.iter().any(|m| m.refused.is_some())) << 6;
        let words =
            |r: &Refusal| r.words.iter().fold(1, |state, word| mix(state, octets(word.text().as_bytes(), false)));
        let refused = self.refusal.as_ref().map_or(0, words);
        mix(coarse | streams | self.fault.map_or(0, |f| 1 + f as u64) << 8, refused)
    }
}

/// Reads while a script is driven. It keeps its memory from run to run: [`Reader::reset`], [`drive`](crate::drive),
/// [`Reader::finish`].
#[derive(Debug)]
pub struct Reader {
    spec: &'static ProtocolSpec,
    rules: Rules,
    reading: Reading,
    /// What was written, step by step, where refusals show in it.
    written: Transcript,
}

impl Reader {
    /// A reader for this protocol.
    pub fn new(spec: &'static ProtocolSpec, rules: Rules) -> Reader {
        Reader { spec, rules, reading: Reading::default(), written: Transcript::default() }
    }

    /// Forgets the last run.
    pub fn reset(&mut self) {
        self.reading.messages.clear();
        self.reading.upkeep.clear();
        self.reading.refusal = None;
        self.reading.closed = false;
        self.reading.fault = None;
        self.reading.inside = false;
        self.written.steps.clear();
    }

    /// The endpoint broke.
    pub fn broke(&mut self, fault: FaultKind) {
        self.reading.fault = Some(fault);
    }

    /// What was read, all in all.
    pub fn finish(&mut self, script: &Script) -> &Reading {
        if let Some(refusals) = self.spec.refusals
            && self.written.steps.iter().any(|step| !step.output.is_empty())
        {
            for (_, record) in refusals(script, &self.written) {
                record.with_ref(&mut |event| self.refuse(event));
            }
        }
        let is_unfinished = |ends: IsUnfinished| ends(script.role, &script.received());
        self.reading.inside = self.spec.is_unfinished.is_some_and(is_unfinished);
        self.reading.messages.sort_by_key(|message| message.stream); // stable, so that heads stay in order
        &self.reading
    }

    /// The same, given away; the memory of `old` is used for the next run.
    pub fn finish_for(&mut self, script: &Script, old: Reading) -> Reading {
        self.finish(script);
        std::mem::replace(&mut self.reading, old)
    }

    fn kind(&self, name: &str) -> u8 {
        self.spec.events.iter().position(|event| event.name == name).map_or(ABSENT, |at| at as u8)
    }

    /// The last message on this stream; one without a head if there is none.
    fn last(&mut self, stream: u64) -> &mut Message {
        let messages = &mut self.reading.messages;
        let at = messages.iter().rposition(|message| message.stream == stream).unwrap_or_else(|| {
            messages.push(Message::new(ABSENT, stream, State::Waiting));
            messages.len() - 1
        });
        &mut messages[at]
    }

    fn head(&mut self, event: &EventRef<'_>) {
        let opens = matches!(event.name, "request" | "response");
        let state = if opens { State::Waiting } else { State::Complete };
        let kind = self.kind(event.name);
        let stream = number(event, "promised").or_else(|| number(event, "stream")).unwrap_or(0);
        let mut message = Message::new(kind, stream, state);
        message.control = self.control(event, kind);
        let members = self.spec.events.get(usize::from(kind)).map_or(&[][..], |spec| spec.members);
        for (name, value) in event.members {
            let ValueRef::Fields(fields) = value else { continue };
            let hash = FieldHash::of(*fields, self.fold(), self.rules.trim_values);
            if *name == "fields" {
                message.fields = hash;
            } else if let Some(slot) = members.iter().position(|m| m.name == *name && m.compared)
                && let Some(slot) = message.control.get_mut(slot)
            {
                *slot = hash.any | 1; // another list beside the fields, such as those never to be indexed
            }
        }
        self.reading.messages.push(message);
    }

    fn fold(&self) -> bool {
        self.spec.fold_names && self.rules.fold_names
    }

    /// A hash for each member but fields, at its place in the table.
    fn control(&self, event: &EventRef<'_>, kind: u8) -> [u64; SLOTS] {
        let mut control = [0; SLOTS];
        let Some(spec) = self.spec.events.get(usize::from(kind)) else { return control };
        for (name, value) in event.members {
            let slot = spec.members.iter().position(|m| m.name == *name && m.compared);
            if let Some(slot) = slot.and_then(|slot| control.get_mut(slot)) {
                *slot = match value {
                    ValueRef::Bytes(text) => octets(text, false) | 1,
                    ValueRef::Number(number) => mix(*number, 1) | 1,
                    ValueRef::Flag(flag) => 2 + u64::from(*flag),
                    ValueRef::Fields(_) => 0,
                };
            }
        }
        control
    }

    fn refuse(&mut self, event: &EventRef<'_>) {
        let word = |name: &str| event.bytes(name).map(Word::of);
        if event.bytes("scope") == Some(b"stream") {
            let stream = number(event, "stream").unwrap_or(0);
            self.last(stream).refused = Some(word("code").unwrap_or_default());
            return;
        }
        let mut words = [Word::default(); 2];
        let said = ["phase", "class", "scope", "code"].iter().filter_map(|name| word(name));
        words.iter_mut().zip(said).for_each(|(slot, word)| *slot = word);
        let control = self.control(event, self.kind("rejected"));
        let after = self.reading.messages.len();
        // The last word counts: what is written stands for what was reported.
        self.reading.refusal = Some(Refusal { words, after: self.reading.refusal.map_or(after, |r| r.after), control });
    }

    fn keep_up(&mut self, event: &EventRef<'_>) {
        let kind = self.kind(event.name);
        let mut hash = self.control(event, kind).iter().fold(0, |state, slot| mix(state, *slot));
        for (_, value) in event.members {
            if let ValueRef::Fields(fields) = value {
                let list = FieldHash::of(*fields, false, false);
                hash = mix(hash, if self.rules.sort_settings { list.any } else { list.ordered });
            }
        }
        self.reading.upkeep.push((kind, hash));
    }
}

fn number(event: &EventRef<'_>, member: &str) -> Option<u64> {
    event.members.iter().find_map(|(name, value)| match value {
        ValueRef::Number(number) if *name == member => Some(*number),
        _ => None,
    })
}

impl Observer for Reader {
    fn step(&mut self) {
        if self.spec.refusals.is_some() {
            self.written.steps.push(StepRecord::default());
        }
    }

    fn event(&mut self, event: &EventRef<'_>, _: usize) {
        let stream = || number(event, "stream").unwrap_or(0);
        match event.name {
            "data" => {
                let octets = event.bytes("bytes").unwrap_or_default();
                if octets.is_empty() {
                    return;
                }
                let message = self.last(stream());
                message.length += octets.len() as u64;
                message.content.feed(octets);
            }
            "end" => {
                let (fold, trim) = (self.fold(), self.rules.trim_values);
                let trailers = event.members.iter().find_map(|(_, value)| match value {
                    ValueRef::Fields(fields) => Some(FieldHash::of(*fields, fold, trim)),
                    _ => None,
                });
                let message = self.last(stream());
                message.state = State::Complete;
                message.trailers = trailers.unwrap_or_default();
            }
            "upgraded" => self.last(stream()).state = State::Upgraded,
            "reset" => self.last(stream()).state = State::Reset,
            "closed" => self.reading.closed = true,
            "rejected" => self.refuse(event),
            name if self.spec.ambient.contains(&name) => self.keep_up(event),
            _ => self.head(event),
        }
    }

    fn output(&mut self, octets: &[u8]) {
        if let Some(step) = self.written.steps.last_mut() {
            step.output.extend_from_slice(octets);
        }
    }

    fn refused(&mut self, _: &str) {}
}
