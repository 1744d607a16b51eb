//! What real programs sent, through every bundled subject: an honest one sees all messages, however the octets are cut.
//!
//! `vectors/captures/README.md` says what the members of the index mean.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use wireproof::child::Child;
use wireproof::cuts::Cut;
use wireproof::http1::Http1;
use wireproof::{Answer, InProcess, Job, Profile, Protocol, Record, Role, Script, Step, Subject, Transcript};
use wireproof_adapters::node::{HTTP_PARSER_JS, NODE_HTTP_PARSER};
use wireproof_adapters::python::{GUNICORN, H11, HTTPTOOLS, WAITRESS};
use wireproof_adapters::rust::{H11r, HttpNet, Httparse, Hyper, MiloParser, WireproofHttp1, ureq_proto};
use wireproof_adapters::setup::llhttp::LLHTTP;
use wireproof_adapters::setup::node::NodeRecipe;
use wireproof_adapters::setup::picohttpparser::PICOHTTPPARSER;
use wireproof_adapters::setup::{self, ChildRecipe, LibraryRecipe, Recipe};

/// The index; tests may rely on its form, which `record.py --check` checks.
static INDEX: LazyLock<Vec<Json>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(folder().join("index.json")).expect("the index");
    let index: Json = serde_json::from_str(&text).expect("the index is JSON");
    assert_eq!(index["format"], 1);
    index["captures"].as_array().expect("a list of captures").clone()
});

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/captures/http1")
}

