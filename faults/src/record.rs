//! What came of one hunt, and where such records lie.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use wireproof_engine::hunt::Guide;

use crate::root;

/// One hunt for one fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) fault: String,
    pub(crate) guide: Guide,
    pub(crate) seed: u64,
    /// How it was found: severity and cause; none if it was not.
    pub(crate) found: Option<String>,
    /// Inputs put to both cores.
    pub(crate) inputs: u64,
    /// Processor time, in seconds, without triage.
    pub(crate) seconds: f64,
    /// The limit on it.
    pub(crate) cap: f64,
    /// The commit of the tree, with `+` where files were changed.
    pub(crate) commit: String,
    /// `release` or `debug`.
    pub(crate) build: String,
}

/// The file of a guide's records.
pub(crate) fn path(guide: Guide) -> PathBuf {
    root().join(format!("target/faults/{}.jsonl", guide.name()))
}

/// The records of a guide; a line that was cut off by a kill is left out.
pub(crate) fn read(guide: Guide) -> Vec<Record> {
    let text = std::fs::read_to_string(path(guide)).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
