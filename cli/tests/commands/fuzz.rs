//! `fuzz` and `findings`: what a run leaves behind, also when it is killed, when its folder is full of rubbish, and when
//! subjects die.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Ran, bad, command, finish, folder, has_python, holds, json, simple, text, wireproof};

/// A short run over two subjects that differ in much.
fn fuzz(folder: &Path, more: &[&str]) -> Command {
    let mut command = command(&["fuzz", "--no-setup", "--subject", "wireproof-http1", "--subject", "httparse"]);
    command.args(["--vectors", text(simple()), "--corpus", text(folder)]).args(more);
    command
}

fn new() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path => found.push(path),
        }
    }
    found.sort();
    found
}

fn findings(folder: &Path) -> Vec<Value> {
    let ran = wireproof(&["findings", "list", "--all", "--json", "--corpus", text(folder)]);
    assert_eq!(ran.err, "", "everything can be read");
    json(ran.with_code(0)).as_array().expect("a list").clone()
}

fn first_id(folder: &Path) -> String {
    findings(folder)[0]["id"].as_str().expect("an id").to_owned()
}

/// A run of three seconds, once for all tests that only read. Without the books, which know what these two part in.
fn done() -> &'static (TempDir, Ran) {
    static DONE: std::sync::LazyLock<(TempDir, Ran)> = std::sync::LazyLock::new(|| {
        let folder = new();
        let ran = finish(&mut fuzz(folder.path(), &["--time", "3s", "--seed", "1", "--no-ledger"]));
        (folder, ran)
    });
    &DONE
}

#[test]
fn a_run_ends_with_figures_and_a_queue() {
    let (folder, ran) = done();
    let figures = ["inputs in 3 s", "tuples of outcomes", "httparse", "Families", "findings for a person to read"];
    holds(ran.with_code(1), &figures);
    holds(&ran.err, &["2 subjects: wireproof-http1", "inputs to begin with"]);
    assert!(!findings(folder.path()).is_empty());
    assert!(files(&folder.path().join("http1/corpus")).len() > 10);
}

#[test]
fn a_run_goes_on_from_its_corpus() {
    let folder = new();
    finish(&mut fuzz(folder.path(), &["--time", "2s", "--seed", "1", "--no-ledger"])).with_code(1);
    let kept = files(&folder.path().join("http1/corpus")).len();
    let again = finish(&mut fuzz(folder.path(), &["--time", "1s", "--seed", "2"]));
    let begin = again.err.split("; ").nth(1).and_then(|t| t.split(' ').next()).and_then(|n| n.parse::<usize>().ok());
    assert!(begin.is_some_and(|begin| begin >= kept), "{} {kept}", again.err);
}

/// A GOAWAY, as a finding about how this subject takes its octets in pieces.
fn alone(subject: &str) -> String {
    let input = "000000080700000000000000000000000000000000000000000000";
    let witness = json!({
        "input": input, "subjects": [subject], "role": "server", "severity": "S0", "what": "segmentation goaway",
        "signature": "server S0 segmentation goaway",
    });
    let cause = format!("{subject} segmentation goaway");
    json!({
        "finding": 1, "target": "http2", "severity": "S0", "cause": {"broken": cause}, "witnesses": [witness],
        "met": {"run": 1},
    })
    .to_string()
}

