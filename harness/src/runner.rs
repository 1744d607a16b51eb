//! Puts cases to subjects, on several threads, and judges what comes back. Output does not depend on timing: results
//! are ordered by subject and case whatever order they arrive in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::compare::{Reading, Rules};
use crate::cuts::Cuts;
use crate::endpoint::Profile;
use crate::judge::{Judgement, inapplicable, judge};
use crate::subject::{Answer, Asked, Subject};
use crate::transcript::Fault;
use crate::vectors::Case;

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which cuts.
    pub cuts: Cuts,
    /// The seed of sampled cuts.
    pub seed: u64,
    /// Threads; each subject's cases are spread over as many sessions.
    pub jobs: usize,
    /// Whether to keep what each subject understood of each case, for [`crate::divergence::divergences`].
    pub compare: bool,
    /// Whether the cases are some of [`Suite::bundled`](crate::vectors::Suite::bundled), so that a process of this very
    /// program can judge by itself what it runs.
    pub bundled: bool,
}

/// What came of one subject.
#[derive(Debug)]
pub struct SubjectRun {
    /// Its name.
    pub name: String,
    /// Who it is, or why it is unavailable.
    pub profile: Result<Profile, String>,
    /// One judgement a case, in the order of the cases.
    pub judgements: Vec<Judgement>,
    /// How many cuts each case was run under.
    pub cuts: Vec<usize>,
    /// What it understood of each case as written, if that was asked for and it ran.
    pub readings: Vec<Option<Reading>>,
    /// Faults of the subject as a whole.
    pub faults: Vec<Fault>,
    /// Scripts run, each cut counted.
    pub scripts: u64,
    /// How long its sessions were busy, added up.
    pub busy: Duration,
}

/// Watches a run, on the calling thread.
pub trait Progress {
    /// So many more cases of this subject (by index) are done.
    fn done(&mut self, subject: usize, cases: usize);
}

/// A progress that shows nothing.
pub struct Silent;

impl Progress for Silent {
    fn done(&mut self, _: usize, _: usize) {}
}

/// What the threads share.
struct Shared {
    cases: Vec<Case>,
    subjects: Vec<Arc<dyn Subject>>,
    options: Options,
    stop: Arc<AtomicBool>,
    /// The next unit of work: subject-major, `jobs` units a subject.
    next: AtomicUsize,
}

/// What the threads tell.
enum Told {
    Opened(usize, Result<Profile, String>),
    Judged { subject: usize, case: usize, judgement: Box<Judgement>, cuts: usize },
    Read { subject: usize, case: usize, reading: Box<Reading> },
    Finished { subject: usize, faults: Vec<Fault>, busy: Duration },
}

