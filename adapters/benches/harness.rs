//! What the harness costs: `trait/direct` against `trait/endpoint` and `trait/driven` (the same messages by the core's own
//! calls, by those of the trait `Endpoint` with a sink that counts, and by the driver of scripts with an observer that
//! counts), `transcribe`, `cuts` (a job of all two-way cuts), `judge` and `compare`.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use wireproof::bench::Task;
use wireproof::compare::{Rules, Side, compare};
use wireproof::cuts::{Cuts, plan};
use wireproof::http1::{Action, Event as TraitEvent};
use wireproof::judge::judge;
use wireproof::vectors::{Suite, Workload};
use wireproof::{Implementation, InProcess, Input, Job, Role, Step};
use wireproof_adapters::rust::{Hyper, WireproofHttp1};
use wireproof_http1::{Config, Connection, Event, Received};

/// Runs at a time.
const RUNS: u64 = 100;

fn workload(suite: &Suite) -> &Workload {
    suite.workloads.iter().find(|w| w.id == "h1.browser-get").expect("it is bundled")
}

/// What the driven core does: each request answered, what is written taken.
fn directly(pieces: &[&[u8]], out: &mut Vec<u8>) -> u64 {
    let mut core = Connection::server(Config::default());
    let mut events = 0;
    for piece in pieces {
        let mut at = 0;
        while let Ok(Received::Event { consumed, event }) = core.receive(&piece[at..]) {
            at += consumed;
            events += 1;
            if matches!(event, Event::End(_)) {
                let _ = core.send_response(200, b"OK", &[(b"content-length", b"0")]);
                let _ = core.send_end(&[]);
                out.clear();
                core.transmit(out);
            }
        }
    }
    events
}

/// The same by the trait's calls.
fn through_the_trait(pieces: &[&[u8]], answer: &[Action], out: &mut Vec<u8>) -> u64 {
    let mut endpoint = WireproofHttp1.open(Role::Server, &wireproof::Config::default()).expect("it plays servers");
    let mut events = 0;
    for piece in pieces {
        let mut input = Input::Bytes(piece);
        loop {
            let mut ended = false;
            endpoint.receive(input, &mut |event| {
                events += 1;
                ended |= matches!(event, TraitEvent::End { .. });
            });
            if !ended {
                break;
            }
            for action in answer {
                let _ = endpoint.send(action);
            }
            out.clear();
            endpoint.transmit(out);
            input = Input::Bytes(&[]);
        }
    }
    events
}

fn the_trait(criterion: &mut Criterion) {
    let suite = Suite::bundled().expect("the vectors are sound");
    let workload = workload(&suite);
    let steps = workload.script.steps.iter();
    let pieces: Vec<&[u8]> =
        steps.filter_map(|step| if let Step::Receive(octets) = step { Some(&octets[..]) } else { None }).collect();
    let task = Arc::new(Task { script: workload.script.clone(), pieces: None });
    let core = InProcess::new(WireproofHttp1);
    let mut out = Vec::new();
    assert_eq!(core.measure(&task, 1).map(|m| m.events), Ok(directly(&pieces, &mut out)), "the same work");
    let response = |fields| Action::Response { status: 200, reason: "OK".into(), fields };
    let answer = [response(vec![("content-length".into(), "0".into())]), Action::End { trailers: Vec::new() }];
    assert_eq!(through_the_trait(&pieces, &answer, &mut out), directly(&pieces, &mut out), "the same work");
    let mut group = criterion.benchmark_group("trait");
    // Many at a time: looking at the clock, as each measurement does, is not the trait's cost.
    group.bench_function("direct", |bencher| {
        bencher.iter(|| (0..RUNS).map(|_| directly(black_box(&pieces), &mut out)).sum::<u64>())
    });
    group.bench_function("endpoint", |bencher| {
        bencher.iter(|| (0..RUNS).map(|_| through_the_trait(black_box(&pieces), &answer, &mut out)).sum::<u64>())
    });
    group.bench_function("driven", |bencher| bencher.iter(|| black_box(core.measure(&task, RUNS))));
    group.finish();
}

fn judging(criterion: &mut Criterion) {
    let suite = Suite::bundled().expect("the vectors are sound");
    let case = suite.case("h1.simple.get").expect("it is bundled");
    let (core, other) = (InProcess::new(WireproofHttp1), InProcess::new(Hyper));
    let job = Job { script: case.script.clone(), cuts: plan(Cuts::All, &case.script, 0) };
    let answer = core.run_job(&job);
    let transcribe = |subject: &InProcess| subject.transcribe(&case.script, &[]).expect("it plays servers");
    let (ours, theirs) = (transcribe(&core), transcribe(&other));
    let sides =
        [Side { profile: core.profile(), transcript: &ours }, Side { profile: other.profile(), transcript: &theirs }];
    criterion.bench_function("transcribe", |bencher| bencher.iter(|| black_box(transcribe(&core))));
    criterion.bench_function("cuts", |bencher| bencher.iter(|| black_box(core.run_job(&job))));
    criterion.bench_function("judge", |bencher| {
        bencher.iter(|| black_box(judge(case, core.profile(), &job.cuts, black_box(&answer))))
    });
    criterion.bench_function("compare", |bencher| {
        bencher.iter(|| black_box(compare(&case.script, black_box(&sides), Rules::default()).worst()))
    });
}

criterion_group!(benches, the_trait, judging);
criterion_main!(benches);
