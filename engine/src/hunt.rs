//! The loop: makes inputs, puts them to a panel, keeps those that bring something new, and looks into divergences.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, Instant};

use arbitrary::Unstructured;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use wireproof::compare::{Difference, Severity};
use wireproof::{Fault, FaultKind};

use crate::corpus::Corpus;
use crate::explain::{Parting, caused, explain, labels, raw, smaller};
use crate::findings::{Cause, Finding, Findings, Witness, text};
use crate::generate::{families, generate};
use crate::laws::{Laws, check};
use crate::mutate::{cross, mutate, raw as octets};
use crate::panel::{Member, Panel, Scripts};
use crate::store::Store;
use crate::triage::{Budget, minimise, repairs};
use crate::{Input, findings};

/// What guides the search, for measurements of what each part brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Guide {
    /// Octet edits of the corpus, and nothing is kept.
    Octets,
    /// Generators and structure-aware edits; nothing is kept.
    Structure,
    /// The same, and inputs with a new tuple of outcomes are kept.
    Tuples,
}

impl Guide {
    /// All of them, the weakest first.
    pub const ALL: [Guide; 3] = [Guide::Octets, Guide::Structure, Guide::Tuples];

    /// Its name on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Guide::Octets => "octets",
            Guide::Structure => "structure",
            Guide::Tuples => "tuples",
        }
    }
}

impl FromStr for Guide {
    type Err = String;

    fn from_str(text: &str) -> Result<Guide, String> {
        let found = Guide::ALL.into_iter().find(|guide| guide.name() == text);
        found.ok_or_else(|| format!("the guides are {}", Guide::ALL.map(Guide::name).join(", ")))
    }
}

/// How to hunt.
#[derive(Clone, Debug)]
pub struct Options {
    /// The start of all chance.
    pub seed: u64,
    /// What guides the search.
    pub guide: Guide,
    /// The least bad divergence that is looked into.
    pub least: Severity,
    /// Whether each subject is also held to the laws.
    pub laws: bool,
    /// The share of time that subjects behind sessions may take, in percent.
    pub slow_share: u32,
    /// The share of time that looking into divergences may take, in percent.
    pub triage_share: u32,
    /// The folder of this loop's findings; none keeps them in memory.
    pub findings: Option<PathBuf>,
    /// The name of this run, in counts.
    pub run: String,
}

impl Default for Options {
    fn default() -> Options {
        let (guide, least) = (Guide::Tuples, Severity::S3);
        Options {
            seed: 0,
            guide,
            least,
            laws: true,
            slow_share: 35,
            triage_share: 40,
            findings: None,
            run: "run".to_owned(),
        }
    }
}

/// What a family brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FamilyStats {
    /// Inputs made.
    pub made: u64,
    /// Of these, taken by the first subject without a refusal.
    pub accepted: u64,
    /// Inputs kept.
    pub kept: u64,
}

/// How the hunt goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Inputs tried.
    pub inputs: u64,
    /// Runs by subject, those of triage too.
    pub executions: BTreeMap<String, u64>,
    /// Inputs in the corpus.
    pub corpus: usize,
    /// Different tuples of outcomes seen.
    pub tuples: usize,
    /// Inputs on which subjects parted at least as badly as is looked into.
    pub diverging: u64,
    /// Partings that were looked into.
    pub looked_into: u64,
    /// Findings by severity.
    pub findings: BTreeMap<Severity, usize>,
    /// By family; inputs that were made from seeds count as `corpus`.
    pub families: BTreeMap<String, FamilyStats>,
    /// Milliseconds spent on divergences.
    pub triage_ms: u64,
    /// Milliseconds spent on subjects behind sessions.
    pub slow_ms: u64,
    /// Files of the corpus folder that are no inputs.
    pub rubbish: usize,
    /// Subjects that take no part any longer, and why.
    pub given_up: BTreeMap<String, String>,
    /// What could not be written, and why.
    pub trouble: Option<String>,
}

/// How many inputs go to a subject behind a session at once.
const BATCH: usize = 64;

/// How many partings of one input are looked into.
const PARTINGS: usize = 2;

