//! Rounds: every subject measured once in each, so that what slows the machine down slows all of them.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::sink::echo;
use super::{Cost, Measured, Measurement, SinkCost, SubjectInfo, Task, Work, WorkloadInfo};
use crate::Profile;
use crate::compare::{Common, Reading, Rules, Severity, differ};
use crate::protocol::Role;
use crate::subject::{Direct, InProcess, Session, Subject};
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
    /// A subject is about to be measured on a workload, in one of the rounds from 1, or in round 0 to be looked at.
    fn measuring(&mut self, round: usize, workload: &Workload, subject: &str);

    /// Whether to end now. What is complete is kept.
    fn is_over(&self) -> bool;
}

/// A run that takes longer is measured in few rounds.
const LONG: u64 = 500_000_000;

/// Rounds for those.
const FEW: usize = 3;

/// The longest slice for the harness by itself: a measurement in this process does not end when it is told to.
const LONGEST_SINK: u64 = 50_000_000;

/// What is measured when the harness is measured by itself.
const HARNESS: &str = "the harness by itself";

/// A subject that takes part, or why it does not.
type Started = Result<Box<dyn Session>, String>;

/// Measures all subjects on all workloads. The first that can take part is what the others' work is compared with.
/// What the harness costs by itself is measured in this process, by what `references` report.
///
/// First it is seen what each makes of each workload, and how often it has to run. Then each round starts the subjects
/// anew: where code and data happen to lie in a process is the same for all its life and moves figures by more than
/// measuring again shows.
pub fn run(
    workloads: &[&Workload],
    subjects: &[Arc<dyn Subject>],
    references: &[InProcess],
    options: Options,
    progress: &mut dyn Progress,
) -> (Vec<SubjectInfo>, Vec<Measurement>, Vec<SinkCost>) {
    let mut started: Vec<Started> = subjects.iter().map(|subject| start(&**subject)).collect();
    let info = subjects.iter().zip(&started).map(|(subject, session)| about(subject.name(), session)).collect();
    let mut races: Vec<Race<'_>> = workloads.iter().map(|workload| Race::new(workload)).collect();
    let prepared = races.iter_mut().all(|race| {
        race.sink = race.sink(references, options);
        race.prepare(subjects, &mut started, options, progress)
    });
    if prepared {
        for round in 1..=options.rounds {
            started.clear();
            started.extend(subjects.iter().map(|subject| start(&**subject)));
            if !races.iter_mut().all(|race| race.round(round, &mut started, progress)) {
                break;
            }
        }
    }
    let sinks = races.iter_mut().filter_map(Race::sink_cost).collect();
    (info, races.into_iter().flat_map(Race::measurements).collect(), sinks)
}

fn start(subject: &dyn Subject) -> Started {
    subject.open().map_err(|unavailable| unavailable.0)
}

fn about(name: &str, session: &Started) -> SubjectInfo {
    let (profile, absent) = match session {
        Ok(session) => (session.profile().clone(), None),
        Err(why) => (Profile::default(), Some(why.clone())),
    };
    SubjectInfo { name: name.to_owned(), version: profile.version, language: profile.language, absent }
}

/// All subjects on one workload.
struct Race<'a> {
    workload: &'a Workload,
    task: Arc<Task>,
    /// What the first subject made of it.
    first: Option<(Profile, Reading)>,
    /// Each subject that speaks the protocol.
    runners: Vec<Runner>,
    /// The harness by itself.
    sink: Option<(InProcess, Pace)>,
    /// Whether each was measured.
    complete: bool,
}

/// A subject in a race.
struct Runner {
    /// Which subject.
    subject: usize,
    name: String,
    /// What it does, or why it cannot be measured.
    outcome: Result<Pace, String>,
}

/// What a subject does in a race, and how often.
struct Pace {
    work: Work,
    cost: Cost,
    /// Events in one run.
    events: u64,
    rounds: usize,
}