/// Captures that a subject does not see as the index has them: subject, file, what comes of it. Everything else must be
/// seen whole; an entry that no longer holds fails the test.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    // RFC 3986, 3.4: no query holds { | } [ ] ^ ` or ". RFC 9112, 3.2: a recipient SHOULD answer an invalid
    // request-line with 400 or a redirect.
    ("wireproof-http1", "chromium-keepalive.bin", "rejected: the request-target is malformed (octet 2670)"),
    ("wireproof-http1", "chromium-raw-query.bin", "rejected: the request-target is malformed (octet 514)"),
    ("wireproof-http1", "curl-raw-query.bin", "rejected: the request-target is malformed (octet 98)"),
    ("http-net", "chromium-keepalive.bin", "rejected: invalid request target"),
    ("http-net", "chromium-raw-query.bin", "rejected: invalid request target"),
    ("http-net", "curl-raw-query.bin", "rejected: invalid request target"),
    // Connection: keep-alive, and Connection: Upgrade, HTTP2-Settings.
    ("http-net", "apache-http10-keepalive.bin", HTTP_NET_OWNS_CONNECTION),
    ("http-net", "lighttpd-switch-h2c.bin", HTTP_NET_OWNS_CONNECTION),
    // It refuses HTTP/1.0, raw queries, and a 100 with Content-Length.
    ("milo-parser", "apache-connect.bin", MILO_VERSION),
    ("milo-parser", "chromium-keepalive.bin", MILO_TARGET),
    ("milo-parser", "chromium-raw-query.bin", MILO_TARGET),
    ("milo-parser", "curl-http10-post.bin", MILO_PROTOCOL),
    ("milo-parser", "curl-http10.bin", MILO_PROTOCOL),
    ("milo-parser", "curl-raw-query.bin", MILO_TARGET),
    ("milo-parser", "go-server-http10.bin", MILO_VERSION),
    ("milo-parser", "java-server-continue.bin", MILO_LENGTH),
    ("milo-parser", "lighttpd-http10.bin", MILO_VERSION),
    ("milo-parser", "nginx-proxy-http10.bin", MILO_PROTOCOL),
    ("milo-parser", "nginx-proxy-post-buffered.bin", MILO_PROTOCOL),
    ("milo-parser", "python-server10-get.bin", MILO_VERSION),
    ("milo-parser", "python-server10-to-close.bin", MILO_VERSION),
    // hyper takes what browsers send raw, but no ".
    ("hyper", "curl-raw-query.bin", "rejected: invalid URI"),
    // These answer requests that were sent at once. No client has to pipeline (RFC 9112, 9.3.2), and these do not.
    ("hyper", "apache-http10-keepalive.bin", "cannot: hyper takes a request only when the last one is done with"),
    ("hyper", "nginx-pipelined.bin", "cannot: hyper takes a request only when the last one is done with"),
    ("hyper", "node-server-pipelined.bin", "cannot: hyper takes a request only when the last one is done with"),
    ("h11", "apache-http10-keepalive.bin", H11_DOES_NOT_PIPELINE),
    ("h11", "nginx-pipelined.bin", H11_DOES_NOT_PIPELINE),
    ("h11", "node-server-pipelined.bin", H11_DOES_NOT_PIPELINE),
    ("h11r", "apache-http10-keepalive.bin", H11R_DOES_NOT_PIPELINE),
    ("h11r", "nginx-pipelined.bin", H11R_DOES_NOT_PIPELINE),
    ("h11r", "node-server-pipelined.bin", H11R_DOES_NOT_PIPELINE),
    // It has no notion of a tunnel, and reads what is in it as the next request.
    ("waitress", "curl-proxy-connect-tunnel.bin", "2 request instead of 1"),
    // Its server has no notion of a switch of protocols, and reads what follows as the next request.
    ("ureq-proto", "aiohttp-websocket.bin", "rejected: http parse fail: invalid token"),
    ("ureq-proto", "chromium-websocket.bin", "rejected: http parse fail: invalid token"),
    ("ureq-proto", "curl-proxy-connect-tunnel.bin", "2 request instead of 1"),
    ("ureq-proto", "node-connect.bin", "rejected: http parse fail: invalid HTTP version"),
    ("ureq-proto", "node-upgrade.bin", "rejected: http parse fail: invalid HTTP version"),
    // It has no call for the end of the stream, refuses a 100 with fields, and takes less than browsers send raw.
    ("ureq-proto", "busybox-not-found.bin", UREQ_PROTO_NO_END),
    ("ureq-proto", "go-server-bad-request.bin", UREQ_PROTO_NO_END),
    ("ureq-proto", "go-server-http10.bin", UREQ_PROTO_NO_END),
    ("ureq-proto", "lighttpd-http10.bin", UREQ_PROTO_NO_END),
    ("ureq-proto", "nginx-http10.bin", UREQ_PROTO_NO_END),
    ("ureq-proto", "node-server-http10.bin", UREQ_PROTO_NO_END),
    ("ureq-proto", "python-server10-to-close.bin", UREQ_PROTO_NO_END),
    ("ureq-proto", "python-server11-to-close.bin", UREQ_PROTO_NO_END),
    ("ureq-proto", "java-server-continue.bin", "rejected: received headers with 100-continue response"),
    ("ureq-proto", "curl-raw-query.bin", "rejected: http parse fail: invalid uri character"),
    ("ureq-proto", "apache-http10-keepalive.bin", UREQ_PROTO_DOES_NOT_PIPELINE),
    ("ureq-proto", "nginx-pipelined.bin", UREQ_PROTO_DOES_NOT_PIPELINE),
    ("ureq-proto", "node-server-pipelined.bin", UREQ_PROTO_DOES_NOT_PIPELINE),
];

const UREQ_PROTO_NO_END: &str = "0 end instead of 1";
const UREQ_PROTO_DOES_NOT_PIPELINE: &str =
    "cannot: ureq-proto: a Call is one exchange, and it says when the next may be";

const H11_DOES_NOT_PIPELINE: &str = "refused to send: can't handle event type Request when role=CLIENT and state=DONE";
const HTTP_NET_OWNS_CONNECTION: &str = "cannot: http-net writes connection itself, and has no call for this";
const H11R_DOES_NOT_PIPELINE: &str = "refused to send: event is invalid in the local state";

