//! Whether a run shows what another run showed, found out while it goes on and with nothing kept: most cuts of most scripts
//! change nothing.

use crate::drive::Observer;
use crate::protocol::ProtocolSpec;
use crate::transcript::{StepRecord, Transcript};
use crate::value::{EventRef, FieldList, Record, Value, ValueRef};

/// Follows a canonical transcript ([`Transcript::canonical`]): it is left exactly if the canonical form of what is
/// observed is another one.
pub(crate) struct Follower<'a> {
    protocol: &'static ProtocolSpec,
    steps: std::slice::Iter<'a, StepRecord>,
    step: Option<&'a StepRecord>,
    /// Events of this step that were shown to their end.
    shown: usize,
    /// Octets of the `data` after them that were shown.
    into: usize,
    written: usize,
    refused: bool,
    left: bool,
}

impl<'a> Follower<'a> {
    /// At the beginning of a transcript that has no fault.
    pub(crate) fn new(protocol: &'static ProtocolSpec, canonical: &'a Transcript) -> Follower<'a> {
        let steps = canonical.steps.iter();
        Follower { protocol, steps, step: None, shown: 0, into: 0, written: 0, refused: false, left: false }
    }

    /// Whether all of it was shown, and nothing else.
    pub(crate) fn arrived(mut self) -> bool {
        self.end_step();
        !self.left && self.steps.next().is_none()
    }

    fn end_step(&mut self) {
        self.end_data();
        if let Some(step) = self.step {
            let whole = (step.events.len(), step.output.len(), step.refused.is_some());
            self.left |= (self.shown, self.written, self.refused) != whole;
        }
    }

    /// What comes next is not part of the `data` that was being shown.
    fn end_data(&mut self) {
        if self.into > 0 {
            self.left |= self.next().and_then(content).is_none_or(|whole| whole.len() != self.into);
            (self.shown, self.into) = (self.shown + 1, 0);
        }
    }

    fn next(&self) -> Option<&'a Record> {
        Some(&self.step?.events.get(self.shown)?.record)
    }

    /// Whether the members that count are those of `expected`; of `data` without its octets.
    fn same(&self, event: &EventRef<'_>, expected: &Record) -> bool {
        let spec = self.protocol.event(event.name);
        let joined = event.name == "data" && event.bytes("bytes").is_some();
        let counts = |name: &str| {
            !(joined && name == "bytes") && spec.and_then(|s| s.member(name)).is_none_or(|member| member.compared)
        };
        let mut shown = event.members.iter().filter(|(name, _)| counts(name));
        let mut due = expected.members.iter().filter(|(name, _)| !(joined && name == "bytes"));
        let met = |(name, value): &(&str, ValueRef<'_>)| due.next().is_some_and(|(n, v)| n == name && equal(v, value));
        event.name == expected.event && shown.all(met) && due.next().is_none()
    }
}

/// The octets of `data`.
fn content(record: &Record) -> Option<&[u8]> {
    if record.event == "data" { record.bytes("bytes") } else { None }
}

fn equal(value: &Value, shown: &ValueRef<'_>) -> bool {
    match (value, shown) {
        (Value::Bytes(a), ValueRef::Bytes(b)) => a == b,
        (Value::Number(a), ValueRef::Number(b)) => a == b,
        (Value::Flag(a), ValueRef::Flag(b)) => a == b,
        (Value::Fields(a), ValueRef::Fields(b)) => equal_fields(a, *b),
        _ => false,
    }
}

fn equal_fields(lines: &[(Vec<u8>, Vec<u8>)], shown: &dyn FieldList) -> bool {
    let (mut lines, mut equal) = (lines.iter(), true);
    shown.visit(&mut |name, value| equal = equal && lines.next().is_some_and(|(n, v)| n == name && v == value));
    equal && lines.next().is_none()
}

