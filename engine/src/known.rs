//! Known differences as data: reviewed, each with the clause that decides it.

use std::collections::BTreeSet;

use globset::Glob;
use serde::{Deserialize, Serialize};

use crate::findings::{Finding, Findings};

/// One reviewed cause of divergence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The finding's id; `*` stands for any part of one.
    pub finding: String,
    /// The subjects that are known to part from others here, as `NAME` or `NAME VERSION`, `*` in the version allowed.
    /// Each witness must have one of them. Empty: any.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// What they do, and who is right.
    pub reason: String,
    /// What decides it: `RFC 9112, 2.2`.
    pub clause: String,
    /// Where it is reported, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The day (`2027-06-30`) from which it counts no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// A file of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// The protocol.
    pub protocol: String,
    /// The entries.
    pub known: Vec<Known>,
}

/// How findings stand against the known differences.
#[derive(Debug, Default)]
pub struct Standing<'f> {
    /// Findings that no entry speaks of.
    pub new: Vec<&'f Finding>,
    /// Findings with their entry, by its place in the book.
    pub known: Vec<(&'f Finding, usize)>,
    /// Entries that have expired, by place.
    pub expired: Vec<usize>,
    /// Entries that no finding is about, by place.
    pub unmet: Vec<usize>,
}

impl Book {
    /// Reads a book.
    ///
    /// # Errors
    /// With the file's name and the place in it.
    pub fn read(name: &str, text: &str) -> Result<Book, String> {
        let book: Book = serde_json::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        for known in &book.known {
            Glob::new(&known.finding).map_err(|e| format!("{name}: {}: {e}", known.finding))?;
        }
        Ok(book)
    }

    /// Sorts findings into known and new ones. `today` is a day as in [`Known::expires`].
    pub fn judge<'f>(&self, findings: &'f Findings, today: &str) -> Standing<'f> {
        let expired: BTreeSet<usize> = (self.known.iter().enumerate())
            .filter(|(_, k)| k.expires.as_deref().is_some_and(|day| day <= today))
            .map(|(at, _)| at)
            .collect();
        let mut standing = Standing { expired: expired.iter().copied().collect(), ..Standing::default() };
        let mut met = BTreeSet::new();
        for finding in findings.values() {
            let entry = (0..self.known.len()).find(|at| !expired.contains(at) && self.known[*at].covers(finding));
            match entry {
                Some(at) => {
                    met.insert(at);
                    standing.known.push((finding, at));
                }
                None => standing.new.push(finding),
            }
        }
        standing.unmet = (0..self.known.len()).filter(|at| !met.contains(at) && !expired.contains(at)).collect();
        standing
    }
}

impl Known {
    /// Whether it speaks of all that shows this finding.
    pub fn covers(&self, finding: &Finding) -> bool {
        let fits = |pattern: &str, text: &str| Glob::new(pattern).is_ok_and(|g| g.compile_matcher().is_match(text));
        let versions = finding.explanation.as_ref().map(|e| &e.versions);
        let is = |known: &String, name: &String| match known.split_once(' ') {
            None => known == name,
            Some((n, pattern)) => n == name && versions.and_then(|v| v.get(name)).is_some_and(|v| fits(pattern, v)),
        };
        let covered = |names: &Vec<String>| names.iter().any(|n| self.subjects.iter().any(|known| is(known, n)));
        fits(&self.finding, &finding.id())
            && (self.subjects.is_empty() || finding.witnesses.iter().all(|witness| covered(&witness.subjects)))
    }
}
