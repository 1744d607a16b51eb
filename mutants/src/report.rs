//! The report of a core's mutants, from the outcomes of all shares and the checked-in reasons of the survivors.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::{results, root, text};

/// A mutant that no vector told from the core.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Survivor {
    /// The file in the core's `src`.
    file: String,
    /// What was changed, in which function: line numbers would not last.
    change: String,
    /// The line of source that it was changed in.
    source: String,
}

/// What came of all mutants.
#[derive(Debug, Default)]
struct Outcomes {
    version: String,
    counts: BTreeMap<String, usize>,
    /// Of those caught, the ones that failed no case: only recorded outcomes told them from the core.
    by_outcome: usize,
    /// With how many places of the same line and change there are.
    survivors: BTreeMap<Survivor, usize>,
}

/// Why a mutant may survive.
struct Reason {
    survivor: Survivor,
    kind: String,
    why: String,
}

/// What a vector run says that fails by a recorded outcome alone.
const BY_OUTCOME: &str = "recorded outcomes differ";

/// Writes `docs/mutants-CORE.md`.
pub(crate) fn report(core: &str) -> Result<(), String> {
    let (outcomes, tree) = outcomes(core)?;
    let reasons = reasons(core)?;
    let lacking = lacking(&outcomes, &reasons);
    if !lacking.is_empty() {
        return Err(format!("cores/{core}/mutants.json:\n{}", lacking.join("\n")));
    }
    let path = root().join(format!("docs/mutants-{core}.md"));
    std::fs::write(&path, page(core, &tree, &outcomes, &reasons)).map_err(|e| format!("{}: {e}", path.display()))
}

/// The folder of those that were run again.
pub(crate) const AGAIN: &str = "again";

/// What came of all shares, but for the mutants that were run again: of those, what came of them then. And the tree.
fn outcomes(core: &str) -> Result<(Outcomes, String), String> {
    let (shares, tree) = shares(core)?;
    let again = results(core).join(AGAIN);
    let (missed, mut later) = (missed(core)?, BTreeSet::new());
    if again.is_dir() {
        later = names(&again, |_| true)?;
        later.extend(missed.iter().cloned());
    }
    let mut outcomes = Outcomes::default();
    for share in shares {
        outcomes.add(&share.join("mutants.out"), |mutant| !later.contains(mutant))?;
    }
    if !again.is_dir() {
        return Ok((outcomes, tree));
    }
    outcomes.add(&again.join("mutants.out"), |_| true)?;
    let on = text(&again.join("tree"))?;
    Ok((outcomes, format!("{tree}; the {} kinds of change that were missed there again on {on}", missed.len())))
}

/// What all shares missed, as `file: change`. The same change elsewhere in the file has the same name.
pub(crate) fn missed(core: &str) -> Result<BTreeSet<String>, String> {
    let mut missed = BTreeSet::new();
    for share in shares(core)?.0 {
        missed.extend(names(&share, |summary| summary == "MissedMutant")?);
    }
    Ok(missed)
}

/// The mutants of one share that came out as `wanted`, as `file: change`.
fn names(share: &Path, wanted: impl Fn(&str) -> bool) -> Result<BTreeSet<String>, String> {
    let outcomes = json(&share.join("mutants.out/outcomes.json"))?;
    let all = outcomes["outcomes"].as_array().into_iter().flatten();
    let of_mutants = all.filter(|outcome| !outcome["scenario"]["Mutant"].is_null());
    let chosen = of_mutants.filter(|outcome| outcome["summary"].as_str().is_some_and(&wanted));
    Ok(chosen.map(|outcome| name(&outcome["scenario"]["Mutant"])).collect())
}

/// `file: change` of a mutant.
fn name(mutant: &Json) -> String {
    let (file, full) = (mutant["file"].as_str().unwrap_or_default(), mutant["name"].as_str().unwrap_or_default());
    format!("{file}: {}", change(full))
}

/// The change of a mutant with the name `path:line:column: change`.
fn change(name: &str) -> &str {
    name.splitn(4, ':').nth(3).unwrap_or(name).trim()
}

/// The folders of all shares of one run, and the tree that they tested.
fn shares(core: &str) -> Result<(Vec<PathBuf>, String), String> {
    let folder = results(core);
    let found = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}; `run {core}` makes it", folder.display()))?;
    let shares: Vec<PathBuf> =
        found.flatten().map(|entry| entry.path()).filter(|path| !path.ends_with(AGAIN)).collect();
    let first = shares.first().ok_or(format!("{}: no shares", folder.display()))?;
    let wanted = first.to_string_lossy().rsplit_once("-of-").and_then(|(_, n)| n.parse().ok()).unwrap_or(0);
    if shares.len() != wanted {
        return Err(format!("{} of {wanted} shares are run", shares.len()));
    }
    let tree = text(&first.join("tree"))?;
    Ok((shares, tree))
}