/// A hunt in progress.
pub struct Hunt {
    panel: Panel,
    corpus: Corpus,
    options: Options,
    rng: Rng,
    scripts: Scripts,
    tuples: HashSet<u64>,
    /// How often each kind of parting was met.
    met: HashMap<u64, u64>,
    store: Store,
    stats: Stats,
    /// Inputs that wait for the slow subjects.
    waiting: Vec<(Input, Option<usize>)>,
    begun: Instant,
    slow: Duration,
    triage: Duration,
    choices: Vec<u8>,
    /// Told before and after what may take seconds.
    pub busy: Option<Box<dyn FnMut(bool)>>,
}

impl Hunt {
    /// A hunt with these subjects, from this corpus. It goes on from what its folder of findings holds.
    pub fn new(panel: Panel, corpus: Corpus, options: Options) -> Hunt {
        let rng = Rng::with_seed(options.seed);
        let store = Store::open(options.findings.clone());
        Hunt {
            panel,
            corpus,
            rng,
            options,
            scripts: Scripts::default(),
            tuples: HashSet::new(),
            met: HashMap::new(),
            store,
            stats: Stats::default(),
            waiting: Vec::new(),
            begun: Instant::now(),
            slow: Duration::ZERO,
            triage: Duration::ZERO,
            choices: vec![0; 512],
            busy: None,
        }
    }

    /// The findings of this hunt so far.
    pub fn findings(&self) -> &Findings {
        self.store.findings()
    }

    /// How it goes.
    pub fn stats(&mut self) -> &Stats {
        let stats = &mut self.stats;
        stats.corpus = self.corpus.len();
        stats.rubbish = self.corpus.rubbish;
        stats.tuples = self.tuples.len();
        stats.executions = self.panel.members.iter().map(|m| (m.name.clone(), m.executions)).collect();
        let gone = self.panel.members.iter().filter_map(|m| Some((m.name.clone(), m.given_up.clone()?)));
        stats.given_up = gone.collect();
        stats.findings.clear();
        self.store.findings().values().for_each(|f| *stats.findings.entry(f.severity).or_default() += 1);
        stats.slow_ms = self.slow.as_millis() as u64;
        stats.triage_ms = self.triage.as_millis() as u64;
        stats
    }

    /// Takes over what others put into the corpus folder.
    pub fn refresh(&mut self) {
        self.corpus.refresh(self.panel.target);
    }

    /// Puts all inputs of the corpus to the panel, so that what is known counts as known, for as long as `more` says.
    pub fn replay(&mut self, more: &mut dyn FnMut(&mut Hunt) -> bool) {
        for at in 0..self.corpus.len() {
            if at % 16 == 0 && !more(self) {
                return;
            }
            let entry = self.corpus.entries()[at].clone();
            self.put(&entry.input, entry.family);
        }
    }

    /// Makes one input and puts it to the panel.
    pub fn step(&mut self) {
        let (input, family) = self.make();
        self.put(&input, family);
    }

    fn make(&mut self) -> (Input, Option<usize>) {
        loop {
            self.rng.fill(&mut self.choices);
            let mut choices = Unstructured::new(&self.choices);
            let made = match self.options.guide {
                Guide::Octets => octet_edits(&self.corpus, &mut self.rng, &mut choices),
                Guide::Structure | Guide::Tuples => made(&self.panel, &self.corpus, &mut self.rng, &mut choices),
            };
            if let Some((input, family)) = made
                && input.octets.len() < crate::corpus::LONGEST
            {
                return (input, family);
            }
        }
    }

    fn put(&mut self, input: &Input, family: Option<usize>) {
        self.stats.inputs += 1;
        self.panel.run(input, &|_, member| member.is_here());
        let accepted = self.panel.members.first().and_then(|m| m.reading()).is_some_and(|r| {
            r.refusal.is_none() && r.fault.is_none() && r.messages.iter().all(|m| m.refused.is_none())
        });
        let new = self.is_new();
        self.count(family, accepted, new);
        if new {
            self.keep(input, family);
        }
        self.look(input, false);
        if self.options.laws && (new || self.rng.u8(..) < 16) {
            self.hold_to_laws(input);
        }
        if self.panel.members.iter().any(|m| !m.is_here()) {
            self.wait(input, family, new);
        }
    }

