//! The ledger: reviewed lists of known failures. What it knows is shown and counted and does not fail a run; an entry
//! that no longer says what is does fail it.

use serde::{Deserialize, Serialize};

use crate::judge::Verdict;
use crate::results::{StaleRecord, VerdictRecord};
use crate::runner::SubjectRun;

/// The known failures of one implementation at one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// The subject: its name, as in `h11`; also for runs of `h11@0.14.0`, for the version is said below.
    pub subject: String,
    /// The version it was reviewed at; other versions are not excused by it.
    pub version: String,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// One known failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The case, exactly.
    pub case: String,
    /// The outcome, exactly.
    pub outcome: String,
    /// The clause it breaks.
    pub clause: String,
    /// What it does, factually.
    pub reason: String,
    /// A public discussion of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Book {
    /// Whether it is about the implementation that a subject of this name is, at whichever version. What follows an `@`
    /// in the name asks for a version; which one it is, the subject itself says.
    pub fn is_about(&self, subject: &str) -> bool {
        let base = subject.split_once('@').map_or(subject, |(base, _)| base);
        self.subject == subject || self.subject == base
    }
}

/// All books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger(pub Vec<Book>);

impl Ledger {
    /// Reads one book; errors name line and member.
    pub fn read(&mut self, name: &str, text: &str) -> Result<(), String> {
        let book: Book = serde_json::from_str(text).map_err(|e| format!("{name}:{}: not a ledger: {e}", e.line()))?;
        self.0.push(book);
        Ok(())
    }

    fn entries<'a>(&'a self, run: &SubjectRun) -> impl Iterator<Item = &'a Entry> {
        let version = run.profile.as_ref().map(|p| p.version.clone()).unwrap_or_default();
        let name = run.name.clone();
        self.0.iter().filter(move |b| b.is_about(&name) && b.version == version).flat_map(|b| &b.entries)
    }

    /// The reason why a bad verdict is known, if it is.
    pub fn known(&self, run: &SubjectRun, verdict: &VerdictRecord) -> Option<String> {
        if !verdict.verdict.is_bad() {
            return None;
        }
        let entry = self.entries(run).find(|e| e.case == verdict.case && e.outcome == verdict.outcome)?;
        Some(format!("{}: {}", entry.clause, entry.reason))
    }

    /// The entries for this run whose case was put to the subject and gave something else.
    pub fn stale(&self, run: &SubjectRun, verdicts: &[VerdictRecord]) -> Vec<StaleRecord> {
        let stale = |entry: &Entry| {
            let verdict = verdicts.iter().find(|v| v.case == entry.case)?;
            let fits = verdict.verdict.is_bad() && verdict.outcome == entry.outcome;
            if fits || verdict.verdict == Verdict::NotRun {
                return None;
            }
            Some(StaleRecord {
                subject: run.name.clone(),
                case: entry.case.clone(),
                outcome: entry.outcome.clone(),
                found: match verdict.outcome.as_str() {
                    same if same == verdict.verdict.name() => same.to_owned(),
                    outcome => format!("{} {outcome}", verdict.verdict.name()).trim().to_owned(),
                },
            })
        };
        self.entries(run).filter_map(stale).collect()
    }

    /// Entries that name no case there is.
    pub fn unknown_cases<'a>(&'a self, exists: &dyn Fn(&str) -> bool) -> Vec<(&'a str, &'a str)> {
        let entries = self.0.iter().flat_map(|b| b.entries.iter().map(|e| (b.subject.as_str(), e.case.as_str())));
        entries.filter(|(_, case)| !exists(case)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Profile;
    use crate::vectors::Level;

    /// A ledger that knows of h11 0.16.0 alone that case `a` fails as `bad`.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        let text = r#"{"subject": "h11", "version": "0.16.0", "entries": [
            {"case": "a", "outcome": "bad", "clause": "9112 3", "reason": "it does"}]}"#;
        ledger.read("book", text).unwrap();
        ledger
    }

    fn run(name: &str, version: &str) -> SubjectRun {
        let profile = Profile { name: "h11".to_owned(), version: version.to_owned(), ..Profile::default() };
        SubjectRun {
            name: name.to_owned(),
            profile: Ok(profile),
            judgements: Vec::new(),
            cuts: Vec::new(),
            readings: Vec::new(),
            faults: Vec::new(),
            scripts: 0,
            busy: Duration::ZERO,
        }
    }

    fn verdict(verdict: Verdict, outcome: &str) -> VerdictRecord {
        VerdictRecord {
            subject: String::new(),
            case: "a".to_owned(),
            level: Level::Must,
            verdict,
            outcome: outcome.to_owned(),
            why: String::new(),
            cut: None,
            cuts: 1,
            differing: 0,
            got: Vec::new(),
            omitted: 0,
            known: None,
        }
    }

    #[test]
    fn a_book_holds_for_its_version_by_whichever_name_the_subject_was_asked_for() {
        for (name, version, knows) in [
            ("h11", "0.16.0", true),
            ("h11@0.16.0", "0.16.0", true),
            ("h11@0.16", "0.16.0", true),
            ("h11@0.14.0", "0.14.0", false),
            ("h11", "0.14.0", false),
            ("h11r@0.16.0", "0.16.0", false),
        ] {
            let (ledger, run) = (ledger(), run(name, version));
            assert_eq!(ledger.known(&run, &verdict(Verdict::Fail, "bad")).is_some(), knows, "{name} {version}");
            let stale = ledger.stale(&run, &[verdict(Verdict::Pass, "good")]);
            assert_eq!(stale.len(), usize::from(knows), "{name} {version}");
        }
    }

    #[test]
    fn a_book_may_name_a_subject_as_it_was_asked_for() {
        let book = |subject: &str| Book { subject: subject.to_owned(), version: String::new(), entries: Vec::new() };
        assert!(book("mine@fast").is_about("mine@fast") && !book("mine@fast").is_about("mine@slow"));
        assert!(book("mine").is_about("mine@fast") && !book("mine@fast").is_about("mine"));
    }
}
