//! The C ABI, by a toy library that this test compiles.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};
use wireproof::judge::show_record;
use wireproof::protocols;
use wireproof::{Config, InProcess, Role, Script, Step, Transcript};
use wireproof_adapters::c::Library;

/// Compiles the toy with these definitions; none, said on stderr, if there is no C compiler.
fn compile(folder: &Path, definitions: &[&str]) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = folder.join("libtoy.so");
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden"]).args(definitions);
    cc.arg("-I").arg(source.join("sdk")).arg("-o").arg(&library).arg(source.join("tests/toy.c"));
    match cc.status() {
        Ok(status) => assert!(status.success(), "cc: {status}"),
        Err(why) => {
            eprintln!("unavailable: cc does not start ({why})");
            return None;
        }
    }
    Some(library)
}

/// Compiles and loads the toy, and hands it to `test`.
fn with_toy(definitions: &[&str], test: impl FnOnce(Result<InProcess, String>)) {
    let folder = tempfile::tempdir().unwrap();
    if let Some(library) = compile(folder.path(), definitions) {
        test(Library::load(&library));
    }
}

fn run(toy: &InProcess, steps: Vec<Step>) -> Result<Transcript, String> {
    let protocol = protocols()[0];
    let script = Script { protocol, role: Role::Server, config: Config::default(), answer: false, steps };
    toy.transcribe(&script, &[])
}

fn receive(octets: &str) -> Step {
    Step::Receive(octets.into())
}

/// The events that `steps` bring, a line each, then what was written.
fn check(toy: &InProcess, steps: Vec<Step>, expected: &[&str]) {
    let transcript = run(toy, steps).unwrap();
    let mut lines: Vec<String> = transcript.events().map(|(_, seen)| show_record(&seen.record)).collect();
    lines.extend(String::from_utf8(transcript.output()).unwrap().lines().map(str::to_owned));
    lines.extend(transcript.steps.iter().filter_map(|s| s.refused.clone()).map(|why| format!("refused: {why}")));
    lines.extend(transcript.fault.map(|f| f.text));
    assert_eq!(lines, expected);
}

#[test]
fn events_and_their_members_arrive() {
    with_toy(&[], |toy| {
        let toy = toy.unwrap();
        assert_eq!((toy.profile().name.as_str(), toy.profile().version.as_str()), ("toy", "1"));
        let head = "request method=\"GET\" secure=true fields=[host: a, empty: ] none=[]";
        check(&toy, vec![receive("a\nhea"), receive("d\n\n")], &["data bytes=\"a\"", head, "data bytes=\"\""]);
        check(&toy, vec![receive("!\nmore\n"), Step::Eof], &["rejected text=\"no\""]);
        check(&toy, vec![Step::Tick(70), Step::Eof], &["closed", "tick 70"]);
    });
}

#[test]
fn actions_and_their_members_arrive() {
    with_toy(&[], |toy| {
        let toy = toy.unwrap();
        let send = |json: Json| vec![Step::send(json)];
        let response =
            json!({"response": {"status": 200, "reason": null, "early": true, "fields": [["A", "\u{e4}"], ["b", ""]]}});
        let transcript = run(&toy, send(response)).unwrap();
        assert_eq!(transcript.output(), b"response status=200 early=1 fields=A:\xe4;b:;\n");
        check(&toy, send(json!({"data": "text"})), &["data bytes=text"]);
        check(&toy, send(json!({"interim": {"fields": []}})), &["interim fields="]);
        check(&toy, send(json!({"close": {}})), &["refused: it stays open"]);
        assert_eq!(run(&toy, send(json!({"end": {}}))), Err("it has no end".to_owned()));
        for not_an_action in [json!(1), json!({}), json!({"a": 1}), json!({"a": {"b": {}}}), json!({"a\u{0}": {}})] {
            run(&toy, send(not_an_action.clone())).expect_err(&not_an_action.to_string());
        }
    });
}

#[test]
fn what_is_not_supported_does_not_open() {
    with_toy(&[], |toy| {
        let toy = toy.unwrap();
        let (limits, none) = (Config([("max-head".to_owned(), 10)].into()), Config::default());
        let why = |role, config: &Config| toy.engine(role, config).err().map(|unsupported| unsupported.0);
        assert_eq!(why(Role::Server, &limits), Some("does not open http1.server with {\"max-head\":10}".to_owned()));
        assert_eq!(why(Role::Client, &none), Some("has no client".to_owned()));
        assert_eq!(why(Role::Server, &none), None);
    });
}

#[test]
fn endpoints_share_nothing_and_outlive_their_subject() {
    with_toy(&[], |toy| {
        let toy = toy.unwrap();
        let mut first = toy.engine(Role::Server, &Config::default()).unwrap();
        let mut second = toy.engine(Role::Server, &Config::default()).unwrap();
        drop(toy);
        let mut seen = Vec::new();
        first.receive(wireproof::Input::Bytes(b"a"), &mut |e| seen.push(show_record(&e.to_record())));
        second.receive(wireproof::Input::Bytes(b"b\n"), &mut |e| seen.push(show_record(&e.to_record())));
        assert_eq!(seen, ["data bytes=\"b\""]);
    });
}

#[test]
fn an_event_that_breaks_the_interface_is_a_fault() {
    with_toy(&[], |toy| {
        let toy = toy.unwrap();
        for (line, what) in [
            ("~e\n", "an event's name is NULL or not UTF-8"),
            ("~m\n", "a member's name is NULL or not UTF-8"),
            ("~k\n", "a member's kind is none of WP_BYTES, WP_NUMBER, WP_FLAG and WP_FIELDS"),
            ("~p\n", "a NULL pointer came with a length above 0"),
            ("~f\n", "a NULL pointer came with a length above 0"),
            ("~t\n", "an event has more than WP_MEMBERS members"),
        ] {
            let fault = format!("the shim breaks wireproof.h: {what}");
            check(&toy, vec![receive("x\n"), receive(line)], &["data bytes=\"x\"", &fault]);
        }
    });
}

#[test]
fn a_panic_of_the_observer_passes_through_c_unharmed() {
    with_toy(&[], |toy| {
        let mut engine = toy.unwrap().engine(Role::Server, &Config::default()).unwrap();
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            engine.receive(wireproof::Input::Bytes(b"a\nb\n"), &mut |_| std::panic::resume_unwind(Box::new(7)));
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&7));
    });
}

#[test]
fn a_library_that_cannot_be_used_says_why() {
    let load = |definitions: &[&str], why: &str| {
        with_toy(definitions, |toy| {
            let error = toy.err().unwrap();
            assert!(error.contains(why), "{error}");
        });
    };
    load(&["-DTOY_ABI=9"], "speaks version 9 of the C ABI, and this wireproof version 1");
    load(&["-DTOY_LACKS_CLOSE"], "does not export wireproof_close");
    load(&["-DTOY_CAN=\"framig\""], "unknown capability \"framig\"");
    assert!(Library::load("/nowhere/lib.so".as_ref()).err().unwrap().starts_with("/nowhere/lib.so: "));
}
