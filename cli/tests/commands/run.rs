//! `run`: what is chosen, what is known, and the exit code.

use crate::support::{
    Ran, bad, folder, has_python, holds, json_lines, on_chunked, on_simple, records, text, verdicts, wireproof,
};

const GET: [&str; 5] = ["run", "--only", "h1.simple.get", "--cuts", "none"];

#[test]
fn subjects_that_hold_exit_with_0() {
    let ran = on_simple(&[&GET[..], &["wireproof-http1"]].concat());
    holds(ran.with_code(0), &["1 case × 1 subject: 1 passed, 0 failed"]);
    assert_eq!(ran.err, "");
    let ran = on_simple(&[&GET[..], &["wireproof-http1", "httparse"]].concat());
    holds(ran.with_code(0), &["1 case × 2 subjects: 2 passed, 0 failed"]);
}

#[test]
fn waivers_make_a_known_failure_hold_and_a_stale_one_fail() {
    if !has_python() {
        return;
    }
    let book = |version: &str, case: &str, outcome: &str| {
        format!(
            "{{\"subject\": \"bad\", \"version\": \"{version}\", \"entries\": [{{\"case\": \"{case}\", \
             \"outcome\": \"{outcome}\", \"clause\": \"9112 3\", \"reason\": \"says GET, always\"}}]}}"
        )
    };
    let files = folder(&[
        ("right.json", &book("1", "h1.simple.head", "unlisted")),
        ("stale.json", &book("1", "h1.simple.head", "accepted")),
        ("old.json", &book("0.9", "h1.simple.head", "unlisted")),
        ("nowhere.json", &book("1", "h1.no.such", "unlisted")),
        ("broken.json", "{\"subject\": \"bad\",\n \"version\": 1}"),
        ("v/http1/simple.json", HEAD),
    ]);
    let adapter = bad("bad", "answers");
    let path = |name: &str| files.path().join(name).display().to_string();
    let (vectors, right) = (path("v"), path("right.json"));
    let run = ["run", "bad", "--adapter", &adapter, "--vectors", &vectors, "--cuts", "none"];
    let with = |waivers: &str| wireproof(&[&run[..], &["--waivers", waivers]].concat());

    holds(wireproof(&run).with_code(1), &["FAIL h1.simple.head"]);
    holds(with(&right).with_code(0), &["says GET, always"]);
    holds(with(&path("stale.json")).with_code(1), &["h1.simple.head", "accepted"]);
    let old = with(&path("old.json"));
    old.complains(1, &["old.json is about bad 0.9 and does not hold for 1"]);
    with(&path("nowhere.json")).complains(2, &["entries about cases that do not exist: bad: h1.no.such"]);
    with(&path("broken.json")).complains(2, &["broken.json:2: not a ledger"]);
    with(&path("absent.json")).complains(2, &["cannot read", "absent.json"]);
}

/// A case that the bad adapter fails: it says GET, whatever it is fed.
const HEAD: &str = r#"{"format": 1, "protocol": "http1", "suite": "simple", "needs": ["framing"], "cases": [
 {"id": "h1.simple.head", "title": "A HEAD request", "role": "server", "level": "MUST", "requirements": ["9112-2.2-1"],
  "why": "A test.", "steps": [{"receive": "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"}],
  "outcomes": [{"name": "as-written", "is": "pass", "when": [{"expect": [{"event": "request", "method": "HEAD"}, {"event": "end"}]}]}]}]}"#;

#[test]
fn a_failure_that_nobody_knows_exits_with_1() {
    if !has_python() {
        return;
    }
    let adapter = bad("bad", "answers");
    let ran = on_chunked(&["run", "bad", "--adapter", &adapter, "--cuts", "none"]);
    holds(ran.with_code(1), &["FAIL", "repro wireproof repro h1.chunked.", "--subject bad"]);
}

#[test]
fn mistakes_exit_with_2_and_name_what_is_known() {
    for (arguments, words) in [
        (&["nope"][..], &["unknown subject \"nope\"; known: wireproof-http1, httparse, hyper"][..]),
        (&["hyper", "--only", "zzz*"], &["\"zzz*\" matches no id, suite, tag, level or requirement"]),
        (&["hyper", "--skip", "zzz*"], &["\"zzz*\" matches no"]),
        (&["hyper", "--only", "h1.simple.get", "--skip", "h1.*"], &["no case is left"]),
        (&["hyper", "--only", "{"], &["\"{\" is no glob"]),
        (&["hyper", "--protocol", "spdy"], &["unknown protocol \"spdy\"; known: http1"]),
        (&["hyper", "--shard", "0/2"], &["--shard 0/2: expected K/N"]),
        (&["hyper", "--shard", "3/2"], &["--shard 3/2: expected K/N"]),
        (&["hyper", "--shard", "half"], &["--shard half: expected K/N"]),
        (&["hyper", "--format", "pdf"], &["pdf", "terminal", "junit"]),
    ] {
        on_simple(&[&["run"], arguments].concat()).complains(2, words);
    }
    wireproof(&["run", "--vectors", "/nonexistent"]).complains(2, &["/nonexistent: no such folder"]);
}

