//! Compares the transcripts of one script on several subjects.
//!
//! Each transcript becomes a [`Reading`], message by message, normalised by the [`Rules`]; two readings are compared by
//! what both subjects can show ([`Common`]), the framing first, and [`differ`] gives the worst [`Difference`] with its
//! [`Severity`]. What one of two subjects cannot observe takes no part in comparing them; it never counts as agreement
//! on it. A [`Reader`] makes a reading while the script runs, which costs little enough for fuzzing.

mod differ;
mod hash;
mod reading;
mod rules;

pub use differ::{Common, Difference, Severity, differ};
pub use reading::{Message, Reader, Reading, Refusal, State, Word};
use rules::trimmed;
pub use rules::{RULES, Rules};

use crate::endpoint::Profile;
use crate::judge::visible;
use crate::protocol::ProtocolSpec;
use crate::script::Script;
use crate::transcript::Transcript;
use crate::value::Record;

/// One subject's part in a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Who it is and what it can show.
    pub profile: &'a Profile,
    /// What it showed.
    pub transcript: &'a Transcript,
}

/// Where two transcripts part: what each shows there, or nothing.
pub type Apart = (Option<Record>, Option<Record>);

/// The first event that differs between two transcripts, of those that both can show: for people to look at. Whether
/// and how badly they part, [`differ`] says.
pub fn first_apart(script: &Script, left: Side<'_>, right: Side<'_>, rules: Rules) -> Option<Apart> {
    let common = common(left.profile, right.profile);
    let of = |side: Side<'_>| events(script, &common, side.transcript, rules);
    let (a, b) = (of(left), of(right));
    let at = (0..a.len().max(b.len())).find(|&i| a.get(i) != b.get(i))?;
    Some((a.get(at).cloned(), b.get(at).cloned()))
}

/// Several readings of one script, compared pair by pair.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What each subject understood.
    pub readings: Vec<Reading>,
    /// For each pair of different subjects, the lower index first: where they part.
    pub pairs: Vec<((usize, usize), Difference)>,
}

/// The comparers of a fixed set of subjects, made once.
#[derive(Clone, Debug)]
pub struct Panel {
    /// By pair, the lower index first.
    commons: Vec<((usize, usize), Common)>,
}

impl Panel {
    /// For subjects with these profiles.
    pub fn new(spec: &'static ProtocolSpec, profiles: &[&Profile]) -> Panel {
        let size = profiles.len();
        let pairs = (0..size).flat_map(|a| (a + 1..size).map(move |b| (a, b)));
        let commons = pairs.map(|(a, b)| ((a, b), Common::of(spec, profiles[a], profiles[b]))).collect();
        Panel { commons }
    }

    /// The differences of all pairs, given the readings in the order of the profiles. Subjects without a reading take
    /// no part.
    pub fn differences<'a>(
        &'a self,
        readings: &'a [Option<&'a Reading>],
    ) -> impl Iterator<Item = ((usize, usize), Difference)> + 'a {
        self.commons.iter().filter_map(move |((a, b), common)| {
            let difference = differ(common, readings[*a]?, readings[*b]?)?;
            Some(((*a, *b), difference))
        })
    }

    /// What two of them can be compared by, the lower index first.
    pub fn common(&self, pair: (usize, usize)) -> Option<&Common> {
        self.commons.iter().find_map(|(of, common)| (*of == pair).then_some(common))
    }
}

/// Compares all sides with one another.
pub fn compare(script: &Script, sides: &[Side<'_>], rules: Rules) -> Comparison {
    let readings: Vec<Reading> = sides.iter().map(|side| Reading::of(script, side.transcript, rules)).collect();
    let panel = Panel::new(script.protocol, &sides.iter().map(|side| side.profile).collect::<Vec<_>>());
    let given: Vec<Option<&Reading>> = readings.iter().map(Some).collect();
    let pairs = panel.differences(&given).collect();
    Comparison { readings, pairs }
}

impl Comparison {
    /// The worst difference, and between whom.
    pub fn worst(&self) -> Option<((usize, usize), Difference)> {
        self.pairs.iter().min_by_key(|(pair, difference)| (*difference, *pair)).copied()
    }

    /// Where these two part.
    pub fn between(&self, a: usize, b: usize) -> Option<Difference> {
        let pair = (a.min(b), a.max(b));
        self.pairs.iter().find_map(|(other, difference)| (*other == pair).then_some(*difference))
    }

    /// Groups of subjects (by index) of which no two differ as badly as this or worse, the largest first; each subject
    /// stands in one. `can` gives how much a subject can show: those that show most form the groups.
    pub fn groups(&self, least: Severity, can: &dyn Fn(usize) -> usize) -> Vec<Vec<usize>> {
        let parted = |a: usize, b: usize| self.between(a, b).is_some_and(|d| d.severity <= least);
        groups((0..self.readings.len()).collect(), can, &parted)
    }
}

/// Groups of members of which no two are parted, the largest first; each member stands in one. `can` gives how much a
/// member can show: those that show most form the groups.
pub fn groups(
    mut members: Vec<usize>,
    can: &dyn Fn(usize) -> usize,
    parted: &dyn Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    members.sort_by_key(|&member| std::cmp::Reverse(can(member)));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for member in members {
        match groups.iter_mut().find(|group| group.iter().all(|other| !parted(*other, member))) {
            Some(group) => group.push(member),
            None => groups.push(vec![member]),
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

/// The events that a subject with these capabilities shows, normalised by the rules: native text, error classes and
/// status hints left out of refusals, and nothing after the point from which only subjects with more capabilities can
/// see.
fn events(script: &Script, common: &Profile, transcript: &Transcript, rules: Rules) -> Vec<Record> {
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
                if protocol.fold_names && rules.fold_names {
                    fields.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
                }
                if rules.trim_values {
                    fields.iter_mut().for_each(|(_, value)| *value = trimmed(value).to_vec());
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
