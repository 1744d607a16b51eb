//! What stands at the top and at the end of a page: what was run, the matrix of subjects, the closing line.

use wireproof::judge::Verdict;

use crate::model::{Counts, Index, Subject};
use crate::text::{count, human, safe};

/// What was run, a line for each part of the results.
pub(crate) fn run_lines(index: &Index<'_>) -> Vec<String> {
    let line = |run: &&wireproof::results::RunRecord| {
        let cuts = format!("{:?}", run.cuts).to_lowercase();
        let vectors: String = run.vectors.chars().take(12).collect();
        let shard = run.shard.as_deref().map(|s| format!(", shard {}", safe(s))).unwrap_or_default();
        let ended = if run.interrupted { ", INTERRUPTED: what is missing was not run" } else { "" };
        let (version, vectors) = (safe(&run.wireproof), safe(&vectors));
        format!("wireproof {version}, vectors {vectors}, cuts {cuts}, seed {}{shard}{ended}", run.seed)
    };
    index.runs.iter().map(line).collect()
}

/// The header of the matrix; `not run` gives way where room is scarce.
pub(crate) fn header() -> Vec<String> {
    let verdicts = Verdict::ALL.into_iter().map(|v| v.name().to_owned());
    let words = ["subject", "version", "language"].map(str::to_owned);
    words.into_iter().chain(verdicts).chain(["scripts", "per s"].map(str::to_owned)).collect()
}

/// A subject's row: words, counts, timing.
pub(crate) struct Row {
    pub(crate) words: [String; 3],
    pub(crate) counts: Option<Counts>,
    pub(crate) timing: [Option<String>; 2],
}

/// The matrix, a row a subject.
pub(crate) fn rows(index: &Index<'_>) -> Vec<Row> {
    index.subjects.iter().map(row).collect()
}

fn row(subject: &Subject<'_>) -> Row {
    let (version, language) = match (subject.profile, subject.unavailable) {
        (Some(profile), _) => (safe(&profile.version), safe(&profile.language)),
        (None, Some(_)) => ("-".to_owned(), "unavailable".to_owned()),
        (None, None) => ("-".to_owned(), "-".to_owned()),
    };
    Row {
        words: [safe(subject.name), version, language],
        counts: subject.unavailable.is_none().then(|| Counts::of(subject.verdicts.iter().copied())),
        timing: [subject.timing.map(|t| human(t.scripts)), subject.timing.and_then(|t| t.rate()).map(human)],
    }
}

/// `327 cases × 5 subjects: 1402 passed, 12 weak, 8 failed (8 known), …`; nothing that is wrong goes unsaid.
pub(crate) fn closing(index: &Index<'_>) -> String {
    let totals = &index.totals;
    let of = |verdict: Verdict| totals.verdicts.get(&verdict).copied().unwrap_or(0);
    let known = |verdict| index.subjects.iter().map(|s| s.bad(true).filter(|v| v.verdict == verdict).count()).sum();
    let with_known = |n: usize, what: String, known: usize| match known {
        0 => (n, what),
        known => (n, format!("{what} ({known} known)")),
    };
    let (failed, faults) = (of(Verdict::Fail), of(Verdict::Fault));
    let parts = [
        (1, format!("{} passed", of(Verdict::Pass))),
        (of(Verdict::Weak), format!("{} weak", of(Verdict::Weak))),
        with_known(1, format!("{failed} failed"), known(Verdict::Fail)),
        with_known(faults, count(faults, "fault"), known(Verdict::Fault)),
        (of(Verdict::Seen), format!("{} seen", of(Verdict::Seen))),
        (of(Verdict::NotApplicable), format!("{} n/a", of(Verdict::NotApplicable))),
        (of(Verdict::NotRun), format!("{} not run", of(Verdict::NotRun))),
        (totals.subject_faults, count(totals.subject_faults, "whole-subject fault")),
        (totals.stale, format!("{} stale in the ledger", totals.stale)),
        (totals.unavailable, format!("{} unavailable", count(totals.unavailable, "subject"))),
        (index.runs.iter().filter(|r| r.interrupted).count(), "interrupted".to_owned()),
    ];
    let shown: Vec<String> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, text)| text).collect();
    format!("{} × {}: {}", cases(index), count(index.subjects.len(), "subject"), shown.join(", "))
}

/// `327 cases`; `327 http1 + 120 hpack cases` where there are several protocols.
fn cases(index: &Index<'_>) -> String {
    let protocols = index.protocols();
    if protocols.len() < 2 {
        return count(index.cases(), "case");
    }
    let each: Vec<String> = protocols.iter().map(|(name, n)| format!("{n} {}", safe(name))).collect();
    format!("{} cases", each.join(" + "))
}

/// Reasons with their counts: `cannot framing: 38, has no http1.client: 3`.
pub(crate) fn grouped(subject: &Subject<'_>, verdict: Verdict) -> String {
    let reason = |(why, n): (&str, usize)| match why {
        "" => format!("no reason given: {n}"),
        why => format!("{}: {n}", safe(why)),
    };
    subject.reasons(verdict).into_iter().map(reason).collect::<Vec<_>>().join(", ")
}

/// Who a subject says it is: `h11 0.16.0, python`; the name only where it is not the subject's.
pub(crate) fn identity(subject: &Subject<'_>) -> String {
    let Some(profile) = subject.profile else { return String::new() };
    let name = if profile.name == subject.name { String::new() } else { format!("{} ", safe(&profile.name)) };
    format!("{name}{}, {}", safe(&profile.version), safe(&profile.language))
}

/// The cases whose transcript depends on the cut: `h1.a (12 of 54)`.
pub(crate) fn cut_dependent(subject: &Subject<'_>) -> Option<String> {
    let cases = subject.cut_dependent();
    let shown = cases.iter().take(12).map(|v| format!("{} ({} of {} cuts)", safe(&v.case), v.differing, v.cuts));
    let more = cases.len().saturating_sub(12);
    let rest = (more > 0).then(|| format!("{more} more"));
    let list: Vec<String> = shown.chain(rest).collect();
    (!cases.is_empty()).then(|| format!("{}: {}", count(cases.len(), "case"), list.join(", ")))
}