/// Runs all cases on all subjects. When `stop` becomes true it returns at once with what it has; the rest is "not
/// run: interrupted".
pub fn run(
    cases: &[&Case],
    subjects: &[Arc<dyn Subject>],
    options: Options,
    stop: &Arc<AtomicBool>,
    progress: &mut dyn Progress,
) -> Vec<SubjectRun> {
    let shared = Arc::new(Shared {
        cases: cases.iter().map(|c| (*c).clone()).collect(),
        subjects: subjects.to_vec(),
        options: Options { jobs: options.jobs.max(1), ..options },
        stop: stop.clone(),
        next: AtomicUsize::new(0),
    });
    let (tell, told) = channel();
    for _ in 0..shared.options.jobs {
        let (shared, tell) = (shared.clone(), tell.clone());
        std::thread::spawn(move || while shared.unit(&tell) {});
    }
    drop(tell);
    let mut runs: Vec<SubjectRun> = subjects.iter().map(|s| SubjectRun::empty(s.name(), cases.len())).collect();
    while !stop.load(Ordering::Relaxed) {
        match told.recv_timeout(Duration::from_millis(100)) {
            Ok(news) => note(&mut runs, news, progress),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    told.try_iter().for_each(|news| note(&mut runs, news, progress));
    runs
}

impl SubjectRun {
    fn empty(name: &str, cases: usize) -> SubjectRun {
        SubjectRun {
            name: name.to_owned(),
            profile: Err("interrupted before it started".to_owned()),
            judgements: vec![Judgement::not_run("interrupted"); cases],
            cuts: vec![0; cases],
            readings: vec![None; cases],
            faults: Vec::new(),
            scripts: 0,
            busy: Duration::ZERO,
        }
    }
}

fn note(runs: &mut [SubjectRun], news: Told, progress: &mut dyn Progress) {
    match news {
        Told::Opened(subject, profile) => {
            let run = &mut runs[subject];
            if run.profile.is_err() {
                run.profile = profile;
            }
        }
        Told::Judged { subject, case, judgement, cuts } => {
            let run = &mut runs[subject];
            run.scripts += cuts as u64;
            run.judgements[case] = *judgement;
            run.cuts[case] = cuts;
            progress.done(subject, 1);
        }
        Told::Read { subject, case, reading } => runs[subject].readings[case] = Some(*reading),
        Told::Finished { subject, faults, busy } => {
            let run = &mut runs[subject];
            run.busy += busy;
            for fault in faults {
                if !run.faults.contains(&fault) {
                    run.faults.push(fault);
                }
            }
        }
    }
}

impl Shared {
    /// Takes and does one unit of work; false when none is left.
    fn unit(&self, tell: &Sender<Told>) -> bool {
        let unit = self.next.fetch_add(1, Ordering::Relaxed);
        let (subject, part) = (unit / self.options.jobs, unit % self.options.jobs);
        if subject >= self.subjects.len() || self.stop.load(Ordering::Relaxed) {
            return false;
        }
        let indexes: Vec<usize> = (part..self.cases.len()).step_by(self.options.jobs).collect();
        if indexes.is_empty() && part > 0 {
            return true;
        }
        let begun = Instant::now();
        let faults = self.part(subject, &indexes, tell);
        let _ = tell.send(Told::Finished { subject, faults, busy: begun.elapsed() });
        true
    }

    /// Runs some cases on a new session of a subject.
    fn part(&self, subject: usize, indexes: &[usize], tell: &Sender<Told>) -> Vec<Fault> {
        let judged = |case: usize, judgement: Judgement, cuts: usize| {
            let _ = tell.send(Told::Judged { subject, case, judgement: Box::new(judgement), cuts });
        };
        let mut session = match self.subjects[subject].open() {
            Ok(session) => session,
            Err(unavailable) => {
                let why = format!("unavailable: {}", unavailable.0);
                let _ = tell.send(Told::Opened(subject, Err(unavailable.0)));
                indexes.iter().for_each(|&case| judged(case, Judgement::not_run(&why), 0));
                return Vec::new();
            }
        };
        let profile = session.profile().clone();
        let _ = tell.send(Told::Opened(subject, Ok(profile.clone())));
        let (mut asked, mut indexes_of_asked) = (Vec::new(), Vec::new());
        for &case in indexes {
            match inapplicable(&self.cases[case], &profile) {
                Some(why) => judged(case, Judgement::not_applicable(&why), 0),
                None => {
                    asked.push(&self.cases[case]);
                    indexes_of_asked.push(case);
                }
            }
        }
        let Options { cuts, seed, bundled, .. } = self.options;
        let asked = Asked { cases: &asked, cuts, seed, bundled };
        if !self.options.compare {
            return session
                .judge(&asked, &mut |index, judgement, cuts| judged(indexes_of_asked[index], judgement, cuts));
        }
        let jobs = asked.jobs();
        session.run(&jobs, &mut |index, answer| {
            let (case, cuts) = (indexes_of_asked[index], &jobs[index].cuts);
            if let Answer::Ran { whole, .. } = &answer {
                let reading = Box::new(Reading::of(&self.cases[case].script, whole, Rules::default()));
                let _ = tell.send(Told::Read { subject, case, reading });
            }
            judged(case, judge(&self.cases[case], &profile, cuts, &answer), cuts.len());
        })
    }
}
