//! Starts the loops, shows how they go, starts those again that die, and ends them all.

use std::io::{BufRead, BufReader, IsTerminal};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use indicatif::{ProgressBar, ProgressStyle};
use wireproof::{Fault, FaultKind};
use wireproof_engine::hunt::{Stats, broken};
use wireproof_engine::store::Store;
use wireproof_engine::{Input, Target, files};

use super::Folders;
use super::report::{self, Progress};
use super::worker::{Line, noted};
use crate::args::{Cli, Fuzz};
use crate::commands::run::{jobs, stop_on_interrupt};
use crate::failure::Failure;

/// A loop that says nothing for so long hangs: while it calls subjects of its own process, and while it waits for
/// others.
const SILENCE: [Duration; 2] = [Duration::from_secs(15), Duration::from_secs(180)];

/// How often a loop may die.
const DEATHS: usize = 100;

/// A loop and how it goes.
struct Loop {
    name: String,
    seed: u64,
    process: Child,
    heard: Instant,
    busy: bool,
    over: bool,
    deaths: usize,
    stats: Stats,
    /// Of the processes before this one.
    before: Stats,
}

pub(super) fn run(cli: &Cli, fuzz: &Fuzz, target: Target) -> Result<bool, Failure> {
    let folders = Folders::of(&fuzz.corpus, target);
    let told = |e: std::io::Error| Failure::usage(format!("cannot write to {}: {e}", fuzz.corpus.display()));
    std::fs::create_dir_all(&folders.corpus).map_err(told)?;
    let book = report::book(&fuzz.known, fuzz.no_ledger, &[target])?;
    // Set up now, with its own progress, and not in each loop.
    drop(crate::registry::subjects(&fuzz.names, &[target.spec().name], &fuzz.subjects)?);
    let stop = stop_on_interrupt();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seed = fuzz.seed.unwrap_or(now.as_millis() as u64);
    let (sender, news) = channel();
    let begun = Instant::now();
    let mut loops = Vec::new();
    for at in 0..jobs((fuzz.jobs > 0).then_some(fuzz.jobs)) {
        let seed = seed.wrapping_add(at as u64);
        loops.push(Loop::start((cli, fuzz), target, at, seed, now.as_secs(), &sender)?);
    }
    let mut shown = Shown::new();
    while loops.iter().any(|l| !l.over) {
        hear(&mut loops, &news, &mut shown);
        if stop.load(Ordering::Relaxed) {
            loops.iter_mut().for_each(|l| drop(l.process.stdin.take()));
        }
        for (at, one) in loops.iter_mut().enumerate() {
            let died =
                one.look_after((cli, fuzz), &folders, target, (at, &sender), begun, stop.load(Ordering::Relaxed))?;
            died.into_iter().for_each(|line| shown.note(&line));
        }
        let stats: Vec<Stats> = loops.iter().map(Loop::total).collect();
        shown.progress(&Progress::of(&stats, begun.elapsed(), fuzz.time));
    }
    shown.clear();
    let stats: Vec<Stats> = loops.iter().map(Loop::total).collect();
    let progress = Progress::of(&stats, begun.elapsed(), fuzz.time);
    let new = report::write(&folders, &book, &progress, &shown.absent)?;
    if stop.load(Ordering::Relaxed) {
        return Err(Failure { code: 130, text: "interrupted; what was found until then is kept".to_owned() });
    }
    Ok(new == 0)
}

