//! The harness's side: starts children, keeps many runs in flight, and turns every misbehaviour into a verdict that
//! names the script and loses nothing else.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::time::Duration;

use super::process::{Gone, Process};
use super::wire::{CutSpec, Ran, Run};
use crate::cuts::{Cut, pieces};
use crate::endpoint::Profile;
use crate::protocol::ProtocolSpec;
use crate::script::Step;
use crate::subject::{Answer, Job, Session, Subject, Unavailable, run_cuts};
use crate::transcript::{Fault, FaultKind, StepRecord, Transcript};

/// How far a child is trusted.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Silence allowed while a run (one script under all its cuts) is due.
    pub run: Duration,
    /// Silence allowed before the greeting.
    pub start: Duration,
    /// Deaths after which the rest is not run.
    pub deaths: usize,
    /// Octets of address space.
    pub memory: Option<u64>,
    /// Octets in one answer.
    pub answer: usize,
    /// Runs in flight.
    pub window: usize,
    /// A canary after so many runs.
    pub canary: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            run: Duration::from_secs(10),
            start: Duration::from_secs(30),
            deaths: 10,
            memory: Some(4 << 30),
            answer: 64 << 20,
            window: 64,
            canary: 256,
        }
    }
}

/// A subject behind the child protocol.
#[derive(Clone, Debug)]
pub struct Child {
    /// The name people call it by.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// Variables set for it, beside the environment it inherits.
    pub env: Vec<(OsString, OsString)>,
    /// How far it is trusted.
    pub limits: Limits,
}

impl Child {
    /// A child with the default limits.
    pub fn new(name: &str, command: Vec<OsString>) -> Child {
        Child { name: name.to_owned(), command, env: Vec::new(), limits: Limits::default() }
    }
}

impl Subject for Child {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self) -> Result<Box<dyn Session>, Unavailable> {
        let (process, profile) = Process::start(self).map_err(Unavailable)?;
        let session = Host { child: self.clone(), profile, process: Some(process), next: 0, deaths: 0 };
        Ok(Box::new(session))
    }
}

/// A session with a child, over as many processes as it takes.
struct Host {
    child: Child,
    profile: Profile,
    process: Option<Process>,
    /// The next run's number.
    next: u64,
    deaths: usize,
}

/// The jobs of one call that are still to be answered.
#[derive(Default)]
struct Due {
    /// Not yet sent.
    waiting: VecDeque<usize>,
    /// Sent to a process that died: sent again one at a time.
    suspects: VecDeque<usize>,
    /// Sent, by run number.
    flying: BTreeMap<u64, usize>,
}

impl Due {
    fn all(&mut self) -> Vec<usize> {
        let flying = std::mem::take(&mut self.flying).into_values();
        flying.chain(std::mem::take(&mut self.suspects)).chain(std::mem::take(&mut self.waiting)).collect()
    }

    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.suspects.is_empty() && self.flying.is_empty()
    }
}

impl Session for Host {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn run(&mut self, jobs: &[Job], answer: &mut dyn FnMut(usize, Answer)) -> Vec<Fault> {
        let mut due = Due { waiting: (0..jobs.len()).collect(), ..Due::default() };
        let mut leaks = Vec::new();
        let mut canary = Canary::default();
        while !due.is_empty() {
            if let Err(why) = self.ensure_started() {
                due.all().into_iter().for_each(|index| answer(index, Answer::NotRun(why.clone())));
                break;
            }
            match self.round(jobs, &mut due, &mut canary) {
                Ok(Some((index, reply))) => {
                    if canary.check(index, &reply, jobs) {
                        leaks.push(canary.fault());
                    }
                    if !canary.is_repeat() {
                        answer(index, reply);
                    }
                }
                Ok(None) => {}
                Err(gone) => self.bury(gone, &mut due, &mut canary, answer),
            }
        }
        leaks
    }
}

impl Host {
    fn ensure_started(&mut self) -> Result<(), String> {
        if self.process.is_some() {
            return Ok(());
        }
        if self.deaths > self.child.limits.deaths {
            return Err(format!("the adapter died {} times; given up", self.deaths));
        }
        let (process, _) = Process::start(&self.child)?;
        self.process = Some(process);
        Ok(())
    }

