//! Puts every bundled case to a core, in this process, under all cuts.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wireproof::cuts::{Cut, Cuts, plan};
use wireproof::judge::{Judgement, Verdict, inapplicable, judge};
use wireproof::vectors::{Case, CaseCuts, Suite};
use wireproof::{Implementation, InProcess, Job, Protocol};

/// A case that takes longer is an endless loop; the slowest takes well below a second.
const LONGEST: Duration = Duration::from_secs(5);

/// How many cases were begun, for the watchdog.
static BEGUN: AtomicUsize = AtomicUsize::new(0);

/// The strict core passes every case that it can be put to, and the lenient one fails none: a case that shows otherwise
/// ends the run, because a broken core may break in each of a hundred thousand scripts. Beyond its verdict, each case
/// has its recorded outcome, also where the RFCs leave a choice: the strict core's first outcome, the lenient one's
/// the same as the strict one's, but for the lines `subject id verdict outcome` of the file `pinned`, which are
/// `expected`. `WIREPROOF_BLESS=1` rewrites it.
pub(crate) fn check<P: Protocol>(
    strict: impl Implementation<P> + 'static,
    lenient: impl Implementation<P> + 'static,
    pinned: &str,
    expected: &str,
) {
    let (strict, lenient) = (InProcess::new(strict), InProcess::new(lenient));
    let suite = Suite::bundled().unwrap_or_else(|defects| panic!("{defects:?}"));
    let mut found = String::new();
    std::thread::spawn(watch);
    for case in &suite.cases {
        let Some(judged) = run(&strict, case) else { continue };
        let good = matches!(judged.verdict, Verdict::Pass | Verdict::Seen);
        assert!(good, "verdict: {} {} ({})", case.id, shown(&judged), judged.why);
        if case.outcomes.first().is_none_or(|first| first.name != judged.outcome) {
            found += &format!("strict {} {}\n", case.id, shown(&judged));
        }
        let Some(other) = run(&lenient, case) else { continue };
        let bad = other.verdict.is_bad() || other.verdict == Verdict::NotRun;
        assert!(!bad, "verdict: lenient: {} {} ({})", case.id, shown(&other), other.why);
        if shown(&other) != shown(&judged) {
            found += &format!("lenient {} {}\n", case.id, shown(&other));
        }
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

/// Runs one case, unless it is not applicable.
fn run(subject: &InProcess, case: &Case) -> Option<Judgement> {
    BEGUN.fetch_add(1, Ordering::Relaxed);
    if inapplicable(case, subject.profile()).is_some() {
        return None;
    }
    let cuts = match case.cuts {
        CaseCuts::Any => plan(Cuts::All, &case.script, 0),
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
