//! `wireproof-faults`: how many inputs and how long the hunt needs for each planted fault, with each guide.

mod record;
mod report;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use globset::GlobBuilder;
use wireproof_engine::hunt::Guide;
use wireproof_faults::{Fault, faults};

/// Plants faults in copies of the reference cores and measures how long the fuzzing engine takes to find each.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists the faults.
    List,
    /// Hunts for each fault until it is found; what came of it goes to `target/faults`.
    Run {
        /// Seconds of processor time for one hunt.
        #[arg(long, default_value_t = 20.0)]
        seconds: f64,
        /// Hunts for each fault: seeds 0 and up.
        #[arg(long, default_value_t = 5)]
        seeds: u64,
        /// What guides the search: octets, structure or tuples; all of them if none is named.
        #[arg(long)]
        guide: Vec<Guide>,
        /// Only faults whose names match.
        #[arg(long, default_value = "*")]
        only: String,
        /// Only faults of one core: http1, http2 or hpack.
        #[arg(long)]
        core: Option<String>,
        /// Keeps what was measured before, and goes on behind it.
        #[arg(long)]
        resume: bool,
    },
    /// Writes `docs/faults.md` from what was measured.
    Report,
}

fn main() -> ExitCode {
    match run(Args::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::List => list(),
        Command::Run { seconds, seeds, guide, only, core, resume } => {
            let glob = GlobBuilder::new(&only).build().map_err(|error| error.to_string())?.compile_matcher();
            let matches = |f: &Fault| glob.is_match(&f.name) && core.as_ref().is_none_or(|core| *core == f.core);
            let chosen: Vec<Fault> = faults()?.into_iter().filter(matches).collect();
            if chosen.is_empty() {
                return Err(format!("no fault matches {only}"));
            }
            let guides = if guide.is_empty() { Guide::ALL.to_vec() } else { guide };
            run::all(&chosen, &guides, &run::Plan { seconds, seeds, resume })
        }
        Command::Report => report::write(),
    }
}

fn list() -> Result<(), String> {
    for fault in faults()? {
        println!("{:6} {:24} {} ({})", fault.core, fault.name, fault.what, fault.clause);
    }
    Ok(())
}

/// The workspace.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
