//! Results: one stream of typed records, JSON Lines, with a versioned schema. Every report is drawn from it alone.
//!
//! The same command with the same seed gives the same records, byte for byte, but for `timing`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::cuts::{Cut, Cuts};
use crate::divergence::{DivergenceRecord, divergences};
use crate::endpoint::Profile;
use crate::judge::{Verdict, show_outcome};
use crate::ledger::Ledger;
use crate::protocol::Role;
use crate::recorded::RecordedStep;
use crate::runner::SubjectRun;
use crate::transcript::Fault;
use crate::vectors::{Case, Condition, Is, Level, Suite};

/// The version of this format; it grows with every change that a reader could trip over.
pub const FORMAT: u32 = 1;

/// The JSON Schema of one record.
pub const SCHEMA: &str = include_str!("../schema/results-1.json");

/// One record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
pub enum ResultRecord {
    /// What was run; always the first.
    Run(RunRecord),
    /// A subject, run or unavailable.
    Subject(SubjectRecord),
    /// A case that was put to the subjects.
    Case(CaseRecord),
    /// What one subject made of one case.
    Verdict(VerdictRecord),
    /// A ledger entry that matches nothing any more.
    Stale(StaleRecord),
    /// A case on which subjects part, if that was asked for.
    Divergence(DivergenceRecord),
    /// How long a subject took; never the same twice.
    Timing(TimingRecord),
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of wireproof.
    pub wireproof: String,
    /// SHA-256 over the exported cases.
    pub vectors: String,
    /// The seed of sampled cuts.
    pub seed: u64,
    /// How the octets were cut.
    pub cuts: Cuts,
    /// How many cases were chosen.
    pub cases: usize,
    /// Which part of them, as `K/N`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// Set if it was asked where subjects part: then there is a divergence for each case in which they do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compared: bool,
    /// Set if the run was cut short.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

/// A subject of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubjectRecord {
    /// Its name.
    pub subject: String,
    /// Who it says it is, if it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// Why it is unavailable, if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<String>,
    /// Faults of the subject as a whole, such as state that leaks between endpoints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// A requirement, as far as a report quotes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// Its id.
    pub id: String,
    /// Its keyword.
    pub level: String,
    /// The sentence.
    pub text: String,
    /// Where to read it.
    pub url: String,
}

/// A case, as far as reports need it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// Its id.
    pub case: String,
    /// Its title.
    pub title: String,
    /// Its topic.
    pub suite: String,
    /// `http1`.
    pub protocol: String,
    /// The subject's role.
    pub role: Role,
    /// The level of what it demands.
    pub level: Level,
    /// The requirements.
    pub requirements: Vec<Quote>,
    /// What goes wrong in practice.
    pub why: String,
    /// The script's steps; the vectors have the whole of those that are cut.
    pub steps: Vec<RecordedStep>,
    /// What conforms, a line for each outcome.
    pub expected: Vec<String>,
    /// The offset among the received octets at which the case's point lies, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// Who reads the RFC otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<String>,
}

/// What one subject made of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerdictRecord {
    /// The subject.
    pub subject: String,
    /// The case.
    pub case: String,
    /// The case's level.
    pub level: Level,
    /// The verdict over all cuts.
    pub verdict: Verdict,
    /// The outcome's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outcome: String,
    /// The outcome's reason, or why there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The cut under which the verdict was reached, if not as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
    /// How many cuts were run.
    pub cuts: usize,
    /// How many of them gave another transcript than the script as written.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub differing: usize,
    /// What was seen, a line an event; for all but passes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub got: Vec<String>,
    /// How many lines are left out of `got`, after the first of [`crate::recorded::LINES_KEPT`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: usize,
    /// The ledger's reason, if this is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// A ledger entry that no longer says what is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaleRecord {
    /// The subject.
    pub subject: String,
    /// The case.
    pub case: String,
    /// The outcome it expects.
    pub outcome: String,
    /// What there is instead.
    pub found: String,
}

/// How long a subject took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimingRecord {
    /// The subject.
    pub subject: String,
    /// Scripts run, each cut counted.
    pub scripts: u64,
    /// Microseconds that its sessions were busy, added up over jobs.
    pub microseconds: u64,
}

/// What the records of a run are made of.
pub struct Harvest<'a> {
    /// The vectors.
    pub suite: &'a Suite,
    /// The cases that were put to the subjects.
    pub cases: &'a [&'a Case],
    /// What the runner gives.
    pub runs: &'a [SubjectRun],
    /// Known failures.
    pub ledger: &'a Ledger,
}

