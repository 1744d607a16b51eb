//! `wireproof fuzz`: loops in processes of their own, watched from here, so that a crash costs one input and no result.

mod report;
mod supervise;
mod worker;

use std::path::PathBuf;

use wireproof_engine::Target;

use crate::args::{Cli, Fuzz};
use crate::failure::Failure;
use crate::select::protocol;

pub(crate) use report::{book, groups, name_of_day, write_queue};

pub(crate) fn run(cli: &Cli, fuzz: &Fuzz) -> Result<bool, Failure> {
    let spec = protocol(&fuzz.protocol)?;
    let target = Target::named(spec.name).ok_or_else(|| Failure::usage(format!("{} has no fuzzing", spec.name)))?;
    match &fuzz.worker {
        Some(name) => worker::run(cli, fuzz, target, name),
        None => supervise::run(cli, fuzz, target),
    }
}

/// Where a run keeps what is its own.
pub(crate) struct Folders {
    /// Inputs, named by content.
    pub(crate) corpus: PathBuf,
    /// Findings, a folder for each loop.
    pub(crate) findings: PathBuf,
    /// What each loop is running at this moment.
    pub(crate) inflight: PathBuf,
}

impl Folders {
    pub(crate) fn of(base: &std::path::Path, target: Target) -> Folders {
        let base = base.join(target.spec().name);
        Folders { corpus: base.join("corpus"), findings: base.join("findings"), inflight: base.join("inflight") }
    }
}
