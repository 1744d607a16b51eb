//! The harness's side: starts children, keeps many runs in flight, and turns every misbehaviour into a verdict that
//! names the script and loses nothing else.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use super::canary::Canary;
use super::cutting::{Stop, cut_for_it};
use super::lines::{Reply, Said};
use super::process::{Gone, Process};
use super::translate::{broken, message, to_answer};
use super::wire::{Bench, Benched, Judge, Run, WireTask};
use crate::bench::{Measured, Task};
use crate::endpoint::Profile;
use crate::judge::{Judgement, judge};
use crate::script::Script;
use crate::subject::{Answer, Asked, Job, Session, Subject, Unavailable};
use crate::transcript::{Fault, FaultKind};
use crate::vectors::mark;

/// How far a child is trusted.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Silence allowed while a run (one script under all its cuts) is due, beside what its octets take.
    pub run: Duration,
    /// Silence allowed before the greeting.
    pub start: Duration,
    /// Silence allowed to a measurement.
    pub measurement: Duration,
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
            measurement: Duration::from_secs(20),
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
    /// Whether it may judge bundled cases by itself, which costs less than telling what was shown: only for a process of
    /// this very program, which has the same vectors, and is nobody's whom they judge.
    pub judges: bool,
}

impl Child {
    /// A child with the default limits.
    pub fn new(name: &str, command: Vec<OsString>) -> Child {
        Child { name: name.to_owned(), command, env: Vec::new(), limits: Limits::default(), judges: false }
    }
}

impl Subject for Child {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self) -> Result<Box<dyn Session>, Unavailable> {
        Ok(Box::new(Host::start(self, |_| {}).map_err(Unavailable)?))
    }
}

/// A session with a child, over as many processes as it takes.
pub(super) struct Host {
    child: Child,
    profile: Profile,
    process: Option<Process>,
    /// The number of the last run sent.
    last: u64,
    /// The same when the process was started: what it is asked has a higher one.
    before: u64,
    deaths: usize,
    /// What this process was last asked to be timed at.
    timed: Option<Arc<Task>>,
}

/// The jobs of one call that are still to be answered.
#[derive(Default)]
struct Due {
    /// Not yet sent.
    waiting: VecDeque<usize>,
    /// Sent to a process that died: sent again one at a time.
    suspects: VecDeque<usize>,
    /// Sent, by run number.
    flying: BTreeMap<u64, Flight>,
}

/// A job that was sent.
struct Flight {
    index: usize,
    /// See [`Job::work`].
    work: u64,
    /// Whether a judgement was asked for.
    judged: bool,
}

/// A process cannot be used any longer.
struct Lost {
    gone: Gone,
    /// Whether it was not for what is in flight.
    innocent: bool,
}

impl From<Gone> for Lost {
    fn from(gone: Gone) -> Lost {
        Lost { gone, innocent: false }
    }
}

impl Due {
    fn all(&mut self) -> Vec<usize> {
        let flying = std::mem::take(&mut self.flying).into_values().map(|flight| flight.index);
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
        self.answers(jobs, None, &mut |index, given| {
            if let Given::Answer(given) = given {
                answer(index, given); // nothing else was asked for
            }
        })
    }

    fn judge(&mut self, asked: &Asked<'_>, judged: &mut dyn FnMut(usize, Judgement, usize)) -> Vec<Fault> {
        let (jobs, profile) = (asked.jobs(), self.profile.clone());
        let trusted = Some(asked).filter(|asked| self.child.judges && asked.bundled);
        self.answers(&jobs, trusted, &mut |index, given| {
            let cuts = &jobs[index].cuts;
            let judgement = match given {
                Given::Answer(answer) => judge(asked.cases[index], &profile, cuts, &answer),
                Given::Judgement(judgement) => judgement,
            };
            judged(index, judgement, cuts.len());
        })
    }

    fn measure(&mut self, task: &Arc<Task>, times: u64) -> Result<Measured, String> {
        self.ensure_started()?;
        let again = self.timed.as_ref().is_some_and(|last| Arc::ptr_eq(last, task));
        let measured = self.bench(task, times, again).inspect_err(|_| self.process = None)?;
        self.timed = measured.is_ok().then(|| task.clone());
        measured
    }
}

/// The message that asks for a task to be run so many times, for those who start a child by themselves.
pub fn bench_message(id: u64, times: u64, task: &Task) -> String {
    serde_json::to_string(&Bench { bench: id, times, task: Some(wire_task(task)) }).unwrap_or_default()
}

