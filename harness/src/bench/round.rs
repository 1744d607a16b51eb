//! Rounds: every subject measured once in each, so that what slows the machine down slows all of them.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Cost, Measurement, SubjectInfo, Task, Work, WorkloadInfo};
use crate::compare::{Common, Reading, Rules, Severity, differ};
use crate::protocol::Role;
use crate::subject::{Session, Subject};
use crate::transcript::Transcript;
use crate::vectors::Workload;

/// How to measure.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Rounds.
    pub rounds: usize,
    /// Nanoseconds that a measurement is to take.
    pub slice: u64,
}

/// Watches a benchmark.
pub trait Progress {
    /// A subject is about to be measured on a workload. False ends the benchmark; what is complete is kept.
    fn measuring(&mut self, workload: &Workload, subject: &str) -> bool;
}

/// A run that takes longer is measured in few rounds.
const LONG: u64 = 500_000_000;

/// Rounds for those.
const FEW: usize = 3;

/// A subject that takes part, or why it does not.
type Started = Result<Box<dyn Session>, String>;

/// Measures all subjects on all workloads. The first that can take part is what the others' work is compared with.
pub fn run(
    workloads: &[&Workload],
    subjects: &[Arc<dyn Subject>],
    options: Options,
    progress: &mut dyn Progress,
) -> (Vec<SubjectInfo>, Vec<Measurement>) {
    let mut started: Vec<(String, Started)> =
        subjects.iter().map(|s| (s.name().to_owned(), s.open().map_err(|unavailable| unavailable.0))).collect();
    let info = started.iter().map(|(name, session)| about(name, session)).collect();
    let mut measurements = Vec::new();
    for workload in workloads {
        match race(workload, &mut started, options, progress) {
            Some(of) => measurements.extend(of),
            None => break,
        }
    }
    (info, measurements)
}

fn about(name: &str, session: &Started) -> SubjectInfo {
    let (profile, absent) = match session {
        Ok(session) => (session.profile().clone(), None),
        Err(why) => (crate::Profile::default(), Some(why.clone())),
    };
    SubjectInfo { name: name.to_owned(), version: profile.version, language: profile.language, absent }
}

/// A subject in a race.
struct Runner<'a> {
    name: &'a str,
    session: &'a mut dyn Session,
    work: Work,
    cost: Cost,
    /// Events in one run.
    events: u64,
    rounds: usize,
    broke: Option<String>,
}

/// All subjects on one workload; none if it was stopped.
fn race(
    workload: &Workload,
    started: &mut [(String, Started)],
    options: Options,
    progress: &mut dyn Progress,
) -> Option<Vec<Measurement>> {
    let task = Arc::new(Task { script: workload.script.clone(), pieces: workload.pieces });
    let mut runners = Vec::new();
    let mut out = Vec::new();
    let mut first: Option<(crate::Profile, Reading)> = None;
    for (name, session) in started {
        if !progress.measuring(workload, name) {
            return None;
        }
        let Ok(session) = session else { continue };
        if !session.profile().opens(&workload.script.endpoint()) {
            continue;
        }
        match warm(name, session.as_mut(), workload, &task, options, &mut first) {
            Ok(runner) => runners.push(runner),
            Err(why) => out.push(measurement(workload, name, Err(why))),
        }
    }
    for round in 0..options.rounds {
        for at in 0..runners.len() {
            let turn = (at + round) % runners.len(); // nobody always follows the same one
            let runner = &mut runners[turn];
            if !progress.measuring(workload, runner.name) {
                return None;
            }
            if round < runner.rounds && runner.broke.is_none() {
                runner.broke = runner.measure(&task).err();
            }
        }
    }
    for runner in runners {
        let outcome = runner.broke.map_or(Ok((runner.work, runner.cost)), Err);
        out.push(measurement(workload, runner.name, outcome));
    }
    Some(out)
}