fn json(path: &Path) -> Result<Json, String> {
    serde_json::from_str(&text(path)?).map_err(|e| format!("{}: {e}", path.display()))
}

impl Outcomes {
    /// Adds what `cargo mutants` wrote of one share, of those mutants that are `wanted` by their names.
    fn add(&mut self, folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<(), String> {
        let outcomes = json(&folder.join("outcomes.json"))?;
        if outcomes["end_time"].is_null() {
            return Err(format!("{}: this share has not ended", folder.display()));
        }
        self.version = outcomes["cargo_mutants_version"].as_str().unwrap_or("unknown").to_owned();
        for outcome in outcomes["outcomes"].as_array().into_iter().flatten() {
            let mutant = &outcome["scenario"]["Mutant"];
            if mutant.is_null() || !wanted(&name(mutant)) {
                continue;
            }
            let summary = outcome["summary"].as_str().unwrap_or_default();
            *self.counts.entry(summary.to_owned()).or_default() += 1;
            let log = folder.join(outcome["log_path"].as_str().unwrap_or_default());
            if summary == "CaughtMutant" && text(&log)?.contains(BY_OUTCOME) {
                self.by_outcome += 1;
            }
            if summary == "MissedMutant" {
                *self.survivors.entry(Survivor::of(mutant)?).or_default() += 1;
            }
        }
        Ok(())
    }

    fn count(&self, summary: &str) -> usize {
        self.counts.get(summary).copied().unwrap_or(0)
    }
}

impl Survivor {
    fn of(mutant: &Json) -> Result<Survivor, String> {
        let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let (path, name) = (word(&mutant["file"]), word(&mutant["name"]));
        let change = change(&name).to_owned();
        let number = mutant["span"]["start"]["line"].as_u64().unwrap_or(0) as usize;
        let source = text(&root().join(&path))?;
        let source = source.lines().nth(number.wrapping_sub(1)).unwrap_or_default().trim().to_owned();
        let file = path.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(Survivor { file, change, source })
    }
}

fn reasons(core: &str) -> Result<Vec<Reason>, String> {
    let path = root().join("cores").join(core).join("mutants.json");
    let read = json(&path)?;
    let entries = read.as_array().ok_or(format!("{}: no list", path.display()))?;
    let reason = |entry: &Json| {
        let word = |name: &str| entry[name].as_str().filter(|w| !w.is_empty()).map(str::to_owned);
        let survivor = Survivor { file: word("file")?, change: word("change")?, source: word("source")? };
        let kind = word("kind").filter(|k| KINDS.iter().any(|(kind, _)| kind == k))?;
        Some(Reason { survivor, kind, why: word("why")? })
    };
    let read = entries.iter().map(|e| reason(e).ok_or(format!("{}: not as it has to be: {e}", path.display())));
    read.collect()
}

/// The kinds of reasons, and what each means.
const KINDS: [(&str, &str); 4] = [
    ("equivalent", "no input makes a difference"),
    ("unseen", "a difference in what the core's own interface says beside the protocol, which no subject shows"),
    ("far", "a difference that takes a script of a length that no vector has"),
    ("choice", "a difference that the RFCs and the core's documentation leave open"),
];

/// Survivors without a reason, and reasons without a survivor.
fn lacking(outcomes: &Outcomes, reasons: &[Reason]) -> Vec<String> {
    let known: BTreeSet<&Survivor> = reasons.iter().map(|r| &r.survivor).collect();
    let survivors = outcomes.survivors.keys().filter(|s| !known.contains(s)).map(|s| {
        let entry = serde_json::json!({"file": s.file, "change": s.change, "source": s.source, "kind": "", "why": ""});
        format!("a survivor without a reason: {entry}")
    });
    let stale = reasons.iter().map(|r| &r.survivor).filter(|s| !outcomes.survivors.contains_key(s));
    survivors.chain(stale.map(|s| format!("a reason without a survivor: {s:?}"))).collect()
}

fn page(core: &str, tree: &str, outcomes: &Outcomes, reasons: &[Reason]) -> String {
    let (caught, timeout) = (outcomes.count("CaughtMutant"), outcomes.count("Timeout"));
    let (missed, unviable) = (outcomes.count("MissedMutant"), outcomes.count("Unviable"));
    let viable = caught + timeout + missed;
    let share = |n: usize, of: usize| format!("{:.1} % ({n} of {of})", n as f64 * 100.0 / of.max(1) as f64);
    let percent = |n: usize| share(n, viable);
    let equivalent: usize =
        reasons.iter().filter(|r| r.kind == "equivalent").map(|r| outcomes.survivors[&r.survivor]).sum();
    let differing = share(caught + timeout, viable - equivalent);
    let (score, by_verdict) = (percent(caught + timeout), percent(caught + timeout - outcomes.by_outcome));
    let mut page = format!(
        "# Mutants of cores/{core}, with the vectors alone as the test\n\n\
         Written by `cargo run -p wireproof-mutants -- report {core}`; CONTRIBUTING.md says how it is run.\n\n\
         | | |\n|---|---|\n| tree | {tree} |\n| tool | cargo-mutants {} |\n| caught | {caught} |\n| timed out | {timeout} |\n\
         | **missed** | **{missed}** |\n| not viable: do not compile | {unviable} |\n\
         | **score**: caught and timed out, of the viable | **{score}** |\n\
         | the same, of those that are not equivalent | {differing} |\n\
         | the viable of which a case of the core as it is, or with other options, fails | {by_verdict} |\n\n\
         The rest changes which of the outcomes that a case permits comes about; the run records it for each case.\n",
        outcomes.version,
    );
    for (kind, meaning) in KINDS {
        let of_kind: Vec<&Reason> = reasons.iter().filter(|r| r.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let number: usize = of_kind.iter().map(|r| outcomes.survivors[&r.survivor]).sum();
        let _ = write!(
            page,
            "\n## Survivors: {kind} ({number})\n\n{meaning}.\n\n| where | mutant | why |\n|---|---|---|\n"
        );
        for reason in of_kind {
            let Survivor { file, change, source } = &reason.survivor;
            let times = outcomes.survivors[&reason.survivor];
            let times = if times > 1 { format!(" ({times} times)") } else { String::new() };
            let _ = writeln!(page, "| {file}: {} | {}{times} | {} |", code(source), code(change), reason.why);
        }
    }
    page
}

/// As code in a cell of a table.
fn code(text: &str) -> String {
    format!("`` {} ``", text.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survivor(change: &str) -> Survivor {
        Survivor { file: "a.rs".to_owned(), change: change.to_owned(), source: "x || y".to_owned() }
    }

    #[test]
    fn survivors_and_reasons_go_together() {
        let reason = |change| Reason { survivor: survivor(change), kind: "unseen".to_owned(), why: "so".to_owned() };
        for (survivors, reasons, expected) in [
            (&["one"][..], &["one"][..], &[][..]),
            (&["one", "two"], &["one"], &["a survivor without a reason"]),
            (&["one"], &["one", "two"], &["a reason without a survivor"]),
        ] {
            let survivors = survivors.iter().map(|s| (survivor(s), 1)).collect();
            let outcomes = Outcomes { survivors, ..Outcomes::default() };
            let reasons: Vec<Reason> = reasons.iter().copied().map(reason).collect();
            let said = lacking(&outcomes, &reasons);
            assert_eq!(said.iter().map(|s| s.split(':').next().unwrap_or_default()).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_page_counts_what_is_viable() {
        let counts = [("CaughtMutant", 97), ("Timeout", 1), ("MissedMutant", 2), ("Unviable", 9)];
        let counts = counts.map(|(name, n)| (name.to_owned(), n)).into_iter().collect();
        let survivors = [(survivor("replace || with &&"), 2)].into_iter().collect();
        let outcomes = Outcomes { version: "1".to_owned(), counts, by_outcome: 8, survivors };
        let (survivor, kind) = (survivor("replace || with &&"), "equivalent".to_owned());
        let page = page("a", "abc", &outcomes, &[Reason { survivor, kind, why: "so".to_owned() }]);
        for line in [
            "| **score**: caught and timed out, of the viable | **98.0 % (98 of 100)** |",
            "not equivalent | 100.0 % (98 of 98) |",
            "fails | 90.0 % (90 of 100) |",
            "## Survivors: equivalent (2)",
            "| a.rs: `` x \\|\\| y `` | `` replace \\|\\| with && `` (2 times) | so |",
        ] {
            assert!(page.contains(line), "{page}");
        }
    }
}
