//! How a bad subject is caught, whatever its protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use wireproof::cuts::Cut;
use wireproof::judge::{Judgement, inapplicable, judge};
use wireproof::vectors::{Case, CaseCuts, Level, Suite};
use wireproof::{InProcess, Job, Step, Transport};

static SUITE: LazyLock<Suite> = LazyLock::new(|| Suite::bundled().unwrap());

/// Rewrites the pinned files.
const BLESS: &str = "WIREPROOF_BLESS=1 cargo test -p wireproof-adapters --test bad_subjects";

/// Above this many ids a pinned file counts them by topic.
const LISTED: usize = 40;

/// Fewer cases than these are luck.
const FEWEST: usize = 3;

/// A case that receives and sends more octets than this is left out, to be quick: a flood, or a large window that is
/// filled to the brim.
const LONGEST: usize = 20 << 10;

/// One that has more than this is not cut.
const CUT: usize = 512;

/// One way to be wrong, in one protocol.
pub(crate) trait Vice: Copy + Debug + PartialEq + Sync + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// Where its pinned files stand.
    const FOLDER: &'static str;
    /// Those that are none, for the RFC permits them: no case may catch them.
    const PERMITTED: &'static [Self] = &[];
    /// The reference core, spoilt so.
    fn subject(self) -> InProcess;
}

/// Declares the vices of a protocol, and [`Vice::ALL`] of them.
macro_rules! vices {
    ($($(#[$doc:meta])+ $vice:ident,)+) => {
        /// What is wrong with it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Vice {
            $($(#[$doc])+ $vice,)+
        }

        impl Vice {
            const ALL: &[Vice] = &[$(Vice::$vice,)+];
        }
    };
}
pub(crate) use vices;

/// The cases that are not left out, with their cuts.
static CASES: LazyLock<Vec<(&'static Case, Vec<Cut>)>> = LazyLock::new(|| {
    let short = SUITE.cases.iter().map(|case| (case, length(case))).filter(|(_, length)| *length <= LONGEST);
    short.map(|(case, length)| (case, cuts(case, length))).collect()
});

/// Those that can be put to a subject.
pub(crate) fn cases(subject: &InProcess) -> impl Iterator<Item = &'static (&'static Case, Vec<Cut>)> {
    CASES.iter().filter(|(case, _)| inapplicable(case, subject.profile()).is_none())
}

/// Octets that a case receives, and of the actions that it asks for.
fn length(case: &Case) -> usize {
    let octets = |step: &Step| match step {
        Step::Receive(octets) => octets.len(),
        Step::Send(action) => action.to_string().len(),
        Step::Eof | Step::Tick(_) => 0,
    };
    case.script.steps.iter().map(octets).sum()
}

fn cuts(case: &Case, length: usize) -> Vec<Cut> {
    let cuttable = case.cuts == CaseCuts::Any && case.script.protocol.transport == Transport::Stream;
    match cuttable && length <= CUT {
        true => vec![Cut::Whole, Cut::Octets],
        false => vec![Cut::Whole],
    }
}

/// Every case with what became of it, whole and octet by octet.
pub(crate) fn run(subject: &InProcess) -> Vec<(&'static Case, Judgement)> {
    let judged = |(case, cuts): &'static (&'static Case, Vec<Cut>)| {
        let job = Job { script: case.script.clone(), cuts: cuts.clone() };
        (*case, judge(case, subject.profile(), cuts, &subject.run_job(&job)))
    };
    cases(subject).map(judged).collect()
}

/// Whether it demands something without exception.
pub(crate) fn must(case: &Case) -> bool {
    matches!(case.level, Level::Must | Level::MustNot)
}

/// The MUST-level cases that catch it.
pub(crate) fn catchers(judged: &[(&'static Case, Judgement)]) -> Vec<&'static str> {
    judged.iter().filter(|(case, j)| must(case) && j.verdict.is_bad()).map(|(case, _)| case.id.as_str()).collect()
}

/// Every vice is caught, by the pinned cases and by enough of them.
pub(crate) fn check<V: Vice>() {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(vice) = V::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(check_one(*vice).err());
        }
        wrong
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}\nIf the vectors changed: {BLESS}", wrong.join("\n"));
    let pinned: BTreeSet<String> = V::ALL.iter().map(|vice| format!("{}.txt", name(vice))).collect();
    let stale: Vec<String> = files(V::FOLDER).into_iter().filter(|file| !pinned.contains(file)).collect();
    assert_eq!(stale, ["passed-by-silence.txt"], "files of no vice");
}

/// The pinned files of a protocol.
fn files(folder: &str) -> Vec<String> {
    let files = std::fs::read_dir(path(folder)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    files.filter(|file| file.ends_with(".txt")).collect()
}

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_subjects").join(file)
}

fn check_one<V: Vice>(vice: V) -> Result<(), String> {
    let catchers = catchers(&run(&vice.subject()));
    if V::PERMITTED.contains(&vice) != (catchers.len() < FEWEST) {
        return Err(format!("{vice:?} is caught by {catchers:?}"));
    }
    pin(&format!("{}/{}", V::FOLDER, name(vice)), &pinned(&catchers))
}

/// Holds a text against a pinned file, or writes it there if that is asked for.
pub(crate) fn pin(file: &str, text: &str) -> Result<(), String> {
    let path = path(&format!("{file}.txt"));
    if std::env::var_os("WIREPROOF_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    match std::fs::read_to_string(&path) {
        Ok(expected) if expected == text => Ok(()),
        Ok(expected) => Err(format!("{file}: now\n{text}and not\n{expected}")),
        Err(why) => Err(format!("{file}: {why}")),
    }
}

/// Its name in file names: `ReportsTwice` is `reports-twice`.
fn name(vice: impl Debug) -> String {
    let mut name = String::new();
    for letter in format!("{vice:?}").chars() {
        let hyphen = if letter.is_uppercase() && !name.is_empty() { "-" } else { "" };
        let _ = write!(name, "{hyphen}{}", letter.to_ascii_lowercase()); // to a String
    }
    name
}

/// What stands in a pinned file.
pub(crate) fn pinned(ids: &[&str]) -> String {
    if ids.len() <= LISTED {
        return ids.iter().map(|id| format!("{id}\n")).collect();
    }
    let mut topics: BTreeMap<&str, usize> = BTreeMap::new();
    for id in ids {
        *topics.entry(id.split('.').nth(1).unwrap_or_default()).or_default() += 1;
    }
    topics.iter().map(|(topic, count)| format!("{topic}: {count}\n")).collect()
}
