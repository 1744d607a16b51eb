//! Every bundled workload is traffic that the reference cores take whole, and that means what it says.

use std::collections::BTreeMap;

use wireproof::cuts::Cut;
use wireproof::vectors::{Suite, Workload};
use wireproof::{Answer, InProcess, Job, Transcript};
use wireproof_adapters::rust::{WireproofHpack, WireproofHttp1, WireproofHttp2};

/// All but the largest, which say the same of more octets.
fn workloads() -> Vec<Workload> {
    let all = Suite::bundled().expect("the bundled vectors can be read").workloads;
    all.into_iter().filter(|w| w.octets() < 2 << 20).collect()
}

fn core(protocol: &str) -> InProcess {
    match protocol {
        "http1" => InProcess::new(WireproofHttp1),
        "http2" => InProcess::new(WireproofHttp2),
        "hpack" => InProcess::new(WireproofHpack),
        other => panic!("no core for {other}"),
    }
}

fn transcript(workload: &Workload) -> Transcript {
    let job = Job { script: workload.script.clone(), cuts: vec![Cut::Whole] };
    match core(workload.script.protocol.name).run_job(&job) {
        Answer::Ran { whole, .. } => whole,
        Answer::Cannot(why) | Answer::NotRun(why) => panic!("{}: {why}", workload.id),
    }
}

#[test]
fn the_reference_cores_take_every_workload_whole() {
    for workload in workloads() {
        let seen = transcript(&workload);
        let count = |names: &[&str]| seen.events().filter(|(_, s)| names.contains(&&*s.record.event)).count() as u64;
        let refused: Vec<_> = seen.steps.iter().filter_map(|step| step.refused.as_ref()).collect();
        assert_eq!(
            (seen.fault.clone(), count(&["rejected"]), refused.len()),
            (None, 0, 0),
            "{}: {refused:?}",
            workload.id
        );
        if workload.script.role != wireproof::Role::Encoder {
            assert_eq!(count(&["end", "fields"]), workload.messages, "{}", workload.id);
        }
    }
}

#[test]
fn measuring_does_the_work_that_transcripts_show() {
    for workload in workloads().into_iter().filter(|w| w.octets() < 100_000) {
        let task = wireproof::bench::Task { script: workload.script.clone(), pieces: None };
        let measured = core(workload.script.protocol.name).measure(&task, 2).expect("it can be measured");
        assert_eq!(measured.events, 2 * transcript(&workload).events().count() as u64, "{}", workload.id);
    }
}

#[test]
fn ids_and_charts_are_what_readers_expect() {
    let mut charts: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for workload in workloads() {
        let protocol = workload.script.protocol.name;
        let prefix = BTreeMap::from([("http1", "h1."), ("http2", "h2."), ("hpack", "hpack.")])[protocol];
        assert!(workload.id.starts_with(prefix), "{}", workload.id);
        assert!(workload.title.chars().count() <= 80 && !workload.why.is_empty(), "{}", workload.id);
        if let Some(chart) = workload.chart {
            assert!(chart.name.starts_with(prefix), "{}", workload.id);
            charts.entry(chart.name).or_default().push(chart.at);
        }
    }
    for (name, at) in charts {
        assert!(at.len() >= 3 && at.is_sorted_by(|a, b| a < b), "{name}: {at:?}");
    }
}
