//! The subjects that run in Node.js, set up by this test. Where there is no Node.js, not the pinned one, or no package
//! registry, it says so on stderr and passes.

#[path = "support/timed.rs"]
mod timed;

use std::io::Write as _;

use serde_json::json;
use wireproof::child::Child;
use wireproof::cuts::Cut;
use wireproof::judge::show_record;
use wireproof::{Answer, Config, Job, Role, Script, Step, Subject, Transcript, protocols};
use wireproof_adapters::node::{HTTP_PARSER_JS, NODE_HTTP_PARSER};
use wireproof_adapters::setup::node::NodeRecipe;
use wireproof_adapters::setup::{ChildRecipe, Recipe, SetupError, home};

/// The subject, set up.
fn subject(recipe: &NodeRecipe<'_>) -> Option<Child> {
    let home = home().unwrap();
    match recipe.set_up(&home, &mut |_| {}) {
        Ok(()) => {
            let mut child = Child::new(recipe.name(), recipe.command(&home));
            child.limits.memory = recipe.memory();
            Some(child)
        }
        Err(why @ (SetupError::MissingProgram { .. } | SetupError::Failed { .. })) => {
            // Not eprintln, which the test runner keeps to itself when a test passes.
            let _ = writeln!(std::io::stderr(), "unavailable: {}: {why}", recipe.name());
            None
        }
        Err(why) => panic!("{why}"),
    }
}

fn receive(octets: &str) -> Step {
    Step::Receive(wireproof::bytes::from_latin1(octets).unwrap())
}

fn server(octets: &str) -> Script {
    let steps = vec![receive(octets), Step::Eof];
    Script { protocol: protocols()[0], role: Role::Server, config: Config::default(), answer: true, steps }
}

/// A client that asked with this method.
fn client(method: &str, octets: &str) -> Script {
    let ask = json!({"request": {"method": method, "target": "/", "fields": [["Host", "a"]]}});
    let steps = vec![Step::send(ask), Step::send(json!({"end": {}})), receive(octets), Step::Eof];
    Script { protocol: protocols()[0], role: Role::Client, config: Config::default(), answer: true, steps }
}

fn lines(transcript: &Transcript) -> Vec<String> {
    assert_eq!((&transcript.fault, transcript.output()), (&None, Vec::new()));
    transcript.canonical(protocols()[0]).events().map(|(_, seen)| show_record(&seen.record)).collect()
}

/// Runs scripts under every cut; each must bring these events, a line each, under all of them.
fn check(subject: &Child, table: &[(Script, &[&str])]) {
    let jobs: Vec<Job> = (table.iter())
        .map(|(script, _)| {
            let at = (1..script.received().len()).map(Cut::At);
            Job { script: script.clone(), cuts: [Cut::Whole, Cut::Octets].into_iter().chain(at).collect() }
        })
        .collect();
    let mut session = subject.open().unwrap();
    let mut answered = 0;
    let faults = session.run(&jobs, &mut |index, answer| {
        let (script, expected) = &table[index];
        let Answer::Ran { whole, octets, differing } = answer else { panic!("{:?}: {answer:?}", script.steps) };
        assert_eq!(lines(&whole), *expected, "{:?}", script.steps);
        assert_eq!(octets.map(|t| lines(&t)), Some(lines(&whole)), "{:?} octet by octet", script.steps);
        assert_eq!(differing, [], "{:?}", script.steps);
        answered += 1;
    });
    assert_eq!((faults, answered), (Vec::new(), table.len()));
}

const END: &str = "end trailers=[]";
const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\nX:\t\u{ff} \r\n\r\n";
const GET_SEEN: &str = "request method=\"GET\" target=\"/a\" version=\"1.1\" fields=[host: a, x: \\xff]";
const CHUNKED: &str = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n";
const CHUNKED_SEEN: [&str; 3] = [
    "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[transfer-encoding: chunked]",
    "data bytes=\"abcde\"",
    "end trailers=[t: 1]",
];
const UPGRADE: &str = "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
const UPGRADE_SEEN: &str =
    "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
