//! One file per command.

pub(crate) mod adapter;
pub(crate) mod bench;
pub(crate) mod coverage;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod findings;
pub(crate) mod fuzz;
pub(crate) mod list;
pub(crate) mod pair;
pub(crate) mod repro;
pub(crate) mod run;
pub(crate) mod setup;
pub(crate) mod vectors;
