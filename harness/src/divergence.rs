//! Where subjects part on the cases of a run: the comparison of [`crate::compare`], case by case.
//!
//! A verdict says whether a subject does what the RFC demands; a divergence says that two subjects do not understand
//! the same. One is not the other: where the RFC leaves a choice, two that conform may part, and a proxy and a server
//! that do so are what request smuggling needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::compare::{Difference, Panel, Reading, Severity, groups};
use crate::endpoint::Profile;
use crate::judge::Verdict;
use crate::runner::SubjectRun;
use crate::vectors::Case;

/// The least severity that is reported: what parts only in how it refuses, or in upkeep, does not diverge.
pub const LEAST: Severity = Severity::S3;

/// A case, run as it is written, on which subjects part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DivergenceRecord {
    /// The case.
    pub case: String,
    /// The worst difference between any two subjects.
    pub worst: Parting,
    /// The worst difference between two subjects of which none failed the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permitted: Option<Parting>,
    /// Who stands with whom: no two of a group part. The largest group first.
    pub groups: Vec<Group>,
}

/// Where two subjects part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parting {
    /// How bad.
    pub severity: Severity,
    /// The two.
    pub between: [String; 2],
    /// The message, counted from 0 among those that both can show.
    pub message: usize,
    /// What of it: `messages`, `content`, `completion`, `accepted`, a member's name.
    pub what: String,
}

/// Subjects that agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Their names, in the order of the run.
    pub subjects: Vec<String>,
    /// What the one of them that shows most made of the script, in a few words: `2 complete`, `rejected head host`.
    pub outcome: String,
}

/// All divergences, in the order of the cases. `runs` must have readings: [`crate::runner::Options::compare`].
pub fn divergences(cases: &[&Case], runs: &[SubjectRun]) -> Vec<DivergenceRecord> {
    let runs: Vec<(&SubjectRun, &Profile)> =
        runs.iter().filter_map(|run| Some((run, run.profile.as_ref().ok()?))).collect();
    let profiles: Vec<&Profile> = runs.iter().map(|(_, profile)| *profile).collect();
    let mut panels: BTreeMap<&str, Panel> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let protocol = case.script.protocol;
        let panel = panels.entry(protocol.name).or_insert_with(|| Panel::new(protocol, &profiles));
        let readings: Vec<Option<&Reading>> =
            runs.iter().map(|(run, _)| run.readings.get(index).and_then(Option::as_ref)).collect();
        let pairs = panel.differences(&readings).filter(|(_, difference)| difference.severity <= LEAST).collect();
        found.extend(Parted { case, index, runs: &runs, readings, pairs }.record());
    }
    found
}

/// One case's pairs that part.
struct Parted<'a> {
    case: &'a Case,
    index: usize,
    runs: &'a [(&'a SubjectRun, &'a Profile)],
    readings: Vec<Option<&'a Reading>>,
    pairs: Vec<((usize, usize), Difference)>,
}

impl Parted<'_> {
    fn record(&self) -> Option<DivergenceRecord> {
        let worst = self.worst(&|_| true)?;
        let members = (0..self.runs.len()).filter(|&member| self.readings[member].is_some()).collect();
        let parted = |a: usize, b: usize| self.pairs.iter().any(|(pair, _)| *pair == (a.min(b), a.max(b)));
        let groups = groups(members, &|member| self.runs[member].1.can.len(), &parted);
        Some(DivergenceRecord {
            case: self.case.id.clone(),
            worst,
            permitted: self.worst(&|member| self.conforms(member)),
            groups: groups.iter().map(|group| self.group(group)).collect(),
        })
    }

    /// The worst difference between two of these members.
    fn worst(&self, of: &dyn Fn(usize) -> bool) -> Option<Parting> {
        let pairs = self.pairs.iter().filter(|((a, b), _)| of(*a) && of(*b));
        let (pair, difference) = pairs.min_by_key(|(pair, difference)| (*difference, *pair))?;
        let name = |member: usize| self.runs[member].0.name.clone();
        Some(Parting {
            severity: difference.severity,
            between: [name(pair.0), name(pair.1)],
            message: difference.message,
            what: difference.what.to_owned(),
        })
    }

    fn conforms(&self, member: usize) -> bool {
        let verdict = self.runs[member].0.judgements.get(self.index).map(|judgement| judgement.verdict);
        matches!(verdict, Some(Verdict::Pass | Verdict::Weak | Verdict::Seen))
    }

    fn group(&self, members: &[usize]) -> Group {
        let speaker = members.iter().max_by_key(|&&member| (self.runs[member].1.can.len(), std::cmp::Reverse(member)));
        let outcome = speaker.and_then(|&member| self.readings[member]).map(Reading::outcome).unwrap_or_default();
        let subjects = members.iter().map(|&member| self.runs[member].0.name.clone()).collect();
        Group { subjects, outcome }
    }
}