    /// Sends what may be sent and takes one reply.
    fn round(&mut self, jobs: &[Job], due: &mut Due, canary: &mut Canary) -> Result<Option<(usize, Answer)>, Gone> {
        let Some(process) = self.process.as_mut() else { return Ok(None) };
        let alone = !due.suspects.is_empty();
        let window = if alone || !self.profile.can("cuts") { 1 } else { self.child.limits.window };
        while due.flying.len() < window {
            let queue = if alone { &mut due.suspects } else { &mut due.waiting };
            let next = canary.due(self.child.limits.canary).filter(|_| !alone).or_else(|| queue.pop_front());
            let Some(index) = next else { break };
            let job = &jobs[index];
            if !self.profile.can("cuts") && job.cuts.len() > 1 {
                due.flying.insert(self.next, index);
                let reply = cut_for_it(process, job, &mut self.next, self.child.limits.run)?;
                due.flying.clear();
                return Ok(Some((index, reply)));
            }
            self.next += 1;
            process.send(&message(self.next, job, &job.cuts[1..]));
            due.flying.insert(self.next, index);
        }
        let ran = process.receive(self.child.limits.run)?;
        let Some(index) = due.flying.remove(&ran.ran) else {
            return Err(Gone::garbage(format!("answered run {}, which was not asked for or is answered", ran.ran)));
        };
        match to_answer(ran, &jobs[index]) {
            Ok(reply) => Ok(Some((index, reply))),
            Err(what) => {
                due.flying = BTreeMap::from([(0, index)]);
                Err(Gone::garbage(what))
            }
        }
    }

    /// A process is gone. One run in flight: that one did it. Several: each is run again alone.
    fn bury(&mut self, gone: Gone, due: &mut Due, canary: &mut Canary, answer: &mut dyn FnMut(usize, Answer)) {
        self.process = None;
        self.deaths += 1;
        canary.forget();
        let flying: Vec<usize> = std::mem::take(&mut due.flying).into_values().collect();
        match flying.as_slice() {
            [index] if !canary.was(*index) => {
                let fault = Fault { kind: gone.kind, text: gone.text };
                let steps = vec![StepRecord::default()];
                let whole = Transcript { steps, fault: Some(fault) };
                answer(*index, Answer::Ran { whole, octets: None, differing: Vec::new() });
            }
            several => due.suspects.extend(several.iter().filter(|index| !canary.was(**index))),
        }
    }
}

/// The message for one job under some cuts.
fn message(run: u64, job: &Job, cuts: &[Cut]) -> Run {
    Run {
        run,
        endpoint: job.script.endpoint(),
        answer: job.script.answer,
        config: job.script.config.clone(),
        steps: job.script.steps.clone(),
        cuts: cuts.iter().map(CutSpec::from).collect(),
    }
}

/// Checks a reply against the protocol's vocabulary and puts it in the harness's form.
fn to_answer(ran: Ran, job: &Job) -> Result<Answer, String> {
    if let Some(why) = ran.cannot {
        return Ok(Answer::Cannot(why));
    }
    let whole = check_transcript(ran.whole.into(), job)?;
    let (mut octets, mut differing) = (None, Vec::new());
    let canonical = whole.canonical(job.script.protocol);
    for (index, transcript) in ran.cuts {
        let index = index.parse::<usize>().ok().map(|i| i + 1).filter(|i| *i < job.cuts.len());
        let index = index.ok_or_else(|| "a cut that was not asked for".to_owned())?;
        let transcript = check_transcript(transcript.into(), job)?;
        if transcript.canonical(job.script.protocol) != canonical {
            differing.push((index, transcript.clone()));
        }
        if job.cuts[index] == Cut::Octets {
            octets = Some(transcript);
        }
    }
    differing.sort_by_key(|(index, _)| *index);
    if octets.is_none() && job.cuts.contains(&Cut::Octets) && whole.fault.is_none() {
        return Err("no transcript of the cut \"octets\"".to_owned());
    }
    Ok(Answer::Ran { whole, octets, differing })
}

fn check_transcript(transcript: Transcript, job: &Job) -> Result<Transcript, String> {
    let protocol: &ProtocolSpec = job.script.protocol;
    transcript.events().try_for_each(|(_, seen)| protocol.check_record(&seen.record))?;
    let (got, steps) = (transcript.steps.len(), job.script.steps.len());
    if got > steps || (got < steps && transcript.fault.is_none()) {
        return Err(format!("a transcript of {got} steps for a script of {steps}"));
    }
    Ok(transcript)
}

