//! C libraries over the C ABI, set up by these tests. Where there is no Python, no C compiler or no package index, they
//! say so on stderr and pass.

use std::io::Write as _;

use serde_json::{Value as Json, json};
use wireproof::cuts::Cut;
use wireproof::judge::show_record;
use wireproof::{Config, InProcess, Role, Script, Step, Transcript, protocols};
use wireproof_adapters::setup::c_library::CLibraryRecipe;
use wireproof_adapters::setup::llhttp::LLHTTP;
use wireproof_adapters::setup::picohttpparser::PICOHTTPPARSER;
use wireproof_adapters::setup::{LibraryRecipe, Recipe, SetupError, home};

fn with_llhttp(test: impl FnOnce(InProcess)) {
    with(&LLHTTP, test);
}

/// Sets a library up and hands it to `test`.
fn with(recipe: &CLibraryRecipe, test: impl FnOnce(InProcess)) {
    let home = home().unwrap();
    match recipe.set_up(&home, &mut |_| {}) {
        Ok(()) => test(recipe.load(&home).unwrap()),
        Err(why) if is_absence(&why) => {
            // Not eprintln, which the test runner keeps to itself when a test passes.
            let _ = writeln!(std::io::stderr(), "unavailable: {}: {why}", recipe.name);
        }
        Err(why) => panic!("{why}"),
    }
}

/// Whether a set-up failed for what this machine has not, rather than for what we did wrong.
fn is_absence(why: &SetupError) -> bool {
    match why {
        SetupError::MissingProgram { .. } => true,
        SetupError::Failed { command, .. } => command.contains("-m pip download"),
        _ => false,
    }
}

fn receive(octets: &str) -> Step {
    Step::Receive(wireproof::bytes::from_latin1(octets).unwrap())
}

fn send(action: Json) -> Step {
    Step::send(action)
}

fn lines(transcript: &Transcript) -> Vec<String> {
    assert_eq!((&transcript.fault, transcript.output()), (&None, Vec::new()));
    transcript.canonical(protocols()[0]).events().map(|(_, seen)| show_record(&seen.record)).collect()
}

/// The events that a script brings, a line each, under every cut that could matter.
fn check_script(library: &InProcess, script: &Script, expected: &[&str]) {
    let whole = library.transcribe(script, &[]).unwrap();
    assert_eq!(lines(&whole), expected, "{:?}", script.steps);
    let len = script.received().len();
    for cut in [Cut::Octets].into_iter().chain((1..len).map(Cut::At)) {
        let cut_up = library.transcribe(script, &cut.splits(len)).unwrap();
        assert_eq!(lines(&cut_up), expected, "{:?} cut {}", script.steps, cut.name());
    }
}

fn script(role: Role, answer: bool, steps: Vec<Step>) -> Script {
    Script { protocol: protocols()[0], role, config: Config::default(), answer, steps }
}

/// A server that is answered, and whose stream then ends.
fn check_server(library: &InProcess, octets: &str, expected: &[&str]) {
    check_script(library, &script(Role::Server, true, vec![receive(octets), Step::Eof]), expected);
}

/// A client that asked with these methods, and whose stream then ends.
fn check_client(library: &InProcess, methods: &[&str], octets: &str, expected: &[&str]) {
    let ask = |method: &&str| send(json!({"request": {"method": method, "target": "/", "fields": [["Host", "a"]]}}));
    let mut steps: Vec<Step> = methods.iter().flat_map(|m| [ask(m), send(json!({"end": {}}))]).collect();
    steps.extend([receive(octets), Step::Eof]);
    check_script(library, &script(Role::Client, true, steps), expected);
}

const END: &str = "end trailers=[]";

#[test]
fn they_are_the_pinned_versions() {
    for recipe in [&LLHTTP, &PICOHTTPPARSER] {
        with(recipe, |library| {
            let profile = library.profile();
            assert_eq!((profile.name.as_str(), profile.version.as_str()), (recipe.name, recipe.version));
            let limits = Config([("max-head".to_owned(), 10)].into());
            assert!(library.engine(Role::Server, &limits).is_err());
        });
    }
}

#[test]
fn requests() {
    with_llhttp(|llhttp| {
        let get =
            "request method=\"GET\" target=\"/a?b\" version=\"1.1\" fields=[host: a, x-y: V, host: , z: 1 2 \\xff]";
        check_server(
            &llhttp,
            "GET /a?b HTTP/1.1\r\nHost: a\r\nX-Y:V\r\nhost:\r\nZ:\t1 2 \u{ff}\r\n\r\n",
            &[get, END, "closed"],
        );
        let post = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[host: a, content-length: 3]";
        let old = "request method=\"GET\" target=\"/b\" version=\"1.0\" fields=[]";
        check_server(
            &llhttp,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.0\r\n\r\n",
            &[post, "data bytes=\"abc\"", END, old, END, "closed"],
        );
    });
}

