//! Compares the transcripts of one script on several subjects.
//!
//! What one of two subjects cannot observe takes no part in comparing them; it never counts as agreement on it.

use crate::endpoint::Profile;
use crate::judge::visible;
use crate::script::Script;
use crate::transcript::{FaultKind, Transcript};
use crate::value::Record;

/// One subject's part in a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Who it is and what it can show.
    pub profile: &'a Profile,
    /// What it showed.
    pub transcript: &'a Transcript,
}

/// Where two transcripts part.
#[derive(Clone, Debug, PartialEq)]
pub enum Agreement {
    /// They are the same, as far as both can show.
    Same,
    /// They part at this event (index among the events that both can show).
    Parts {
        /// The event's index.
        at: usize,
        /// What the first shows there.
        left: Option<Record>,
        /// What the second shows there.
        right: Option<Record>,
    },
    /// One of them broke, or both; what breaks agrees with nothing.
    Broke(FaultKind),
}

/// Compares two transcripts of a script. Symmetric, but for the sides of [`Agreement::Parts`].
pub fn agree(script: &Script, left: Side<'_>, right: Side<'_>) -> Agreement {
    if let Some(fault) = left.transcript.fault.as_ref().or(right.transcript.fault.as_ref()) {
        return Agreement::Broke(fault.kind);
    }
    let common = common(left.profile, right.profile);
    let (a, b) = (events(script, &common, left.transcript), events(script, &common, right.transcript));
    let parts = (0..a.len().max(b.len())).find(|&i| a.get(i) != b.get(i));
    match parts {
        None => Agreement::Same,
        Some(at) => Agreement::Parts { at, left: a.get(at).cloned(), right: b.get(at).cloned() },
    }
}

/// Groups of subjects (by index) that all agree with one another, largest first; a subject stands in one group only.
pub fn clusters(script: &Script, sides: &[Side<'_>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..sides.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(sides[i].profile.can.len()));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let with = |member: &usize| agree(script, sides[*member], sides[index]) == Agreement::Same;
        match groups.iter_mut().find(|group| group.iter().all(with)) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    groups
}

/// A profile with only the capabilities that both have.
fn common(a: &Profile, b: &Profile) -> Profile {
    let can = a.can.iter().filter(|c| b.can(c)).cloned().collect();
    Profile { can, ..Profile::default() }
}

/// The events that a subject with these capabilities shows, reduced to what is compared: native text, error classes
/// and status hints left out of refusals, field names lower-cased, and nothing after the point from which only
/// subjects with more capabilities can see.
fn events(script: &Script, common: &Profile, transcript: &Transcript) -> Vec<Record> {
    let protocol = script.protocol;
    let mut records: Vec<Record> = visible(script, transcript, common).into_iter().map(|s| s.record).collect();
    for record in &mut records {
        let spec = protocol.event(&record.event);
        let counts = |name: &str| {
            spec.and_then(|s| s.member(name)).is_none_or(|m| m.compared && m.needs.is_none_or(|n| common.can(n)))
        };
        record.members.retain(|(name, _)| record.event != "rejected" && counts(name));
        for (_, value) in &mut record.members {
            if let crate::Value::Fields(fields) = value {
                if protocol.fold_names {
                    fields.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
                }
                if !common.can("field-order") {
                    fields.sort_by(|a, b| a.0.cmp(&b.0));
                }
            }
        }
    }
    let seen = (protocol.comparable)(&records, &|capability| common.can(capability));
    records.truncate(seen);
    records
}