    /// Whether what was last run brought an outcome that was not there.
    fn is_new(&mut self) -> bool {
        let before = self.tuples.len();
        self.tuples.extend(self.panel.features());
        self.tuples.len() > before
    }

    fn count(&mut self, family: Option<usize>, accepted: bool, new: bool) {
        let name = family.map_or("corpus", |at| families(self.panel.target)[at].0);
        if !self.stats.families.contains_key(name) {
            self.stats.families.insert(name.to_owned(), FamilyStats::default());
        }
        if let Some(stats) = self.stats.families.get_mut(name) {
            stats.made += 1;
            stats.accepted += u64::from(accepted);
            stats.kept += u64::from(new);
        }
    }

    fn keep(&mut self, input: &Input, family: Option<usize>) {
        if self.options.guide == Guide::Tuples {
            let told = self.corpus.keep(input, family);
            self.trouble(told);
        }
    }

    /// Sends the input to slow subjects, if it is new or there is time for it.
    fn wait(&mut self, input: &Input, family: Option<usize>, new: bool) {
        let share = u128::from(self.options.slow_share);
        let has_time = self.slow.as_micros() * 100 <= self.begun.elapsed().as_micros() * share;
        if new || (has_time && self.waiting.len() < BATCH) {
            self.waiting.push((input.clone(), family));
        }
        if self.waiting.len() >= BATCH && (has_time || self.waiting.len() >= 16 * BATCH) {
            self.put_to_all();
        }
    }

    /// Puts what waits to all subjects.
    pub fn put_to_all(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let begun = Instant::now();
        self.say_busy(true);
        let scripts: Vec<_> = waiting.iter().map(|(input, _)| input.script()).collect();
        let mut readings: Vec<_> = self.panel.members.iter_mut().map(|m| m.read_all(&scripts)).collect();
        self.slow += begun.elapsed();
        self.say_busy(false);
        for (at, (input, family)) in waiting.iter().enumerate() {
            self.panel.set(readings.iter_mut().map(|of| of[at].take()).collect());
            if self.is_new() {
                self.keep(input, *family);
            }
            let again = self.panel.members.iter().any(Member::is_here);
            self.look(input, again);
        }
    }

    fn say_busy(&mut self, busy: bool) {
        if let Some(say) = &mut self.busy {
            say(busy);
        }
    }

    /// Looks at what the panel made of the input; `again` if the subjects of this process had their look before.
    fn look(&mut self, input: &Input, again: bool) {
        self.note_faults(input);
        let least = self.options.least;
        let mut differences = self.panel.differences();
        differences.retain(|(_, d)| d.severity <= least && d.severity > Severity::S0);
        if differences.is_empty() {
            return;
        }
        self.stats.diverging += u64::from(!again);
        let share = u128::from(self.options.triage_share);
        if self.triage.as_micros() * 100 > self.begun.elapsed().as_micros() * share && !self.findings().is_empty() {
            return; // what is met now is met again
        }
        let mut partings = self.partings(differences, input.shape & 1);
        partings.truncate(PARTINGS);
        if partings.is_empty() {
            return;
        }
        let begun = Instant::now();
        self.say_busy(true);
        partings.iter().for_each(|parting| self.look_into(input, parting));
        self.say_busy(false);
        self.triage += begun.elapsed();
    }

