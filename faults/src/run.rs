//! Hunts, one after the other, on one core.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::process::Command;
use std::time::Instant;

use wireproof::compare::Severity;
use wireproof_engine::hunt::{Guide, Hunt, Options};
use wireproof_faults::{Fault, seeds};

use crate::record::{Record, path, read};

/// How to measure.
pub(crate) struct Plan {
    /// Processor time for a hunt.
    pub(crate) seconds: f64,
    /// Hunts for a fault and a guide.
    pub(crate) seeds: u64,
    /// Whether what was measured before is kept.
    pub(crate) resume: bool,
}

/// Hunts for each fault with each guide and seed; whatever is done is on disk. Seeds come outermost, so that a run that
/// is stopped has something of each fault.
pub(crate) fn all(faults: &[Fault], guides: &[Guide], plan: &Plan) -> Result<(), String> {
    std::panic::set_hook(Box::new(|_| {})); // a faulty copy may panic; that is a finding
    let commit = commit();
    for guide in guides {
        let done: HashSet<(String, u64)> = match plan.resume {
            true => read(*guide).into_iter().map(|record| (record.fault, record.seed)).collect(),
            false => HashSet::new(),
        };
        let mut file = open(*guide, plan.resume)?;
        for seed in 0..plan.seeds {
            for fault in faults.iter().filter(|fault| !done.contains(&(fault.name.clone(), seed))) {
                let record = hunt(fault, *guide, seed, plan.seconds, &commit)?;
                let (found, inputs, seconds) = (&record.found, record.inputs, record.seconds);
                let found = found.as_deref().unwrap_or("not found");
                println!("{guide:?} {seed} {:24} {inputs:>9} inputs {seconds:>7.2} s  {found}", fault.name);
                let line = serde_json::to_string(&record).map_err(|error| error.to_string())?;
                writeln!(file, "{line}").map_err(|error| error.to_string())?;
            }
        }
    }
    Ok(())
}

/// The file of a guide's records, to append to.
fn open(guide: Guide, resume: bool) -> Result<File, String> {
    let path = path(guide);
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let file = folder.and_then(|()| OpenOptions::new().create(true).append(true).open(&path));
    let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
    if !resume {
        file.set_len(0).map_err(|error| error.to_string())?;
    }
    Ok(file)
}

/// One hunt: until the fault is found, or the time is over.
fn hunt(fault: &Fault, guide: Guide, seed: u64, cap: f64, commit: &str) -> Result<Record, String> {
    let panel = fault.panel().ok_or_else(|| format!("{} was not built", fault.name))?;
    let corpus = seeds::corpus(fault.target()).map_err(|error| error.to_string())?;
    let options = Options { seed, guide, least: Severity::S3, laws: false, ..Options::default() };
    let mut hunt = Hunt::new(panel, corpus, options);
    let clock = Clock::start();
    let mut steps = 0u32;
    hunt.replay(&mut |_| true);
    while hunt.findings().is_empty() && (!steps.is_multiple_of(64) || clock.seconds() < cap) {
        hunt.step();
        steps += 1;
    }
    let seconds = clock.seconds();
    let triage = hunt.stats().triage_ms as f64 / 1000.0;
    let found = hunt.findings().values().next().map(|finding| format!("{} {}", finding.severity, finding.cause.text()));
    Ok(Record {
        fault: fault.name.clone(),
        guide,
        seed,
        found,
        inputs: hunt.stats().inputs,
        seconds: (seconds - triage).max(0.0),
        cap,
        commit: commit.to_owned(),
        build: if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned(),
    })
}

/// Processor time of this thread where the system tells it (Linux), else the clock's.
struct Clock {
    begun: Instant,
    used: Option<u64>,
}

impl Clock {
    fn start() -> Clock {
        Clock { begun: Instant::now(), used: used() }
    }

    fn seconds(&self) -> f64 {
        match (self.used, used()) {
            (Some(before), Some(now)) => now.saturating_sub(before) as f64 / 1e9,
            _ => self.begun.elapsed().as_secs_f64(),
        }
    }
}

/// Nanoseconds that this thread has run.
fn used() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split_whitespace().next()?.parse().ok()
}

/// The commit of the tree.
fn commit() -> String {
    let git = |args: &[&str]| {
        let out = Command::new("git").args(args).current_dir(crate::root()).output().ok();
        out.filter(|out| out.status.success()).map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    };
    let short = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "no commit".to_owned());
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|text| !text.is_empty());
    if changed { short + "+" } else { short }
}
