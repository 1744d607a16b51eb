//! Reports of benchmarks, drawn from `bench_fixture.json`, whose figures are invented. Golden files as in `golden.rs`.

use std::path::PathBuf;

use wireproof::bench::BenchResults;
use wireproof_reports::bench::charts;

const FIXTURE: &str = include_str!("bench_fixture.json");

fn fixture() -> BenchResults {
    serde_json::from_str(FIXTURE).unwrap()
}

fn check(name: &str, got: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("WIREPROOF_BLESS").is_some() {
        std::fs::write(&path, got).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(got == golden, "{name} is not the golden file; see the head of golden.rs. It is now:\n{got}");
}

#[test]
fn charts_are_as_they_were() {
    let charts = charts(&fixture());
    let names: Vec<&str> = charts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["http1-cost.svg", "h1.pieces.svg", "http1-throughput.svg", "http2-cost.svg", "http2-throughput.svg"]
    );
    for (name, svg) in charts {
        check(&format!("bench-{name}"), &svg);
    }
}
