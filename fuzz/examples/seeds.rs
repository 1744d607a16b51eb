//! Writes seeds and dictionaries: `cargo run -p wireproof-fuzz --example seeds -- FOLDER`; with `--check`, only looks whether
//! the dictionaries in the repository are those of the engine.

use std::path::Path;
use std::process::ExitCode;

use wireproof_fuzz::{FUZZERS, seeds};

fn main() -> ExitCode {
    let given = std::env::args().nth(1);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("dictionaries");
    let done = match given.as_deref() {
        None | Some("--help") => Err("usage: seeds FOLDER | --dictionaries | --check".to_owned()),
        Some("--check") => seeds::check(&kept),
        Some("--dictionaries") => seeds::dictionaries(&kept).map_err(|e| e.to_string()),
        Some(folder) => FUZZERS.iter().try_for_each(|fuzzer| seeds::write(Path::new(folder), fuzzer)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}
