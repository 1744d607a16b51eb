//! What the runner sees: subjects that open sessions, sessions that run jobs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::bench::{Measured, Task, measure};
use crate::cuts::{Cut, Cuts, plan};
use crate::drive::{Ending, Engine, drive, transcribe};
use crate::endpoint::{Config, Implementation, Profile, Typed, Unsupported};
use crate::follow::Follower;
use crate::judge::{Judgement, judge};
use crate::protocol::{Protocol, Role};
use crate::script::{Script, Step};
use crate::transcript::{Fault, Transcript};
use crate::vectors::{Case, CaseCuts};

/// An implementation made runnable.
pub trait Subject: Send + Sync {
    /// The name people call it by: `h11`.
    fn name(&self) -> &str;

    /// Starts it. A session is used by one thread; several may be open at once.
    fn open(&self) -> Result<Box<dyn Session>, Unavailable>;
}

/// Why a subject cannot run at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable(pub String);

/// One script to run under some cuts.
#[derive(Clone, Debug)]
pub struct Job {
    /// What to run.
    pub script: Script,
    /// Under which cuts; the first is [`Cut::Whole`].
    pub cuts: Vec<Cut>,
}

impl Job {
    /// A case under the cuts that are planned for it.
    pub fn of_case(case: &Case, cuts: Cuts, seed: u64) -> Job {
        let cuts = match case.cuts {
            CaseCuts::Any => plan(cuts, &case.script, seed),
            CaseCuts::Fixed => vec![Cut::Whole],
        };
        Job { script: case.script.clone(), cuts }
    }

    /// Octets fed and asked to be sent, all cuts together: what a deadline has to allow for.
    pub(crate) fn work(&self) -> u64 {
        let octets = |step: &Step| match step {
            Step::Receive(octets) => octets.len(),
            Step::Send(action) => texts(action),
            Step::Eof | Step::Tick(_) => 0,
        };
        (self.script.steps.iter().map(octets).sum::<usize>() * self.cuts.len()) as u64
    }
}

/// Octets of the texts in an action.
fn texts(action: &serde_json::Value) -> usize {
    match action {
        serde_json::Value::String(text) => text.len(),
        serde_json::Value::Array(items) => items.iter().map(texts).sum(),
        serde_json::Value::Object(members) => members.values().map(texts).sum(),
        _ => 0,
    }
}

/// What a session says of one job.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It ran.
    Ran {
        /// The transcript as written.
        whole: Transcript,
        /// The transcript octet by octet, if that cut was asked for.
        octets: Option<Transcript>,
        /// The cuts (by index into the job's) whose canonical transcripts differ from the whole one, with them.
        differing: Vec<(usize, Transcript)>,
    },
    /// It cannot: n/a, and why.
    Cannot(String),
    /// It was not run, and why.
    NotRun(String),
}

/// Cases that a session is asked to show its part in.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The cases; each can be put to the subject.
    pub cases: &'a [&'a Case],
    /// Under which cuts.
    pub cuts: Cuts,
    /// The seed of sampled cuts.
    pub seed: u64,
    /// Whether they are some of those compiled into this program.
    pub bundled: bool,
}

impl Asked<'_> {
    /// A job for each case.
    pub fn jobs(&self) -> Vec<Job> {
        self.cases.iter().map(|case| Job::of_case(case, self.cuts, self.seed)).collect()
    }
}

/// A started subject.
pub trait Session {
    /// Who it says it is.
    fn profile(&self) -> &Profile;

    /// Runs all jobs and gives each one's answer with its index, in any order, each exactly once. Returns faults of
    /// the session as a whole, such as state that leaks from one endpoint to another.
    fn run(&mut self, jobs: &[Job], answer: &mut dyn FnMut(usize, Answer)) -> Vec<Fault>;

    /// Puts cases to it under planned cuts, and gives each one's judgement with its index and the number of cuts, in any
    /// order, each exactly once. Returns what [`Session::run`] returns.
    fn judge(&mut self, asked: &Asked<'_>, judged: &mut dyn FnMut(usize, Judgement, usize)) -> Vec<Fault> {
        let (jobs, profile) = (asked.jobs(), self.profile().clone());
        self.run(&jobs, &mut |index, answer| {
            let cuts = &jobs[index].cuts;
            judged(index, judge(asked.cases[index], &profile, cuts, &answer), cuts.len());
        })
    }

    /// Runs one script as it is written.
    ///
    /// # Errors
    /// Why it does not run it.
    fn transcribe(&mut self, script: &Script) -> Result<Transcript, String> {
        let job = Job { script: script.clone(), cuts: vec![Cut::Whole] };
        let mut given = Err("no answer".to_owned());
        self.run(std::slice::from_ref(&job), &mut |_, answer| {
            given = match answer {
                Answer::Ran { whole, .. } => Ok(whole),
                Answer::Cannot(why) | Answer::NotRun(why) => Err(why),
            };
        });
        given
    }

    /// Runs a task so many times, and says what that took where the subject lives.
    ///
    /// # Errors
    /// Why it cannot be measured, for people.
    fn measure(&mut self, task: &Arc<Task>, times: u64) -> Result<Measured, String>;
}

/// An implementation called in this process, with nothing between: for tests, fuzzing, benchmarks and workers.
/// Panics are caught; aborts, signals and endless loops are not (a worker process contains those).
#[derive(Clone)]
pub struct InProcess {
    name: String,
    open: std::sync::Arc<OpenEngine>,
    profile: Profile,
}

