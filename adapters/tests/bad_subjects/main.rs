//! Deliberately bad subjects: each is caught by the bundled vectors, and which cases catch it is pinned.
//!
//! A pinned file lists the ids of the MUST-level cases that catch a subject, or, above forty, how many of each topic
//! do. After a change of the vectors rewrite them by
//! `WIREPROOF_BLESS=1 cargo test -p wireproof-adapters --test bad_subjects`, and read the difference: a subject that
//! fewer cases catch than before is a loss.
//!
//! A subject that never answers is caught by its process, not by a case: `harness/tests/child.rs`.

mod subjects;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use wireproof::cuts::Cuts;
use wireproof::judge::{Judgement, Verdict};
use wireproof::runner::{self, Options, Silent};
use wireproof::vectors::{Case, Level, Suite};
use wireproof::{InProcess, Subject};
use wireproof_adapters::rust::WireproofHttp1;

use subjects::{Bad, Vice};

static SUITE: LazyLock<Suite> = LazyLock::new(|| Suite::bundled().unwrap());

/// Rewrites the pinned files.
const BLESS: &str = "WIREPROOF_BLESS=1 cargo test -p wireproof-adapters --test bad_subjects";

/// Above this many ids a pinned file counts them by topic.
const LISTED: usize = 40;

/// Every case with what became of it.
fn run(subject: InProcess, cuts: Cuts) -> Vec<(&'static Case, Judgement)> {
    let cases: Vec<&Case> = SUITE.cases.iter().collect();
    let subjects: [Arc<dyn Subject>; 1] = [Arc::new(subject)];
    let options = Options { cuts, seed: 0, jobs: 2 };
    let mut runs = runner::run(&cases, &subjects, options, &Arc::new(AtomicBool::new(false)), &mut Silent);
    SUITE.cases.iter().zip(runs.remove(0).judgements).collect()
}

/// The MUST-level cases that catch it.
fn catchers(judged: &[(&'static Case, Judgement)]) -> Vec<&'static str> {
    let must = |case: &Case| matches!(case.level, Level::Must | Level::MustNot);
    judged.iter().filter(|(case, j)| must(case) && j.verdict.is_bad()).map(|(case, _)| case.id.as_str()).collect()
}

/// What stands in a pinned file.
fn pinned(catchers: &[&str]) -> String {
    if catchers.len() <= LISTED {
        return catchers.iter().map(|id| format!("{id}\n")).collect();
    }
    let mut topics: BTreeMap<&str, usize> = BTreeMap::new();
    for id in catchers {
        *topics.entry(id.split('.').nth(1).unwrap_or_default()).or_default() += 1;
    }
    topics.iter().map(|(topic, count)| format!("{topic}: {count}\n")).collect()
}

/// A vice is caught, by the pinned cases, under every kind of cut.
fn check(vice: Vice) -> Vec<(&'static Case, Judgement)> {
    let judged = run(InProcess::new(Bad(vice)), Cuts::Some);
    let catchers = catchers(&judged);
    assert!(!catchers.is_empty(), "{vice:?} is not caught");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/bad_subjects/{}.txt", vice.name()));
    let caught = pinned(&catchers);
    if std::env::var_os("WIREPROOF_BLESS").is_some() {
        std::fs::write(&file, &caught).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(caught, expected, "{vice:?}: {} cases catch it. If the vectors changed: {BLESS}", catchers.len());
    judged
}

macro_rules! caught {
    ($($test:ident: $vice:ident,)*) => {
        $(#[test]
        fn $test() {
            check(Vice::$vice);
        })*

        /// The vices with a test of their own above.
        const TESTED: &[Vice] = &[$(Vice::$vice,)*];
    };
}

caught! {
    accepting_everything: AcceptsEverything,
    hanging_up: HangsUp,
    saying_nothing: SaysNothing,
    echoing: Echoes,
    losing_the_last_octet: LosesLastOctet,
    reporting_twice: ReportsTwice,
    merging_trailers: MergesTrailers,
    forgetting_at_cuts: ForgetsAtCuts,
    panicking: Panics,
}

/// `weak` is no pass: where the RFC lets a server refuse what is valid, a twin says so by it.
#[test]
fn refusing_everything_is_caught_and_passes_no_valid_twin() {
    let judged = check(Vice::RefusesEverything);
    let twins: BTreeSet<&str> = judged.iter().filter_map(|(case, _)| case.twin.as_deref()).collect();
    assert!(twins.len() > 50, "twins: {twins:?}");
    let passing = judged.iter().filter(|(case, j)| twins.contains(case.id.as_str()) && j.verdict == Verdict::Pass);
    assert_eq!(passing.map(|(case, _)| case.id.as_str()).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_vice_is_tested() {
    let tested: BTreeSet<Vice> = TESTED.iter().copied().chain([Vice::RefusesEverything]).collect();
    assert_eq!(tested, Vice::ALL.iter().copied().collect());
}

#[test]
fn the_good_core_is_not_caught() {
    assert_eq!(catchers(&run(InProcess::new(WireproofHttp1), Cuts::Some)), [""; 0]);
}
