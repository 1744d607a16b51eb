//! Divergences met in libFuzzer become findings, as those of `wireproof fuzz` are.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::PathBuf;

use wireproof::compare::{Difference, Severity};
use wireproof_engine::Input;
use wireproof_engine::explain::{Parting, labels, raw};
use wireproof_engine::findings::{self, Finding, Findings};
use wireproof_engine::hunt::broken;
use wireproof_engine::panel::Panel;

use crate::subjects::is_ours;

/// The variable that names the folder of findings.
const FOLDER: &str = "WIREPROOF_FINDINGS";

/// The name of the run in findings.
const RUN: &str = "libfuzzer";

/// Takes note of each kind of divergence once.
#[derive(Default)]
pub(crate) struct Recorder {
    folder: Option<PathBuf>,
    met: HashSet<u64>,
    findings: Findings,
}

impl Recorder {
    /// One that writes where the environment says; else it records nothing.
    pub(crate) fn of_environment() -> Recorder {
        let base = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        // A folder for each process: several share one.
        Recorder::new(base.map(|base| base.join(format!("{RUN}-{}", std::process::id()))))
    }

    /// One that writes to this folder.
    pub(crate) fn new(folder: Option<PathBuf>) -> Recorder {
        Recorder { folder, ..Recorder::default() }
    }

    /// Takes note of subjects that break.
    ///
    /// # Panics
    /// If one is ours, or there is nowhere to take note.
    pub(crate) fn breaks(&mut self, panel: &Panel, input: &Input) {
        for member in &panel.members {
            let Some(fault) = member.reading().and_then(|reading| reading.fault) else { continue };
            let words = member.fault.clone().unwrap_or_default();
            assert!(self.folder.is_some() && !is_ours(&member.name), "{}: {fault:?}: {words}", member.title());
            let kind = format!("{fault:?}").to_lowercase();
            let plain: String =
                words.lines().next().unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).collect();
            if self.is_new(&(&member.name, &kind, &plain)) {
                self.take(&broken(input.target, input, &member.name, &kind, &plain, RUN));
            }
        }
    }

    /// Takes note of divergences, each kind once: who parts, in what, and what each makes of it.
    pub(crate) fn divergences(&mut self, panel: &mut Panel, input: &Input, all: Vec<((usize, usize), Difference)>) {
        if self.folder.is_none() {
            return;
        }
        let bad = |d: &Difference| d.severity > Severity::S0 && d.severity <= Severity::S3;
        let partings = all.into_iter().filter(|(_, d)| bad(d)).filter_map(|(pair, d)| Parting::of(panel, pair, d));
        let new: Vec<Parting> = partings.filter(|parting| self.is_new(&(input.shape & 1, parting))).collect();
        for parting in new {
            let labels = labels(panel, input, &parting);
            self.take(&raw(panel, input, &parting, &labels, RUN));
        }
    }

    fn is_new(&mut self, kind: &impl std::hash::Hash) -> bool {
        self.met.insert(BuildHasherDefault::<DefaultHasher>::default().hash_one(kind))
    }

    /// Adds a finding to what is known of its cause, and writes that.
    ///
    /// # Panics
    /// If it cannot be written: a run whose findings are lost is worth nothing.
    fn take(&mut self, finding: &Finding) {
        let Some(folder) = &self.folder else { return };
        findings::add(&mut self.findings, finding);
        let whole = &self.findings[&finding.id()];
        findings::write(folder, whole).unwrap_or_else(|error| panic!("{FOLDER}: {error}"));
    }
}
