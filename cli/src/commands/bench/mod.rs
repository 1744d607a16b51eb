//! `wireproof bench`: workloads × subjects in interleaved rounds → figures → tables, charts, comparisons.

mod instructions;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use globset::Glob;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wireproof::InProcess;
use wireproof::bench::{self, BenchResults, FORMAT, Machine, Options, Progress};
use wireproof::child::kill_all;
use wireproof::vectors::Workload;
use wireproof_adapters::rust::{WireproofHpack, WireproofHttp1, WireproofHttp2};
use wireproof_reports::Style;
use wireproof_reports::bench::{charts, compare, markdown, page, terminal};

use crate::args::{Bench, BenchFormat, Cli};
use crate::commands::run::stop_on_interrupt;
use crate::failure::Failure;
use crate::registry::{is_asked_for, subjects};
use crate::select::{protocol, suite};
use crate::show::{colour, width};

pub(crate) fn run(cli: &Cli, bench: &Bench) -> Result<bool, Failure> {
    let suite = suite(cli)?;
    let chosen = chosen(&suite.workloads, bench)?;
    let baseline = bench.baseline.as_deref().map(read).transpose()?;
    let mut protocols: Vec<&str> = chosen.iter().map(|w| w.script.protocol.name).collect();
    protocols.dedup();
    let subjects = subjects(&bench.names, &protocols, &bench.subjects)?;
    let stop = stop_on_interrupt();
    end_children_with(stop.clone());
    let options = Options { rounds: bench.rounds, slice: (bench.slice * 1e6) as u64 };
    let mut watch = Watch::new(&chosen, (subjects.len() + 1) * (bench.rounds + 1), stop.clone());
    let cores = [InProcess::new(WireproofHttp1), InProcess::new(WireproofHttp2), InProcess::new(WireproofHpack)];
    let (info, measurements, sinks) = bench::run(&chosen, &subjects, &cores, options, &mut watch);
    watch.bar.finish_and_clear();
    let mut results = BenchResults {
        bench: FORMAT,
        wireproof: env!("CARGO_PKG_VERSION").to_owned(),
        machine: Machine::here(),
        rounds: bench.rounds,
        slice_ms: bench.slice,
        workloads: chosen.iter().map(|w| (*w).into()).collect(),
        subjects: info,
        measurements,
        sinks,
    };
    let interrupted = stop.load(Ordering::Relaxed);
    if interrupted {
        let measured = |id: &str| results.measurements.iter().any(|m| m.workload == id);
        results.workloads = results.workloads.iter().filter(|w| measured(&w.id)).cloned().collect();
    } else if bench.instructions {
        instructions::count(&chosen, &mut results)?;
    }
    let slower = report(bench, &results, baseline.as_ref())?;
    if interrupted {
        return Err(Failure { code: 130, text: "interrupted; the workloads measured until then are shown".to_owned() });
    }
    let absent =
        results.subjects.iter().find(|s| s.absent.is_some() && is_asked_for(&s.name, &bench.names, &bench.subjects));
    match absent {
        Some(subject) => {
            let why = subject.absent.as_deref().unwrap_or_default();
            Err(Failure::broken(format!("{} could not start: {why}", subject.name)))
        }
        None => Ok(slower == 0),
    }
}

/// A measurement may take its time: an interruption does not wait for it.
fn end_children_with(stop: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(50));
        }
        kill_all();
    });
}

