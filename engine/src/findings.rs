//! Findings: what was found, one file for each cause, that can be replayed, merged and read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wireproof::Role;
use wireproof::bytes::{from_hex, to_hex};
use wireproof::compare::Severity;

use crate::{Input, Target, files};

/// The version of the form of these files.
pub const FORM: u32 = 1;

/// So many witnesses are kept of one cause, the smallest ones; more if more pairs of subjects show it.
const WITNESSES: usize = 12;

/// As many of what a subject does alone: that two inputs break it alike does not mean that they do so for one reason.
const BREAKS: usize = 100;

/// What a divergence comes down to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The repair that makes it go away: its label.
    Repair(String),
    /// No repair does: the grammar's state and the octet's class where the subjects part.
    Place(String),
    /// A subject breaks, or breaks a law: its name and how.
    Broken(String),
}

impl Cause {
    /// In a few words.
    pub fn text(&self) -> &str {
        match self {
            Cause::Repair(text) | Cause::Place(text) | Cause::Broken(text) => text,
        }
    }
}

/// One pair of subjects that shows it, by one input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Witness {
    /// The input, as hexadecimal digits: its shape, and what is fed.
    pub input: String,
    /// The two subjects; one alone for what it does by itself.
    pub subjects: Vec<String>,
    /// The role of the subjects.
    pub role: Role,
    /// How bad.
    pub severity: Severity,
    /// What differs.
    pub what: String,
    /// The signature: what of it must be the same in a smaller input.
    pub signature: String,
}

impl Witness {
    /// The input.
    pub fn input(&self, target: Target) -> Option<Input> {
        Input::parse(target, &from_hex(&self.input).ok()?)
    }
}

/// What people read, made from the smallest witness. Whoever merges findings keeps that of the smaller input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Every repair that removes or lessens the divergence.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Where the subjects part: the offset of the octet among those of the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    /// The grammar's state and the octet's class there.
    #[serde(default)]
    pub place: String,
    /// Who stands with whom, the largest group first.
    #[serde(default)]
    pub groups: Vec<Vec<String>>,
    /// What each subject makes of it, by name.
    #[serde(default)]
    pub outcomes: BTreeMap<String, String>,
    /// With each of the 256 octets at that place: which of them each subject takes.
    #[serde(default)]
    pub sweep: BTreeMap<String, String>,
    /// How it was seen again: `whole`, `octets`, `fresh`.
    #[serde(default)]
    pub seen_again: Vec<String>,
    /// The versions of the subjects.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
}

/// One cause of divergence, with those that show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The version of this form.
    pub finding: u32,
    /// The protocol.
    pub target: Target,
    /// How bad, at its worst.
    pub severity: Severity,
    /// What it comes down to.
    pub cause: Cause,
    /// Inputs that show it: the worst first, and of those the smallest.
    pub witnesses: Vec<Witness>,
    /// What is known of the smallest one; none until it was looked at.
    #[serde(default)]
    pub explanation: Option<Explanation>,
    /// How often it was met, by run: merging keeps the larger number of each run.
    pub met: BTreeMap<String, u64>,
}

impl Finding {
    /// Its name: that of its file, and what commands call it by.
    pub fn id(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let cause: String = self.cause.text().chars().map(plain).collect();
        let cause = cause.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
        let name = self.target.spec().name;
        let kind = match self.cause {
            Cause::Repair(_) => "",
            Cause::Place(_) => "at-",
            Cause::Broken(_) => "breaks-",
        };
        format!("{name}-{kind}{cause}")
    }

    /// The input of its smallest witness.
    pub fn input(&self) -> Option<Input> {
        self.witnesses.first()?.input(self.target)
    }

    /// Adds a witness; of one signature the smaller input stays. Whether anything changed.
    pub fn add(&mut self, witness: Witness) -> bool {
        let smallest = self.witnesses.first().map(|w| w.input.clone());
        let before = self.witnesses.clone();
        self.witnesses.push(witness);
        self.witnesses.sort_by(|a, b| order(a).cmp(&order(b)));
        let mut seen = BTreeSet::new();
        self.witnesses.retain(|w| seen.insert(w.signature.clone()));
        self.keep_the_best(if matches!(self.cause, Cause::Broken(_)) { BREAKS } else { WITNESSES });
        self.severity = self.witnesses.first().map_or(self.severity, |w| w.severity);
        if self.witnesses.first().map(|w| w.input.clone()) != smallest {
            self.explanation = None; // it spoke of another input
        }
        self.witnesses != before
    }

