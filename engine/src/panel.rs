//! The subjects that an input is put to, and what each of them understood.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use wireproof::compare::{Common, Difference, Panel as Pairs, Reader, Reading, Rules, Severity, groups};
use wireproof::cuts::Cut;
use wireproof::{
    Answer, Ending, Fault, FaultKind, InProcess, Job, Profile, Script, Session, Step, Subject, Transcript, Unavailable,
    drive, panic_text,
};

use crate::{Input, Target};

/// How a subject is run.
enum Runner {
    /// Called in this process.
    Here(InProcess),
    /// Asked over a session, which the subject opens.
    Session(Arc<dyn Subject>, Box<dyn Session>),
}

/// After so many inputs a subject that dies again and again is started once more.
const EARNED: u64 = 2000;

/// One subject of a panel.
pub struct Member {
    /// What people call it.
    pub name: String,
    /// Who it says it is.
    pub profile: Profile,
    /// How many inputs it has seen.
    pub executions: u64,
    target: Target,
    runner: Runner,
    reader: Reader,
    /// What it understood of the last input; none if it took no part.
    reading: Option<Reading>,
    /// The words of its last fault.
    pub fault: Option<String>,
    /// Why it takes no part any longer.
    pub given_up: Option<String>,
    /// How many inputs it had seen when its session was opened.
    opened: u64,
}

impl Member {
    /// A subject in this process.
    pub fn here(target: Target, subject: InProcess) -> Member {
        let (name, profile) = (Subject::name(&subject).to_owned(), subject.profile().clone());
        Member::new(target, name, profile, Runner::Here(subject))
    }

