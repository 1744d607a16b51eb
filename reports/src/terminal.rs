//! The page for people at a terminal: subject by subject, what is wrong in full; the summary last, where the eye is.

use wireproof::judge::Verdict;
use wireproof::results::{ResultRecord, VerdictRecord};

use crate::Style;
use crate::detail::{self, LABEL};
use crate::divergence;
use crate::model::{Counts, Index, LEVELS, Subject};
use crate::paint::{Pen, Tone};
use crate::summary;
use crate::table::table;
use crate::text::{count, hang, safe, safe_lines};

/// The whole page.
pub(crate) fn page(records: &[ResultRecord], style: &Style) -> String {
    let index = Index::of(records);
    let mut page = Page { index: &index, pen: Pen(style.colour), width: style.width.max(60), out: String::new() };
    for line in summary::run_lines(&index) {
        page.hang(Tone::Faint, &line);
    }
    for subject in &index.subjects {
        page.subject(subject);
    }
    if index.compared() {
        page.divergences();
    }
    page.summary();
    page.out
}

struct Page<'a> {
    index: &'a Index<'a>,
    pen: Pen,
    width: usize,
    out: String,
}

impl Page<'_> {
    fn subject(&mut self, subject: &Subject<'_>) {
        self.heading(subject);
        if let Some(why) = subject.unavailable {
            self.labelled("unavailable", Tone::Warn, why);
        }
        for fault in &subject.faults {
            let kind = format!("{:?}", fault.kind).to_lowercase();
            self.labelled(&kind, Tone::Bad, &fault.text);
        }
        if !subject.faults.is_empty() {
            self.out.push('\n');
        }
        if !subject.verdicts.is_empty() {
            self.matrix(subject);
        }
        for verdict in subject.bad(false) {
            self.failure(verdict);
        }
        self.notes(subject);
    }

    fn line(&mut self, tone: Tone, text: &str) {
        self.out.push_str(self.pen.paint(tone, text).trim_end());
        self.out.push('\n');
    }

    fn hang(&mut self, tone: Tone, text: &str) {
        hang(text, self.width).iter().for_each(|line| self.line(tone, line));
    }

    fn heading(&mut self, subject: &Subject<'_>) {
        self.out.push('\n');
        let (name, identity) = (safe(subject.name), summary::identity(subject));
        let text = format!("── {name} ── {identity} ");
        let text = if identity.is_empty() { format!("── {name} ") } else { text };
        let rest = self.width.saturating_sub(text.chars().count());
        self.line(Tone::Strong, &format!("{text}{}", "─".repeat(rest)));
    }

    /// A label and the lines of a subject's own words.
    fn labelled(&mut self, label: &str, tone: Tone, text: &str) {
        let lines: Vec<String> = safe_lines(text).iter().flat_map(|line| hang(line, self.width - 14)).collect();
        for (i, line) in crate::text::elide_lines(lines, 20, 0).iter().enumerate() {
            let label = format!("{:12}", if i == 0 { label } else { "" });
            let label = self.pen.paint(tone, &label);
            self.line(Tone::Plain, &format!("{label}  {line}"));
        }
    }

    fn matrix(&mut self, subject: &Subject<'_>) {
        let header = std::iter::once("level".to_owned()).chain(Verdict::ALL.map(|v| v.name().to_owned())).collect();
        let row = |(name, levels): (&str, &[_])| {
            let counts = subject.counts(levels);
            let cells = std::iter::once(name.to_owned()).chain(self.cells(Some(counts))).collect::<Vec<_>>();
            (counts != Counts::default()).then_some(cells)
        };
        let rows = LEVELS.into_iter().filter_map(row).collect();
        let table = self.pen.develop(&table(header, rows, 1, self.width));
        self.out.push_str(&table);
        self.out.push('\n');
    }

    fn cells(&self, counts: Option<Counts>) -> Vec<String> {
        let Some(counts) = counts else { return Verdict::ALL.map(|_| "·".to_owned()).to_vec() };
        let cell = |(verdict, n): (Verdict, usize)| match n {
            0 => "·".to_owned(),
            n => self.pen.mark(tone(verdict), &n.to_string()),
        };
        counts.each().map(cell).collect()
    }

    fn failure(&mut self, verdict: &VerdictRecord) {
        self.out.push('\n');
        let word = self.pen.paint(Tone::Bad, &verdict.verdict.name().to_uppercase());
        let heading = self.pen.paint(Tone::Strong, &detail::heading(verdict));
        self.line(Tone::Plain, &format!("{word} {heading}"));
        for part in detail::parts(self.index, verdict, self.width - 2) {
            for (i, line) in part.lines.iter().enumerate() {
                let label = format!("{:LABEL$}", if i == 0 { part.label } else { "" });
                let label = self.pen.paint(Tone::Faint, &label);
                let line = self.pen.paint(part_tone(part.label, line), line);
                self.line(Tone::Plain, &format!("  {label}{line}"));
            }
        }
    }

    /// What needs a line, not a paragraph.
    fn notes(&mut self, subject: &Subject<'_>) {
        let said = self.out.len();
        self.out.push('\n');
        let before = self.out.len();
        for verdict in subject.bad(true) {
            let reason = verdict.known.as_deref().unwrap_or_default();
            self.note("known", Tone::Warn, &format!("{}: {}", detail::heading(verdict), safe(reason)));
        }
        for verdict in subject.all(Verdict::Weak) {
            self.note("weak", Tone::Warn, &format!("{}: {}", detail::heading(verdict), safe(&verdict.why)));
        }
        for stale in &subject.stale {
            let (case, outcome, found) = (safe(&stale.case), safe(&stale.outcome), safe(&stale.found));
            self.note("stale", Tone::Bad, &format!("{case}: the ledger expects {outcome}, there is {found}"));
        }
        for (label, verdict) in [("n/a", Verdict::NotApplicable), ("not run", Verdict::NotRun)] {
            let n = subject.all(verdict).count();
            if n > 0 {
                self.note(
                    label,
                    Tone::Faint,
                    &format!("{} ({})", count(n, "case"), summary::grouped(subject, verdict)),
                );
            }
        }
        if let Some(list) = summary::cut_dependent(subject) {
            self.note("by cut", Tone::Warn, &format!("transcripts that depend on the cut in {list}"));
        }
        if self.out.len() == before {
            self.out.truncate(said);
        }
    }

    fn note(&mut self, label: &str, tone: Tone, text: &str) {
        for (i, line) in hang(text, self.width - LABEL).iter().enumerate() {
            let label = self.pen.paint(tone, &format!("{:LABEL$}", if i == 0 { label } else { "" }));
            self.line(Tone::Plain, &format!("{label}{line}"));
        }
    }

    /// Where subjects part.
    fn divergences(&mut self) {
        self.out.push('\n');
        let rest = self.width.saturating_sub("── divergences ".chars().count());
        self.line(Tone::Strong, &format!("── divergences {}", "─".repeat(rest)));
        let rows = divergence::rows(self.index);
        if !rows.is_empty() {
            let header = divergence::HEADER.map(str::to_owned).to_vec();
            self.out.push_str(&table(header, rows, 1, self.width));
            self.out.push_str("\n\n");
        }
        self.hang(Tone::Plain, &divergence::introduction(self.index));
        for entry in divergence::entries(self.index) {
            self.out.push('\n');
            self.hang(Tone::Strong, &entry.heading);
            for group in entry.groups {
                hang(&group, self.width - 2).iter().for_each(|line| self.line(Tone::Plain, &format!("  {line}")));
            }
        }
    }

    fn summary(&mut self) {
        self.out.push('\n');
        let dot = |cell: Option<String>| cell.unwrap_or_else(|| "·".to_owned());
        // A narrow page has no room for the language; what is said in its place then stands for the version.
        let narrow = self.width < 90;
        let row = |row: summary::Row| {
            let [name, version, language] = row.words;
            let version = if narrow && row.counts.is_none() { language.clone() } else { version };
            let words = [name, version].into_iter().chain((!narrow).then_some(language));
            words.chain(self.cells(row.counts)).chain(row.timing.into_iter().map(dot)).collect()
        };
        let rows = summary::rows(self.index).into_iter().map(row).collect();
        let header = summary::header().into_iter().filter(|word| !narrow || word != "language");
        let header = header.map(|word| word.replace("not run", "not\nrun")).collect();
        let table = self.pen.develop(&table(header, rows, if narrow { 2 } else { 3 }, self.width));
        let held = if self.index.totals.held() { Tone::Good } else { Tone::Bad };
        self.out.push_str(&table);
        self.out.push_str("\n\n");
        self.hang(held, &summary::closing(self.index));
    }
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Weak => Tone::Warn,
        Verdict::Fail | Verdict::Fault => Tone::Bad,
        Verdict::Seen => Tone::Plain,
        Verdict::NotApplicable | Verdict::NotRun => Tone::Faint,
    }
}

fn part_tone(label: &str, line: &str) -> Tone {
    let is_caret = |line: &str| line.trim_start().starts_with("^ octet") || line.ends_with(" ^");
    match label {
        "input" if is_caret(line) => Tone::Bad,
        "expected" => Tone::Good,
        "got" | "fault" => Tone::Bad,
        "repro" => Tone::Strong,
        _ => Tone::Plain,
    }
}