    /// Keeps so many witnesses, and more if need be: of each pair of subjects the best one stays, for books of known
    /// differences name subjects.
    fn keep_the_best(&mut self, most: usize) {
        let mut pairs = BTreeSet::new();
        let first: Vec<bool> = self.witnesses.iter().map(|w| pairs.insert(w.subjects.clone())).collect();
        let mut more = most.saturating_sub(pairs.len());
        let mut first = first.into_iter();
        self.witnesses.retain(|_| {
            let kept = first.next() == Some(true);
            let room = !kept && more > 0;
            more -= usize::from(room);
            kept || room
        });
    }

    /// Takes in another finding of the same cause. Order and repetition do not matter.
    pub fn merge(&mut self, other: &Finding) {
        let explained = |f: &Finding| f.explanation.clone().map(|e| (f.witnesses.first().map(|w| w.input.clone()), e));
        let known = [explained(self), explained(other)];
        for witness in &other.witnesses {
            self.add(witness.clone());
        }
        let smallest = self.witnesses.first().map(|w| w.input.clone());
        let fitting = known.into_iter().flatten().filter(|(input, _)| *input == smallest).map(|(_, e)| e);
        // Two explanations of one input: the one that says more, and else the one that sorts first.
        let rank =
            |e: &Explanation| (std::cmp::Reverse(e.outcomes.len()), serde_json::to_string(e).unwrap_or_default());
        self.explanation = fitting.min_by_key(rank);
        for (run, count) in &other.met {
            let met = self.met.entry(run.clone()).or_default();
            *met = (*met).max(*count);
        }
    }

    /// The roles in which it was seen.
    pub fn roles(&self) -> Vec<&'static str> {
        let mut roles: Vec<&str> = self.witnesses.iter().map(|w| w.role.name()).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// How often it was met in all.
    pub fn times(&self) -> u64 {
        self.met.values().sum()
    }
}

/// Worse ones first, and of those the smaller inputs.
fn order(witness: &Witness) -> (Severity, usize, &Witness) {
    (witness.severity, witness.input.len(), witness)
}

/// The text of an input in findings.
pub fn text(input: &Input) -> String {
    to_hex(&input.to_octets())
}

/// Findings by id.
pub type Findings = BTreeMap<String, Finding>;

/// Reads all findings under a folder, of whatever run, and merges them. What is no finding is named beside them.
pub fn read(folder: &Path) -> (Findings, Vec<String>) {
    let (mut findings, mut strange) = (Findings::new(), Vec::new());
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in files::list(&folder).into_iter().filter(|p| p.extension().is_some_and(|e| e == "json")) {
            match read_one(&path) {
                Ok(finding) => add(&mut findings, &finding),
                Err(why) => strange.push(why),
            }
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
    strange.sort();
    (findings, strange)
}

/// The findings that stand in a folder itself, not in folders in it.
pub fn read_flat(folder: &Path) -> Findings {
    let mut findings = Findings::new();
    for path in files::list(folder) {
        if let Ok(finding) = read_one(&path) {
            add(&mut findings, &finding);
        }
    }
    findings
}

/// What is left of a finding that was run again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// Its id.
    pub id: String,
    /// How many witnesses it had.
    pub had: usize,
    /// How many still show it; without any it is removed.
    pub has: usize,
}