/// The workloads that are asked for.
fn chosen<'a>(all: &'a [Workload], bench: &Bench) -> Result<Vec<&'a Workload>, Failure> {
    if let Some(name) = &bench.protocol {
        protocol(name)?;
    }
    let globs = (bench.workloads.iter())
        .map(|text| Glob::new(text).map_err(|e| Failure::usage(format!("--workload {text}: {e}"))))
        .collect::<Result<Vec<_>, _>>()?;
    for glob in &globs {
        let matcher = glob.compile_matcher();
        if !all.iter().any(|w| matcher.is_match(&w.id)) {
            let known: Vec<&str> = all.iter().map(|w| w.id.as_str()).collect();
            return Err(Failure::usage(format!(
                "--workload {}: no workload fits; there are {}",
                glob.glob(),
                known.join(", ")
            )));
        }
    }
    let wanted = |w: &&Workload| {
        bench.protocol.as_ref().is_none_or(|p| w.script.protocol.name == p)
            && (globs.is_empty() || globs.iter().any(|g| g.compile_matcher().is_match(&w.id)))
    };
    let chosen: Vec<&Workload> = all.iter().filter(wanted).collect();
    let spoken = crate::bundled::protocols_of(&bench.names);
    let chosen: Vec<&Workload> =
        chosen.into_iter().filter(|w| spoken.as_ref().is_none_or(|s| s.contains(&w.script.protocol.name))).collect();
    if chosen.is_empty() {
        Err(Failure::usage("no workload is left by --protocol, --workload and the subjects"))
    } else {
        Ok(chosen)
    }
}

fn read(path: &Path) -> Result<BenchResults, Failure> {
    let told = |what: String| Failure::usage(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| told(e.to_string()))?;
    let results: BenchResults =
        serde_json::from_str(&text).map_err(|e| told(format!("not the results of `wireproof bench --json`: {e}")))?;
    match results.bench {
        FORMAT => Ok(results),
        other => Err(told(format!("results of form {other}; this version reads {FORMAT}"))),
    }
}

/// Writes what was asked for; gives how many got slower than the baseline.
fn report(bench: &Bench, results: &BenchResults, baseline: Option<&BenchResults>) -> Result<usize, Failure> {
    let json = serde_json::to_string_pretty(results).map_err(|e| Failure::broken(e.to_string()))? + "\n";
    if let Some(path) = &bench.json {
        std::fs::write(path, &json).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
    }
    let to = bench.to.as_deref();
    if let Some(folder) = &bench.charts {
        let told = |e: std::io::Error| Failure::usage(format!("{}: {e}", folder.display()));
        std::fs::create_dir_all(folder).map_err(told)?;
        for (name, svg) in charts(results) {
            std::fs::write(folder.join(name), svg).map_err(told)?;
        }
        std::fs::write(folder.join("index.html"), page(results, to)).map_err(told)?;
    }
    let style = Style { colour: colour(), width: width() };
    let mut out = anstream::stdout().lock();
    match bench.format {
        BenchFormat::Terminal => out.write_all(terminal(results, to, style).as_bytes())?,
        BenchFormat::Markdown => out.write_all(markdown(results, to).as_bytes())?,
        BenchFormat::Json => out.write_all(json.as_bytes())?,
    }
    let Some(baseline) = baseline else { return Ok(0) };
    let (text, slower) = compare(results, baseline, style);
    out.write_all(text.as_bytes())?;
    Ok(slower)
}

/// A bar on a terminal; elsewhere a line for each workload.
struct Watch {
    bar: ProgressBar,
    plain: bool,
    workload: String,
    begun: Instant,
    stop: Arc<AtomicBool>,
}

impl Watch {
    fn new(workloads: &[&Workload], each: usize, stop: Arc<AtomicBool>) -> Watch {
        let plain = !std::io::stderr().is_terminal();
        let target = if plain { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some((workloads.len() * each) as u64), target);
        let style = ProgressStyle::with_template("{bar:30} {percent} %  {msg}  {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Watch { bar, plain, workload: String::new(), begun: Instant::now(), stop }
    }
}

impl Progress for Watch {
    fn measuring(&mut self, round: usize, workload: &Workload, subject: &str) {
        self.bar.inc(1);
        let round = if round == 0 { "getting ready".to_owned() } else { format!("round {round}") };
        self.bar.set_message(format!("{round}: {} {subject}", workload.id));
        if self.workload != workload.id {
            self.workload.clone_from(&workload.id);
            if self.plain && self.begun.elapsed() > Duration::from_secs(2) {
                eprintln!("{round}: {}", workload.id);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