impl Race<'_> {
    fn new(workload: &Workload) -> Race<'_> {
        let task = Arc::new(Task { script: workload.script.clone(), pieces: workload.pieces });
        Race { workload, task, first: None, runners: Vec::new(), sink: None, complete: false }
    }

    /// What each subject makes of the workload; false if it was ended.
    fn prepare(
        &mut self,
        subjects: &[Arc<dyn Subject>],
        started: &mut [Started],
        options: Options,
        progress: &mut dyn Progress,
    ) -> bool {
        let endpoint = self.workload.script.endpoint();
        for (subject, session) in started.iter_mut().enumerate() {
            let Ok(session) = session else { continue };
            if !session.profile().opens(&endpoint) {
                continue;
            }
            let name = subjects[subject].name().to_owned();
            progress.measuring(0, self.workload, &name);
            let outcome = self.pace(session.as_mut(), options);
            if progress.is_over() {
                return false;
            }
            self.runners.push(Runner { subject, name, outcome });
        }
        true
    }

    /// One round; false if it was ended.
    fn round(&mut self, round: usize, started: &mut [Started], progress: &mut dyn Progress) -> bool {
        for at in 0..self.runners.len() {
            let turn = (at + round) % self.runners.len(); // nobody always follows the same one
            let Runner { subject, name, outcome } = &mut self.runners[turn];
            progress.measuring(round, self.workload, name);
            let Ok(pace) = outcome else { continue };
            if round > pace.rounds {
                continue;
            }
            let measured = match &mut started[*subject] {
                Ok(session) => pace.measure(session.as_mut(), &self.task),
                Err(why) => Err(format!("it does not start again: {why}")),
            };
            if progress.is_over() {
                return false;
            }
            if let Err(why) = measured {
                *outcome = Err(why);
            }
        }
        if let Some((echo, pace)) = &mut self.sink {
            progress.measuring(round, self.workload, HARNESS);
            let done = round > pace.rounds || pace.measure(&mut Direct(echo.clone()), &self.task).is_ok();
            self.sink = self.sink.take().filter(|_| done);
        }
        self.complete = true;
        true
    }

    /// What a subject makes of the workload, and how often it has to run for a measurement.
    fn pace(&mut self, session: &mut dyn Session, options: Options) -> Result<Pace, String> {
        let workload = self.workload;
        // First this: a measurement has the shorter deadline, and who needs longer needs longer for a transcript too.
        let once = session.measure(&self.task, 1)?;
        let transcript = session.transcribe(&workload.script)?;
        if let Some(fault) = &transcript.fault {
            return Err(format!("it broke: {}", fault.text));
        }
        let profile = session.profile().clone();
        let reading = Reading::of(&workload.script, &transcript, Rules::default());
        let common = self.first.as_ref().map(|(with, _)| Common::of(workload.script.protocol, &profile, with));
        let differs = match (&common, &self.first) {
            (Some(common), Some((_, with))) => differ(common, &reading, with).filter(|d| d.severity <= Severity::S3),
            _ => None,
        };
        let mut work = work(workload, &transcript);
        // Fed in pieces, content may come in more events than whole; never in fewer.
        if once.events < work.events || (workload.pieces.is_none() && once.events != work.events) {
            return Err(format!("it reports {} events when it is timed, and {} otherwise", once.events, work.events));
        }
        work.differs = differs.map(|d| format!("{} {}, message {}", d.severity, d.what, d.message + 1));
        self.first.get_or_insert((profile, reading));
        Pace::of(session, &self.task, once, work, options)
    }

    /// The harness by itself, with what the first reference that speaks the protocol reports.
    fn sink(&self, references: &[InProcess], options: Options) -> Option<(InProcess, Pace)> {
        let endpoint = self.workload.script.endpoint();
        let echo = echo(references.iter().find(|r| r.profile().opens(&endpoint))?, &self.task).ok()?;
        let once = echo.measure(&self.task, 1).ok()?;
        let options = Options { slice: options.slice.min(LONGEST_SINK), ..options };
        let pace = Pace::of(&mut Direct(echo.clone()), &self.task, once, Work::default(), options).ok()?;
        Some((echo, pace))
    }

    fn sink_cost(&mut self) -> Option<SinkCost> {
        let (_, pace) = self.sink.take().filter(|_| self.complete)?;
        Some(SinkCost { workload: self.workload.id.clone(), cost: pace.cost })
    }

    fn measurements(self) -> impl Iterator<Item = Measurement> {
        let workload = self.workload.id.clone();
        let runners = if self.complete { self.runners } else { Vec::new() };
        runners.into_iter().map(move |runner| Measurement {
            workload: workload.clone(),
            subject: runner.name,
            outcome: runner.outcome.map(|pace| (pace.work, pace.cost)),
        })
    }
}

impl Pace {
    /// Finds how often a subject has to run for a measurement.
    fn of(
        session: &mut dyn Session,
        task: &Arc<Task>,
        once: Measured,
        work: Work,
        options: Options,
    ) -> Result<Pace, String> {
        // Compilers in time make the first runs no measure of the later ones.
        let (mut times, mut took) = (1, once.nanoseconds);
        while took < options.slice / 2 {
            times *= 2;
            took = session.measure(task, times)?.nanoseconds;
        }
        let one = (took / times).max(1);
        let rounds = if one > LONG { FEW.min(options.rounds) } else { options.rounds };
        let cost = Cost { times: (options.slice / one).max(1), ..Cost::default() };
        Ok(Pace { work, cost, events: once.events, rounds })
    }

    /// Warms up, and measures.
    fn measure(&mut self, session: &mut dyn Session, task: &Arc<Task>) -> Result<(), String> {
        let times = self.cost.times;
        // One run, two, four …: as many as are measured then, so that each process has seen the same.
        let mut warm = 1;
        while warm < times {
            session.measure(task, warm)?;
            warm *= 2;
        }
        let measured = session.measure(task, times)?;
        if measured.events != self.events * times {
            let expected = self.events * times;
            return Err(format!("it reported {} events while it was timed, and not {expected}", measured.events));
        }
        self.cost.samples.push(measured.nanoseconds as f64 / times as f64);
        Ok(())
    }
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
