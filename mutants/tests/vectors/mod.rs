//! Puts every bundled case to a core, in this process, under all cuts.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wireproof::cuts::{Cut, Cuts, plan};
use wireproof::judge::{Judgement, Verdict, inapplicable, judge};
use wireproof::vectors::{Case, CaseCuts, Suite};
use wireproof::{InProcess, Job, Script};

/// A case that takes longer is an endless loop; the slowest takes well below a second.
const LONGEST: Duration = Duration::from_secs(5);

/// How many cases were begun, for the watchdog.
static BEGUN: AtomicUsize = AtomicUsize::new(0);

/// A core as a subject, and how its cases are run.
pub(crate) struct Pair {
    /// With its defaults.
    pub(crate) strict: InProcess,
    /// With its options on, if it has any that no vector sets.
    pub(crate) lenient: Option<InProcess>,
    /// The cuts of a case that may be cut.
    pub(crate) cuts: fn(&Script) -> Vec<Cut>,
}

/// The strict core passes every case that it can be put to, and the lenient one fails none: a case that shows otherwise
/// ends the run, because a broken core may break in each of a hundred thousand scripts. Beyond its verdict, each case
/// has its recorded outcome, also where the RFCs leave a choice: the strict core's first outcome, the lenient one's
/// the same as the strict one's, but for the lines `subject id verdict outcome` of the file `pinned`, which are
/// `expected`. `WIREPROOF_BLESS=1` rewrites it.
pub(crate) fn check(pairs: &[Pair], pinned: &str, expected: &str) {
    let suite = Suite::bundled().unwrap_or_else(|defects| panic!("{defects:?}"));
    std::thread::spawn(watch);
    let mut found = String::new();
    for pair in pairs {
        suite.cases.iter().for_each(|case| pair.check(case, &mut found));
    }
    if std::env::var_os("WIREPROOF_BLESS").is_some() {
        // Asked now, not when this is compiled: `cargo mutants` builds copies of the tree with one target folder.
        let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
        std::fs::write(Path::new(&folder).join("tests").join(pinned), &found).unwrap();
        return;
    }
    let lost = expected.lines().filter(|line| !found.lines().any(|l| l == *line));
    let new = found.lines().filter(|line| !expected.lines().any(|l| l == *line));
    let differing: Vec<&str> = lost.chain(new).collect();
    assert!(differing.is_empty(), "recorded outcomes differ: {differing:#?}");
}

/// As many cuts as `wireproof run` makes.
#[allow(dead_code)] // each core has its own
pub(crate) fn all(script: &Script) -> Vec<Cut> {
    plan(Cuts::All, script, 0)
}

/// Up to this many octets a script is cut everywhere: all but the preface and a frame or two.
const SHORT: usize = 120;

/// Above this many octets a script is fed whole only: a flood, or windows full of content.
const LONG: usize = 20_000;

/// As written, octet by octet and frame by frame; short scripts at every place.
#[allow(dead_code)]
pub(crate) fn frames(script: &Script) -> Vec<Cut> {
    let length = script.received().len();
    let kept = |cut: &Cut| match cut {
        Cut::Whole => true,
        Cut::Octets | Cut::Units(_) => length <= LONG,
        Cut::At(_) => length <= SHORT,
    };
    plan(Cuts::All, script, 0).into_iter().filter(kept).collect()
}

impl Pair {
    /// Runs one case, and adds to `found` what is to be recorded.
    fn check(&self, case: &Case, found: &mut String) {
        let Some(judged) = run(&self.strict, case, self.cuts) else { return };
        let good = matches!(judged.verdict, Verdict::Pass | Verdict::Seen | Verdict::NotApplicable);
        assert!(good, "verdict: {} {} ({})", case.id, shown(&judged), judged.why);
        if case.outcomes.first().is_none_or(|first| first.name != judged.outcome) {
            *found += &format!("strict {} {}\n", case.id, shown(&judged));
        }
        let Some(other) = self.lenient.as_ref().and_then(|lenient| run(lenient, case, self.cuts)) else { return };
        let bad = other.verdict.is_bad() || other.verdict == Verdict::NotRun;
        assert!(!bad, "verdict: lenient: {} {} ({})", case.id, shown(&other), other.why);
        if shown(&other) != shown(&judged) {
            *found += &format!("lenient {} {}\n", case.id, shown(&other));
        }
    }
}

/// Runs one case, unless it is not applicable.
fn run(subject: &InProcess, case: &Case, cuts: fn(&Script) -> Vec<Cut>) -> Option<Judgement> {
    BEGUN.fetch_add(1, Ordering::Relaxed);
    if inapplicable(case, subject.profile()).is_some() {
        return None;
    }
    let cuts = match case.cuts {
        CaseCuts::Any => cuts(&case.script),
        CaseCuts::Fixed => vec![Cut::Whole],
    };
    let job = Job { script: case.script.clone(), cuts };
    Some(judge(case, subject.profile(), &job.cuts, &subject.run_job(&job)))
}

fn shown(judged: &Judgement) -> String {
    format!("{} {}", judged.verdict.name(), judged.outcome)
}

/// Ends the process when one case takes too long.
fn watch() {
    loop {
        let before = BEGUN.load(Ordering::Relaxed);
        std::thread::sleep(LONGEST);
        if BEGUN.load(Ordering::Relaxed) == before {
            eprintln!("run {before} does not end");
            std::process::exit(101);
        }
    }
}