const CONNECT_SEEN: &str = "request method=\"CONNECT\" target=\"a:1\" version=\"1.1\" fields=[]";
const TEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
const TEN_SEEN: &str = "response status=200 reason=\"OK\" version=\"1.1\" fields=[content-length: 10]";
const INTERIM: &str = "HTTP/1.1 103 Early\r\n\r\n";
const INTERIM_SEEN: &str = "interim status=103 reason=\"Early\" version=\"1.1\" fields=[]";

/// What both do alike.
fn check_plain(subject: &Child, get: &str) {
    let [post, data, end] = CHUNKED_SEEN;
    let many: String = (0..40).map(|i| format!("A{i}: {i}\r\n")).collect();
    let seen: Vec<String> = (0..40).map(|i| format!("a{i}: {i}")).collect();
    let seen = seen[..12].join(", "); // so many of a list are shown
    let seen = format!("request method=\"GET\" target=\"/many\" version=\"1.1\" fields=[{seen}, … (40 in all)]");
    let table: &[(Script, &[&str])] = &[
        (server(GET), &[get, END, "closed"]),
        (server(&format!("GET /many HTTP/1.1\r\n{many}\r\n")), &[&seen, END, "closed"]),
        (server(&format!("{CHUNKED}{GET}{CHUNKED}")), &[post, data, end, get, END, post, data, end, "closed"]),
        (server(&format!("{UPGRADE}{GET}")), &[UPGRADE_SEEN, END, get, END, "closed"]),
        (server("CONNECT a:1 HTTP/1.1\r\n\r\nabc"), &[CONNECT_SEEN, END, "upgraded", "data bytes=\"abc\"", "closed"]),
        (server("GET / FTP/1.1\r\n\r\n"), &["rejected"]),
        (server("GET / HTTP/1.1\r\nHo"), &["rejected"]),
        (
            client("GET", &format!("{INTERIM}{TEN}abcdefghij")),
            &[INTERIM_SEEN, TEN_SEEN, "data bytes=\"abcdefghij\"", END, "closed"],
        ),
        (client("HEAD", TEN), &[TEN_SEEN, END, "closed"]),
        (client("CONNECT", &format!("{TEN}abc")), &[TEN_SEEN, END, "upgraded", "data bytes=\"abc\"", "closed"]),
        (client("GET", &format!("{TEN}abc")), &[TEN_SEEN, "data bytes=\"abc\"", "rejected"]),
    ];
    check(subject, table);
}

#[test]
fn the_parser_of_node() {
    let Some(subject) = subject(&NODE_HTTP_PARSER) else { return };
    assert_eq!(subject.open().unwrap().profile().version, NODE_HTTP_PARSER.version);
    check_plain(&subject, GET_SEEN);
    check(&subject, &[(server("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na"), &["rejected"])]);
}

#[test]
fn the_parser_of_node_is_timed() {
    let Some(subject) = subject(&NODE_HTTP_PARSER) else { return };
    timed::check(&subject);
}

#[test]
fn http_parser_js() {
    let Some(subject) = subject(&HTTP_PARSER_JS) else { return };
    assert_eq!(subject.open().unwrap().profile().version, HTTP_PARSER_JS.version);
    check_plain(&subject, &GET_SEEN.replace("\\xff", "\\x7f")); // it decodes ASCII, and drops the eighth bit
    let seen = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[content-length: +1]";
    let post = server("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na");
    check(&subject, &[(post, &[seen, "data bytes=\"a\"", END, "closed"])]);
}

#[test]
fn a_node_with_another_part_is_not_taken() {
    let home = tempfile::tempdir().unwrap();
    let other = NodeRecipe { version: "0.0.0", ..NODE_HTTP_PARSER };
    match other.set_up(home.path(), &mut |_| {}) {
        Err(SetupError::Failed { stderr, .. }) => assert!(stderr.contains("not 0.0.0"), "{stderr}"),
        Err(SetupError::MissingProgram { program, .. }) => assert_eq!(program, "node"),
        other => panic!("{other:?}"),
    }
}