const MILO_VERSION: &str = "rejected: UNSUPPORTED_HTTP_VERSION: Unsupported HTTP version";
const MILO_PROTOCOL: &str = "rejected: UNEXPECTED_CHARACTER: Invalid protocol";
const MILO_TARGET: &str = "rejected: UNEXPECTED_CHARACTER: Invalid URL character";
const MILO_LENGTH: &str =
    "rejected: UNEXPECTED_CONTENT_LENGTH: Unexpected Content-Length header for a response without body";

fn name(capture: &Json) -> &str {
    capture["file"].as_str().expect("a name")
}

fn count(capture: &Json, member: &str) -> usize {
    capture[member].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

fn is(capture: &Json, member: &str) -> bool {
    capture[member].as_bool().unwrap_or(false)
}

fn is_server(capture: &Json) -> bool {
    capture["role"] == "server"
}

/// The script that plays a capture to a subject.
fn script(capture: &Json) -> Script {
    let octets = std::fs::read(folder().join(name(capture))).expect("the capture");
    if is_server(capture) { server_script(capture, octets) } else { client_script(capture, octets) }
}

/// Requests are answered by the harness, with 200. What was answered by a switch is answered so here, and a CONNECT
/// that was not is refused.
fn server_script(capture: &Json, octets: Vec<u8>) -> Script {
    let mut script = Script::of_bytes(Http1::SPEC, Role::Server, octets, is(capture, "eof"));
    let Some(Step::Receive(octets)) = script.steps.first_mut() else { return script };
    if is(capture, "upgraded") {
        let after = octets.split_off(octets.len() - count(capture, "after_switch"));
        let status = if octets.starts_with(b"CONNECT ") { 200 } else { 101 };
        let fields = if status == 101 {
            json!([["Connection", "Upgrade"], ["Upgrade", protocol_asked_for(octets)]])
        } else {
            json!([])
        };
        let reason = if status == 101 { "Switching Protocols" } else { "OK" };
        let response = json!({"response": {"status": status, "reason": reason, "fields": fields}});
        script.answer = false;
        script.steps.extend([Step::send(response), Step::send(json!({"end": {}})), Step::Receive(after)]);
    }
    if !is(capture, "upgraded") && script.received().starts_with(b"CONNECT ") {
        let refusal =
            json!({"response": {"status": 502, "reason": "Bad Gateway", "fields": [["Content-Length", "0"]]}});
        script.answer = false;
        script.steps.extend([Step::send(refusal), Step::send(json!({"end": {}}))]);
    }
    script
}

/// The value of the field Upgrade.
fn protocol_asked_for(head: &[u8]) -> String {
    let text = String::from_utf8_lossy(head);
    let value = text.lines().find_map(|line| line.to_lowercase().strip_prefix("upgrade:").map(|v| v.trim().to_owned()));
    value.expect("a field Upgrade")
}

/// What was asked comes first: it frames the responses.
fn client_script(capture: &Json, octets: Vec<u8>) -> Script {
    let mut script = Script::of_bytes(Http1::SPEC, Role::Client, octets, is(capture, "eof"));
    let mut steps = Vec::new();
    let all = capture["asked"].as_array().expect("what was asked");
    for asked in all.iter().take(count(capture, "responses")) {
        let request = json!({"method": asked["method"], "target": asked["target"], "fields": fields_asked_with(asked)});
        steps.push(Step::send(json!({"request": request})));
        steps.extend(asked.get("body").map(|body| Step::send(json!({"data": body}))));
        steps.push(Step::send(json!({"end": {}})));
    }
    steps.append(&mut script.steps);
    script.steps = steps;
    script
}

/// The fields that have to do with how responses are framed. What else was asked was sometimes wrong on purpose, and a
/// client may refuse to send it; the action has no version, so that what was asked by HTTP/1.0 is asked by HTTP/1.1.
fn fields_asked_with(asked: &Json) -> Vec<Json> {
    let matters = ["content-length", "transfer-encoding", "connection", "upgrade"];
    let fields = asked["fields"].as_array().expect("fields").iter();
    let kept = fields.filter(|f| f[0].as_str().is_some_and(|name| matters.contains(&name.to_lowercase().as_str())));
    [json!(["Host", "localhost"])].into_iter().chain(kept.cloned()).collect()
}

/// What a subject that sees everything shows, as far as this one can: numbers of events by name.
fn expected(capture: &Json, profile: &Profile) -> Vec<(&'static str, usize)> {
    let head = if is_server(capture) { "request" } else { "response" };
    let heads = count(capture, if is_server(capture) { "requests" } else { "responses" });
    let interim = count(capture, "interim");
    if !profile.can("framing") {
        return if interim > 0 { vec![("interim", 1), (head, 0)] } else { vec![("interim", 0), (head, 1)] };
    }
    let mut expected = vec![(head, heads), ("end", heads)];
    if profile.can("interim") {
        expected.push(("interim", interim));
    }
    if profile.can("upgrade") {
        expected.push(("upgraded", usize::from(is(capture, "upgraded"))));
    }
    expected
}

/// What is not as expected, if anything.
fn complaint(capture: &Json, profile: &Profile, transcript: &Transcript) -> Option<String> {
    if let Some(fault) = &transcript.fault {
        return Some(format!("fault: {}", fault.text));
    }
    if let Some(why) = transcript.steps.iter().find_map(|s| s.refused.as_ref()) {
        return Some(format!("refused to send: {why}"));
    }
    let records: Vec<&Record> = transcript.events().map(|(_, seen)| &seen.record).collect();
    if let Some(rejected) = records.iter().find(|r| r.event == "rejected") {
        let text = rejected.bytes("text").map(String::from_utf8_lossy).unwrap_or_default();
        return Some(format!("rejected: {text}"));
    }
    let seen = |event: &str| records.iter().filter(|r| r.event == event).count();
    let wrong = expected(capture, profile).into_iter().find(|(event, number)| seen(event) != *number);
    if let Some((event, number)) = wrong {
        return Some(format!("{} {event} instead of {number}", seen(event)));
    }
    let switched = records.iter().skip_while(|r| r.event != "upgraded").filter_map(|r| r.bytes("bytes"));
    let after: usize = switched.map(<[u8]>::len).sum();
    let due = if profile.can("framing") && profile.can("upgrade") { count(capture, "after_switch") } else { after };
    (after != due).then(|| format!("{after} octets after the switch instead of {due}"))
}

/// As written, octet by octet, and three cuts in two.
fn cuts(script: &Script) -> Vec<Cut> {
    let octets = script.received().len();
    let mut at = vec![1, octets / 3, octets / 2, octets - 1];
    at.retain(|offset| (1..octets).contains(offset));
    at.dedup();
    [Cut::Whole, Cut::Octets].into_iter().chain(at.into_iter().map(Cut::At)).collect()
}

/// Plays all captures to one subject; gives the complaints.
fn play(subject: &dyn Subject) -> Vec<(String, String)> {
    let mut session = subject.open().unwrap_or_else(|e| panic!("{}: {}", subject.name(), e.0));
    let profile = session.profile().clone();
    let jobs: Vec<Job> = INDEX.iter().map(script).map(|script| Job { cuts: cuts(&script), script }).collect();
    let mut complaints = vec![None; jobs.len()];
    let faults = session.run(&jobs, &mut |index, answer| {
        complaints[index] = match answer {
            Answer::Cannot(why) | Answer::NotRun(why) => Some(format!("cannot: {why}")),
            Answer::Ran { whole, octets, differing } => {
                let others = octets.iter().chain(differing.iter().map(|(_, t)| t));
                [&whole].into_iter().chain(others).find_map(|t| complaint(&INDEX[index], &profile, t))
            }
        };
    });
    assert_eq!(faults, [], "{}", subject.name());
    let named = INDEX.iter().zip(complaints).filter_map(|(c, complaint)| Some((name(c).to_owned(), complaint?)));
    named.collect()
}

/// Plays all captures to one subject; only what is known may be seen otherwise.
fn check(subject: &dyn Subject) {
    compare(subject.name(), &play(subject));
}

/// Holds what was found against what is known.
fn compare(subject: &str, found: &[(String, String)]) {
    let known = EXCEPTIONS.iter().filter(|(of, _, _)| *of == subject);
    let mut known: Vec<(String, String)> =
        known.map(|(_, file, what)| ((*file).to_owned(), (*what).to_owned())).collect();
    known.sort(); // as the index is
    let show = |list: &[(String, String)]| list.iter().map(|(f, w)| format!("\n  {f}: {w}")).collect::<String>();
    assert_eq!(show(found), show(&known), "{subject}");
}

/// Plays all captures to a subject that cannot be told all that they hold, such as the end of the stream or a method.
fn check_what_it_can(subject: &dyn Subject) {
    let mut found = play(subject);
    found.retain(|(_, what)| !what.starts_with("cannot: "));
    compare(subject.name(), &found);
}

#[test]
fn the_reference_core_sees_them_all() {
    check(&InProcess::new(WireproofHttp1));
}

#[test]
fn httparse_sees_the_first_heads() {
    check(&InProcess::new(Httparse));
}

#[test]
fn hyper_sees_them_all() {
    check(&InProcess::new(Hyper));
}

#[test]
fn h11r_sees_them_all() {
    check(&InProcess::new(H11r));
}

#[test]
fn milo_parser_sees_them_all() {
    check(&InProcess::new(MiloParser));
}

#[test]
fn http_net_sees_them_all() {
    check(&InProcess::new(HttpNet));
}

#[test]
fn ureq_proto_sees_them_all() {
    check(&ureq_proto());
}

/// The private environment, if the recipe is set up in it; else says so.
fn ready(recipe: &dyn Recipe) -> Option<PathBuf> {
    let home = setup::home().ok()?;
    let ready = recipe.is_ready(&home);
    if !ready {
        println!("unavailable: {0} is not set up in {1}; run: wireproof setup {0}", recipe.name(), home.display());
    }
    ready.then_some(home)
}

#[test]
fn llhttp_sees_them_all() {
    let Some(home) = ready(&LLHTTP) else { return };
    check(&LLHTTP.load(&home).expect("it was set up"));
}

#[test]
fn picohttpparser_sees_the_first_heads() {
    let Some(home) = ready(&PICOHTTPPARSER) else { return };
    check(&PICOHTTPPARSER.load(&home).expect("it was set up"));
}

#[test]
fn h11_sees_them_all() {
    let Some(home) = ready(&H11) else { return };
    check(&Child::new("h11", vec![H11.python(&home).into(), H11.file(&home, "adapter.py").into()]));
}

/// Plays all captures to a child in Node.js, if it is set up.
fn check_node(recipe: &NodeRecipe<'_>) {
    let Some(home) = ready(recipe) else { return };
    let mut child = Child::new(recipe.name(), recipe.command(&home));
    child.limits.memory = recipe.memory();
    check(&child);
}

#[test]
fn the_parser_of_node_sees_them_all() {
    check_node(&NODE_HTTP_PARSER);
}

#[test]
fn http_parser_js_sees_them_all() {
    check_node(&HTTP_PARSER_JS);
}

#[test]
fn httptools_sees_them_all() {
    let Some(home) = ready(&HTTPTOOLS) else { return };
    check_what_it_can(&Child::new("httptools", HTTPTOOLS.command(&home)));
}

#[test]
fn waitress_sees_them_all() {
    let Some(home) = ready(&WAITRESS) else { return };
    check_what_it_can(&Child::new("waitress", WAITRESS.command(&home)));
}

#[test]
fn gunicorn_sees_them_all() {
    let Some(home) = ready(&GUNICORN) else { return };
    check_what_it_can(&Child::new("gunicorn", GUNICORN.command(&home)));
}

#[test]
fn every_file_is_in_the_index_and_not_empty() {
    let listed: Vec<&str> = INDEX.iter().map(name).collect();
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|file| file.ends_with(".bin"))
        .collect();
    files.sort();
    assert_eq!(files, listed);
    for capture in INDEX.iter() {
        assert!(!script(capture).received().is_empty(), "{}", name(capture));
    }
}