fn measurement(workload: &Workload, subject: &str, outcome: Result<(Work, Cost), String>) -> Measurement {
    Measurement { workload: workload.id.clone(), subject: subject.to_owned(), outcome }
}

impl Runner<'_> {
    fn measure(&mut self, task: &Arc<Task>) -> Result<(), String> {
        let measured = self.session.measure(task, self.cost.times)?;
        if measured.events != self.events * self.cost.times {
            let expected = self.events * self.cost.times;
            return Err(format!("it reported {} events while it was timed, and not {expected}", measured.events));
        }
        self.cost.samples.push(measured.nanoseconds as f64 / self.cost.times as f64);
        Ok(())
    }
}

/// What the subject makes of the workload, and how often it has to run for a measurement.
fn warm<'a>(
    name: &'a str,
    session: &'a mut dyn Session,
    workload: &Workload,
    task: &Arc<Task>,
    options: Options,
    first: &mut Option<(crate::Profile, Reading)>,
) -> Result<Runner<'a>, String> {
    // First this: a measurement has the shorter deadline, and who needs longer needs longer for a transcript too.
    let once = session.measure(task, 1)?;
    let transcript = session.transcribe(&workload.script)?;
    if let Some(fault) = &transcript.fault {
        return Err(format!("it broke: {}", fault.text));
    }
    let profile = session.profile().clone();
    let reading = Reading::of(&workload.script, &transcript, Rules::default());
    let common = first.as_ref().map(|(with, _)| Common::of(workload.script.protocol, &profile, with));
    let differs = match (&common, &*first) {
        (Some(common), Some((_, with))) => differ(common, &reading, with).filter(|d| d.severity <= Severity::S3),
        _ => None,
    };
    let mut work = work(workload, &transcript);
    // Fed in pieces, content may come in more events than whole; never in fewer.
    if once.events < work.events || (workload.pieces.is_none() && once.events != work.events) {
        return Err(format!("it reports {} events when it is timed, and {} otherwise", once.events, work.events));
    }
    work.differs = differs.map(|d| format!("{} {}, message {}", d.severity, d.what, d.message + 1));
    first.get_or_insert((profile, reading));
    let more = (options.slice / 10 / once.nanoseconds.max(1)).max(1);
    let again = session.measure(task, more)?;
    let one = (again.nanoseconds / more).max(1);
    let rounds = if one > LONG { FEW.min(options.rounds) } else { options.rounds };
    let cost = Cost { times: (options.slice / one).max(1), ..Cost::default() };
    Ok(Runner { name, session, work, cost, events: once.events, rounds, broke: None })
}

/// What was done in one run.
fn work(workload: &Workload, transcript: &Transcript) -> Work {
    let protocol = workload.script.protocol;
    let count = |names: &[&str]| transcript.events().filter(|(_, s)| names.contains(&&*s.record.event)).count() as u64;
    let blocks = transcript.steps.iter().filter(|step| !step.output.is_empty()).count() as u64;
    let whole = if workload.script.role == Role::Encoder { blocks } else { count(&["end", "fields"]) };
    let canonical = serde_json::to_vec(&transcript.canonical(protocol)).unwrap_or_default();
    Work {
        messages: if whole > 0 { whole } else { count(&["request", "response"]) },
        heads_only: whole == 0,
        events: transcript.events().count() as u64,
        written: transcript.output().len() as u64,
        digest: Sha256::digest(&canonical).iter().take(8).map(|octet| format!("{octet:02x}")).collect(),
        differs: None,
    }
}

impl From<&Workload> for WorkloadInfo {
    fn from(workload: &Workload) -> WorkloadInfo {
        WorkloadInfo {
            id: workload.id.clone(),
            title: workload.title.clone(),
            why: workload.why.clone(),
            endpoint: workload.script.endpoint(),
            octets: workload.octets(),
            messages: workload.messages,
            pieces: workload.pieces,
            chart: workload.chart.clone(),
        }
    }
}