impl Harvest<'_> {
    /// All records, in the order of the format: run, subjects, cases, verdicts and stale entries, divergences (none if
    /// nothing was kept to compare), timings.
    pub fn records(&self, run: RunRecord) -> Vec<ResultRecord> {
        let mut records = vec![ResultRecord::Run(run)];
        records.extend(self.runs.iter().map(|run| ResultRecord::Subject(subject_record(run))));
        records.extend(self.cases.iter().map(|case| ResultRecord::Case(case_record(self.suite, case))));
        let mut timings = Vec::new();
        for run in self.runs.iter().filter(|r| r.profile.is_ok()) {
            let verdicts = self.verdicts(run);
            let stale = self.ledger.stale(run, &verdicts);
            records.extend(verdicts.into_iter().map(ResultRecord::Verdict));
            records.extend(stale.into_iter().map(ResultRecord::Stale));
            let microseconds = u64::try_from(run.busy.as_micros()).unwrap_or(u64::MAX);
            let subject = run.name.clone();
            timings.push(ResultRecord::Timing(TimingRecord { subject, scripts: run.scripts, microseconds }));
        }
        records.extend(divergences(self.cases, self.runs).into_iter().map(ResultRecord::Divergence));
        records.extend(timings);
        records
    }

    fn verdicts(&self, run: &SubjectRun) -> Vec<VerdictRecord> {
        let bad: BTreeSet<&str> = (self.cases.iter().zip(&run.judgements))
            .filter(|(_, j)| j.verdict.is_bad())
            .map(|(c, _)| c.id.as_str())
            .collect();
        let record = |(index, case): (usize, &&Case)| {
            let judgement = &run.judgements[index];
            let meaningless = case.after.iter().find(|id| bad.contains(id.as_str()));
            let mut record = VerdictRecord {
                subject: run.name.clone(),
                case: case.id.clone(),
                level: case.level,
                verdict: judgement.verdict,
                outcome: judgement.outcome.clone(),
                why: judgement.why.clone(),
                cut: (judgement.cut != Cut::Whole).then(|| judgement.cut.name()),
                cuts: run.cuts[index],
                differing: judgement.differing,
                got: Vec::new(),
                omitted: 0,
                known: None,
            };
            if let Some(id) = meaningless {
                record.verdict = Verdict::NotRun;
                record.why = format!("means nothing after the failure of {id}");
                return record;
            }
            if record.verdict != Verdict::Pass {
                record.got = judgement.got.lines.clone();
                record.omitted = judgement.got.omitted;
            }
            record.known = self.ledger.known(run, &record);
            record
        };
        self.cases.iter().enumerate().filter(|(_, case)| concerns(run, case)).map(record).collect()
    }
}

/// Whether the subject speaks the case's protocol at all, as far as is known.
fn concerns(run: &SubjectRun, case: &Case) -> bool {
    let speaks = |endpoint: &String| endpoint.split('.').next() == Some(case.script.protocol.name);
    run.profile.as_ref().map_or(true, |profile| profile.endpoints.iter().any(speaks))
}

fn subject_record(run: &SubjectRun) -> SubjectRecord {
    SubjectRecord {
        subject: run.name.clone(),
        profile: run.profile.as_ref().ok().cloned(),
        unavailable: run.profile.as_ref().err().cloned(),
        faults: run.faults.clone(),
    }
}

/// A case's record, with its requirements quoted.
pub fn case_record(suite: &Suite, case: &Case) -> CaseRecord {
    let quote = |id: &String| {
        suite.requirement(id).map(|r| Quote {
            id: r.id.clone(),
            level: r.level.clone(),
            text: r.text.clone(),
            url: r.url(),
        })
    };
    let passing = case.outcomes.iter().filter(|o| o.is != Is::Fail);
    let at = case.outcomes.iter().flat_map(|o| &o.when).find_map(|condition| match condition {
        Condition::Expect { patterns, .. } => patterns.iter().find_map(|p| p.at),
        _ => None,
    });
    CaseRecord {
        case: case.id.clone(),
        title: case.title.clone(),
        suite: case.suite.clone(),
        protocol: case.script.protocol.name.to_owned(),
        role: case.script.role,
        level: case.level,
        requirements: case.requirements.iter().filter_map(quote).collect(),
        why: case.why.clone(),
        steps: case.script.steps.iter().map(RecordedStep::of).collect(),
        expected: passing.map(|o| format!("{}: {}", o.name, show_outcome(o).join("; "))).collect(),
        at: at.map(|(first, _)| first),
        disputed: case.disputed.clone(),
    }
}

/// Totals of a run, for exit codes and summaries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many verdicts of each kind.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Failures and faults that no ledger entry knows.
    pub unknown: usize,
    /// Failures and faults that a ledger entry knows.
    pub known: usize,
    /// Ledger entries that match nothing.
    pub stale: usize,
    /// Subjects that could not run.
    pub unavailable: usize,
    /// Faults of subjects as a whole.
    pub subject_faults: usize,
}

impl Totals {
    /// Counts records.
    pub fn of(records: &[ResultRecord]) -> Totals {
        let mut totals = Totals::default();
        for record in records {
            match record {
                ResultRecord::Verdict(v) => {
                    *totals.verdicts.entry(v.verdict).or_default() += 1;
                    let counted = if v.known.is_some() { &mut totals.known } else { &mut totals.unknown };
                    *counted += usize::from(v.verdict.is_bad());
                }
                ResultRecord::Stale(_) => totals.stale += 1,
                ResultRecord::Subject(s) => {
                    totals.unavailable += usize::from(s.unavailable.is_some());
                    totals.subject_faults += s.faults.len();
                }
                ResultRecord::Divergence(_)
                | ResultRecord::Run(_)
                | ResultRecord::Case(_)
                | ResultRecord::Timing(_) => {}
            }
        }
        totals
    }

    /// Whether everything held: no unknown failure, no stale entry, no fault of a subject.
    pub fn held(&self) -> bool {
        self.unknown == 0 && self.stale == 0 && self.subject_faults == 0
    }
}
