//! What a fuzz run says at its end, and while it goes on.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wireproof::bytes::escape;
use wireproof::compare::Severity;
use wireproof_engine::Target;
use wireproof_engine::findings::{self, Finding};
use wireproof_engine::hunt::{FamilyStats, Stats};
use wireproof_engine::known::Book;

use super::Folders;
use crate::failure::Failure;
use crate::show::write_wrapped;

/// The figures of all loops.
pub(super) struct Progress {
    stats: Stats,
    elapsed: Duration,
    time: Duration,
}

impl Progress {
    pub(super) fn of(loops: &[Stats], elapsed: Duration, time: Duration) -> Progress {
        Progress { stats: Progress::sum(loops), elapsed, time }
    }

    /// The sum of several figures. Loops find the same things: of corpus, tuples and findings the largest number counts.
    pub(super) fn sum(loops: &[Stats]) -> Stats {
        let mut sum = Stats::default();
        for stats in loops {
            sum.inputs += stats.inputs;
            sum.diverging += stats.diverging;
            sum.looked_into += stats.looked_into;
            sum.triage_ms += stats.triage_ms;
            sum.slow_ms += stats.slow_ms;
            sum.corpus = sum.corpus.max(stats.corpus);
            sum.tuples = sum.tuples.max(stats.tuples);
            sum.rubbish = sum.rubbish.max(stats.rubbish);
            sum.trouble = sum.trouble.or_else(|| stats.trouble.clone());
            sum.given_up.extend(stats.given_up.clone());
            for (name, count) in &stats.executions {
                *sum.executions.entry(name.clone()).or_default() += count;
            }
            for (severity, count) in &stats.findings {
                let most = sum.findings.entry(*severity).or_default();
                *most = (*most).max(*count);
            }
            for (name, family) in &stats.families {
                let all: &mut FamilyStats = sum.families.entry(name.clone()).or_default();
                all.made += family.made;
                all.accepted += family.accepted;
                all.kept += family.kept;
            }
        }
        sum
    }

    fn per_second(&self, count: u64) -> String {
        let rate = count as f64 / self.elapsed.as_secs_f64().max(0.001);
        if rate >= 10_000.0 { format!("{:.0}k", rate / 1000.0) } else { format!("{rate:.0}") }
    }

    /// How it goes, in one line.
    pub(super) fn line(&self) -> String {
        let stats = &self.stats;
        let severities = stats.findings.iter().map(|(severity, count)| format!("{severity} {count}"));
        let findings = severities.collect::<Vec<_>>().join(" ");
        let findings = if findings.is_empty() { "none".to_owned() } else { findings };
        let accepted: u64 = stats.families.values().map(|f| f.accepted).sum();
        format!(
            "{} of {}  {} inputs ({}/s)  corpus {}  tuples {}  accepted {} %  findings {findings}",
            time(self.elapsed),
            time(self.time),
            stats.inputs,
            self.per_second(stats.inputs),
            stats.corpus,
            stats.tuples,
            percent(accepted, stats.inputs),
        )
    }
}

fn percent(part: u64, whole: u64) -> u64 {
    (part * 100).checked_div(whole).unwrap_or(0)
}

fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..100 => format!("{seconds} s"),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// What is known about these protocols: the bundled books and those of the command line, as one.
pub(crate) fn book(files: &[PathBuf], no_bundled: bool, targets: &[Target]) -> Result<Book, Failure> {
    let bundled = if no_bundled { &[] } else { wireproof_adapters::ledger::DIFFERENCES };
    let mut all = Book::default();
    let mut add = |book: Book| {
        if targets.iter().any(|target| target.spec().name == book.protocol) {
            all.known.extend(book.known);
        }
    };
    for (name, text) in bundled {
        add(Book::read(name, text).map_err(Failure::broken)?);
    }
    for path in files {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| Failure::usage(format!("cannot read {shown}: {e}")))?;
        add(Book::read(&shown, &text).map_err(Failure::usage)?);
    }
    Ok(all)
}

/// Today, as in 2026-11-22 (UTC).
pub(crate) fn name_of_day() -> String {
    chrono::Utc::now().format("%F").to_string()
}

/// Writes the report; gives how many findings no book knows, expired entries among them.
pub(super) fn write(
    folders: &Folders,
    book: &Book,
    progress: &Progress,
    absent: &[(String, String)],
) -> Result<usize, Failure> {
    let (found, strange) = findings::read(&folders.findings);
    let mut out = anstream::stdout().lock();
    write_figures(progress, absent, &mut out)?;
    for why in &strange {
        write_wrapped(&mut out, &format!("not read: {}", escape(why.as_bytes())), 0, 2)?;
    }
    let standing = book.judge(&found, &name_of_day());
    writeln!(out)?;
    write_queue(&standing.new, &mut out)?;
    let met: u64 = standing.known.iter().map(|(finding, _)| finding.times()).sum();
    if !standing.known.is_empty() {
        writeln!(
            out,
            "{} findings are known differences (met {met} times); see: wireproof findings list --all",
            standing.known.len()
        )?;
    }
    if !standing.unmet.is_empty() {
        writeln!(out, "{} known differences were not met this time", standing.unmet.len())?;
    }
    for at in &standing.expired {
        writeln!(
            out,
            "expired: the entry of {} (since {})",
            book.known[*at].finding,
            book.known[*at].expires.as_deref().unwrap_or("-")
        )?;
    }
    writeln!(out, "{} findings for a person to read, in {}", standing.new.len(), shown(&folders.findings))?;
    Ok(standing.new.len() + standing.expired.len())
}

