//! Divergences met in libFuzzer become findings, as those of `wireproof fuzz` are.

use std::collections::HashSet;
use std::path::PathBuf;

use wireproof::compare::{Difference, Severity};
use wireproof_engine::Input;
use wireproof_engine::explain::{Parting, labels, raw};
use wireproof_engine::findings::Finding;
use wireproof_engine::hunt::{broken, hash, plain};
use wireproof_engine::panel::Panel;
use wireproof_engine::store::Store;

use crate::subjects::is_ours;

/// The variable that names the folder of findings.
const FOLDER: &str = "WIREPROOF_FINDINGS";

/// The name of the run in findings.
const RUN: &str = "libfuzzer";

/// Takes note of each kind of divergence once.
#[derive(Default)]
pub(crate) struct Recorder {
    /// None if there is nowhere to take note.
    store: Option<Store>,
    met: HashSet<u64>,
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
        Recorder { store: folder.map(|folder| Store::open(Some(folder))), ..Recorder::default() }
    }

    /// Takes note of subjects that break.
    ///
    /// # Panics
    /// If one is ours, or there is nowhere to take note.
    pub(crate) fn breaks(&mut self, panel: &Panel, input: &Input) {
        for member in &panel.members {
            let Some(fault) = member.reading().and_then(|reading| reading.fault) else { continue };
            let words = member.fault.clone().unwrap_or_default();
            assert!(self.store.is_some() && !is_ours(&member.name), "{}: {fault:?}: {words}", member.title());
            let kind = format!("{fault:?}").to_lowercase();
            let plain = plain(&words);
            if self.is_new(&(&member.name, &kind, &plain)) {
                self.take(broken(input.target, input, &member.name, &kind, &plain, RUN));
            }
        }
    }

    /// Takes note of divergences, each kind once: who parts, in what, and what each makes of it.
    pub(crate) fn divergences(&mut self, panel: &mut Panel, input: &Input, all: Vec<((usize, usize), Difference)>) {
        if self.store.is_none() {
            return;
        }
        let bad = |d: &Difference| d.severity > Severity::S0 && d.severity <= Severity::S3;
        let partings = all.into_iter().filter(|(_, d)| bad(d)).filter_map(|(pair, d)| Parting::of(panel, pair, d));
        let new: Vec<Parting> = partings.filter(|parting| self.is_new(&(input.shape & 1, parting))).collect();
        for parting in new {
            let labels = labels(panel, input, &parting);
            self.take(raw(panel, input, &parting, &labels, RUN));
        }
    }

    fn is_new(&mut self, kind: &impl std::hash::Hash) -> bool {
        self.met.insert(hash(kind))
    }

    /// Adds a finding to what is known of its cause, and writes that.
    ///
    /// # Panics
    /// If it cannot be written: a run whose findings are lost is worth nothing.
    fn take(&mut self, finding: Finding) {
        let Some(store) = &mut self.store else { return };
        store.take(finding).unwrap_or_else(|error| panic!("{FOLDER}: {error}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wireproof::{Engine, EventRef, InProcess, Profile, SendError};
    use wireproof_adapters::rust::{Httparse, WireproofHttp1};
    use wireproof_engine::Target;
    use wireproof_engine::findings;
    use wireproof_engine::panel::Member;

    /// An endpoint that panics at once.
    struct Broken;

    impl Engine for Broken {
        fn receive(&mut self, _: wireproof::Input<'_>, _: &mut dyn FnMut(&EventRef<'_>)) {
            panic!("at octet 7")
        }

        fn send(&mut self, _: &wireproof::AnyAction) -> Result<(), SendError> {
            Ok(())
        }

        fn transmit(&mut self, _: &mut Vec<u8>) {}
    }

    fn broken(name: &str) -> InProcess {
        InProcess::of_engines(Profile { name: name.to_owned(), ..Profile::default() }, |_, _| Ok(Box::new(Broken)))
    }

    fn put(recorder: &mut Recorder, subjects: [InProcess; 2]) -> Panel {
        let members = subjects.map(|subject| Member::here(Target::Http1, subject));
        let mut panel = Panel::new(Target::Http1, Vec::from(members));
        let octets = b"GET / HTTP/1.1\nHost: a\n\n".to_vec(); // httparse takes lines that end with LF alone
        let input = Input { target: Target::Http1, shape: 0, octets };
        panel.run(&input, &|_, _| true);
        recorder.breaks(&panel, &input);
        let differences = panel.differences();
        recorder.divergences(&mut panel, &input, differences);
        panel
    }

    #[test]
    fn a_kind_of_divergence_is_written_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut recorder = Recorder::new(Some(folder.path().to_owned()));
        for _ in 0..3 {
            put(&mut recorder, [InProcess::new(WireproofHttp1), InProcess::new(Httparse)]);
        }
        let (findings, strange) = findings::read(folder.path());
        let found: Vec<_> = findings.values().map(|f| (f.severity, f.times(), f.witnesses.len())).collect();
        assert_eq!((found, strange), (vec![(Severity::S3, 1, 1)], Vec::new()));
    }

    #[test]
    fn what_breaks_is_written_unless_it_is_ours() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut recorder = Recorder::new(Some(folder.path().to_owned()));
        put(&mut recorder, [InProcess::new(WireproofHttp1), broken("theirs")]);
        let (findings, _) = findings::read(folder.path());
        let found: Vec<_> = findings.values().map(|f| (f.severity, f.witnesses[0].what.as_str())).collect();
        assert_eq!(found, [(Severity::S0, "panic: at octet ")]);
        let stops = |folder: Option<PathBuf>, name: &str| {
            let run = || {
                let subjects = [InProcess::new(WireproofHttp1), broken(name)];
                drop(put(&mut Recorder::new(folder.clone()), subjects));
            };
            std::panic::catch_unwind(run).is_err()
        };
        assert!(stops(None, "theirs"), "there is nowhere to take note");
        assert!(stops(Some(folder.path().to_owned()), "wireproof-broken"));
        assert!(!stops(Some(folder.path().to_owned()), "theirs"));
    }
}
