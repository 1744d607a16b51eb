//! `wireproof run`: cases × subjects × cuts → results → report.

use std::collections::BTreeSet;
use std::io::Write;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wireproof::bytes::escape;
use wireproof::child::kill_all;
use wireproof::cuts::Cuts;
use wireproof::ledger::Ledger;
use wireproof::results::{FORMAT, Harvest, ResultRecord, RunRecord, Totals};
use wireproof::runner::{self, Options, SubjectRun};
use wireproof::vectors::{Case, Suite, digest};
use wireproof_reports::{Format, Style};

use crate::args::{Cli, CutsArg, Run};
use crate::bundled::protocols_of;
use crate::failure::Failure;
use crate::registry::{is_asked_for, subjects};
use crate::select::{cases, suite};
use crate::show::{Bar, colour, width};

pub(crate) fn run(cli: &Cli, run: &Run) -> Result<bool, Failure> {
    let suite = suite(cli)?;
    let chosen = shard(cases(&suite, &run.selection)?, run.shard.as_deref())?;
    let ledger = ledger(run, &suite)?;
    let chosen = spoken(chosen, &run.names);
    let protocols: BTreeSet<&str> = chosen.iter().map(|c| c.script.protocol.name).collect();
    let subjects = subjects(&run.names, &Vec::from_iter(protocols), &run.subjects)?;
    let bundled = cli.vectors.is_none();
    let options = Options { cuts: cuts(run.cuts), seed: run.seed, jobs: jobs(run.jobs), compare: run.compare, bundled };
    let stop = stop_on_interrupt();
    let mut bar = Bar::new(subjects.iter().map(|s| s.name().to_owned()).collect(), chosen.len());
    // The digest takes as long as many a subject; nothing waits for it.
    let (runs, vectors) = std::thread::scope(|scope| {
        let vectors = scope.spawn(|| digest(&suite));
        let runs = runner::run(&chosen, &subjects, options, &stop, &mut bar);
        (runs, vectors.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    bar.clear();
    let interrupted = stop.load(Ordering::Relaxed);
    if interrupted {
        kill_all();
    }
    let record = RunRecord {
        format: FORMAT,
        wireproof: env!("CARGO_PKG_VERSION").to_owned(),
        vectors,
        seed: run.seed,
        cuts: options.cuts,
        cases: chosen.len(),
        shard: run.shard.clone(),
        compared: run.compare,
        interrupted,
    };
    note_other_versions(run, &ledger, &runs);
    let records = Harvest { suite: &suite, cases: &chosen, runs: &runs, ledger: &ledger }.records(record);
    report(run, &records)?;
    if interrupted {
        return Err(Failure { code: 130, text: "interrupted; what was done until then is reported".to_owned() });
    }
    check_started(run, &records)?;
    Ok(Totals::of(&records).held())
}

/// The cases that concern the subjects asked for: those of the protocols they speak, if all are bundled ones.
fn spoken<'a>(chosen: Vec<&'a Case>, names: &[String]) -> Vec<&'a Case> {
    let protocols = protocols_of(names);
    let concerns = |case: &&Case| match &protocols {
        Some(protocols) => protocols.contains(&case.script.protocol.name),
        None => true,
    };
    let spoken: Vec<&Case> = chosen.iter().copied().filter(concerns).collect();
    if spoken.is_empty() { chosen } else { spoken } // none: the registry says what is wrong
}

/// Writes the results file and the report.
fn report(run: &Run, records: &[ResultRecord]) -> Result<(), Failure> {
    if let Some(path) = &run.results {
        write_whole(path, records).map_err(|e| Failure::broken(format!("cannot write {}: {e}", path.display())))?;
    }
    let format: Format = run.format.parse().map_err(|_| Failure::usage(format!("unknown format {}", run.format)))?;
    let style = Style { colour: colour(), width: width() };
    let mut out = std::io::stdout().lock();
    wireproof_reports::write(format, records, &style, &mut out)?;
    out.flush()?;
    Ok(())
}

/// All or nothing: a results file is never half-written.
fn write_whole(path: &Path, records: &[ResultRecord]) -> std::io::Result<()> {
    let beside = path.with_extension("partial");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&beside)?);
    wireproof_reports::write(Format::Jsonl, records, &Style { colour: false, width: 100 }, &mut file)?;
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(&beside, path)
}