/// The message that asks for a case to be run and judged.
fn judge_message(judge: u64, asked: &Asked<'_>, index: usize) -> Judge {
    let Asked { cases, cuts, seed, .. } = *asked;
    let case = cases[index];
    Judge { judge, vectors: mark(), case: case.id.clone(), place: case.place.clone(), cuts, seed }
}

fn wire_task(task: &Task) -> WireTask {
    let Script { role: _, protocol: _, config, answer, steps } = &task.script;
    let (endpoint, config, steps) = (task.script.endpoint(), config.clone(), steps.clone());
    WireTask { endpoint, answer: *answer, config, steps, pieces: task.pieces }
}

/// What a run is allowed beyond [`Limits::run`] for each octet under each cut. h11 takes about 1 on
/// `h1.chunked.octet-chunks` (1,889 octets, 1,890 scripts, 3.3 s); the rest is room for slower subjects and machines.
const MICROSECONDS: u64 = 20;

/// Who made a process unusable.
enum Blame {
    /// This job, the only one in flight.
    Job(usize, Fault),
    /// One of several: each is run again alone, which will tell.
    Suspects,
    /// No job that is due.
    Session(Fault),
}

/// What came of a job.
enum Given {
    Answer(Answer),
    /// The child judged by itself.
    Judgement(Judgement),
}

impl Host {
    /// Gets every job answered: with a judgement, once a first script is known to run well, if cases are `trusted` to
    /// the child.
    fn answers(
        &mut self,
        jobs: &[Job],
        trusted: Option<&Asked<'_>>,
        answer: &mut dyn FnMut(usize, Given),
    ) -> Vec<Fault> {
        let mut due = Due { waiting: (0..jobs.len()).collect(), ..Due::default() };
        let mut faults = Vec::new();
        let mut canary = Canary::default();
        while !due.is_empty() {
            if let Err(why) = self.ensure_started() {
                due.all().into_iter().for_each(|index| answer(index, Given::Answer(Answer::NotRun(why.clone()))));
                break;
            }
            match self.round(jobs, trusted, &mut due, &mut canary) {
                Ok((index, given)) => {
                    let reply = if let Given::Answer(reply) = &given { Some(reply) } else { None };
                    if canary.check(index, reply, jobs) {
                        faults.push(canary.fault());
                    }
                    if !canary.is_repeat() {
                        answer(index, given);
                    }
                }
                Err(lost) => match self.bury(lost, &mut due, &mut canary) {
                    Blame::Job(index, fault) => answer(index, Given::Answer(broken(fault.kind, fault.text))),
                    Blame::Session(fault) => faults.push(fault),
                    Blame::Suspects => {}
                },
            }
        }
        faults
    }

    /// Starts a child, and changes the profile it gives of itself.
    pub(super) fn start(child: &Child, amend: impl FnOnce(&mut Profile)) -> Result<Host, String> {
        let (process, mut profile) = Process::start(child)?;
        amend(&mut profile);
        Ok(Host { child: child.clone(), profile, process: Some(process), last: 0, before: 0, deaths: 0, timed: None })
    }

    fn ensure_started(&mut self) -> Result<(), String> {
        if self.process.is_some() {
            return Ok(());
        }
        if self.deaths > self.child.limits.deaths {
            return Err(format!("the adapter died {} times; given up", self.deaths));
        }
        let (process, _) = Process::start(&self.child)?;
        self.process = Some(process);
        self.before = self.last;
        self.timed = None;
        Ok(())
    }

    /// Asks for a measurement and waits for it; within, why the child cannot do it.
    fn bench(&mut self, task: &Task, times: u64, again: bool) -> Result<Result<Measured, String>, String> {
        self.last += 1;
        let id = self.last;
        let allowed = self.child.limits.measurement;
        let process = self.process().map_err(|lost| lost.gone.text)?;
        process.send(&Bench { bench: id, times, task: (!again).then(|| wire_task(task)) });
        let answer = process.next_object(allowed).map_err(|gone| format!("it broke: {}", gone.text))?;
        if answer.get("unknown").is_some() {
            return Err("its adapter cannot measure: it does not know `bench`".to_owned());
        }
        let shown = crate::bytes::escape(answer.to_string().as_bytes());
        let benched: Benched =
            serde_json::from_value(answer).map_err(|e| format!("no answer to bench ({e}): {shown}"))?;
        let outcome = if benched.benched == id { benched.outcome() } else { None };
        outcome.ok_or_else(|| format!("no answer to bench {id}: {shown}"))
    }

