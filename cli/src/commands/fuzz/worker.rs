//! One loop. It writes a line of JSON about how it goes, twice a second, and ends when its input ends.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use wireproof_engine::corpus::Corpus;
use wireproof_engine::hunt::{Hunt, Options, Stats};
use wireproof_engine::panel::{Before, Member, Panel};
use wireproof_engine::{Target, files};

use super::Folders;
use crate::args::{Cli, Fuzz};
use crate::failure::Failure;
use crate::registry::members;
use crate::select::suite;

/// What a loop tells its parent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Line {
    /// It has begun.
    Started {
        /// The subjects that take part.
        subjects: Vec<String>,
        /// Those that cannot, and why.
        absent: Vec<(String, String)>,
        /// Inputs at the start.
        corpus: usize,
    },
    /// How it goes.
    Stats(Box<Stats>),
    /// It begins, or ends, what may take long.
    Busy(bool),
}

fn say(line: &Line) {
    let mut out = std::io::stdout().lock();
    let text = serde_json::to_string(line).unwrap_or_default();
    // Nobody listens any more: the parent is gone, and so is the reason to go on.
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// How often others' inputs are taken over.
const EXCHANGE: Duration = Duration::from_secs(5);

pub(super) fn run(cli: &Cli, fuzz: &Fuzz, target: Target, name: &str) -> Result<bool, Failure> {
    let folders = Folders::of(&fuzz.corpus, target);
    let (here, absent) = members(target, &fuzz.names, &fuzz.subjects)?;
    let mut corpus = Corpus::open(target, Some(&folders.corpus));
    corpus.seed(target, &suite(cli)?);
    say(&Line::Started { subjects: here.iter().map(Member::title).collect(), absent, corpus: corpus.len() });
    std::panic::set_hook(Box::new(|_| {})); // panics of subjects are findings
    let mut panel = Panel::new(target, here);
    panel.before = Some(note(&folders.inflight.join(name)).map_err(|e| Failure::broken(e.to_string()))?);
    let options = Options {
        seed: fuzz.seed.unwrap_or_default(),
        guide: fuzz.guide,
        least: fuzz.severity,
        findings: Some(folders.findings.join(name)),
        run: name.to_owned(),
        ..Options::default()
    };
    let mut hunt = Hunt::new(panel, corpus, options);
    hunt.busy = Some(Box::new(|busy| say(&Line::Busy(busy))));
    hunt_for(&mut hunt, fuzz, &folders, target);
    Ok(true)
}

/// Hunts until the time is over or nobody wants it any longer.
fn hunt_for(hunt: &mut Hunt, fuzz: &Fuzz, folders: &Folders, target: Target) {
    let stop = stop_with_parent();
    let (begun, mut told, mut exchanged) = (Instant::now(), Instant::now(), Instant::now());
    hunt.replay(&mut |hunt| {
        if told.elapsed() > Duration::from_millis(500) {
            told = Instant::now();
            say(&Line::Stats(Box::new(hunt.stats().clone())));
        }
        !stop.load(Ordering::Relaxed) && begun.elapsed() < fuzz.time
    });
    let mut count = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        hunt.step();
        count += 1;
        if !count.is_multiple_of(64) {
            continue;
        }
        if told.elapsed() > Duration::from_millis(500) {
            told = Instant::now();
            say(&Line::Stats(Box::new(hunt.stats().clone())));
            if begun.elapsed() > fuzz.time {
                break;
            }
        }
        if exchanged.elapsed() > EXCHANGE {
            exchanged = Instant::now();
            if let Some(shared) = &fuzz.sync {
                exchange(folders, &Folders::of(shared, target));
            }
            hunt.refresh();
        }
    }
    hunt.put_to_all();
    if let Some(shared) = &fuzz.sync {
        exchange(folders, &Folders::of(shared, target));
    }
    say(&Line::Stats(Box::new(hunt.stats().clone())));
}

/// Copies what only one of two folders has, both ways: inputs are named by content, findings stand in their loop's
/// folder. What cannot be read or written now is tried the next time.
fn exchange(ours: &Folders, shared: &Folders) {
    for (from, to) in [(&ours.corpus, &shared.corpus), (&shared.corpus, &ours.corpus)] {
        for path in files::list(from) {
            copy(&path, &to.join(path.file_name().unwrap_or_default()), false);
        }
    }
    let loops = std::fs::read_dir(&ours.findings).into_iter().flatten().flatten();
    for folder in loops.map(|entry| entry.path()).filter(|path| path.is_dir()) {
        for path in files::list(&folder) {
            let to = shared.findings.join(folder.file_name().unwrap_or_default());
            copy(&path, &to.join(path.file_name().unwrap_or_default()), true);
        }
    }
}

/// Copies a file whole, unless it is there; `again` also if it differs.
fn copy(from: &Path, to: &Path, again: bool) {
    if to.exists() && !again {
        return;
    }
    if let Ok(octets) = std::fs::read(from)
        && !std::fs::read(to).is_ok_and(|there| there == octets)
    {
        let _ = files::write(to, &octets);
    }
}

/// Writes each input to a file before a subject of this process sees it: what is there when the process is gone is what
/// it died of.
fn note(path: &Path) -> std::io::Result<Before> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = File::options().create(true).truncate(true).write(true).open(path)?;
    let mut octets = Vec::new();
    Ok(Box::new(move |input| {
        octets.clear();
        octets.extend_from_slice(&(input.octets.len() as u32 + 1).to_le_bytes());
        octets.push(input.shape);
        octets.extend_from_slice(&input.octets);
        let _ = file.write_all_at(&octets, 0);
    }))
}

/// What a loop was running when it died.
pub(super) fn noted(path: &Path) -> Option<Vec<u8>> {
    let octets = std::fs::read(path).ok()?;
    let (length, rest) = octets.split_first_chunk::<4>()?;
    Some(rest.get(..u32::from_le_bytes(*length) as usize)?.to_vec())
}

/// Becomes true when standard input ends.
fn stop_with_parent() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let seen = stop.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
        seen.store(true, Ordering::Relaxed);
        // The loop looks at it between inputs; one that does not end must not outlive its parent.
        std::thread::sleep(Duration::from_secs(20));
        std::process::exit(1);
    });
    stop
}