    /// A subject over a session, which is started here.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn session(target: Target, subject: Arc<dyn Subject>) -> Result<Member, Unavailable> {
        let session = subject.open()?;
        let (name, profile) = (subject.name().to_owned(), session.profile().clone());
        Ok(Member::new(target, name, profile, Runner::Session(subject, session)))
    }

    /// The transcript of a script from a subject that has run nothing else; none if it takes no part.
    pub fn transcribe_afresh(&mut self, script: &Script) -> Option<Transcript> {
        match &self.runner {
            Runner::Here(subject) => subject.transcribe(script, &[]).ok(),
            Runner::Session(subject, _) => {
                let mut fresh = Member::session(self.target, subject.clone()).ok()?;
                fresh.transcribe(script, &Cut::Whole)
            }
        }
    }

    fn new(target: Target, name: String, profile: Profile, runner: Runner) -> Member {
        let reader = Reader::new(target.spec(), Rules::default());
        Member {
            name,
            profile,
            executions: 0,
            target,
            runner,
            reader,
            reading: None,
            fault: None,
            given_up: None,
            opened: 0,
        }
    }

    /// Whether it is called in this process, and so is quick.
    pub fn is_here(&self) -> bool {
        matches!(self.runner, Runner::Here(_))
    }

    /// `h11 0.16.0`.
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.profile.version)
    }

    /// What it understood of the last input; none if it took no part.
    pub fn reading(&self) -> Option<&Reading> {
        self.reading.as_ref()
    }

    /// Runs a script under a cut and reads it.
    pub fn run(&mut self, script: &Script, cut: &Cut) -> Option<&Reading> {
        self.fault = None;
        self.executions += 1;
        match &self.runner {
            Runner::Here(_) => self.run_here(script, cut),
            Runner::Session(..) => {
                let transcript = self.transcribe(script, cut);
                self.reading = transcript.map(|transcript| {
                    self.fault = transcript.fault.as_ref().map(|fault| fault.text.clone());
                    Reading::of(script, &transcript, Rules::default())
                });
            }
        }
        self.reading.as_ref()
    }

    fn run_here(&mut self, script: &Script, cut: &Cut) {
        let Runner::Here(subject) = &self.runner else { return };
        let reader = &mut self.reader;
        reader.reset();
        let splits = match cut {
            Cut::Whole => Vec::new(),
            cut => cut.splits(script.length()),
        };
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let Ok(mut engine) = subject.engine(script.role, &script.config) else { return false };
            drive(&mut *engine, script, &splits, reader) == Ending::Completed
        }));
        let took_part = ran.unwrap_or_else(|panic| {
            self.fault = Some(panic_text(&*panic));
            reader.broke(FaultKind::Panic);
            true
        });
        let old = self.reading.take().unwrap_or_default();
        self.reading = took_part.then(|| reader.finish_for(script, old));
    }

    /// Its whole transcript of a script under a cut; none if it takes no part.
    pub fn transcribe(&mut self, script: &Script, cut: &Cut) -> Option<Transcript> {
        match &mut self.runner {
            Runner::Here(subject) => subject.transcribe(script, &cut.splits(script.length())).ok(),
            Runner::Session(_, session) => {
                if !self.profile.opens(&script.endpoint()) {
                    return None;
                }
                let cuts = if *cut == Cut::Whole { vec![Cut::Whole] } else { vec![Cut::Whole, cut.clone()] };
                let job = Job { script: script.clone(), cuts };
                let mut given = None;
                session.run(std::slice::from_ref(&job), &mut |_, answer| given = Some(answer));
                match given? {
                    Answer::Ran { whole, octets, differing } => Some(match cut {
                        Cut::Whole => whole,
                        Cut::Octets => octets.unwrap_or(whole),
                        _ => differing.into_iter().next().map_or(whole, |(_, transcript)| transcript),
                    }),
                    Answer::Cannot(_) | Answer::NotRun(_) => None,
                }
            }
        }
    }

    /// What it understood of each of these scripts, all at once: sessions keep many in flight.
    pub fn read_all(&mut self, scripts: &[Script]) -> Vec<Option<(Reading, Option<Fault>)>> {
        let mut readings = vec![None; scripts.len()];
        if self.given_up.is_some() {
            return readings;
        }
        let Runner::Session(_, session) = &mut self.runner else {
            for (slot, script) in readings.iter_mut().zip(scripts) {
                let fault = |text: &String| Fault { kind: FaultKind::Panic, text: text.clone() };
                *slot = self.run(script, &Cut::Whole).cloned().map(|reading| (reading, None));
                if let Some((_, slot)) = slot {
                    *slot = self.fault.as_ref().map(fault);
                }
            }
            return readings;
        };
        let opens = |script: &&Script| self.profile.opens(&script.endpoint());
        let positions: Vec<usize> = (0..scripts.len()).filter(|at| opens(&&scripts[*at])).collect();
        let job = |at: &usize| Job { script: scripts[*at].clone(), cuts: vec![Cut::Whole] };
        let jobs: Vec<Job> = positions.iter().map(job).collect();
        let mut not_run = None;
        session.run(&jobs, &mut |at, answer| match (answer, positions.get(at)) {
            (Answer::Ran { whole, .. }, Some(at)) => {
                let reading = Reading::of(&scripts[*at], &whole, Rules::default());
                readings[*at] = Some((reading, whole.fault));
            }
            (Answer::NotRun(why), _) => not_run = Some(why),
            _ => {}
        });
        self.executions += jobs.len() as u64;
        not_run.into_iter().for_each(|why| self.revive(why));
        readings
    }

    /// A session that was given up is opened anew, if it did its work for long enough; else that is the end of it.
    fn revive(&mut self, why: String) {
        let Runner::Session(subject, session) = &mut self.runner else { return };
        let earned = self.executions - self.opened >= EARNED;
        self.opened = self.executions;
        match subject.open() {
            Ok(fresh) if earned => *session = fresh,
            _ => self.given_up = Some(why),
        }
    }
}

/// Scripts by shape, of which only the octets change from input to input.
#[derive(Default)]
pub struct Scripts(Vec<Option<Script>>);

impl Scripts {
    /// The script of an input; the same as [`Input::script`], made with less work.
    pub fn of(&mut self, input: &Input) -> &Script {
        let slot = usize::from(input.shape & 15);
        self.0.resize_with(16, || None);
        match &mut self.0[slot] {
            Some(script) if script.protocol.name == input.target.spec().name && input.target != Target::Hpack => {
                if let Some(Step::Receive(octets)) = script.steps.iter_mut().find(|s| matches!(s, Step::Receive(_))) {
                    octets.clear();
                    input.front().iter().for_each(|front| octets.extend_from_slice(front));
                    octets.extend_from_slice(&input.octets);
                }
            }
            other => *other = Some(input.script()),
        }
        self.0[slot].get_or_insert_with(|| input.script())
    }
}

