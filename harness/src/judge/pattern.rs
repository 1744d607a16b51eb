//! Fits patterns to events.

use std::ops::Range;

use crate::cuts::Cut;
use crate::endpoint::Profile;
use crate::protocol::ProtocolSpec;
use crate::script::Script;
use crate::transcript::{Seen, Transcript, coalesce};
use crate::value::{Record, Value};
use crate::vectors::{EventPattern, MemberPattern};

/// The events of a transcript as a judge sees them: those that the subject can show, with the refusals that it wrote,
/// adjacent `data` joined, each with the offset at which it was reported.
pub fn visible(script: &Script, transcript: &Transcript, profile: &Profile) -> Vec<Seen> {
    visible_in(0..usize::MAX, script, transcript, profile)
}

/// The same for some of the steps.
pub(super) fn visible_in(
    steps: Range<usize>,
    script: &Script,
    transcript: &Transcript,
    profile: &Profile,
) -> Vec<Seen> {
    let shown = |name: &str| script.protocol.event(name).is_none_or(|e| e.needs.is_none_or(|n| profile.can(n)));
    let mut events: Vec<(usize, Seen)> = transcript.events().map(|(step, seen)| (step, seen.clone())).collect();
    for (step, written) in script.protocol.refusals.map(|read| read(script, transcript)).unwrap_or_default() {
        add_refusal(step, written, &mut events);
    }
    let counts = |(step, seen): &(usize, Seen)| steps.contains(step) && shown(&seen.record.event);
    coalesce(events.into_iter().filter(counts).map(|(_, seen)| seen))
}

/// A refusal that was written stands for the one of the same scope that was reported in that step, whose octet it
/// keeps, for what is on the wire is what a peer sees; else it comes last in its step.
fn add_refusal(step: usize, written: Record, events: &mut Vec<(usize, Seen)>) {
    let same = |seen: &Record| {
        let agree = |member: &str| seen.get(member).is_none() || seen.get(member) == written.get(member);
        seen.event == "rejected" && agree("scope") && agree("stream")
    };
    if let Some((_, seen)) = events.iter_mut().find(|(at, seen)| *at == step && same(&seen.record)) {
        seen.record = written;
        return;
    }
    let after = events.iter().position(|(at, _)| *at > step).unwrap_or(events.len());
    events.insert(after, (step, Seen { fed: None, record: written }));
}

/// What decides which members can be looked at.
pub(super) struct View<'a> {
    pub(super) protocol: &'a ProtocolSpec,
    pub(super) profile: &'a Profile,
    pub(super) cut: &'a Cut,
}

impl View<'_> {
    /// Whether the events are exactly those of the patterns, as far as the subject can show them. What is ambient
    /// counts only where a pattern names it.
    pub(super) fn sequence(&self, patterns: &[EventPattern], events: &[Seen]) -> bool {
        let shown: Vec<&EventPattern> = patterns.iter().filter(|p| self.shows(&p.event)).collect();
        let counted = coalesce(events.iter().filter(|s| self.counts(&s.record, patterns)).cloned());
        self.matches(&shown, &counted.iter().collect::<Vec<_>>())
    }

    /// The same for what was written, of which nothing is hidden.
    pub(super) fn written(&self, patterns: &[EventPattern], records: Vec<Record>) -> bool {
        let counted = records.into_iter().filter(|record| self.counts(record, patterns));
        let seen: Vec<Seen> = counted.map(|record| Seen { fed: None, record }).collect();
        self.matches(&patterns.iter().collect::<Vec<_>>(), &seen.iter().collect::<Vec<_>>())
    }

    /// Whether this stands somewhere in what was written.
    pub(super) fn wrote_some(&self, pattern: &EventPattern, records: Vec<Record>) -> bool {
        records.into_iter().any(|record| self.event(pattern, &Seen { fed: None, record }))
    }

    fn counts(&self, record: &Record, patterns: &[EventPattern]) -> bool {
        !self.protocol.ambient.contains(&&*record.event) || patterns.iter().any(|p| p.event == record.event)
    }

    fn matches(&self, patterns: &[&EventPattern], events: &[&Seen]) -> bool {
        match (patterns, events) {
            ([], rest) => rest.is_empty(),
            ([first, others @ ..], _) if first.event == "..." => {
                (0..=events.len()).any(|skip| self.matches(others, &events[skip..]))
            }
            ([first, others @ ..], [event, later @ ..]) if self.event(first, event) => {
                self.matches(others, later) || (first.optional && self.matches(others, events))
            }
            ([first, others @ ..], _) => first.optional && self.matches(others, events),
        }
    }

    fn shows(&self, event: &str) -> bool {
        self.protocol.event(event).is_none_or(|e| e.needs.is_none_or(|n| self.profile.can(n)))
    }

    /// Whether one event fits one pattern.
    pub(super) fn event(&self, pattern: &EventPattern, seen: &Seen) -> bool {
        let spec = self.protocol.event(&pattern.event);
        let observable =
            |name: &str| spec.and_then(|s| s.member(name)).is_none_or(|m| m.needs.is_none_or(|n| self.profile.can(n)));
        pattern.event == seen.record.event
            && self.position(pattern, seen)
            && (pattern.members.iter())
                .filter(|(name, _)| observable(name))
                .all(|(name, member)| seen.record.get(name).is_some_and(|value| self.member(member, value)))
    }

    /// Fed octet by octet, the octet that was last fed is where the event happened.
    fn position(&self, pattern: &EventPattern, seen: &Seen) -> bool {
        match (pattern.at, seen.fed, self.cut) {
            (Some((first, last)), Some(fed), Cut::Octets) => (first..=last).contains(&fed.saturating_sub(1)),
            _ => true,
        }
    }

    fn member(&self, pattern: &MemberPattern, value: &Value) -> bool {
        match (pattern, value) {
            (MemberPattern::Any(any), Value::Fields(got)) => any.iter().any(|v| match v {
                Value::Fields(wanted) => self.in_order(wanted) == self.in_order(got),
                _ => false,
            }),
            (MemberPattern::Any(any), value) => any.contains(value),
            (MemberPattern::Range(low, high), Value::Number(n)) => (low..=high).contains(&n),
            (MemberPattern::Fields { has, lacks }, Value::Fields(got)) => {
                let got = self.in_order(got);
                let mut rest = got.iter();
                self.in_order(has).iter().all(|field| rest.any(|g| g == field))
                    && !got.iter().any(|(name, _)| lacks.contains(name))
            }
            _ => false,
        }
    }

    /// Fields with lower-case names; sorted by name where the subject cannot keep the order between names.
    fn in_order(&self, fields: &[(Vec<u8>, Vec<u8>)]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut fields = fields.to_vec();
        if self.protocol.fold_names {
            fields.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
        }
        let knows_order = self.protocol.capabilities.iter().any(|c| c.name == "field-order");
        if knows_order && !self.profile.can("field-order") {
            fields.sort_by(|a, b| a.0.cmp(&b.0));
        }
        fields
    }
}