/// Drops from the findings of a folder, and of those in it, the witnesses that do not stand any longer. Gives those that
/// lost some, file by file. What cannot be read is left alone.
///
/// # Errors
/// If a file cannot be written or removed.
pub fn prune(folder: &Path, stands: &mut dyn FnMut(&Finding, &Witness) -> bool) -> std::io::Result<Vec<Pruned>> {
    let mut pruned = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in files::list(&folder).into_iter().filter(|p| p.extension().is_some_and(|e| e == "json")) {
            let Ok(before) = read_one(&path) else { continue };
            let (id, had) = (before.id(), before.witnesses.len());
            let mut after = before.clone();
            after.witnesses.retain(|witness| stands(&before, witness));
            match after.witnesses.first() {
                None => std::fs::remove_file(&path)?,
                Some(_) if after.witnesses.len() == had => continue,
                Some(first) => {
                    after.severity = first.severity;
                    after.explanation = after.explanation.filter(|_| before.witnesses.first() == Some(first));
                    write_as(&path, &after)?;
                }
            }
            pruned.push(Pruned { id, had, has: after.witnesses.len() });
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
    pruned.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(pruned)
}

/// Adds a finding to others.
pub fn add(findings: &mut Findings, finding: &Finding) {
    match findings.get_mut(&finding.id()) {
        Some(known) => known.merge(finding),
        None => drop(findings.insert(finding.id(), finding.clone())),
    }
}

fn read_one(path: &Path) -> Result<Finding, String> {
    let told = |why: String| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| told(e.to_string()))?;
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|e| told(e.to_string()))?;
    match json["finding"].as_u64() {
        Some(form) if form == u64::from(FORM) => serde_json::from_value(json).map_err(|e| told(e.to_string())),
        Some(form) => Err(told(format!("a finding of form {form}; this version reads {FORM}"))),
        None => Err(told("not a finding".to_owned())),
    }
}

/// Writes a finding into a folder.
///
/// # Errors
/// If it cannot be written.
pub fn write(folder: &Path, finding: &Finding) -> std::io::Result<PathBuf> {
    let path = folder.join(format!("{}.json", finding.id()));
    write_as(&path, finding)?;
    Ok(path)
}

/// Writes a finding to this file.
pub(crate) fn write_as(path: &Path, finding: &Finding) -> std::io::Result<()> {
    let mut text = serde_json::to_string_pretty(finding).map_err(std::io::Error::other)?;
    text.push('\n');
    files::write(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn witness(subjects: [&str; 2], severity: Severity, input: &str, signature: &str) -> Witness {
        let subjects = subjects.map(str::to_owned).to_vec();
        let (input, signature) = (input.to_owned(), signature.to_owned());
        Witness { input, subjects, role: Role::Server, severity, what: String::new(), signature }
    }

    #[test]
    fn of_each_pair_one_witness_stays() {
        let mut finding = empty();
        for at in 0..20 {
            finding.add(witness(["a", "b"], Severity::S1, "00", &at.to_string()));
        }
        finding.add(witness(["a", "c"], Severity::S3, "0000", "late"));
        finding.add(witness(["a", "c"], Severity::S3, "000000", "later"));
        let of = |name: &str| finding.witnesses.iter().filter(|w| w.subjects[1] == name).count();
        assert_eq!((of("b"), of("c")), (WITNESSES - 1, 1));
        assert_eq!(finding.witnesses.last().map(|w| w.signature.as_str()), Some("late"));
    }

    #[test]
    fn what_does_not_stand_any_longer_is_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let runs = ["one", "other"].map(|run| folder.path().join(run));
        let mut finding = empty();
        finding.add(witness(["a", "b"], Severity::S1, "00", "worst"));
        finding.add(witness(["a", "c"], Severity::S3, "00", "least"));
        finding.explanation = Some(Explanation::default());
        runs.iter().for_each(|run| drop(write(run, &finding).expect("written")));
        std::fs::write(runs[0].join("rubbish.json"), "{}").expect("written");
        let left = |gone: &[&str]| {
            let pruned = prune(folder.path(), &mut |_, w| !gone.contains(&w.signature.as_str())).expect("written");
            let (found, strange) = read(folder.path());
            assert_eq!(strange.len(), 1, "rubbish stays");
            let left = found.into_values().next().map(|f| (f.severity, f.witnesses.len(), f.explanation.is_some()));
            (pruned.iter().map(|p| (p.had, p.has)).collect::<Vec<_>>(), left)
        };
        assert_eq!(left(&[]), (vec![], Some((Severity::S1, 2, true))));
        assert_eq!(
            left(&["worst"]),
            (vec![(2, 1), (2, 1)], Some((Severity::S3, 1, false))),
            "it spoke of another input"
        );
        assert_eq!(left(&["least"]), (vec![(1, 0), (1, 0)], None));
    }

    fn empty() -> Finding {
        Finding {
            finding: FORM,
            target: Target::Http1,
            severity: Severity::S3,
            cause: Cause::Repair("bare-lf".to_owned()),
            witnesses: Vec::new(),
            explanation: None,
            met: BTreeMap::new(),
        }
    }
}