#[test]
fn shards_part_the_cases() {
    let cases = |shard: &[&str]| {
        let run = ["run", "httparse", "--cuts", "none", "--no-ledger", "--format", "jsonl"];
        let all = json_lines(&on_chunked(&[&run[..], shard].concat()).out);
        records(&all, "case").iter().map(|c| c["case"].to_string()).collect::<Vec<_>>()
    };
    let (all, first, second) = (cases(&[]), cases(&["--shard", "1/2"]), cases(&["--shard", "2/2"]));
    assert!(all.len() > 2 && first.len().abs_diff(second.len()) <= 1);
    let mut together = [first, second].concat();
    together.sort();
    assert_eq!(together, {
        let mut all = all;
        all.sort();
        all
    });
}

#[test]
fn the_same_command_gives_the_same_results() {
    let folder = folder(&[]);
    let results = |name: &str, jobs: &str| {
        let path = folder.path().join(name);
        let run = ["run", "wireproof-http1", "httparse", "--cuts", "some", "--no-ledger"];
        let ran = on_chunked(&[&run[..], &["--jobs", jobs, "--results", text(&path)]].concat());
        assert!(ran.code <= 1, "{}", ran.err);
        let text = std::fs::read_to_string(path).expect("the results are written");
        text.lines().filter(|l| !l.contains("\"record\":\"timing\"")).map(|l| format!("{l}\n")).collect::<String>()
    };
    let first = results("a", "2");
    assert!(first.lines().count() > 100);
    assert_eq!(first, results("b", "2"));
    assert_eq!(first, results("c", "1"));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").collect();
    assert_eq!(left.len(), 3, "no half-written file is left");
}

#[test]
fn results_that_cannot_be_written_are_an_error() {
    let run = [&GET[..], &["httparse", "--results", "/nonexistent/results.jsonl"]].concat();
    on_simple(&run).complains(3, &["cannot write /nonexistent/results.jsonl"]);
}

#[test]
fn compared_subjects_part_where_they_do() {
    let run = ["run", "wireproof-http1", "hyper", "--cuts", "none", "--compare"];
    let page = on_chunked(&run);
    holds(page.with_code(0), &["── divergences ─", "S3 one accepts what another refuses", "Subjects part in "]);
    let all = json_lines(&on_chunked(&[&run[..], &["--format", "jsonl"]].concat()).out);
    let found = records(&all, "divergence");
    assert!(!found.is_empty());
    for record in &found {
        let subjects: Vec<_> = record["groups"].as_array().unwrap().iter().map(|g| &g["subjects"]).collect();
        assert_eq!(subjects.len(), 2, "{record}");
    }
    let alone = on_simple(&[&GET[..], &["wireproof-http1", "httparse", "--compare"]].concat());
    holds(alone.with_code(0), &["No two subjects part in what they accept"]);
}

#[test]
fn every_case_has_one_verdict_a_subject() {
    let run = ["run", "wireproof-http1", "httparse", "--cuts", "none", "--format", "jsonl"];
    let all = json_lines(&on_chunked(&run).out);
    let cases: Vec<_> = records(&all, "case").iter().map(|c| c["case"].to_string()).collect();
    assert!(cases.len() > 100);
    for subject in ["wireproof-http1", "httparse"] {
        assert_eq!(verdicts(&all, subject).len(), cases.len());
    }
}

/// What a process of this program judges by itself is what is judged of what it tells: one is done with the bundled
/// vectors, the other with some of them from a folder.
#[test]
fn who_judges_does_not_matter() {
    let run = ["run", "--format", "jsonl", "--only", "h1.chunked.*", "--cuts", "some", "wireproof-http1", "hyper"];
    let lines = |ran: &Ran| -> Vec<String> {
        let verdicts = ran.with_code(0).lines().filter(|line| line.starts_with("{\"record\":\"verdict\""));
        verdicts.map(str::to_owned).collect()
    };
    let (there, here) = (lines(&wireproof(&run)), lines(&on_chunked(&run)));
    assert!(here.len() > 200 && here.iter().any(|line| line.contains("\"got\"")), "{} verdicts", here.len());
    let otherwise: Vec<&String> = here.iter().filter(|line| !there.contains(line)).take(3).collect();
    assert!(otherwise.is_empty(), "{otherwise:#?}");
}