#[test]
fn what_one_subject_does_alone_is_replayed_by_its_law() {
    let files = folder(&[("bad.json", &alone("nghttp2")), ("good.json", &alone("wireproof-http2"))]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let replay = |name: &str| wireproof(&["findings", "replay", &path(name), "--no-setup"]);
    holds(replay("bad.json").with_code(1), &["nghttp2 0.1.13", "segmentation: octets: ", "It still breaks."]);
    holds(replay("good.json").with_code(0), &["wireproof-http2 0.1.0: breaks no law", "Nothing is broken any longer."]);
    wireproof(&["findings", "minimise", &path("bad.json"), "--no-setup"])
        .complains(2, &["is about what one subject does alone"]);
}

#[test]
fn what_does_not_part_any_longer_is_pruned() {
    let at = |name: &str| format!("http2/findings/run/{name}.json");
    let (bad, good) = (alone("nghttp2"), alone("wireproof-http2"));
    let files = folder(&[(&at("http2-bad"), &bad), (&at("http2-good"), &good), (&at("rubbish"), "{}")]);
    let prune = || wireproof(&["findings", "prune", "--no-setup", "--corpus", text(files.path())]);
    let gone = "http2-breaks-wireproof-http2-segmentation-goaway: gone";
    holds(prune().with_code(0), &[gone, "2 findings, 1 of them gone"]);
    holds(prune().with_code(0), &["1 findings, 0 of them gone"]);
    let left = |name: &str| files.path().join(at(name)).is_file();
    assert_eq!((left("http2-bad"), left("http2-good"), left("rubbish")), (true, false, true));
}

#[test]
fn a_finding_is_shown_replayed_promoted_and_entered_in_the_ledger() {
    let folder = done().0.path();
    let (id, at) = (first_id(folder), ["--corpus", text(folder)]);
    let of = |action: &str| wireproof(&[&["findings", action, &id][..], &at].concat());
    holds(of("show").with_code(0), &["Cause:", "Who stands with whom", "Witnesses", "wireproof diff --protocol http1"]);
    let replay = wireproof(&[&["findings", "replay", &id, "--no-setup"][..], &at].concat());
    holds(replay.with_code(1), &["They still part."]);
    let case = json(of("promote").with_code(0))["cases"][0].clone();
    assert!(case["outcomes"].as_array().is_some_and(|o| o.len() > 1), "{case}");
    let entry = ["--clause", "RFC 9112, 2.2", "--reason", "it does"];
    let known = |subject: &str| {
        let line = [&["findings", "ledger", &id, "--subject", subject][..], &entry, &at].concat();
        wireproof(&line)
    };
    known("nobody").complains(2, &["the witnesses are wireproof-http1 and httparse"]);
    let book = format!("{{\"protocol\": \"http1\", \"known\": [{}]}}", known("httparse").with_code(0));
    let file = new();
    std::fs::write(file.path().join("book.json"), book).expect("written");
    let book = file.path().join("book.json");
    let ran = finish(&mut fuzz(folder, &["--time", "1s", "--seed", "1", "--known", text(&book)]));
    holds(&ran.out, &["are known differences"]);
    wireproof(&["findings", "show", "no-such-finding", "--corpus", text(folder)]).complains(2, &["findings list"]);
}

#[test]
fn merging_is_idempotent_and_does_not_depend_on_the_order() {
    let (one, two) = (new(), new());
    finish(&mut fuzz(one.path(), &["--time", "1s", "--seed", "3"]));
    finish(&mut fuzz(two.path(), &["--time", "1s", "--seed", "4"]));
    let merged = |from: &[&Path], into: &Path| {
        let from: Vec<&str> = from.iter().map(|p| text(p)).collect();
        wireproof(&[&["findings", "merge"], &from[..], &["--into", text(into)]].concat()).with_code(0);
        let contents =
            |path: PathBuf| (path.strip_prefix(into).expect("inside").to_owned(), std::fs::read(&path).expect("read"));
        files(into).into_iter().map(contents).collect::<Vec<_>>()
    };
    let (there, back, twice) = (new(), new(), new());
    let first = merged(&[one.path(), two.path()], there.path());
    assert_eq!(first, merged(&[two.path(), one.path()], back.path()));
    assert_eq!(first, merged(&[one.path(), two.path()], there.path()), "once more");
    merged(&[one.path()], twice.path());
    assert_eq!(first, merged(&[two.path(), one.path()], twice.path()), "in two steps");
}

#[test]
fn rubbish_and_findings_of_other_versions_are_named_and_left_alone() {
    let folder = new();
    let base = folder.path().join("http1");
    std::fs::create_dir_all(base.join("corpus")).expect("made");
    std::fs::create_dir_all(base.join("findings/other")).expect("made");
    std::fs::write(base.join("corpus/empty"), b"").expect("written");
    std::fs::write(base.join("corpus/huge"), vec![b'x'; 1 << 20]).expect("written");
    std::fs::create_dir(base.join("corpus/folder")).expect("made");
    std::fs::write(base.join("findings/other/new.json"), b"{\"finding\": 99}").expect("written");
    std::fs::write(base.join("findings/other/torn.json"), b"{\"find").expect("written");
    let ran = finish(&mut fuzz(folder.path(), &["--time", "1s", "--seed", "1"]));
    holds(
        &ran.out,
        &["2 files of the corpus are no inputs", "a finding of form 99; this version reads 1", "torn.json"],
    );
    assert!(base.join("corpus/huge").exists() && base.join("findings/other/torn.json").exists());
}

#[test]
fn two_loops_share_a_folder_and_machines_share_another() {
    let (folder, shared) = (new(), new());
    let more = ["--time", "2s", "--seed", "1", "--sync", text(shared.path())];
    let mut other = fuzz(folder.path(), &["--time", "2s", "--seed", "9"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    finish(&mut fuzz(folder.path(), &[&more[..], &["--jobs", "2"]].concat()));
    other.wait().expect("it ends");
    whole(folder.path());
    whole(shared.path());
    let elsewhere = new();
    let ran = finish(&mut fuzz(elsewhere.path(), &["--time", "1s", "--seed", "5", "--sync", text(shared.path())]));
    assert!(!ran.out.is_empty());
    let (theirs, ours) = (files(&shared.path().join("http1/corpus")), files(&elsewhere.path().join("http1/corpus")));
    let names =
        |files: &[PathBuf]| files.iter().filter_map(|p| p.file_name().map(ToOwned::to_owned)).collect::<BTreeSet<_>>();
    assert!(names(&ours).is_subset(&names(&theirs)) && ours.len() > 10, "what is new goes both ways");
}

/// Nothing in the folder is torn: each finding can be read, each input has the name of its content.
fn whole(folder: &Path) {
    findings(folder);
    for path in files(&folder.join("http1/corpus")) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !name.starts_with('.') {
            let octets = std::fs::read(&path).expect("it can be read");
            use sha2::Digest;
            let digest: String = sha2::Sha256::digest(&octets).iter().take(10).map(|o| format!("{o:02x}")).collect();
            assert_eq!(name, digest);
        }
    }
}

/// The processes that this one started.
fn children(of: u32) -> Vec<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
    listed.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

fn kill(pid: u32) {
    Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill runs");
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn start(folder: &Path, time: &str, seed: usize) -> Child {
    let mut command = fuzz(folder, &["--time", time, "--seed", &seed.to_string()]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

#[test]
fn twenty_kills_lose_and_tear_nothing() {
    let folder = new();
    let corpus = folder.path().join("http1/corpus");
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    for round in 0..20 {
        let mut run = start(folder.path(), "60s", round);
        let before = files(&corpus).len();
        wait_until("it keeps something new", || files(&corpus).len() > before);
        std::thread::sleep(Duration::from_millis(7 * round as u64));
        let loops = children(run.id());
        kill(run.id());
        run.wait().expect("it is gone");
        loops.into_iter().for_each(kill);
        let now: BTreeSet<PathBuf> = files(folder.path()).into_iter().collect();
        let lost: Vec<_> = known.difference(&now).filter(|p| !passing(p)).collect();
        assert!(lost.is_empty(), "{lost:?}");
        known = now;
    }
    whole(folder.path());
    assert!(!findings(folder.path()).is_empty(), "what was found by runs that were killed");
}

/// Files that come and go: those being written, those of findings not yet explained, those of what is running.
fn passing(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.contains("/.writing-") || text.contains("/seen/") || text.contains("/inflight/")
}

#[test]
fn a_loop_that_dies_is_started_again_and_its_input_is_kept() {
    let folder = new();
    let mut run = start(folder.path(), "4s", 1);
    wait_until("it fuzzes", || !files(&folder.path().join("http1/corpus")).is_empty());
    children(run.id()).into_iter().for_each(kill);
    run.wait().expect("it ends");
    let all = findings(folder.path());
    let died =
        all.iter().find(|f| f["id"].as_str().is_some_and(|id| id.contains("breaks-in-process"))).expect("the death");
    assert_eq!(died["finding"]["witnesses"][0]["what"], "signal: signal 9");
    assert!(all.len() > 1, "the loop went on");
}

#[test]
fn a_child_that_dies_in_every_run_costs_nobody_else() {
    if !has_python() {
        return;
    }
    let folder = new();
    let adapter = bad("bad", "dies-always");
    let line = ["--time", "3s", "--seed", "1", "--adapter", &adapter, "--subject", "bad"];
    let ran = finish(&mut fuzz(folder.path(), &line));
    holds(ran.with_code(1), &["S0: breaks", "http1-breaks-bad-exit", "bad takes no part any longer"]);
}

#[test]
fn what_cannot_be_written_is_said() {
    let folder = new();
    let inside = fuzz(folder.path(), &["--time", "1s", "--seed", "1"]);
    // No file may grow: what a full disk does.
    let mut limited = command(&[]);
    let program = inside.get_program().to_owned();
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 0; trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program).args(inside.get_args());
    shell.env_clear().envs(limited.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))));
    shell.stdin(Stdio::null());
    limited.stdin(Stdio::null());
    holds(&finish(&mut shell).out, &["inputs in 1 s", "could not be written"]);
    let file = folder.path().join("file");
    std::fs::write(&file, b"").expect("written");
    finish(&mut fuzz(&file, &["--time", "1s"])).complains(2, &["cannot write to"]);
}

#[test]
fn what_is_asked_wrongly_is_said() {
    let folder = new();
    let fuzz = |more: &[&str]| finish(&mut fuzz(folder.path(), more));
    fuzz(&["--time", "0s"]).complains(2, &["no time at all"]);
    fuzz(&["--time", "3 weeks"]).complains(2, &["s, m and h are"]);
    fuzz(&["--guide", "stars"]).complains(2, &["the guides are octets, structure, tuples"]);
    fuzz(&["--severity", "S9"]).complains(2, &["the severities are S0 to S5"]);
    fuzz(&["--known", "/nonexistent"]).complains(2, &["cannot read /nonexistent"]);
    fuzz(&["--protocol", "http9"]).complains(2, &["http9"]);
}