impl Observer for Follower<'_> {
    fn step(&mut self) {
        self.end_step();
        self.step = self.steps.next();
        self.left |= self.step.is_none();
        (self.shown, self.into, self.written, self.refused) = (0, 0, 0, false);
    }

    fn event(&mut self, event: &EventRef<'_>, _: usize) {
        let octets = if event.name == "data" { event.bytes("bytes") } else { None };
        if self.left || octets.is_some_and(<[u8]>::is_empty) {
            return;
        }
        if octets.is_none() || self.next().is_none_or(|expected| !self.same(event, expected)) {
            self.end_data();
        }
        let Some(expected) = self.next().filter(|expected| self.same(event, expected)) else {
            self.left = true;
            return;
        };
        match octets {
            None => self.shown += 1,
            Some(octets) => {
                let rest = content(expected).and_then(|whole| whole.get(self.into..));
                self.left |= rest.is_none_or(|rest| !rest.starts_with(octets));
                self.into += octets.len();
            }
        }
    }

    fn output(&mut self, octets: &[u8]) {
        let rest = self.step.and_then(|step| step.output.get(self.written..));
        self.left |= rest.is_none_or(|rest| !rest.starts_with(octets));
        self.written += octets.len();
    }

    fn refused(&mut self, _: &str) {
        self.refused = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http2::Http2;
    use crate::protocol::Protocol;
    use crate::transcript::Seen;
    use proptest::prelude::*;

    /// What an observer is told.
    #[derive(Clone, Debug)]
    enum Told {
        Step,
        Event(Record),
        Output(Vec<u8>),
        Refused,
    }

    fn tell(told: &[Told], observer: &mut dyn Observer) {
        for one in told {
            match one {
                Told::Step => observer.step(),
                Told::Event(record) => record.with_ref(&mut |event| observer.event(event, 7)),
                Told::Output(octets) => observer.output(octets),
                Told::Refused => observer.refused("no"),
            }
        }
    }

    /// The same as a transcript; every list begins with a step.
    fn transcript(told: &[Told]) -> Transcript {
        let mut transcript = Transcript::default();
        for one in told {
            if matches!(one, Told::Step) {
                transcript.steps.push(StepRecord::default());
            }
            let Some(last) = transcript.steps.last_mut() else { continue };
            match one {
                Told::Step => {}
                Told::Event(record) => last.events.push(Seen { fed: Some(7), record: record.clone() }),
                Told::Output(octets) => last.output.extend(octets),
                Told::Refused => last.refused = Some("no".to_owned()),
            }
        }
        transcript
    }

    fn data(stream: u64, octets: &[u8]) -> Told {
        let record = Record::new("data").with("stream", Value::Number(stream));
        Told::Event(record.with("bytes", Value::Bytes(octets.to_vec())))
    }

    fn rejected(text: &str) -> Told {
        Told::Event(Record::new("rejected").with("text", Value::Bytes(text.into())))
    }

    fn request(value: &str) -> Told {
        let fields = vec![(b"a".to_vec(), value.as_bytes().to_vec())];
        let record = Record::new("request").with("stream", Value::Number(1));
        Told::Event(record.with("fields", Value::Fields(fields)))
    }

    fn told() -> impl Strategy<Value = Told> {
        let few = prop::collection::vec(0..2_u8, 0..3);
        prop_oneof![
            1 => Just(Told::Step),
            4 => (1..3_u64, few.clone()).prop_map(|(stream, octets)| data(stream, &octets)),
            1 => Just(Told::Event(Record::new("end").with("stream", Value::Number(1)))),
            1 => prop_oneof![Just("x"), Just("y")].prop_map(rejected),
            1 => prop_oneof![Just("x"), Just("y")].prop_map(request),
            1 => few.prop_map(Told::Output),
            1 => Just(Told::Refused),
        ]
    }

    fn run() -> impl Strategy<Value = Vec<Told>> {
        prop::collection::vec(told(), 0..8).prop_map(|told| [vec![Told::Step], told].concat())
    }

    fn check(one: &[Told], other: &[Told]) {
        let canonical = |told: &[Told]| transcript(told).canonical(Http2::SPEC);
        let followed = canonical(one);
        let mut follower = Follower::new(Http2::SPEC, &followed);
        tell(other, &mut follower);
        assert_eq!(follower.arrived(), followed == canonical(other), "{one:?} {other:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn it_is_left_where_the_canonical_forms_differ(one in run(), other in run()) {
            check(&one, &other);
            check(&one, &one);
        }

        /// The same with content in other pieces, and one thing changed.
        #[test]
        fn pieces_of_content_do_not_matter(one in run(), at: prop::sample::Index, instead in told()) {
            let mut pieces: Vec<Told> = Vec::new();
            for told in &one {
                match told {
                    Told::Event(record) if record.event == "data" => {
                        let Some(Value::Number(stream)) = record.get("stream") else { continue };
                        pieces.push(data(*stream, b""));
                        let octets = record.bytes("bytes").unwrap_or_default();
                        pieces.extend(octets.iter().map(|octet| data(*stream, &[*octet])));
                    }
                    other => pieces.push(other.clone()),
                }
            }
            check(&one, &pieces);
            check(&pieces, &one);
            let at = at.index(pieces.len());
            if at > 0 {
                pieces[at] = instead;
            }
            check(&one, &pieces);
        }
    }
}