type OpenEngine = dyn Fn(Role, &Config) -> Result<Box<dyn Engine>, Unsupported> + Send + Sync;

impl InProcess {
    /// Wraps an implementation.
    pub fn new<P: Protocol>(implementation: impl Implementation<P> + 'static) -> InProcess {
        let profile = implementation.profile().clone();
        InProcess::of_engines(profile, move |role, config| {
            implementation.open(role, config).map(|endpoint| Box::new(Typed(endpoint)) as Box<dyn Engine>)
        })
    }

    /// Wraps something that opens engines without Rust types, such as a library behind the C ABI.
    pub fn of_engines(
        profile: Profile,
        open: impl Fn(Role, &Config) -> Result<Box<dyn Engine>, Unsupported> + Send + Sync + 'static,
    ) -> InProcess {
        InProcess { name: profile.name.clone(), open: std::sync::Arc::new(open), profile }
    }

    /// The same under another name.
    pub fn named(mut self, name: &str) -> InProcess {
        self.name = name.to_owned();
        self
    }

    /// Who it is.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// A new endpoint.
    pub fn engine(&self, role: Role, config: &Config) -> Result<Box<dyn Engine>, Unsupported> {
        (self.open)(role, config)
    }

    /// One run under one cut.
    pub fn transcribe(&self, script: &Script, splits: &[usize]) -> Result<Transcript, String> {
        transcribe(&mut || self.engine(script.role, &script.config), script, splits)
    }

    /// Runs a task so many times; see [`crate::bench`].
    pub fn measure(&self, task: &Task, times: u64) -> Result<Measured, String> {
        measure(self, task, times)
    }

    /// One job: all its cuts.
    pub fn run_job(&self, job: &Job) -> Answer {
        run_cuts(job, &mut |splits, canonical| match canonical {
            Some(canonical) if self.shows(&job.script, splits, canonical) => Ok(None),
            _ => self.transcribe(&job.script, splits).map(Some),
        })
    }

    /// Whether what it shows of a script cut in this way has this canonical form. If not, or if it cannot be told
    /// because it breaks, the whole transcript is wanted.
    fn shows(&self, script: &Script, splits: &[usize], canonical: &Transcript) -> bool {
        let mut follower = Follower::new(script.protocol, canonical);
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let mut engine = self.engine(script.role, &script.config).ok()?;
            Some(drive(&mut *engine, script, splits, &mut follower) == Ending::Completed)
        }));
        matches!(ran, Ok(Some(true))) && follower.arrived()
    }
}

/// A transcript, or none if it is known to be like the one before; or why there can be none.
pub(crate) type Followed = Result<Option<Transcript>, String>;

/// Runs a job's cuts with `run` and keeps what an [`Answer`] keeps. `run` is given the splits and, unless the whole
/// transcript is wanted, the canonical form that it has otherwise: it may then give none for one that has it.
pub(crate) fn run_cuts(job: &Job, run: &mut dyn FnMut(&[usize], Option<&Transcript>) -> Followed) -> Answer {
    let whole = match run(&[], None) {
        Ok(transcript) => transcript.unwrap_or_default(),
        Err(why) => return Answer::Cannot(why),
    };
    let len = job.script.length();
    let canonical = whole.canonical(job.script.protocol);
    let followed = Some(&canonical).filter(|canonical| canonical.fault.is_none());
    let mut octets = None;
    let mut differing = Vec::new();
    for (index, cut) in job.cuts.iter().enumerate().skip(1) {
        let kept = *cut == Cut::Octets;
        let transcript = match run(&cut.splits(len), followed.filter(|_| !kept)) {
            Ok(Some(transcript)) => transcript,
            Ok(None) => continue,
            Err(why) => return Answer::Cannot(why),
        };
        if transcript.canonical(job.script.protocol) != canonical {
            differing.push((index, transcript.clone()));
        }
        if kept {
            octets = Some(transcript);
        }
    }
    Answer::Ran { whole, octets, differing }
}

impl Subject for InProcess {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self) -> Result<Box<dyn Session>, Unavailable> {
        Ok(Box::new(Direct(self.clone())))
    }
}

/// A session in this process.
pub(crate) struct Direct(pub(crate) InProcess);

impl Session for Direct {
    fn profile(&self) -> &Profile {
        &self.0.profile
    }

    fn run(&mut self, jobs: &[Job], answer: &mut dyn FnMut(usize, Answer)) -> Vec<Fault> {
        for (index, job) in jobs.iter().enumerate() {
            answer(index, self.0.run_job(job));
        }
        Vec::new()
    }

    fn measure(&mut self, task: &Arc<Task>, times: u64) -> Result<Measured, String> {
        self.0.measure(task, times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http2::Http2;
    use serde_json::json;

    #[test]
    fn what_is_fed_and_what_is_sent_is_work() {
        let send = Step::send(json!({"response": {"stream": 1, "fields": [["a", "bcd"]], "end": true}}));
        let steps = vec![Step::Receive(vec![0; 10]), send, Step::Eof];
        let config = Config::default();
        let script = Script { protocol: Http2::SPEC, role: Role::Server, config, answer: false, steps };
        assert_eq!(Job { script, cuts: vec![Cut::Whole, Cut::Octets] }.work(), 28);
    }
}
