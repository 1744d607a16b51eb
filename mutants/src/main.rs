//! Mutation tests of the reference cores: `run CORE [K/N]` lets `cargo mutants` change `cores/CORE` one place at a time and
//! run the vectors on it, `again CORE` only those that it missed, and `report CORE` writes `docs/mutants-CORE.md` from what came of it.

mod report;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p wireproof-mutants -- run CORE [K/N] | again CORE | report CORE
  run CORE [K/N]   all mutants of cores/CORE, or the share K of N (from 0); needs `cargo install cargo-mutants`
  again CORE       those that all shares missed, on the tree as it is now: what new vectors catch
  report CORE      docs/mutants-CORE.md from all shares; fails if a survivor has no reason, or a reason no survivor";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["run", core] => run::run(core, (0, 1)),
        ["run", core, share] => parse_share(share).and_then(|share| run::run(core, share)),
        ["again", core] => run::again(core),
        ["report", core] => report::report(core),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

/// `2/8`: the third of eight shares.
fn parse_share(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    parts.filter(|(k, n)| k < n).ok_or(format!("{text} is no share: 0/8 is the first of eight, 7/8 the last"))
}

/// The workspace.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Where the results of a core's shares lie: a folder a share.
fn results(core: &str) -> PathBuf {
    root().join("target/mutation").join(core)
}

fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}
