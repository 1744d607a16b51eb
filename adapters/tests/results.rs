//! The results of a real run: every record fits the published schema, and how many threads ran makes no difference.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::Value as Json;
use wireproof::cuts::Cuts;
use wireproof::ledger::Ledger;
use wireproof::results::{FORMAT, Harvest, ResultRecord, RunRecord, SCHEMA};
use wireproof::runner::{self, Options, Silent};
use wireproof::vectors::{Case, Suite, digest};
use wireproof::{
    Engine, EventRef, Implementation, InProcess, Input, Profile, SendError, Session, Subject, Unavailable,
};
use wireproof_adapters::ledger::BOOKS;
use wireproof_adapters::rust::{Httparse, WireproofHttp1};

/// A subject that never starts.
struct Absent;

impl Subject for Absent {
    fn name(&self) -> &str {
        "absent"
    }

    fn open(&self) -> Result<Box<dyn Session>, Unavailable> {
        Err(Unavailable("it is not installed".to_owned()))
    }
}

/// An engine that reports nothing, writes noise and breaks at the end of the stream.
struct Broken;

impl Engine for Broken {
    fn receive(&mut self, input: Input<'_>, _: &mut dyn FnMut(&EventRef<'_>)) {
        if input == Input::Eof {
            std::panic::resume_unwind(Box::new("\u{1b}[31mbroken")); // a panic without its noise
        }
    }

    fn send(&mut self, _: &wireproof::AnyAction) -> Result<(), SendError> {
        Err(SendError::Refused("\u{1b}[31mno".to_owned()))
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b\xff\0");
    }
}

fn broken() -> InProcess {
    let profile = Profile { name: "broken".to_owned(), ..WireproofHttp1.profile().clone() };
    InProcess::of_engines(profile, |_, _| Ok(Box::new(Broken)))
}

/// The bundled books, and one whose entry is stale: this case passes.
fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    for (name, text) in BOOKS {
        ledger.read(name, text).unwrap();
    }
    let stale = r#"{"subject": "wireproof-http1", "version": "VERSION", "entries": [
        {"case": "h1.simple.get", "outcome": "unlisted", "clause": "none", "reason": "none"}]}"#;
    ledger.read("stale", &stale.replace("VERSION", env!("CARGO_PKG_VERSION"))).unwrap();
    ledger
}

/// The records of one run of every third case: enough to see every verdict.
fn records(suite: &Suite, jobs: usize) -> Vec<ResultRecord> {
    let third = |(index, case): &(usize, &Case)| index % 3 == 0 || case.id == "h1.simple.get";
    let cases: Vec<&Case> = suite.cases.iter().enumerate().filter(third).map(|(_, case)| case).collect();
    let subjects: [Arc<dyn Subject>; 4] = [
        Arc::new(InProcess::new(WireproofHttp1)),
        Arc::new(InProcess::new(Httparse)),
        Arc::new(broken()),
        Arc::new(Absent),
    ];
    let options = Options { cuts: Cuts::Some, seed: 7, jobs, compare: true, bundled: false };
    let runs = runner::run(&cases, &subjects, options, &Arc::new(AtomicBool::new(false)), &mut Silent);
    let run = RunRecord {
        format: FORMAT,
        wireproof: env!("CARGO_PKG_VERSION").to_owned(),
        vectors: digest(suite),
        seed: options.seed,
        cuts: options.cuts,
        cases: cases.len(),
        shard: None,
        compared: options.compare,
        interrupted: false,
    };
    Harvest { suite, cases: &cases, runs: &runs, ledger: &ledger() }.records(run)
}

#[test]
fn every_record_fits_the_schema_and_reads_back() {
    let schema: Json = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (mut kinds, mut verdicts, mut cut) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for record in records(&Suite::bundled().unwrap(), 2) {
        let json = serde_json::to_value(&record).unwrap();
        let errors: Vec<String> = validator.iter_errors(&json).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{json}: {errors:?}");
        kinds.insert(json["record"].as_str().unwrap_or_default().to_owned());
        verdicts.extend(json["verdict"].as_str().map(str::to_owned));
        let steps = json["steps"].as_array().into_iter().flatten().filter_map(Json::as_array);
        cut.extend(steps.filter(|step| step.len() == 3).filter_map(|step| step[0].as_str().map(str::to_owned)));
        assert!(json.to_string().len() < 40_000, "a record of {} octets", json.to_string().len());
        assert_eq!(serde_json::from_value::<ResultRecord>(json).unwrap(), record);
    }
    // What the run did not bring was not checked.
    assert_eq!(
        kinds.iter().collect::<Vec<_>>(),
        ["case", "divergence", "run", "stale", "subject", "timing", "verdict"]
    );
    assert!(cut.contains("receive"), "no step is cut");
    for verdict in ["fail", "fault", "not-applicable", "pass", "seen", "weak"] {
        assert!(verdicts.contains(verdict), "no {verdict} among {verdicts:?}");
    }
}

#[test]
fn the_schema_is_closed() {
    let schema: Json = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for record in records(&Suite::bundled().unwrap(), 2) {
        let mut json = serde_json::to_value(&record).unwrap();
        json["unheard-of"] = Json::Null;
        assert!(!validator.is_valid(&json), "{json}");
    }
}

#[test]
fn records_do_not_depend_on_how_many_threads_ran() {
    let suite = Suite::bundled().unwrap();
    let timeless = |jobs| -> Vec<String> {
        let records = records(&suite, jobs).into_iter().filter(|r| !matches!(r, ResultRecord::Timing(_)));
        records.map(|record| serde_json::to_string(&record).unwrap()).collect()
    };
    let one = timeless(1);
    for jobs in [2, 7] {
        let many = timeless(jobs);
        assert_eq!(one.len(), many.len(), "{jobs} jobs");
        one.iter().zip(&many).for_each(|(one, many)| assert_eq!(one, many, "{jobs} jobs"));
    }
}