    /// The partings worth a look: each subject that stands apart, against one of the largest group.
    fn partings(&mut self, differences: Vec<((usize, usize), Difference)>, role: u8) -> Vec<Parting> {
        let groups = self.panel.groups(&differences, self.options.least);
        let Some(most) = groups.first() else { return Vec::new() };
        let Some(stands) = most.iter().find(|at| self.panel.members[**at].is_here()).or(most.first()) else {
            return Vec::new();
        };
        let mut apart: Vec<_> = differences.into_iter().filter(|((a, b), _)| a == stands || b == stands).collect();
        apart.sort_by_key(|((a, b), d)| (d.severity, *a, *b));
        let mut partings = Vec::new();
        for (pair, difference) in apart {
            let Some(parting) = Parting::of(&self.panel, pair, difference) else { continue };
            let times = self.met.entry(hash(&(role, &parting))).or_default();
            *times += 1;
            // The first, and ever more rarely the later ones: one kind of parting may have several causes.
            if *times == 1 || times.is_power_of_two() && *times >= 64 {
                partings.push(parting);
            }
        }
        partings
    }

    /// Takes note of subjects that broke on what was last run.
    fn note_faults(&mut self, input: &Input) {
        for at in 0..self.panel.members.len() {
            let member = &self.panel.members[at];
            if let (Some(kind), text) = (member.reading().and_then(|r| r.fault), member.fault.clone()) {
                let fault = Fault { kind, text: text.unwrap_or_default() };
                self.broke(input, at, "no fault", &fault);
            }
        }
    }

    /// Finds the cause of a parting, and takes note of it.
    fn look_into(&mut self, input: &Input, parting: &Parting) {
        self.stats.looked_into += 1;
        let run = self.options.run.clone();
        // What the subjects do may differ from run to run, or end this process: what was seen is written first.
        let told = self.store.see(input, &raw(&self.panel, input, parting, &[], &run));
        self.trouble(told);
        let known = labels(&mut self.panel, input, parting);
        let first = raw(&self.panel, input, parting, &known, &run);
        let of_the_same = |f: &Finding| f.witnesses.iter().any(|w| w.subjects == first.witnesses[0].subjects);
        let well_known = |f: &Finding| f.explanation.is_some() && f.witnesses.len() >= 4 && of_the_same(f);
        if !known.is_empty() && self.findings().get(&first.id()).is_some_and(well_known) {
            self.store.meet(&first.id(), &run);
        } else {
            let finding = self.explained(input, parting, &known);
            self.take(finding);
        }
        self.store.forget(input);
    }

    /// A finding of the smallest input that shows this parting, explained unless a better one is known.
    fn explained(&mut self, input: &Input, parting: &Parting, labels: &[&'static str]) -> Finding {
        let small = smaller(&mut self.panel, input, parting, labels);
        let (mut finding, begun) = caused(&mut self.panel, &small, parting, &self.options.run);
        let better = |known: &Finding| {
            let size = known.input().map_or(usize::MAX, |input| input.octets.len());
            (parting.severity, small.octets.len()) <= (known.severity, size)
        };
        if self.findings().get(&finding.id()).is_none_or(better) {
            self.panel.run(&small, &|_, _| true);
            self.note_faults(&small);
            finding.explanation = Some(explain(&mut self.panel, &small, parting, begun));
        }
        finding
    }

    /// Adds a finding to those of this hunt, and writes it.
    fn take(&mut self, finding: Finding) {
        let told = self.store.take(finding);
        self.trouble(told);
    }

    /// Remembers what could not be written.
    fn trouble<T>(&mut self, told: std::io::Result<T>) {
        if let Err(error) = told {
            self.stats.trouble = Some(error.to_string());
        }
    }

    fn hold_to_laws(&mut self, input: &Input) {
        for at in 0..self.panel.members.len() {
            if !self.panel.members[at].is_here() {
                continue;
            }
            if let Some(broken) = check(&mut self.panel.members[at], &mut self.scripts, input, Laws::SAME) {
                let fault = Fault { kind: FaultKind::Panic, text: broken.what };
                if !matches!(broken.law, "no fault" | "late") {
                    self.broke(input, at, broken.law, &fault);
                }
            }
        }
    }

    /// Takes note of a subject that breaks, or that breaks a law.
    fn broke(&mut self, input: &Input, at: usize, law: &'static str, fault: &Fault) {
        let name = self.panel.members[at].name.clone();
        let plain = plain(&fault.text);
        let kind = if law == "no fault" { format!("{:?}", fault.kind).to_lowercase() } else { law.to_owned() };
        let times = self.met.entry(hash(&(input.shape & 1, at, &kind, &plain))).or_default();
        *times += 1;
        if *times > 1 {
            return;
        }
        let (small, kind) = match kind.as_str() {
            "segmentation" => {
                let small = self.smaller_unlawful(input, at);
                let label = self.unlawful_by(&small, at).map_or_else(String::new, |label| format!(" {label}"));
                (small, kind + &label)
            }
            _ => (input.clone(), kind),
        };
        let finding = broken(self.panel.target, &small, &name, &kind, &plain, &self.options.run);
        self.take(finding);
    }

    /// Whether the subject breaks the law of segmentation on an input.
    fn depends_on_cuts(&mut self, input: &Input, at: usize) -> bool {
        let Hunt { panel, scripts, .. } = self;
        check(&mut panel.members[at], scripts, input, Laws::CUTS).is_some_and(|b| b.law == "segmentation")
    }

    /// A smaller input on which the subject still breaks the law of segmentation.
    fn smaller_unlawful(&mut self, input: &Input, at: usize) -> Input {
        let mut unlawful = |smaller: &Input| self.depends_on_cuts(smaller, at);
        minimise(input, &mut unlawful, Budget { tries: 1500 })
    }

    /// The first repair after which the subject keeps the law of segmentation.
    fn unlawful_by(&mut self, input: &Input, at: usize) -> Option<&'static str> {
        let mut helps = |repaired: &Input| !self.depends_on_cuts(repaired, at);
        let helpful = repairs(input.target).iter().find(|r| (r.apply)(input).is_some_and(|repaired| helps(&repaired)));
        helpful.map(|repair| repair.name)
    }
}