#[test]
fn chunked_content_and_trailers() {
    with_llhttp(|llhttp| {
        let head = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[transfer-encoding: chunked]";
        let post = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        check_server(
            &llhttp,
            &format!("{post}3;a=b\r\nabc\r\n02\r\nde\r\n0\r\nT: 1\r\nU:\r\n\r\n"),
            &[head, "data bytes=\"abcde\"", "end trailers=[t: 1, u: ]", "closed"],
        );
        let rejected = |rest: &str, before: &[&str], phase: &str, class: &str| {
            let why = format!("rejected phase=\"{phase}\" class=\"{class}\"");
            let expected: Vec<&str> = [head].iter().chain(before).copied().chain([&*why]).collect();
            check_server(&llhttp, &format!("{post}{rest}"), &expected);
        };
        rejected("x\r\n", &[], "body", "chunk-size");
        rejected("1;a b\r\n", &[], "body", "chunk-extension");
        rejected("1\r\nabc", &["data bytes=\"a\""], "body", "chunk-end");
        rejected("0\r\nA B: c\r\n\r\n", &[], "trailers", "field-name");
        rejected("1\r\na", &["data bytes=\"a\""], "body", "incomplete");
    });
}

#[test]
fn refusals() {
    with_llhttp(|llhttp| {
        let rejected = |octets: &str, phase: &str, class: &str| {
            check_server(&llhttp, octets, &[&format!("rejected phase=\"{phase}\" class=\"{class}\"")]);
        };
        rejected("G\"T / HTTP/1.1\r\n\r\n", "start-line", "method");
        rejected("GET /\u{1} HTTP/1.1\r\n\r\n", "start-line", "target");
        rejected("GET / HTTP/3.1\r\n\r\n", "start-line", "version");
        rejected("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "head", "version");
        rejected("GET /\nHTTP/1.1\r\n\r\n", "start-line", "field-name"); // read as HTTP/0.9 with fields after it
        rejected("GET / HTTP/1.1\r\nA B: c\r\n\r\n", "head", "field-name");
        rejected("GET / HTTP/1.1\r\nA: \u{1}\r\n\r\n", "head", "field-value");
        rejected("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", "head", "content-length");
        rejected(
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "head",
            "transfer-encoding",
        );
        rejected(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            "head",
            "content-length",
        );
        rejected("GET / HTTP/1.1\r\nHo", "head", "incomplete");
        let close = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[connection: close]";
        check_server(
            &llhttp,
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            &[close, END, "rejected phase=\"between\" class=\"unexpected\""],
        );
    });
}

#[test]
fn a_server_asked_to_switch_waits_for_the_answer() {
    with_llhttp(|llhttp| {
        let get = "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
        let connect = "CONNECT a:1 HTTP/1.1\r\n\r\n";
        let head = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
        let head_connect = "request method=\"CONNECT\" target=\"a:1\" version=\"1.1\" fields=[]";
        let plain = "request method=\"GET\" target=\"/b\" version=\"1.1\" fields=[]";
        let rest = "GET /b HTTP/1.1\r\n\r\n";
        let data = "data bytes=\"GET /b HTTP/1.1\\r\\n\\r\\n\"";
        // The harness answers 200: that declines an upgrade and agrees to a tunnel.
        check_server(&llhttp, &format!("{get}{get}{rest}"), &[head, END, head, END, plain, END, "closed"]);
        check_server(
            &llhttp,
            &format!("{get}{connect}{rest}"),
            &[head, END, head_connect, END, "upgraded", data, "closed"],
        );
        let answered = |octets: String, status: u16, expected: &[&str]| {
            let response = send(json!({"response": {"status": status}}));
            let interim = send(json!({"interim": {"status": 102}}));
            let steps = vec![receive(&octets), interim, response, send(json!({"end": {}})), Step::Eof];
            check_script(&llhttp, &script(Role::Server, false, steps), expected);
        };
        answered(format!("{get}{rest}"), 101, &[head, END, "upgraded", data, "closed"]);
        answered(format!("{get}{rest}"), 404, &[head, END, plain, END, "closed"]);
        answered(format!("{connect}{rest}"), 407, &[head_connect, END, plain, END, "closed"]);
        let unanswered = script(Role::Server, false, vec![receive(&format!("{get}{rest}")), Step::Eof]);
        check_script(&llhttp, &unanswered, &[head, END]);
    });
}

#[test]
fn an_upgrade_with_content_is_decided_after_it_or_before() {
    with_llhttp(|llhttp| {
        let head = "POST / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\n";
        let seen = "request method=\"POST\" target=\"/\" version=\"1.1\" \
                    fields=[connection: upgrade, upgrade: x, content-length: 2]";
        let switch = || send(json!({"response": {"status": 101}}));
        let expected = [seen, "data bytes=\"ab\"", END, "upgraded", "data bytes=\"cd\"", "closed"];
        let after = vec![receive(&format!("{head}abcd")), switch(), Step::Eof];
        check_script(&llhttp, &script(Role::Server, false, after), &expected);
        let before = vec![receive(head), switch(), receive("abcd"), Step::Eof];
        check_script(&llhttp, &script(Role::Server, false, before), &expected);
    });
}

#[test]
fn the_length_of_a_response_depends_on_what_was_asked() {
    with_llhttp(|llhttp| {
        let three = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
        let head = "response status=200 reason=\"OK\" version=\"1.1\" fields=[content-length: 3]";
        let data = "data bytes=\"abc\"";
        check_client(&llhttp, &["GET"], &format!("{three}abc"), &[head, data, END, "closed"]);
        check_client(&llhttp, &["HEAD", "GET"], &format!("{three}{three}abc"), &[head, END, head, data, END, "closed"]);
        check_client(&llhttp, &[], &format!("{three}abc"), &[head, data, END, "closed"]);
        let tunnel = [head, END, "upgraded", "data bytes=\"HTTP\"", "closed"];
        check_client(&llhttp, &["CONNECT"], &format!("{three}HTTP"), &tunnel);
        let refused = "HTTP/1.1 407 No\r\nContent-Length: 3\r\n\r\nabc";
        let seen = "response status=407 reason=\"No\" version=\"1.1\" fields=[content-length: 3]";
        check_client(&llhttp, &["CONNECT"], refused, &[seen, data, END, "closed"]);
    });
}

#[test]
fn interim_responses_come_before_the_one_asked_for() {
    with_llhttp(|llhttp| {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n";
        let first = "interim status=100 reason=\"Continue\" version=\"1.1\" fields=[]";
        let second = "interim status=103 reason=\"Early Hints\" version=\"1.1\" fields=[link: a]";
        let last = "response status=200 reason=\"\" version=\"1.1\" fields=[content-length: 3]";
        check_client(
            &llhttp,
            &["HEAD"],
            &format!("{interim}HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n"),
            &[first, second, last, END, "closed"],
        );
        let switch = "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nabc";
        let head = "response status=101 reason=\"Switching\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
        check_client(&llhttp, &["GET"], switch, &[head, END, "upgraded", "data bytes=\"abc\"", "closed"]);
    });
}

#[test]
fn the_end_of_the_stream_ends_or_breaks_a_response() {
    with_llhttp(|llhttp| {
        let until_close = "response status=200 reason=\"OK\" version=\"1.1\" fields=[]";
        let abc = "data bytes=\"abc\"";
        check_client(&llhttp, &["GET"], "HTTP/1.1 200 OK\r\n\r\nabc", &[until_close, abc, END, "closed"]);
        let four = "response status=200 reason=\"OK\" version=\"1.1\" fields=[content-length: 4]";
        let incomplete = "rejected phase=\"body\" class=\"incomplete\"";
        check_client(&llhttp, &["GET"], "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", &[four, abc, incomplete]);
        check_client(&llhttp, &["GET"], "", &["closed"]);
        check_client(&llhttp, &["GET"], "HTTP/1.1 2x0 OK\r\n", &["rejected phase=\"start-line\" class=\"status\""]);
    });
}

/// One head and nothing after it; the end of the stream is nothing to it.
#[test]
fn picohttpparser_sees_one_head() {
    with(&PICOHTTPPARSER, |pico| {
        let get = "request method=\"GET\" target=\"/a?b\" version=\"1.1\" fields=[host: a, x-y: V, : \\tw, host: ]";
        check_server(&pico, "\r\nGET /a?b HTTP/1.1\r\nHost: a\r\nX-Y:V \r\n\tw\r\nhost:\r\n\r\nGET", &[get]);
        let chunked = "request method=\"PUT\" target=\"/\" version=\"1.0\" fields=[transfer-encoding: chunked]";
        check_server(&pico, "PUT / HTTP/1.0\nTransfer-Encoding: chunked\n\n3\r\nabc\r\n0\r\n\r\n", &[chunked]);
        for refused in ["G\"T / HTTP/1.1\r\n\r\n", "GET / HTTP/2.1\r\n\r\n", "GET / HTTP/1.1\r\nA B: c\r\n\r\n"] {
            check_server(&pico, refused, &["rejected"]);
        }
        check_server(&pico, "GET / HTTP/1.1\r\nHost: a\r\n", &[]);
        let ok = "response status=200 reason=\"Fine so\" version=\"1.1\" fields=[a: b]";
        check_client(&pico, &["HEAD"], "HTTP/1.1 200  Fine so\r\nA: b\r\n\r\nHTTP/1.1", &[ok]);
        let hint = "interim status=103 reason=\"\" version=\"1.1\" fields=[]";
        check_client(&pico, &["GET"], "HTTP/1.1 103\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", &[hint]);
    });
}

#[test]
fn picohttpparser_has_room_for_so_many_fields() {
    with(&PICOHTTPPARSER, |pico| {
        let script = |fields: u64, octets: &str| Script {
            config: Config([("max-fields".to_owned(), fields)].into()),
            ..script(Role::Server, true, vec![receive(octets)])
        };
        let two = "GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n";
        check_script(&pico, &script(1, two), &["rejected"]);
        let seen = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[a: b, c: d]";
        check_script(&pico, &script(2, two), &[seen]);
        assert!(pico.engine(Role::Server, &script(257, two).config).is_err());
    });
}