/// What is told each input first.
pub type Before = Box<dyn FnMut(&Input)>;

/// Subjects of one protocol, and how each two of them are compared.
pub struct Panel {
    /// What they speak.
    pub target: Target,
    /// The subjects.
    pub members: Vec<Member>,
    pairs: Pairs,
    scripts: Scripts,
    /// Told each input before any subject of this process sees it.
    pub before: Option<Before>,
}

impl Panel {
    /// A panel of these subjects.
    pub fn new(target: Target, members: Vec<Member>) -> Panel {
        let profiles: Vec<&Profile> = members.iter().map(|m| &m.profile).collect();
        let pairs = Pairs::new(target.spec(), &profiles);
        Panel { target, members, pairs, scripts: Scripts::default(), before: None }
    }

    /// Puts the input to those of its subjects that `which` chooses; the others take no part.
    pub fn run(&mut self, input: &Input, which: &dyn Fn(usize, &Member) -> bool) {
        if let Some(before) = &mut self.before {
            before(input);
        }
        let script = self.scripts.of(input);
        for (at, member) in self.members.iter_mut().enumerate() {
            if which(at, member) {
                member.run(script, &Cut::Whole);
            } else {
                member.reading = None;
            }
        }
    }

    /// Takes over readings that were made elsewhere, one for each member.
    pub fn set(&mut self, readings: Vec<Option<(Reading, Option<Fault>)>>) {
        for (member, reading) in self.members.iter_mut().zip(readings) {
            let (reading, fault) = reading.map_or((None, None), |(reading, fault)| (Some(reading), fault));
            member.reading = reading;
            member.fault = fault.map(|fault| fault.text);
        }
    }

    /// Where the subjects that took part differ, pair by pair.
    pub fn differences(&self) -> Vec<((usize, usize), Difference)> {
        let readings: Vec<Option<&Reading>> = self.members.iter().map(Member::reading).collect();
        self.pairs.differences(&readings).collect()
    }

    /// What two of its subjects can be compared by, the lower index first.
    pub fn common(&self, pair: (usize, usize)) -> Option<&Common> {
        self.pairs.common(pair)
    }

    /// What guides the search: for each subject that took part a hash of its coarse outcome together with that of the
    /// first subject. (With many subjects almost every input has a tuple of all outcomes of its own.)
    pub fn features(&self) -> impl Iterator<Item = u64> + '_ {
        let tuple = |member: &Member| member.reading.as_ref().map(Reading::tuple);
        let first = self.members.first().and_then(tuple).unwrap_or(0);
        self.members.iter().enumerate().filter_map(move |(at, member)| {
            let own = tuple(member)?.wrapping_add(at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            Some(first.rotate_left(23) ^ own)
        })
    }

    /// The groups that the subjects fall into when differences this bad or worse part them, the largest first; those
    /// that can show most form the groups.
    pub fn groups(&self, differences: &[((usize, usize), Difference)], least: Severity) -> Vec<Vec<usize>> {
        let mut parted = vec![false; self.members.len() * self.members.len()];
        for ((a, b), _) in differences.iter().filter(|(_, d)| d.severity <= least) {
            parted[a * self.members.len() + b] = true;
        }
        let bad = |a: usize, b: usize| parted[a.min(b) * self.members.len() + a.max(b)];
        let took_part = (0..self.members.len()).filter(|at| self.members[*at].reading.is_some()).collect();
        groups(took_part, &|at| self.members[at].profile.can.len(), &bad)
    }

    /// A hash of the coarse outcomes of all that took part, for fuzzers that count hashes.
    pub fn tuple(&self) -> u64 {
        self.members.iter().enumerate().fold(0xcbf2_9ce4_8422_2325, |state, (at, member)| {
            let own = member.reading.as_ref().map_or(0, Reading::tuple);
            (state ^ own.wrapping_add(at as u64)).wrapping_mul(0x0100_0000_01b3).rotate_left(17)
        })
    }
}
