//! Known differences as data: reviewed, each with the clause that decides it.

use std::collections::BTreeSet;

use globset::Glob;
use serde::{Deserialize, Serialize};
use wireproof::compare::Severity;

use crate::findings::{Finding, Findings, Witness};

/// One reviewed cause of divergence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The finding's id; `*` stands for any part of one.
    pub finding: String,
    /// The subjects that are known to part from others here, as `NAME` or `NAME VERSION`, `*` in the version allowed.
    /// A witness must have one of them. Empty: any.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// The worst that is known: what is worse than this is something else. Without it: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<Severity>,
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
    /// Findings all of whose witnesses are known, with the entry of the worst one, by its place in the book.
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
            let valid = || (0..self.known.len()).filter(|at| !expired.contains(at));
            let entry = |witness| valid().find(|at| self.known[*at].covers_witness(finding, witness));
            let entries: Vec<Option<usize>> = finding.witnesses.iter().map(entry).collect();
            match entries.first() {
                Some(Some(first)) if entries.iter().all(Option::is_some) => standing.known.push((finding, *first)),
                _ => standing.new.push(finding),
            }
            met.extend(entries.into_iter().flatten());
        }
        standing.unmet = (0..self.known.len()).filter(|at| !met.contains(at) && !expired.contains(at)).collect();
        standing
    }
}

impl Known {
    /// Whether it speaks of all that shows this finding.
    pub fn covers(&self, finding: &Finding) -> bool {
        finding.witnesses.iter().all(|witness| self.covers_witness(finding, witness))
    }

    /// Whether it speaks of what this witness of the finding shows.
    pub fn covers_witness(&self, finding: &Finding, witness: &Witness) -> bool {
        let fits = |pattern: &str, text: &str| Glob::new(pattern).is_ok_and(|g| g.compile_matcher().is_match(text));
        let versions = finding.explanation.as_ref().map(|e| &e.versions);
        let is = |known: &String, name: &String| match known.split_once(' ') {
            None => known == name,
            Some((n, pattern)) => n == name && versions.and_then(|v| v.get(name)).is_some_and(|v| fits(pattern, v)),
        };
        fits(&self.finding, &finding.id())
            && self.worst.is_none_or(|worst| witness.severity >= worst)
            && (self.subjects.is_empty()
                || witness.subjects.iter().any(|name| self.subjects.iter().any(|known| is(known, name))))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use wireproof::Role;

    use super::*;
    use crate::Target;
    use crate::findings::{Cause, FORM};

    fn witness(subjects: &[&str], severity: Severity) -> Witness {
        let subjects: Vec<String> = subjects.iter().map(|name| (*name).to_owned()).collect();
        let signature = subjects.join(" ");
        Witness { input: "00".to_owned(), subjects, role: Role::Server, severity, what: String::new(), signature }
    }

    fn findings(witnesses: &[(&[&str], Severity)]) -> Findings {
        let finding = Finding {
            finding: FORM,
            target: Target::Http1,
            severity: Severity::S1,
            cause: Cause::Repair("bare-lf".to_owned()),
            witnesses: witnesses.iter().map(|(subjects, severity)| witness(subjects, *severity)).collect(),
            explanation: None,
            met: BTreeMap::new(),
        };
        Findings::from([(finding.id(), finding)])
    }

    fn known(subject: &str, worst: Option<Severity>) -> Known {
        Known {
            finding: "http1-bare-lf".to_owned(),
            subjects: vec![subject.to_owned()],
            worst,
            reason: "it may".to_owned(),
            clause: "RFC 9112, 2.2".to_owned(),
            link: None,
            expires: None,
        }
    }

    /// Whether the finding is known to a book of these entries, and which entries no witness has met.
    fn judged(known: Vec<Known>, witnesses: &[(&[&str], Severity)]) -> (bool, Vec<usize>) {
        let findings = findings(witnesses);
        let standing = Book { protocol: "http1".to_owned(), known }.judge(&findings, "2026-11-23");
        assert_eq!(standing.known.len() + standing.new.len(), 1);
        (standing.new.is_empty(), standing.unmet.clone())
    }

    #[test]
    fn each_witness_has_its_entry() {
        let (b, c) = (known("b", None), known("c", None));
        let both: [(&[&str], Severity); 2] = [(&["a", "b"], Severity::S1), (&["c", "a"], Severity::S3)];
        assert_eq!(judged(vec![b.clone(), c.clone()], &both), (true, vec![]));
        assert_eq!(judged(vec![b.clone()], &both), (false, vec![]), "c is new, and b was met");
        assert_eq!(judged(vec![b, c], &both[..1]), (true, vec![1]));
    }

    #[test]
    fn what_is_worse_is_something_else() {
        let of = |severity| judged(vec![known("b", Some(Severity::S2))], &[(&["a", "b"], severity)]).0;
        assert_eq!([Severity::S1, Severity::S2, Severity::S3].map(of), [false, true, true]);
    }
}