fn shown(path: &Path) -> String {
    escape(path.display().to_string().as_bytes())
}

fn write_figures(progress: &Progress, absent: &[(String, String)], out: &mut dyn Write) -> std::io::Result<()> {
    let stats = &progress.stats;
    let (inputs, per_second) = (stats.inputs, progress.per_second(stats.inputs));
    writeln!(out, "{inputs} inputs in {} ({per_second} a second)", time(progress.elapsed))?;
    writeln!(out, "corpus {}, tuples of outcomes {}", stats.corpus, stats.tuples)?;
    let diverging = percent(stats.diverging, stats.inputs);
    let seconds = |ms: u64| ms as f64 / 1000.0;
    writeln!(
        out,
        "{} inputs diverge ({diverging} %), {} partings looked into ({:.1} s), {:.1} s with subjects of other processes",
        stats.diverging,
        stats.looked_into,
        seconds(stats.triage_ms),
        seconds(stats.slow_ms)
    )?;
    writeln!(out, "\nRuns by subject, those of triage among them")?;
    let widest = stats.executions.keys().map(String::len).max().unwrap_or(0);
    for (name, count) in &stats.executions {
        writeln!(out, "  {name:widest$} {count:>12}  {:>8}/s", progress.per_second(*count))?;
    }
    writeln!(out, "\nFamilies: inputs made, taken by the first subject, kept")?;
    let widest = stats.families.keys().map(String::len).max().unwrap_or(0);
    for (name, family) in &stats.families {
        let taken = percent(family.accepted, family.made);
        writeln!(out, "  {name:widest$} {:>12}  {taken:>4} %  {:>6}", family.made, family.kept)?;
    }
    if stats.rubbish > 0 {
        writeln!(out, "{} files of the corpus are no inputs", stats.rubbish)?;
    }
    if let Some(trouble) = &stats.trouble {
        write_wrapped(out, &format!("could not be written: {}", escape(trouble.as_bytes())), 0, 2)?;
    }
    for (name, why) in &stats.given_up {
        write_wrapped(out, &format!("{name} takes no part any longer: {}", escape(why.as_bytes())), 0, 2)?;
    }
    for (name, why) in absent {
        write_wrapped(out, &format!("{name} takes no part: {}", escape(why.as_bytes())), 0, 2)?;
    }
    Ok(())
}

/// Findings, the worst first, one line each.
pub(crate) fn write_queue(findings: &[&Finding], out: &mut dyn Write) -> std::io::Result<()> {
    let mut by: BTreeMap<Severity, Vec<&Finding>> = BTreeMap::new();
    findings.iter().for_each(|finding| by.entry(finding.severity).or_default().push(finding));
    for (severity, mut list) in by {
        writeln!(out, "{severity}: {}", severity.means())?;
        list.sort_by_key(|finding| (std::cmp::Reverse(finding.times()), finding.id()));
        for finding in list {
            let groups = finding.explanation.as_ref().map(|e| groups(&e.groups));
            let who = groups.or_else(|| Some(finding.witnesses.first()?.subjects.join(" | "))).unwrap_or_default();
            write_wrapped(out, &format!("{} ({})  {who}", finding.id(), finding.roles().join(", ")), 2, 6)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Who stands with whom: `a, b | c`.
pub(crate) fn groups(groups: &[Vec<String>]) -> String {
    groups.iter().map(|group| group.join(", ")).collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use wireproof::vectors::Suite;
    use wireproof_adapters::registry::ENTRIES;
    use wireproof_engine::triage::repairs;

    use super::*;

    /// The words in the brackets of a clause that look like ids of requirements: `RFC 9112, 2.2 (9112-2.2-2)`.
    fn ids(clause: &str) -> impl Iterator<Item = &str> {
        let inside = clause.split('(').skip(1).filter_map(|part| part.split(')').next());
        inside.flat_map(|part| part.split(", ")).filter(|word| word.contains('-'))
    }

    #[test]
    fn bundled_books_name_what_there_is() {
        let suite = Suite::bundled().expect("the bundled vectors are sound");
        for target in Target::ALL {
            let name = target.spec().name;
            let labels: HashSet<String> =
                repairs(target).iter().map(|repair| format!("{name}-{}", repair.name.replace('.', "-"))).collect();
            for known in book(&[], false, &[target]).expect("the bundled books can be read").known {
                let broken = known.finding.starts_with(&format!("{name}-breaks-"));
                let placed = known.finding.starts_with(&format!("{name}-at-"));
                assert!(broken || placed || labels.contains(&known.finding), "no repair names {}", known.finding);
                let subject = |known: &str| ENTRIES.iter().any(|entry| known.split(' ').next() == Some(entry.name));
                assert!(known.subjects.iter().all(|name| subject(name)), "{}: {:?}", known.finding, known.subjects);
                let unknown = ids(&known.clause).find(|id| suite.requirement(id).is_none());
                assert_eq!(unknown, None, "{}: {}", known.finding, known.clause);
            }
        }
    }
}