/// A subject that was asked for by name must have run.
fn check_started(run: &Run, records: &[ResultRecord]) -> Result<(), Failure> {
    for record in records {
        if let ResultRecord::Subject(subject) = record
            && let Some(why) = &subject.unavailable
            && is_asked_for(&subject.subject, &run.names, &run.subjects)
        {
            return Err(Failure::broken(format!("{} could not start: {why}", subject.subject)));
        }
    }
    Ok(())
}

/// The bundled ledger and the files of `--waivers`. An entry about a case that is not there is an error.
fn ledger(run: &Run, suite: &Suite) -> Result<Ledger, Failure> {
    let mut ledger = Ledger::default();
    let bundled: &[(&str, &str)] = if run.no_ledger { &[] } else { wireproof_adapters::ledger::BOOKS };
    for (name, text) in bundled {
        ledger.read(name, text).map_err(Failure::broken)?;
    }
    let mut waived = Ledger::default();
    for path in &run.waivers {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| Failure::usage(format!("cannot read {shown}: {e}")))?;
        waived.read(&shown, &text).map_err(Failure::usage)?;
    }
    let unknown: BTreeSet<String> = waived
        .unknown_cases(&|id| suite.case(id).is_some())
        .into_iter()
        .map(|(subject, case)| format!("{subject}: {case}"))
        .collect();
    if !unknown.is_empty() {
        let list = unknown.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Failure::usage(format!("--waivers: entries about cases that do not exist: {list}")));
    }
    ledger.0.extend(waived.0);
    Ok(ledger)
}

/// A waiver holds for one version; who has only others should not have to wonder.
fn note_other_versions(run: &Run, ledger: &Ledger, runs: &[SubjectRun]) {
    let waived = &ledger.0[ledger.0.len() - run.waivers.len()..]; // `ledger` puts them last, a book a file
    for (path, book) in run.waivers.iter().zip(waived) {
        let of = runs.iter().filter(|r| book.is_about(&r.name)).filter_map(|r| r.profile.as_ref().ok());
        let versions: Vec<String> = of.map(|profile| escape(profile.version.as_bytes())).collect();
        let held = escape(book.version.as_bytes());
        if !versions.is_empty() && !versions.contains(&held) {
            let (path, name, others) = (path.display(), &book.subject, versions.join(", "));
            anstream::eprintln!("wireproof: {path} is about {name} {held} and does not hold for {others}");
        }
    }
}

fn cuts(cuts: CutsArg) -> Cuts {
    match cuts {
        CutsArg::All => Cuts::All,
        CutsArg::Some => Cuts::Some,
        CutsArg::None => Cuts::None,
    }
}

pub(crate) fn jobs(asked: Option<usize>) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.unwrap_or_else(cores).clamp(1, 256)
}

/// Every Nth case, from the Kth on.
fn shard<'a>(cases: Vec<&'a Case>, shard: Option<&str>) -> Result<Vec<&'a Case>, Failure> {
    let Some(text) = shard else { return Ok(cases) };
    let numbers = text.split_once('/').and_then(|(k, n)| Some((k.parse::<usize>().ok()?, n.parse::<usize>().ok()?)));
    match numbers {
        Some((k, n)) if (1..=n).contains(&k) => Ok(cases.into_iter().skip(k - 1).step_by(n).collect()),
        _ => Err(Failure::usage(format!("--shard {text}: expected K/N with 1 ≤ K ≤ N"))),
    }
}

/// Becomes true on Ctrl-C and on SIGTERM, by which CI cancels; the second of them ends the program.
pub(crate) fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let seen = stop.clone();
    let _ = ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            kill_all();
            std::process::exit(130);
        }
    });
    stop
}