    /// Sends what may be sent and takes one reply.
    fn round(
        &mut self,
        jobs: &[Job],
        trusted: Option<&Asked<'_>>,
        due: &mut Due,
        canary: &mut Canary,
    ) -> Result<(usize, Given), Lost> {
        let alone = !due.suspects.is_empty();
        let cuts = self.profile.can("cuts");
        let window = if alone || !cuts { 1 } else { self.child.limits.window };
        // In bunches, so that neither side wakes the other for each.
        let room = if due.flying.len() > window / 2 { 0 } else { window - due.flying.len() };
        for _ in 0..room {
            let repeat = if alone { None } else { canary.due(self.child.limits.canary) };
            let queue = if alone { &mut due.suspects } else { &mut due.waiting };
            let Some(index) = repeat.or_else(|| queue.pop_front()) else { break };
            let job = &jobs[index];
            if !cuts && job.cuts.len() > 1 {
                due.flying.insert(0, Flight { index, work: 0, judged: false });
                let reply = self.cut(job)?;
                due.flying.clear();
                return Ok((index, Given::Answer(reply)));
            }
            let trusted = trusted.filter(|_| repeat.is_none() && canary.is_set());
            self.last += 1;
            let id = self.last;
            match trusted {
                Some(asked) => self.process()?.send(&judge_message(id, asked, index)),
                None => self.process()?.send(&message(id, job, job.cuts.get(1..).unwrap_or_default())),
            }
            due.flying.insert(id, Flight { index, work: job.work(), judged: trusted.is_some() });
        }
        // Which of the runs in flight is being worked on is not known; the largest is allowed for.
        let work = due.flying.values().map(|flight| flight.work).max().unwrap_or(0);
        let reply = self.receive(work)?;
        let Flight { index, judged, .. } = due.flying.remove(&reply.id).ok_or_else(|| self.unasked(reply.id))?;
        let given = match reply.said {
            Ok(Said::Judged(said)) if judged => {
                said.judgement().map(Given::Judgement).ok_or_else(|| "a judgement of no cut".to_owned())
            }
            said => said.and_then(|said| to_answer(said.ran()?, &jobs[index])).map(Given::Answer),
        };
        Ok((index, given.unwrap_or_else(|what| Given::Answer(broken(FaultKind::Garbage, what)))))
    }

    /// Runs a job's cuts one after another, as scripts of their own.
    fn cut(&mut self, job: &Job) -> Result<Answer, Lost> {
        let answer = cut_for_it(job, &mut |run| {
            self.send(&Run { run: self.last + 1, ..run })?;
            let reply = self.receive(0)?;
            if reply.id == self.last { Ok(reply.said.and_then(Said::ran)) } else { Err(self.unasked(reply.id)) }
        });
        match answer {
            Ok(answer) => Ok(answer),
            Err(Stop::Lost(lost)) => Err(lost),
            Err(Stop::Garbage(what)) => Ok(broken(FaultKind::Garbage, what)),
        }
    }

    fn process(&mut self) -> Result<&mut Process, Lost> {
        let missing = || Gone { kind: FaultKind::Exit, text: "no process".to_owned() };
        self.process.as_mut().ok_or_else(|| missing().into()) // `run` starts one before each round
    }

    fn send(&mut self, run: &Run<'_>) -> Result<(), Lost> {
        self.last = run.run;
        self.process()?.send(run);
        Ok(())
    }

    fn receive(&mut self, work: u64) -> Result<Reply, Lost> {
        let deadline = self.child.limits.run + Duration::from_micros(work.saturating_mul(MICROSECONDS));
        Ok(self.process()?.receive(deadline)?)
    }

    /// An answer to a run that is not due. What was asked of this process must have been answered before.
    fn unasked(&self, id: u64) -> Lost {
        let innocent = (self.before + 1..=self.last).contains(&id);
        let what = if innocent { "twice" } else { "which was not asked for" };
        Lost { gone: Gone::garbage(format!("answered run {id}, {what}")), innocent }
    }

    /// A process is gone. One run in flight: that one did it. Several: each is run again alone.
    fn bury(&mut self, lost: Lost, due: &mut Due, canary: &mut Canary) -> Blame {
        self.process = None;
        self.deaths += 1;
        canary.forget();
        let flying = std::mem::take(&mut due.flying).into_values().map(|flight| flight.index);
        let flying: Vec<usize> = flying.filter(|index| !canary.was(*index)).collect();
        let fault = Fault { kind: lost.gone.kind, text: lost.gone.text };
        match flying.as_slice() {
            several if lost.innocent => {
                several.iter().rev().for_each(|index| due.waiting.push_front(*index));
                Blame::Session(fault)
            }
            [] => Blame::Session(fault), // it was repeating the canary, which went well before
            [index] => Blame::Job(*index, fault),
            several => {
                due.suspects.extend(several);
                Blame::Suspects
            }
        }
    }
}
