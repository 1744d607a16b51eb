//! Instructions, counted by valgrind: the same on a noisy machine as on a quiet one.

use std::io::Write;
use std::process::{Command, Stdio};

use wireproof::bench::{BenchResults, Cost, Task};
use wireproof::child::bench_message;
use wireproof::vectors::Workload;

use crate::bundled::Bundled;
use crate::failure::Failure;
use crate::show::Spinner;

/// Runs in the shorter and in the longer process: the difference is what so many runs more take, and nothing of starting.
const RUNS: [u64; 2] = [20, 120];

/// More octets than this are not run under valgrind.
const LARGEST: u64 = 256 << 10;

/// Counts for every subject of this process that was measured, on workloads of a moderate size.
pub(super) fn count(workloads: &[&Workload], results: &mut BenchResults) -> Result<(), Failure> {
    let spinner = Spinner::start("counting instructions");
    for measurement in &mut results.measurements {
        let Some(workload) = workloads.iter().find(|w| w.id == measurement.workload) else { continue };
        let (Ok((_, cost)), true) = (&mut measurement.outcome, workload.octets() <= LARGEST) else { continue };
        let Ok(bundled) = Bundled::one(&measurement.subject) else { continue };
        if bundled.in_process()?.is_none() {
            continue;
        }
        spinner.say(&format!("counting instructions: {} {}", workload.id, measurement.subject));
        let task = Task { script: workload.script.clone(), pieces: workload.pieces };
        set(cost, &bundled, &task)?;
    }
    Ok(())
}

fn set(cost: &mut Cost, bundled: &Bundled, task: &Task) -> Result<(), Failure> {
    let few = collected(bundled, task, RUNS[0])?;
    let many = collected(bundled, task, RUNS[1])?;
    cost.instructions = Some(many.saturating_sub(few) as f64 / (RUNS[1] - RUNS[0]) as f64);
    Ok(())
}

/// All instructions of a process that runs the task so many times.
fn collected(bundled: &Bundled, task: &Task, times: u64) -> Result<u64, Failure> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).args(bundled.command()?);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().map_err(|e| Failure::usage(format!("--instructions needs valgrind: {e}")))?;
    if let Some(mut stdin) = process.stdin.take() {
        writeln!(stdin, "{}", bench_message(1, times, task))?;
    }
    let output = process.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find_map(|line| line.split_once("Collected :"));
    line.and_then(|(_, number)| number.trim().parse().ok())
        .ok_or_else(|| Failure::broken(format!("valgrind counted nothing for {}: {said}", bundled.name)))
}