/// Takes in what the loops said, for a moment.
fn hear(loops: &mut [Loop], news: &Receiver<(usize, Line)>, shown: &mut Shown) {
    let until = Instant::now() + Duration::from_millis(200);
    loop {
        match news.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok((at, line)) => loops[at].said(line, shown),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl Loop {
    fn start(
        asked: (&Cli, &Fuzz),
        target: Target,
        at: usize,
        seed: u64,
        day: u64,
        sender: &Sender<(usize, Line)>,
    ) -> Result<Loop, Failure> {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host: String = host.trim().chars().filter(char::is_ascii_alphanumeric).take(24).collect();
        let name = format!("{host}-{day}-{}-{seed}", std::process::id());
        let process = spawn(asked, target, &name, seed, at, sender)?;
        let (stats, before) = (Stats::default(), Stats::default());
        let heard = Instant::now() + Duration::from_secs(60); // children take their time to start
        Ok(Loop { name, seed, process, heard, busy: false, over: false, deaths: 0, stats, before })
    }

    fn said(&mut self, line: Line, shown: &mut Shown) {
        self.heard = Instant::now();
        match line {
            Line::Started { subjects, absent, corpus } => shown.started(&subjects, absent, corpus),
            Line::Stats(stats) => self.stats = *stats,
            Line::Busy(busy) => self.busy = busy,
        }
    }

    /// Its figures, those of processes that died among them.
    fn total(&self) -> Stats {
        Progress::sum(&[self.before.clone(), self.stats.clone()])
    }

    /// Takes note of its end; if it died or hangs, of what it died of, and starts it again.
    fn look_after(
        &mut self,
        asked: (&Cli, &Fuzz),
        folders: &Folders,
        target: Target,
        (at, sender): (usize, &Sender<(usize, Line)>),
        begun: Instant,
        stopping: bool,
    ) -> Result<Option<String>, Failure> {
        if self.over {
            return Ok(None);
        }
        let hangs = self.heard.elapsed() > SILENCE[usize::from(self.busy)];
        let status = match self.process.try_wait()? {
            Some(status) => status,
            None if hangs => {
                self.process.kill()?;
                self.process.wait()?
            }
            None => return Ok(None),
        };
        if status.success() || (stopping && !hangs) {
            self.over = true;
            return Ok(None);
        }
        if let Some(3) = status.code() {
            return Err(Failure::broken("the subjects could not be started")); // it said why
        }
        self.deaths += 1;
        let kind = if hangs { FaultKind::Hang } else { FaultKind::Signal };
        let words = match status.signal() {
            Some(signal) if !hangs => format!("signal {signal}"),
            _ if hangs => "no answer".to_owned(),
            _ => status.to_string(),
        };
        let died = self.save(folders, target, &Fault { kind, text: words.clone() })?;
        self.before = self.total();
        self.stats = Stats::default();
        if self.deaths >= DEATHS || begun.elapsed() >= asked.1.time {
            self.over = true;
            return Ok(Some(died));
        }
        self.seed = self.seed.wrapping_add(0x9e37_79b9);
        self.process = spawn(asked, target, &self.name, self.seed, at, sender)?;
        (self.heard, self.busy) = (Instant::now() + Duration::from_secs(60), false);
        Ok(Some(died))
    }

    /// Writes what it was running when it died as a finding.
    fn save(&self, folders: &Folders, target: Target, fault: &Fault) -> Result<String, Failure> {
        let died = format!("a loop died ({})", fault.text);
        let input = noted(&folders.inflight.join(&self.name)).and_then(|octets| Input::parse(target, &octets));
        let Some(input) = input else { return Ok(format!("{died} before its first input")) };
        let kind = format!("{:?}", fault.kind).to_lowercase();
        let mut finding = broken(target, &input, "in-process", &kind, &fault.text, &self.name);
        // Nobody knows whether two deaths by the same signal have one cause: each is a witness of its own.
        finding.witnesses.iter_mut().for_each(|w| w.signature += &format!(" {}", files::name(&input.to_octets())));
        // Its process is gone, so the folder is ours.
        let path = Store::open(Some(folders.findings.join(&self.name))).take(finding)?;
        Ok(format!("{died}; what it ran is in {}", path.unwrap_or_default().display()))
    }
}

/// Starts the process of a loop, and a thread that reads what it says.
fn spawn(
    (cli, fuzz): (&Cli, &Fuzz),
    target: Target,
    name: &str,
    seed: u64,
    at: usize,
    sender: &Sender<(usize, Line)>,
) -> Result<Child, Failure> {
    let this = std::env::current_exe()?;
    let mut command = Command::new(this);
    command.args(["fuzz", "--protocol", target.spec().name, "--worker", name, "--no-setup"]);
    command.args(["--seed", &seed.to_string(), "--time", &format!("{}s", fuzz.time.as_secs_f64())]);
    command.args(["--severity", &fuzz.severity.to_string(), "--guide", fuzz.guide.name()]);
    command.args(["--deadline", &fuzz.subjects.deadline.to_string()]);
    let path = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    command.arg("--corpus").arg(path(&fuzz.corpus));
    if let Some(folder) = &cli.vectors {
        command.arg("--vectors").arg(path(folder));
    }
    if let Some(folder) = &fuzz.sync {
        command.arg("--sync").arg(path(folder));
    }
    for name in &fuzz.names {
        command.args(["--subject", name]);
    }
    for adapter in &fuzz.subjects.adapters {
        command.args(["--adapter", adapter]);
    }
    // Ctrl-C is for us; the loop ends when its input does.
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn()?;
    let out = process.stdout.take();
    let sender = sender.clone();
    std::thread::spawn(move || {
        for line in out.into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok) {
            if let Ok(line) = serde_json::from_str(&line) {
                let _ = sender.send((at, line));
            }
        }
    });
    Ok(process)
}

/// What is shown while it goes on.
struct Shown {
    bar: Option<ProgressBar>,
    /// When a line was last written where there is no terminal.
    last: Instant,
    started: bool,
    absent: Vec<(String, String)>,
}

impl Shown {
    fn new() -> Shown {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{spinner} {wide_msg}");
            ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        });
        Shown { bar, last: Instant::now(), started: false, absent: Vec::new() }
    }

    fn started(&mut self, subjects: &[String], absent: Vec<(String, String)>, corpus: usize) {
        if !self.started {
            self.started = true;
            self.note(&format!("{} subjects: {}; {corpus} inputs to begin with", subjects.len(), subjects.join(", ")));
            self.absent = absent;
        }
    }

    /// A line that stays.
    fn note(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
    }

    fn progress(&mut self, progress: &Progress) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(progress.line());
                bar.tick();
            }
            None if self.last.elapsed() > Duration::from_secs(30) => {
                self.last = Instant::now();
                eprintln!("{}", progress.line());
            }
            None => {}
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
