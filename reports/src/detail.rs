//! One failure in full: the same parts on every page, laid out by each format.

use wireproof::judge::Verdict;
use wireproof::results::{CaseRecord, VerdictRecord};

use crate::model::Index;
use crate::octets::show_steps;
use crate::text::{count, elide_lines, hang, safe, safe_lines, shell_word, wrap};

/// So many lines of what was got, or of a fault's text, have room.
const LINES: usize = 20;

/// A part: a label and its lines, safe to show.
pub(crate) struct Part {
    pub(crate) label: &'static str,
    pub(crate) lines: Vec<String>,
}

/// The width that labels take in front of lines.
pub(crate) const LABEL: usize = 10;

/// A failure's heading: `h1.te.obs-fold accepted`.
pub(crate) fn heading(verdict: &VerdictRecord) -> String {
    let outcome = if verdict.verdict == Verdict::Fault { "" } else { &verdict.outcome };
    format!("{} {}", safe(&verdict.case), safe(outcome)).trim_end().to_owned()
}

/// The parts of a failure, in the order of reading; lines keep to `width`.
pub(crate) fn parts(index: &Index<'_>, verdict: &VerdictRecord, width: usize) -> Vec<Part> {
    let width = width.saturating_sub(LABEL).max(20);
    let case = index.case(&verdict.case);
    let mut parts = Vec::new();
    let mut part = |label, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push(Part { label, lines });
        }
    };
    if let Some(case) = case {
        part("case", hang(&format!("{} [{}]", safe(&case.title), case.level), width));
        part("clause", clauses(case, width));
    }
    part(if verdict.verdict == Verdict::Fault { "fault" } else { "broken" }, wrapped(&verdict.why, width));
    if let Some(case) = case {
        part("risk", wrapped(&case.why, width));
        part("input", show_steps(&case.steps, case.at, width));
        part("expected", case.expected.iter().flat_map(|line| hang(&safe(line), width)).collect());
    }
    part("got", got(verdict, width));
    part("cut", hang(&cut(verdict), width));
    part("also", hang(&also(index, verdict), width));
    part("known", verdict.known.as_deref().map(|why| wrapped(why, width)).unwrap_or_default());
    part("repro", vec![repro(verdict)]);
    parts
}

/// The parts as plain lines, for pages without colours.
pub(crate) fn plain(index: &Index<'_>, verdict: &VerdictRecord, width: usize) -> Vec<String> {
    let laid_out = |part: &Part| {
        let label = |i: usize| if i == 0 { part.label } else { "" };
        let lines = part.lines.iter().enumerate();
        lines.map(|(i, line)| format!("{:LABEL$}{line}", label(i)).trim_end().to_owned()).collect::<Vec<_>>()
    };
    parts(index, verdict, width).iter().flat_map(laid_out).collect()
}

/// The command that runs it again.
pub(crate) fn repro(verdict: &VerdictRecord) -> String {
    let (case, subject) = (safe(&verdict.case), safe(&verdict.subject));
    format!("wireproof repro {} --subject {}", shell_word(&case), shell_word(&subject))
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    elide_lines(safe_lines(text).iter().flat_map(|line| hang(line, width)).collect(), LINES, 0)
}

fn clauses(case: &CaseRecord, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for quote in &case.requirements {
        let text = format!("{} {}: \"{}\"", safe(&quote.id), safe(&quote.level), safe(&quote.text));
        lines.extend(hang(&text, width));
        lines.push(format!("  {}", safe(&quote.url)));
    }
    lines
}

fn got(verdict: &VerdictRecord, width: usize) -> Vec<String> {
    if verdict.got.is_empty() {
        return wrap("nothing", width);
    }
    elide_lines(verdict.got.iter().flat_map(|line| hang(&safe(line), width)).collect(), LINES, verdict.omitted)
}

/// The cut under which it happened, and whether cuts matter.
fn cut(verdict: &VerdictRecord) -> String {
    let name = match verdict.cut.as_deref() {
        None => "as written".to_owned(),
        Some("octets") => "octet by octet".to_owned(),
        Some(name) => safe(name),
    };
    match (verdict.differing, verdict.cuts) {
        (0, 0 | 1) => name,
        (0, cuts) => format!("{name}; the same under all {cuts} cuts"),
        (differing, cuts) => format!("{name}; {differing} of {cuts} cuts differ from the script as written"),
    }
}

/// Who else does the same.
fn also(index: &Index<'_>, verdict: &VerdictRecord) -> String {
    let alike: Vec<String> = index.alike(verdict).into_iter().map(safe).collect();
    match (alike.len(), index.others(verdict)) {
        (_, 0) => "no other subject was judged".to_owned(),
        (0, others) => format!("nobody of {}", count(others, "other")),
        (n, others) => format!("{} ({n} of {})", alike.join(", "), count(others, "other")),
    }
}