/// What tells the words of one fault from those of another: the first line without numbers, which are offsets and
/// lengths more often than not.
pub fn plain(words: &str) -> String {
    words.lines().next().unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// A finding about one subject alone.
pub fn broken(target: crate::Target, input: &Input, name: &str, kind: &str, words: &str, run: &str) -> Finding {
    let signature = format!("{} S0 {name} {kind} {words}", input.role());
    let (role, severity, what) = (input.role(), Severity::S0, format!("{kind}: {words}"));
    let subjects = vec![name.to_owned()];
    let witness = Witness { input: text(input), subjects, role, severity, what, signature };
    Finding {
        finding: findings::FORM,
        target,
        severity: Severity::S0,
        cause: Cause::Broken(format!("{name} {kind}")),
        witnesses: vec![witness],
        explanation: None,
        met: BTreeMap::from([(run.to_owned(), 1)]),
    }
}

/// What tells kinds of partings and faults apart; the same in every run.
pub fn hash(value: &impl std::hash::Hash) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}

/// A seed with a few octets edited.
fn octet_edits(corpus: &Corpus, rng: &mut Rng, choices: &mut Unstructured<'_>) -> Option<(Input, Option<usize>)> {
    let entries = corpus.entries();
    let mut input = entries.get(rng.usize(..entries.len().max(1)))?.input.clone();
    for _ in 0..rng.usize(1..=4) {
        octets::mutate(&mut input.octets, choices).ok()?;
    }
    Some((input, None))
}

/// An input of some family, or one of the corpus with structural edits.
fn made(
    panel: &Panel,
    corpus: &Corpus,
    rng: &mut Rng,
    choices: &mut Unstructured<'_>,
) -> Option<(Input, Option<usize>)> {
    let kinds = families(panel.target);
    if corpus.is_empty() || rng.u8(..) < 64 {
        let family = rng.usize(..kinds.len());
        return Some((generate(panel.target, kinds[family], choices).ok()?, Some(family)));
    }
    // Half of the time one of the latest.
    let count = corpus.len();
    let from = if rng.bool() { count - (count / 8).max(1) } else { 0 };
    let entry = &corpus.entries()[rng.usize(from..count)];
    let mut input = entry.input.clone();
    if rng.u8(..) < 48 {
        cross(&mut input, &corpus.entries()[rng.usize(..count)].input, choices).ok()?;
    }
    mutate(&mut input, choices).ok()?;
    Some((input, entry.family))
}
