//! The findings of one run, in memory and in a folder of their own, that only ever grow.

use std::io;
use std::path::{Path, PathBuf};

use crate::findings::{self, Finding, Findings};
use crate::{Input, files};

/// The folder, beside the findings, of what was seen and is not explained yet.
const SEEN: &str = "seen";

/// Findings of one run. What the folder holds already, from before a restart, is part of them: nothing is overwritten
/// by something that knows less.
#[derive(Debug, Default)]
pub struct Store {
    folder: Option<PathBuf>,
    findings: Findings,
}

impl Store {
    /// A store over this folder; without one it keeps all in memory.
    pub fn open(folder: Option<PathBuf>) -> Store {
        let findings = folder.as_deref().map(findings::read_flat).unwrap_or_default();
        Store { folder, findings }
    }

    /// All of them.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// Takes a finding in, and writes what is known of its cause now. It was met once more in its run.
    ///
    /// # Errors
    /// If it cannot be written; it is kept in memory all the same.
    pub fn take(&mut self, mut finding: Finding) -> io::Result<Option<PathBuf>> {
        let id = finding.id();
        if let Some(known) = self.findings.get(&id) {
            for (run, count) in &mut finding.met {
                *count += known.met.get(run).copied().unwrap_or_default();
            }
        }
        findings::add(&mut self.findings, &finding);
        self.folder.as_deref().map(|folder| findings::write(folder, &self.findings[&id])).transpose()
    }

    /// Counts one more meeting of a cause that is known well; not written until something else is learnt of it.
    pub fn meet(&mut self, id: &str, run: &str) {
        if let Some(known) = self.findings.get_mut(id) {
            *known.met.entry(run.to_owned()).or_default() += 1;
        }
    }

    /// Writes what was seen on an input before anything is known of it, beside the findings: a kill from here on loses
    /// nothing.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn see(&self, input: &Input, finding: &Finding) -> io::Result<()> {
        self.seen(input).map_or(Ok(()), |path| findings::write_as(&path, finding))
    }

    /// What was seen on this input is explained now.
    pub fn forget(&self, input: &Input) {
        if let Some(path) = self.seen(input) {
            let _ = std::fs::remove_file(path);
        }
    }

    fn seen(&self, input: &Input) -> Option<PathBuf> {
        let name = files::name(&input.to_octets());
        self.folder.as_deref().map(|folder: &Path| folder.join(SEEN).join(format!("{name}.json")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;
    use crate::hunt::broken;

    fn input(octets: &[u8]) -> Input {
        Input { target: Target::Http1, shape: 0, octets: octets.to_vec() }
    }

    fn death(octets: &[u8], words: &str) -> Finding {
        broken(Target::Http1, &input(octets), "in-process", "signal", words, "run")
    }

    #[test]
    fn what_was_found_before_a_restart_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || Store::open(Some(folder.path().to_owned()));
        open().take(death(b"aa", "signal 11")).expect("written");
        open().take(death(b"b", "signal 6")).expect("written");
        open().take(death(b"cccc", "signal 11")).expect("written");
        let (found, strange) = findings::read(folder.path());
        assert!(strange.is_empty(), "{strange:?}");
        let only = found.values().next().expect("one cause");
        let inputs: Vec<&str> = only.witnesses.iter().map(|w| w.input.as_str()).collect();
        assert_eq!(
            (found.len(), inputs.len(), only.times()),
            (1, 2, 3),
            "a smaller input replaces one of its signature"
        );
        assert!(inputs.contains(&"0062") && inputs.contains(&"006161"), "{inputs:?}");
    }

    #[test]
    fn what_was_seen_has_a_file_for_each_input_until_it_is_explained() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(Some(folder.path().to_owned()));
        for octets in [&b"a"[..], b"b", b"a"] {
            store.see(&input(octets), &death(octets, "the same")).expect("written");
        }
        let seen = || files::list(&folder.path().join(SEEN)).len();
        assert_eq!(seen(), 2);
        assert!(Store::open(Some(folder.path().to_owned())).findings().is_empty(), "these are no findings yet");
        store.forget(&input(b"a"));
        assert_eq!(seen(), 1);
    }

    #[test]
    fn without_a_folder_all_is_kept_in_memory() {
        let mut store = Store::open(None);
        assert_eq!(store.take(death(b"a", "x")).expect("nothing to write"), None);
        store.meet(&death(b"a", "x").id(), "run");
        assert_eq!(store.findings().values().map(Finding::times).sum::<u64>(), 2);
    }
}
