//! Loads and lints a folder of vectors: `cargo run -p wireproof --example lint -- vectors`.

use std::path::PathBuf;

use wireproof::vectors::{Suite, lint};

fn main() -> std::process::ExitCode {
    let dir = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| "vectors".into()));
    let defects = match Suite::load(&dir) {
        Ok(suite) => {
            println!("{} cases, {} requirements", suite.cases.len(), suite.requirements.len());
            lint(&suite)
        }
        Err(defects) => defects,
    };
    defects.iter().for_each(|defect| eprintln!("{defect}"));
    if defects.is_empty() { 0.into() } else { 1.into() }
}
