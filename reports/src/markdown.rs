//! A Markdown page for a pull request or a job summary: the matrix first, then what is wrong, folded by subject.
//!
//! Every text that is not ours is written with entities for whatever Markdown or HTML could read as its own, inside
//! `<code>`, where nobody is mentioned and nothing becomes a link.

use std::fmt::Write as _;

use wireproof::judge::Verdict;
use wireproof::results::{ResultRecord, VerdictRecord};

use crate::detail;
use crate::divergence;
use crate::model::{Counts, Index, LEVELS, Subject};
use crate::summary;
use crate::text::{count, safe, safe_lines};

/// Columns of the text inside failures.
const WIDTH: usize = 110;

/// The whole page.
pub(crate) fn page(records: &[ResultRecord]) -> String {
    let index = Index::of(records);
    let mut out = String::from("# wireproof\n\n");
    let _ = writeln!(out, "**{}**\n", summary::closing(&index));
    out.push_str(&matrix(&index));
    for line in summary::run_lines(&index) {
        let _ = writeln!(out, "\n{}", code(&line));
    }
    if index.compared() {
        out.push_str(&divergences(&index));
    }
    for subject in &index.subjects {
        out.push_str(&section(&index, subject));
    }
    out
}

/// Text that means nothing but itself in Markdown and HTML, on one line, in a table or not.
pub(crate) fn entities(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // GitHub makes links of `www.` and `http://` where there is no punctuation of Markdown's at all.
        let link = match c {
            '.' => out.to_ascii_lowercase().ends_with("www"),
            ':' => rest.peek() == Some(&'/'),
            _ => false,
        };
        if !link && (c.is_ascii_alphanumeric() || !c.is_ascii() || " ,.;:/%?-()".contains(c)) {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    out
}

/// A subject's or a vector's text on one line.
fn code(text: &str) -> String {
    let text = safe(text);
    if text.is_empty() { String::new() } else { format!("<code>{}</code>", entities(&text)) }
}

/// Lines as they are; only HTML has a meaning inside `<pre>`, and nothing ends it but its own tag.
fn pre(lines: &[String]) -> String {
    let text = lines.join("\n").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<pre>\n{text}\n</pre>\n")
}

fn row(cells: impl IntoIterator<Item = String>) -> String {
    format!("| {} |\n", cells.into_iter().collect::<Vec<_>>().join(" | "))
}

/// A table's head: `left` columns of words, then numbers.
fn head(header: &[String], left: usize) -> String {
    let rule = (0..header.len()).map(|i| if i < left { "---" } else { "---:" }.to_owned());
    row(header.iter().cloned()) + &row(rule)
}

fn cells(counts: Option<Counts>) -> Vec<String> {
    let cell = |(verdict, n): (Verdict, usize)| match n {
        0 => "·".to_owned(),
        n if verdict.is_bad() => format!("**{n}**"),
        n => n.to_string(),
    };
    counts.map_or_else(|| Verdict::ALL.map(|_| "·".to_owned()).to_vec(), |counts| counts.each().map(cell).collect())
}

fn matrix(index: &Index<'_>) -> String {
    let dot = |cell: Option<String>| cell.unwrap_or_else(|| "·".to_owned());
    let line = |r: summary::Row| {
        row(r.words.iter().map(|w| code(w)).chain(cells(r.counts)).chain(r.timing.into_iter().map(dot)))
    };
    head(&summary::header(), 3) + &summary::rows(index).into_iter().map(line).collect::<String>()
}

/// Where subjects part.
fn divergences(index: &Index<'_>) -> String {
    let mut out = String::from("\n## Divergences\n\n");
    let rows = divergence::rows(index);
    if !rows.is_empty() {
        out.push_str(&head(&divergence::HEADER.map(str::to_owned), 1));
        rows.into_iter().for_each(|cells| out.push_str(&row(cells)));
        out.push('\n');
    }
    let _ = writeln!(out, "{}", divergence::introduction(index));
    for entry in divergence::entries(index) {
        let groups: String = entry.groups.iter().map(|group| format!("* {}\n", code(group))).collect();
        let _ = write!(out, "\n<details><summary>{}</summary>\n\n{groups}\n</details>\n", code(&entry.heading));
    }
    out
}

fn section(index: &Index<'_>, subject: &Subject<'_>) -> String {
    let heading = format!("## {} {}", code(subject.name), code(&summary::identity(subject)));
    let mut out = format!("\n{}\n\n", heading.trim_end());
    if let Some(why) = subject.unavailable {
        out.push_str("Unavailable:\n\n");
        out.push_str(&pre(&safe_lines(why)));
    }
    for fault in &subject.faults {
        let _ = writeln!(out, "**{:?}** of the subject as a whole:\n", fault.kind);
        out.push_str(&pre(&safe_lines(&fault.text)));
        out.push('\n');
    }
    if !subject.verdicts.is_empty() {
        out.push_str(&levels(subject));
    }
    for verdict in subject.bad(false) {
        out.push_str(&failure(index, verdict));
    }
    out + &notes(subject)
}

fn levels(subject: &Subject<'_>) -> String {
    let header: Vec<String> =
        std::iter::once("level".to_owned()).chain(Verdict::ALL.map(|v| v.name().to_owned())).collect();
    let line = |(name, levels): (&str, &[_])| {
        let counts = subject.counts(levels);
        let line = row(std::iter::once(name.to_owned()).chain(cells(Some(counts))));
        (counts != Counts::default()).then_some(line)
    };
    head(&header, 1) + &LEVELS.into_iter().filter_map(line).collect::<String>()
}

fn failure(index: &Index<'_>, verdict: &VerdictRecord) -> String {
    let summary = format!("<b>{}</b> {}", verdict.verdict.name(), code(&detail::heading(verdict)));
    let body = pre(&detail::plain(index, verdict, WIDTH));
    format!("\n<details><summary>{summary}</summary>\n\n{body}\n</details>\n")
}

/// What needs a line, folded together: the ledger's entries, weak outcomes, what was not judged and why.
fn notes(subject: &Subject<'_>) -> String {
    let mut lines = Vec::new();
    let outcome = |v: &VerdictRecord| code(&detail::heading(v));
    for verdict in subject.bad(true) {
        lines.push(format!("known: {} {}", outcome(verdict), code(verdict.known.as_deref().unwrap_or_default())));
    }
    for verdict in subject.all(Verdict::Weak) {
        lines.push(format!("weak: {} {}", outcome(verdict), code(&verdict.why)));
    }
    for stale in &subject.stale {
        let (case, outcome, found) = (code(&stale.case), code(&stale.outcome), code(&stale.found));
        lines.push(format!("**stale**: {case}: the ledger expects {outcome}, there is {found}"));
    }
    for verdict in [Verdict::NotApplicable, Verdict::NotRun] {
        let n = subject.all(verdict).count();
        let reasons = code(&summary::grouped(subject, verdict));
        lines.extend((n > 0).then(|| format!("{}: {} ({reasons})", verdict.name(), count(n, "case"))));
    }
    lines.extend(summary::cut_dependent(subject).map(|list| format!("depends on the cut: {}", code(&list))));
    if lines.is_empty() {
        return String::new();
    }
    let list: String = lines.iter().map(|line| format!("* {line}\n")).collect();
    format!("\n<details><summary>{}</summary>\n\n{list}\n</details>\n", count(lines.len(), "note"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_means_nothing_but_itself() {
        let table = [
            ("a|b", "<code>a&#124;b</code>"),
            ("`x` <b> & </code>", "<code>&#96;x&#96; &#60;b&#62; &#38; &#60;/code&#62;</code>"),
            ("@all #1 [a](b) www.x http://x", "<code>&#64;all &#35;1 &#91;a&#93;(b) www&#46;x http&#58;//x</code>"),
            ("line\n# two", "<code>line&#92;n&#35; two</code>"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(code(text), expected);
        }
        assert_eq!(pre(&["</pre><script>&".to_owned()]), "<pre>\n&lt;/pre&gt;&lt;script&gt;&amp;\n</pre>\n");
    }
}
