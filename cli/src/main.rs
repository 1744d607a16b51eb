//! `wireproof`: judges, compares and explains sans-I/O protocol implementations.

mod args;
mod bundled;
mod columns;
mod commands;
mod failure;
mod registry;
mod select;
mod show;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(held) => ExitCode::from(u8::from(!held)),
        Err(failure) => {
            anstream::eprintln!("wireproof: {}", failure.text);
            ExitCode::from(failure.code)
        }
    }
}

/// Does what was asked; false if something did not hold (exit code 1).
fn run(cli: &Cli) -> Result<bool, Failure> {
    match &cli.command {
        Command::Run(run) => commands::run::run(cli, run),
        Command::Diff(diff) => commands::diff::run(cli, diff),
        Command::List(list) => commands::list::run(cli, list),
        Command::Explain(explain) => commands::explain::run(cli, explain),
        Command::Repro(repro) => commands::repro::run(cli, repro),
        Command::Coverage(coverage) => commands::coverage::run(cli, coverage),
        Command::Pair(pair) => commands::pair::run(cli, pair),
        Command::Bench(bench) => commands::bench::run(cli, bench),
        Command::Fuzz(fuzz) => commands::fuzz::run(cli, fuzz),
        Command::Findings(findings) => commands::findings::run(cli, findings),
        Command::Setup(setup) => commands::setup::run(cli, setup),
        Command::Vectors(vectors) => commands::vectors::run(cli, vectors),
        Command::Adapter(adapter) => commands::adapter::run(cli, adapter),
    }
}
