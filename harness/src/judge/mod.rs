//! What a transcript is worth: pure functions from a case and transcripts to a verdict.

mod pattern;
mod show;

use serde::{Deserialize, Serialize};

use crate::cuts::Cut;
use crate::endpoint::Profile;
use crate::recorded::Lines;
use crate::subject::Answer;
use crate::transcript::Transcript;
use crate::value::Record;
use crate::vectors::{Case, Condition, Is, Level, Outcome};

pub use pattern::visible;
use pattern::visible_in;
use show::show_transcript;
pub use show::{show_outcome, show_record};

/// What `judge` says of one case and subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It conforms.
    Pass,
    /// Recorded only: the RFC is silent, or the case is disputed.
    Seen,
    /// It conforms, against a SHOULD.
    Weak,
    /// It does not conform.
    Fail,
    /// It panicked, crashed, hung or flooded.
    Fault,
    /// A capability that the case needs is missing.
    NotApplicable,
    /// It was not run, or what it needs to mean anything failed.
    NotRun,
}

impl Verdict {
    /// All verdicts, in the order of reports.
    pub const ALL: [Verdict; 7] = [
        Verdict::Pass,
        Verdict::Weak,
        Verdict::Fail,
        Verdict::Fault,
        Verdict::Seen,
        Verdict::NotApplicable,
        Verdict::NotRun,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Seen => "seen",
            Verdict::Weak => "weak",
            Verdict::Fail => "fail",
            Verdict::Fault => "fault",
            Verdict::NotApplicable => "n/a",
            Verdict::NotRun => "not run",
        }
    }

    /// Whether it counts against the subject.
    pub fn is_bad(self) -> bool {
        matches!(self, Verdict::Fail | Verdict::Fault)
    }
}

/// A verdict with its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The verdict over all cuts: the worst.
    pub verdict: Verdict,
    /// The outcome's name, `unlisted` if none fits, or empty where nothing was judged.
    pub outcome: String,
    /// The outcome's reason, the fault's text, or why it is n/a or not run.
    pub why: String,
    /// The cut under which the verdict was reached.
    pub cut: Cut,
    /// What the transcript that was judged shows; nothing of passes.
    pub got: Lines,
    /// How many cuts gave another canonical transcript than the script as written.
    pub differing: usize,
}

impl Judgement {
    /// A verdict without a transcript.
    fn unjudged(verdict: Verdict, why: &str) -> Judgement {
        let (outcome, why) = (String::new(), why.to_owned());
        Judgement { verdict, outcome, why, cut: Cut::Whole, got: Lines::default(), differing: 0 }
    }

    /// The case cannot be put to the subject.
    pub fn not_applicable(why: &str) -> Judgement {
        Judgement::unjudged(Verdict::NotApplicable, why)
    }

    /// The case was not run.
    pub fn not_run(why: &str) -> Judgement {
        Judgement::unjudged(Verdict::NotRun, why)
    }
}

/// Why a case cannot be put to a subject, if it cannot.
pub fn inapplicable(case: &Case, profile: &Profile) -> Option<String> {
    let endpoint = case.script.endpoint();
    if !profile.opens(&endpoint) {
        return Some(format!("has no {endpoint}"));
    }
    let missing: Vec<&str> = case.needs.iter().map(String::as_str).filter(|n| !profile.can(n)).collect();
    if missing.is_empty() { None } else { Some(format!("cannot {}", missing.join(", "))) }
}

/// Judges all transcripts that a subject gave of a case: the verdict is the worst over all cuts.
pub fn judge(case: &Case, profile: &Profile, cuts: &[Cut], answer: &Answer) -> Judgement {
    let (whole, octets, differing) = match answer {
        Answer::Cannot(why) => return Judgement::unjudged(Verdict::NotApplicable, why),
        Answer::NotRun(why) => return Judgement::not_run(why),
        Answer::Ran { whole, octets, differing } => (whole, octets, differing),
    };
    let octets = octets.iter().map(|t| (Cut::Octets, t));
    let others = differing.iter().filter(|(i, _)| cuts[*i] != Cut::Octets).map(|(i, t)| (cuts[*i].clone(), t));
    let mut worst = judge_one(case, profile, Cut::Whole, whole);
    for (cut, transcript) in octets.chain(others) {
        let judged = judge_one(case, profile, cut, transcript);
        if judged.verdict > worst.verdict {
            worst = judged;
        }
    }
    worst.differing = differing.len();
    worst
}

/// Judges one transcript. The first outcome that fits wins; none fits is a failure named `unlisted`.
fn judge_one(case: &Case, profile: &Profile, cut: Cut, transcript: &Transcript) -> Judgement {
    let keep = |verdict, outcome: &str, why: &str| Judgement {
        verdict,
        outcome: outcome.to_owned(),
        why: why.to_owned(),
        cut: cut.clone(),
        got: if verdict == Verdict::Pass { Lines::default() } else { show_transcript(transcript) },
        differing: 0,
    };
    if let Some(fault) = &transcript.fault {
        return keep(Verdict::Fault, "fault", &fault.text);
    }
    let scored = case.disputed.is_none() && case.level != Level::Observe;
    match case.outcomes.iter().find(|o| outcome_fits(case, profile, &cut, transcript, o)) {
        Some(outcome) => {
            let verdict = match outcome.is {
                _ if !scored => Verdict::Seen,
                Is::Pass => Verdict::Pass,
                Is::Weak => Verdict::Weak,
                Is::Fail => Verdict::Fail,
                Is::Seen => Verdict::Seen,
            };
            keep(verdict, &outcome.name, &outcome.why)
        }
        None if !scored => keep(Verdict::Seen, "unlisted", ""),
        None => keep(Verdict::Fail, "unlisted", "no outcome that the case lists fits"),
    }
}

/// Whether all conditions of an outcome hold. A `send` that was refused fits only an outcome that speaks of it.
fn outcome_fits(case: &Case, profile: &Profile, cut: &Cut, transcript: &Transcript, outcome: &Outcome) -> bool {
    let speaks_of = |step: usize| outcome.when.iter().any(|c| c.speaks_of_refusing(step));
    let refused = |step: usize| transcript.steps.get(step).is_some_and(|s| s.refused.is_some());
    let unspoken = (0..transcript.steps.len()).any(|step| refused(step) && !speaks_of(step));
    let protocol = case.script.protocol;
    let events = |from: usize, to: usize| visible_in(from..to, &case.script, transcript, profile);
    let wrote = |from: usize, to: usize| -> Vec<Record> {
        protocol.read_output.map(|read| read(case.script.role, transcript, from..to)).unwrap_or_default()
    };
    let view = pattern::View { protocol, profile, cut };
    let all = |from, to, patterns: &[_]| view.sequence(patterns, &events(from, to));
    let any = |pattern: &_| events(0, usize::MAX).iter().any(|seen| view.event(pattern, seen));
    let holds = |condition: &Condition| match condition {
        Condition::Expect { from, to, patterns } => all(*from, *to, patterns),
        Condition::Seen(pattern) => any(pattern),
        Condition::Never(pattern) => !any(pattern),
        Condition::Wrote { from, to, patterns } => view.written(patterns, wrote(*from, *to)),
        Condition::WroteSome { from, to, pattern } => view.wrote_some(pattern, wrote(*from, *to)),
        Condition::Unwritten { from, to, pattern } => !view.wrote_some(pattern, wrote(*from, *to)),
        Condition::Refused { step, refused: expected } => refused(*step) == *expected,
        Condition::RefusedSome { steps } => steps.iter().any(|step| refused(*step)),
    };
    !unspoken && outcome.when.iter().all(holds)
}
