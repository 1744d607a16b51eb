//! Puts every bundled case to a core, in this process, under all cuts.

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

/// The strict core passes every case that it can be put to. The lenient one comes to the same outcome as the strict one,
/// but for the cases in the file at `pinned`, a line each: `id verdict outcome`. Stops at the first case that is otherwise,
/// because a broken core may break in each of a hundred thousand scripts. `WIREPROOF_BLESS=1` rewrites the file.
pub(crate) fn check<P: Protocol>(
    strict: impl Implementation<P> + 'static,
    lenient: impl Implementation<P> + 'static,
    pinned: &str,
) {
    let bless = std::env::var_os("WIREPROOF_BLESS").is_some();
    let expected = std::fs::read_to_string(pinned).unwrap_or_default();
    let (strict, lenient) = (InProcess::new(strict), InProcess::new(lenient));
    let suite = Suite::bundled().unwrap_or_else(|defects| panic!("{defects:?}"));
    let mut found = String::new();
    std::thread::spawn(watch);
    for case in &suite.cases {
        let Some(judged) = run(&strict, case) else { continue };
        let good = matches!(judged.verdict, Verdict::Pass | Verdict::Seen);
        assert!(good, "{} {} ({})", case.id, shown(&judged), judged.why);
        let lenient = run(&lenient, case).filter(|other| shown(other) != shown(&judged));
        let line = lenient.map(|other| format!("{} {}\n", case.id, shown(&other))).unwrap_or_default();
        let pin = expected.lines().find(|pin| pin.split(' ').next() == Some(&case.id)).unwrap_or_default();
        assert!(bless || line.trim_end() == pin, "lenient: {} is {line:?}, expected {pin:?}", case.id);
        found.push_str(&line);
    }
    if bless {
        std::fs::write(pinned, &found).unwrap();
    }
    assert!(bless || found == expected, "{pinned} names cases that are no more: WIREPROOF_BLESS=1 rewrites it");
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
