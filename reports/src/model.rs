//! An index over records: what reports look up, built once and in the order of the records.

use std::collections::{BTreeMap, HashMap};

use wireproof::divergence::DivergenceRecord;
use wireproof::judge::Verdict;
use wireproof::results::{CaseRecord, ResultRecord, RunRecord, StaleRecord, Totals, VerdictRecord};
use wireproof::vectors::Level;
use wireproof::{Fault, Profile};

/// The rows of a subject's matrix: levels that are read together.
pub(crate) const LEVELS: [(&str, &[Level]); 4] = [
    ("MUST, MUST NOT", &[Level::Must, Level::MustNot]),
    ("SHOULD, SHOULD NOT", &[Level::Should, Level::ShouldNot]),
    ("MAY", &[Level::May]),
    ("OBSERVE", &[Level::Observe]),
];

/// The records of a run, findable. Records of one subject that come in several parts (shards put one after the other)
/// are joined.
pub(crate) struct Index<'a> {
    /// What was run, of each part.
    pub(crate) runs: Vec<&'a RunRecord>,
    /// Where subjects part.
    pub(crate) divergences: Vec<&'a DivergenceRecord>,
    /// The subjects, in order of appearance.
    pub(crate) subjects: Vec<Subject<'a>>,
    /// Counts over everything.
    pub(crate) totals: Totals,
    cases: HashMap<&'a str, &'a CaseRecord>,
    /// Who gave an outcome, by case, verdict and outcome.
    givers: HashMap<(&'a str, Verdict, &'a str), Vec<&'a str>>,
    /// How many subjects were judged, by case.
    judged: HashMap<&'a str, usize>,
}

/// What there is on one subject.
#[derive(Default)]
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) profile: Option<&'a Profile>,
    pub(crate) unavailable: Option<&'a str>,
    pub(crate) faults: Vec<&'a Fault>,
    pub(crate) verdicts: Vec<&'a VerdictRecord>,
    pub(crate) stale: Vec<&'a StaleRecord>,
    pub(crate) timing: Option<Timing>,
}

/// How long a subject took.
#[derive(Clone, Copy)]
pub(crate) struct Timing {
    pub(crate) scripts: u64,
    pub(crate) microseconds: u64,
}

impl Timing {
    /// Scripts in a second that the subject was busy.
    pub(crate) fn rate(self) -> Option<u64> {
        let per_second = u128::from(self.scripts) * 1_000_000 / u128::from(self.microseconds.max(1));
        (self.microseconds > 0).then(|| u64::try_from(per_second).unwrap_or(u64::MAX))
    }
}

/// How many verdicts of each kind, in the order of [`Verdict::ALL`].
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts([usize; Verdict::ALL.len()]);

impl Counts {
    /// Counts verdicts.
    pub(crate) fn of<'v>(verdicts: impl Iterator<Item = &'v VerdictRecord>) -> Counts {
        let mut counts = Counts::default();
        for record in verdicts {
            let slots = counts.0.iter_mut().zip(Verdict::ALL);
            slots.filter(|(_, v)| *v == record.verdict).for_each(|(slot, _)| *slot += 1);
        }
        counts
    }

    /// Each kind with its count.
    pub(crate) fn each(self) -> impl Iterator<Item = (Verdict, usize)> {
        Verdict::ALL.into_iter().zip(self.0)
    }
}