/// Cuts a script for a child that cannot: each piece is a step of its own, joined again afterwards.
fn cut_for_it(process: &mut Process, job: &Job, next: &mut u64, deadline: Duration) -> Result<Answer, Gone> {
    let mut gone = None;
    let answer = run_cuts(job, &mut |splits| {
        if gone.is_some() {
            return Err(String::new());
        }
        *next += 1;
        let (steps, origin, fed) = split_steps(&job.script.steps, splits);
        let run = Run { steps, ..message(*next, job, &[]) };
        process.send(&run);
        let ran = match process.receive(deadline) {
            Ok(ran) if ran.ran == *next => ran,
            Ok(ran) => {
                gone = Some(Gone::garbage(format!("answered run {} instead of {next}", ran.ran)));
                return Err(String::new());
            }
            Err(dead) => {
                gone = Some(dead);
                return Err(String::new());
            }
        };
        if let Some(why) = ran.cannot {
            return Err(why);
        }
        check_transcript(join_steps(ran.whole.into(), &origin, &fed), job).map_err(|what| {
            gone = Some(Gone::garbage(what));
            String::new()
        })
    });
    gone.map_or(Ok(answer), Err)
}

/// The steps with every piece as a step; for each, the step it came from and how many octets were fed after it.
fn split_steps(steps: &[Step], splits: &[usize]) -> (Vec<Step>, Vec<usize>, Vec<u64>) {
    let (mut cut, mut origin, mut fed, mut base) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (index, step) in steps.iter().enumerate() {
        let Step::Receive(octets) = step else {
            cut.push(step.clone());
            origin.push(index);
            fed.push(base as u64);
            continue;
        };
        let start = base;
        for piece in pieces(octets, start, splits) {
            base += piece.len();
            cut.push(Step::Receive(piece.to_vec()));
            origin.push(index);
            fed.push(base as u64);
        }
    }
    (cut, origin, fed)
}

/// The inverse of [`split_steps`] for a transcript.
fn join_steps(cut: Transcript, origin: &[usize], fed: &[u64]) -> Transcript {
    let mut steps: Vec<StepRecord> = Vec::new();
    for ((step, &origin), &fed) in cut.steps.into_iter().zip(origin).zip(fed) {
        if steps.len() <= origin {
            steps.push(StepRecord::default());
        }
        let last = &mut steps[origin]; // origin grows by at most one from 0, so it is in range
        last.events.extend(step.events.into_iter().map(|mut seen| {
            seen.fed.get_or_insert(fed);
            seen
        }));
        last.output.extend(step.output);
        last.refused = last.refused.take().or(step.refused);
    }
    Transcript { steps, fault: cut.fault }
}

/// The first script that ran well in a process, run again now and then: another transcript means that endpoints of
/// one process share state.
#[derive(Default)]
struct Canary {
    first: Option<(usize, Answer)>,
    since: usize,
    flying: bool,
    repeat: bool,
    leaked: bool,
}

impl Canary {
    /// The canary's job, if it is time to run it.
    fn due(&mut self, every: usize) -> Option<usize> {
        let (index, _) = self.first.as_ref()?;
        if self.flying || self.leaked || self.since < every {
            return None;
        }
        self.flying = true;
        self.since = 0;
        Some(*index)
    }

    /// Takes note of a reply; true if it is a canary's that differs.
    fn check(&mut self, index: usize, reply: &Answer, jobs: &[Job]) -> bool {
        self.since += 1;
        self.repeat = false;
        match &self.first {
            None => {
                if matches!(reply, Answer::Ran { whole, .. } if whole.fault.is_none()) {
                    self.first = Some((index, reply.clone()));
                }
                false
            }
            Some((first, before)) if *first == index && self.flying => {
                self.flying = false;
                self.repeat = true;
                let whole = |answer: &Answer| match answer {
                    Answer::Ran { whole, .. } => Some(whole.canonical(jobs[index].script.protocol)),
                    _ => None,
                };
                self.leaked = whole(before) != whole(reply);
                self.leaked
            }
            Some(_) => false,
        }
    }

    /// Whether the reply just checked repeats one that was answered already.
    fn is_repeat(&self) -> bool {
        self.repeat
    }

    fn was(&self, index: usize) -> bool {
        self.first.as_ref().is_some_and(|(first, _)| *first == index)
    }

    /// A new process: the canary, if one was on its way, is lost.
    fn forget(&mut self) {
        self.flying = false;
        self.since = 0;
    }

    fn fault(&self) -> Fault {
        let text =
            "the same script gave another transcript later in the same process: endpoints share state".to_owned();
        Fault { kind: FaultKind::Leak, text }
    }
}
