//! Fits patterns to events.

use crate::cuts::Cut;
use crate::endpoint::Profile;
use crate::protocol::ProtocolSpec;
use crate::transcript::{Seen, Transcript, coalesce};
use crate::value::{Record, Value};
use crate::vectors::{EventPattern, MemberPattern};

/// The events of a transcript as a judge sees them: those that the subject can show, adjacent `data` joined, each with
/// the offset at which it was reported.
pub fn visible(transcript: &Transcript, protocol: &ProtocolSpec, profile: &Profile) -> Vec<Seen> {
    let shown = |name: &str| protocol.event(name).is_none_or(|e| e.needs.is_none_or(|n| profile.can(n)));
    coalesce(transcript.events().filter(|(_, s)| shown(&s.record.event)).map(|(_, seen)| seen.clone()))
}

/// What decides which members can be looked at.
pub(super) struct View<'a> {
    pub(super) protocol: &'a ProtocolSpec,
    pub(super) profile: &'a Profile,
    pub(super) cut: &'a Cut,
}

impl View<'_> {
    /// Whether the events are exactly those of the patterns, as far as the subject can show them. `closed` counts only
    /// where a pattern names it: when a connection is seen to be over is not part of what every case is about.
    pub(super) fn sequence(&self, patterns: &[EventPattern], events: &[Seen]) -> bool {
        let shown: Vec<&EventPattern> = patterns.iter().filter(|p| self.shows(&p.event)).collect();
        let named = |name: &str| patterns.iter().any(|p| p.event == name);
        let counted: Vec<&Seen> = events.iter().filter(|s| s.record.event != "closed" || named("closed")).collect();
        self.matches(&shown, &counted)
    }

    /// The same for what was written, of which nothing is hidden.
    pub(super) fn written(&self, patterns: &[EventPattern], records: Vec<Record>) -> bool {
        let seen: Vec<Seen> = records.into_iter().map(|record| Seen { fed: None, record }).collect();
        self.matches(&patterns.iter().collect::<Vec<_>>(), &seen.iter().collect::<Vec<_>>())
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
        let mut fields: Vec<_> = fields.iter().map(|(n, v)| (n.to_ascii_lowercase(), v.clone())).collect();
        let knows_order = self.protocol.capabilities.iter().any(|c| c.name == "field-order");
        if knows_order && !self.profile.can("field-order") {
            fields.sort_by(|a, b| a.0.cmp(&b.0));
        }
        fields
    }
}
