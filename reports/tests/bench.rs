//! Reports of benchmarks, drawn from `bench_fixture.json`, whose figures are invented. Golden files as in `golden.rs`.

use std::path::PathBuf;

use wireproof::bench::BenchResults;
use wireproof_reports::Style;
use wireproof_reports::bench::{charts, compare, markdown, page, terminal};

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

#[test]
fn tables_are_as_they_were() {
    for width in [80, 200] {
        let shown = terminal(&fixture(), Some("llhttp"), Style { colour: false, width });
        assert!(shown.lines().all(|line| line.chars().count() <= width), "{shown}");
        check(&format!("bench-{width}.txt"), &shown);
    }
    check("bench.md", &markdown(&fixture(), None));
}

#[test]
fn what_got_slower_is_counted() {
    let (now, mut then) = (fixture(), fixture());
    assert_eq!(compare(&now, &then, Style::default()).1, 0, "nothing changed");
    let faster = then.measurements.iter_mut().filter_map(|m| m.outcome.as_mut().ok()).next().expect("a figure");
    faster.1.samples.iter_mut().for_each(|sample| *sample /= 2.0);
    let (shown, slower) = compare(&now, &then, Style::default());
    assert_eq!(slower, 1, "{shown}");
    check("bench-compare.txt", &shown);
    then.machine.processor = "another".to_owned();
    assert!(compare(&now, &then, Style::default()).0.contains("another machine"));
    then.workloads.clear();
    then.measurements.clear();
    assert!(compare(&now, &then, Style::default()).0.contains("Nothing was measured in both"));
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = page(&fixture(), None);
    check("bench.html", &page);
    for reference in ["://", "&#x2f;&#x2f;", "<script", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(reference), "{reference}");
    }
    assert_eq!(page.matches("<svg").count(), charts(&fixture()).len());
}

/// The fixture with hostile text wherever there is text.
fn hostile() -> BenchResults {
    const HOSTILE: &str = "\0\x1b[2J\u{9b}]]><script>alert(1)</script></svg></text>\"'&\u{202e}\u{fffe}";
    let hostile = |text: &mut String| text.push_str(HOSTILE);
    let mut results = fixture();
    [&mut results.wireproof, &mut results.machine.processor, &mut results.machine.system].into_iter().for_each(hostile);
    for one in &mut results.workloads {
        [&mut one.id, &mut one.title, &mut one.why, &mut one.endpoint].into_iter().for_each(hostile);
        one.chart.iter_mut().for_each(|chart| hostile(&mut chart.name));
    }
    for one in &mut results.subjects {
        [&mut one.name, &mut one.version, &mut one.language].into_iter().for_each(hostile);
        one.absent.iter_mut().for_each(hostile);
    }
    results.sinks.iter_mut().for_each(|one| hostile(&mut one.workload));
    for one in &mut results.measurements {
        [&mut one.workload, &mut one.subject].into_iter().for_each(hostile);
        match &mut one.outcome {
            Ok((work, _)) => work.differs.iter_mut().for_each(hostile),
            Err(why) => hostile(why),
        }
    }
    results
}

#[test]
fn hostile_text_stays_text() {
    let charts = charts(&hostile());
    assert_eq!(charts.len(), 5);
    for (name, svg) in &charts {
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)), "{name}");
        let document = roxmltree::Document::parse(svg).unwrap();
        assert!(document.descendants().all(|node| !node.has_tag_name("script")), "{name}");
    }
    let page = page(&hostile(), None);
    let bad = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{fffe}".contains(c);
    assert_eq!(page.chars().find(|c| bad(*c)), None);
    assert!(!page.contains("<script"));
    assert_eq!(page.matches("</svg>").count(), charts.len());
}