impl<'a> Index<'a> {
    /// Builds the index.
    pub(crate) fn of(records: &'a [ResultRecord]) -> Index<'a> {
        let mut index = Index {
            runs: Vec::new(),
            divergences: Vec::new(),
            subjects: Vec::new(),
            totals: Totals::of(records),
            cases: HashMap::new(),
            givers: HashMap::new(),
            judged: HashMap::new(),
        };
        for record in records {
            index.add(record);
        }
        index
    }

    fn add(&mut self, record: &'a ResultRecord) {
        match record {
            ResultRecord::Run(run) => self.runs.push(run),
            ResultRecord::Case(case) => {
                self.cases.entry(&case.case).or_insert(case);
            }
            ResultRecord::Subject(record) => {
                let subject = self.subject(&record.subject);
                subject.profile = subject.profile.or(record.profile.as_ref());
                subject.unavailable = subject.unavailable.or(record.unavailable.as_deref());
                subject.faults.extend(&record.faults);
            }
            ResultRecord::Verdict(verdict) => {
                self.subject(&verdict.subject).verdicts.push(verdict);
                let key = (verdict.case.as_str(), verdict.verdict, verdict.outcome.as_str());
                self.givers.entry(key).or_default().push(&verdict.subject);
                let judged = !matches!(verdict.verdict, Verdict::NotApplicable | Verdict::NotRun);
                *self.judged.entry(&verdict.case).or_default() += usize::from(judged);
            }
            ResultRecord::Stale(stale) => self.subject(&stale.subject).stale.push(stale),
            ResultRecord::Divergence(divergence) => self.divergences.push(divergence),
            ResultRecord::Timing(timing) => {
                let before = &mut self.subject(&timing.subject).timing;
                let sum = before.unwrap_or(Timing { scripts: 0, microseconds: 0 });
                let scripts = sum.scripts.saturating_add(timing.scripts);
                let microseconds = sum.microseconds.saturating_add(timing.microseconds);
                *before = Some(Timing { scripts, microseconds });
            }
        }
    }

    fn subject(&mut self, name: &'a str) -> &mut Subject<'a> {
        let at = self.subjects.iter().position(|s| s.name == name).unwrap_or_else(|| {
            self.subjects.push(Subject { name, ..Subject::default() });
            self.subjects.len() - 1
        });
        &mut self.subjects[at]
    }

    /// Whether it was asked where subjects part.
    pub(crate) fn compared(&self) -> bool {
        self.runs.iter().any(|run| run.compared)
    }

    /// A case by its id.
    pub(crate) fn case(&self, id: &str) -> Option<&'a CaseRecord> {
        self.cases.get(id).copied()
    }

    /// How many cases there are.
    pub(crate) fn cases(&self) -> usize {
        self.cases.len()
    }

    /// The protocols with their numbers of cases, by name.
    pub(crate) fn protocols(&self) -> BTreeMap<&'a str, usize> {
        let mut counts = BTreeMap::new();
        for case in self.cases.values() {
            *counts.entry(case.protocol.as_str()).or_default() += 1;
        }
        counts
    }

    /// The other subjects that gave the same outcome of the same case.
    pub(crate) fn alike(&self, verdict: &VerdictRecord) -> Vec<&'a str> {
        let key = (verdict.case.as_str(), verdict.verdict, verdict.outcome.as_str());
        let givers = self.givers.get(&key).map(Vec::as_slice).unwrap_or_default();
        givers.iter().copied().filter(|name| *name != verdict.subject).collect()
    }

    /// How many other subjects were judged on the same case.
    pub(crate) fn others(&self, verdict: &VerdictRecord) -> usize {
        self.judged.get(verdict.case.as_str()).map_or(0, |n| n.saturating_sub(1))
    }
}

impl<'a> Subject<'a> {
    /// Its verdicts of these levels.
    pub(crate) fn counts(&self, levels: &[Level]) -> Counts {
        Counts::of(self.verdicts.iter().copied().filter(|v| levels.contains(&v.level)))
    }

    /// The verdicts that count against it, known to the ledger or not.
    pub(crate) fn bad(&self, known: bool) -> impl Iterator<Item = &'a VerdictRecord> {
        self.verdicts.iter().copied().filter(move |v| v.verdict.is_bad() && v.known.is_some() == known)
    }

    /// The verdicts of one kind.
    pub(crate) fn all(&self, verdict: Verdict) -> impl Iterator<Item = &'a VerdictRecord> {
        self.verdicts.iter().copied().filter(move |v| v.verdict == verdict)
    }

    /// The reasons of the verdicts of one kind, most frequent first.
    pub(crate) fn reasons(&self, verdict: Verdict) -> Vec<(&'a str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for record in self.all(verdict) {
            *counts.entry(&record.why).or_default() += 1;
        }
        let mut reasons: Vec<_> = counts.into_iter().collect();
        reasons.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        reasons
    }

    /// The verdicts of cases whose transcript depends on the cut.
    pub(crate) fn cut_dependent(&self) -> Vec<&'a VerdictRecord> {
        self.verdicts.iter().copied().filter(|v| v.differing > 0).collect()
    }
}
