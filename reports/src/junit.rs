//! JUnit XML, for what CI servers read: a test suite for each subject, a test case for each case.
//!
//! What fails the run fails here and nothing else does: failures and faults that the ledger knows are skipped with its
//! reason, while stale entries and faults of a subject as a whole are failed test cases of their own. All text is
//! escaped before it gets here, for XML 1.0 has no way to write most control characters.

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use wireproof::judge::Verdict;
use wireproof::results::{ResultRecord, VerdictRecord};

use crate::detail;
use crate::model::{Index, Subject};
use crate::text::{first_line, safe, safe_lines};

/// Columns of the text inside failures.
const WIDTH: usize = 110;

/// Writes the report.
pub(crate) fn write(records: &[ResultRecord], out: &mut dyn io::Write) -> io::Result<()> {
    let index = Index::of(records);
    let mut report = Report::new("wireproof");
    report.add_test_suites(index.subjects.iter().map(|subject| suite(&index, subject)));
    report.serialize(out).map_err(io::Error::other)
}

fn suite(index: &Index<'_>, subject: &Subject<'_>) -> TestSuite {
    let mut suite = TestSuite::new(safe(subject.name));
    if let Some(profile) = subject.profile {
        let members = [("name", &profile.name), ("version", &profile.version), ("language", &profile.language)];
        suite.add_properties(members.map(|(name, value)| (name.to_owned(), safe(value))));
    }
    if let Some(why) = subject.unavailable {
        suite.add_test_case(case("subject", "available", skipped(&format!("unavailable: {}", first_line(why)))));
    }
    for fault in &subject.faults {
        let kind = format!("{:?}", fault.kind).to_lowercase();
        let text = safe_lines(&fault.text).join("\n");
        let status = non_success(NonSuccessKind::Error, &kind, &first_line(&fault.text), &text);
        suite.add_test_case(case("subject", &kind, status));
    }
    suite.add_test_cases(subject.verdicts.iter().map(|verdict| verdict_case(index, verdict)));
    for stale in &subject.stale {
        let text = format!("the ledger expects {}, there is {}", safe(&stale.outcome), safe(&stale.found));
        let status = non_success(NonSuccessKind::Failure, "stale", &text, &text);
        suite.add_test_case(case("ledger", &safe(&stale.case), status));
    }
    suite
}

fn case(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

fn verdict_case(index: &Index<'_>, verdict: &VerdictRecord) -> TestCase {
    let class = index.case(&verdict.case).map_or_else(|| "unknown".to_owned(), |c| safe(&c.suite));
    let mut case = case(&class, &safe(&verdict.case), status(index, verdict));
    if matches!(verdict.verdict, Verdict::Weak | Verdict::Seen) {
        let (name, outcome, why) = (verdict.verdict.name(), safe(&verdict.outcome), safe(&verdict.why));
        case.set_system_out(format!("{name} {outcome}: {why}").trim_end_matches([':', ' ']));
    }
    case
}

fn status(index: &Index<'_>, verdict: &VerdictRecord) -> TestCaseStatus {
    let kind = match verdict.verdict {
        Verdict::Pass | Verdict::Weak | Verdict::Seen => return TestCaseStatus::success(),
        Verdict::NotApplicable | Verdict::NotRun => {
            return skipped(&format!("{}: {}", verdict.verdict.name(), first_line(&verdict.why)));
        }
        Verdict::Fail => NonSuccessKind::Failure,
        Verdict::Fault => NonSuccessKind::Error,
    };
    if let Some(reason) = &verdict.known {
        return skipped(&format!("known: {}: {}", safe(&verdict.outcome), safe(reason)));
    }
    let text = detail::plain(index, verdict, WIDTH).join("\n");
    non_success(kind, &safe(&verdict.outcome), &first_line(&verdict.why), &text)
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message);
    status
}

fn non_success(kind: NonSuccessKind, ty: &str, message: &str, text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(ty).set_message(message).set_description(text);
    status
}
