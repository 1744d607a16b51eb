//! The Rust adapters: what each names, in order, and that no cut changes it.

mod support;

use serde_json::json;
use wireproof::http1::Http1;
use wireproof::{InProcess, Protocol, Role, Step};
use wireproof_adapters::rust::{H11r, HttpNet, Httparse, Hyper, MiloParser, ureq_proto};

use crate::support::{GET, ask, check, receive, script, send, show};

fn subjects() -> [InProcess; 6] {
    [
        InProcess::new(Httparse),
        InProcess::new(Hyper),
        InProcess::new(H11r),
        InProcess::new(HttpNet),
        InProcess::new(MiloParser),
        ureq_proto(),
    ]
}

fn serve(steps: &[Step], expected: &[&str]) -> String {
    check(Hyper, Role::Server, steps, expected)
}

fn fetch(method: &str, target: &str, rest: &[Step], expected: &[&str]) -> String {
    let mut steps = ask(method, target).to_vec();
    steps.extend_from_slice(rest);
    check(Hyper, Role::Client, &steps, expected)
}

#[test]
fn versions_are_those_of_the_lock_file() {
    let lock = include_str!("../../Cargo.lock");
    for subject in subjects() {
        let profile = subject.profile();
        let entry = format!("name = \"{}\"\nversion = \"{}\"\n", profile.name, profile.version);
        assert!(lock.contains(&entry), "{entry}");
    }
}

#[test]
fn profiles_name_known_capabilities() {
    for subject in subjects() {
        let profile = subject.profile();
        let named = profile.can.iter().chain(profile.cannot.keys());
        for capability in named {
            assert!(Http1::SPEC.capabilities.iter().any(|c| c.name == capability), "{capability}");
        }
        assert!(!profile.cannot.keys().any(|c| profile.can(c)));
    }
}

#[test]
fn httparse_shows_one_head_and_stops() {
    let head = "request method=\"GET\" target=\"/b#c\" version=\"1.0\" fields=[b: 1, a: 2, b: 3]";
    let octets = "\r\nGET /b#c HTTP/1.0\r\nB: 1\r\na:  2 \r\nb: 3\r\n\r\n";
    check(Httparse, Role::Server, &[receive(octets), receive(GET), Step::Eof], &[head]);
    check(Httparse, Role::Server, &[receive("GET / HT"), Step::Eof], &[]);
    let head = "response status=404 reason=\"No\" version=\"1.1\" fields=[x: ]";
    check(Httparse, Role::Client, &[receive("HTTP/1.1 404 No\r\nX:\r\n\r\nhi")], &[head]);
    check(
        Httparse,
        Role::Client,
        &[receive("HTTP/1.1 100\r\n\r\n")],
        &["interim status=100 reason=\"\" version=\"1.1\" fields=[]"],
    );
}

#[test]
fn httparse_empties_a_reason_phrase_beyond_ascii() {
    let head = "response status=200 reason=\"\" version=\"1.1\" fields=[]";
    check(Httparse, Role::Client, &[receive("HTTP/1.1 200 caf\u{e9}\r\n\r\n")], &[head]);
}

#[test]
fn httparse_names_its_errors() {
    let many = format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(257));
    for (octets, phase, class) in [
        ("G@T / HTTP/1.1\r\n\r\n", "start-line", "method"),
        ("GET /\x01 HTTP/1.1\r\n\r\n", "start-line", "target"),
        ("GET / HTTP/2.0\r\n\r\n", "start-line", "version"),
        ("GET / HTTP/1.1\r\n a: b\r\n\r\n", "head", "field-name"),
        ("GET / HTTP/1.1\r\na: \0\r\n\r\n", "head", "field-value"),
        (&many, "head", "limit"),
    ] {
        let expected = format!("rejected phase=\"{phase}\" class=\"{class}\"");
        check(Httparse, Role::Server, &[receive(octets), receive(GET)], &[&expected]);
    }
    let status = "rejected phase=\"start-line\" class=\"status\"";
    check(Httparse, Role::Client, &[receive("HTTP/1.1 2x0 OK\r\n\r\n")], &[status]);
    check(Httparse, Role::Server, &[receive("GET / HTTP/1.1\rX")], &["rejected class=\"line-end\""]);
}

#[test]
fn a_server_answers_pipelined_requests_until_the_end() {
    let get = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[host: a]";
    let end = "end trailers=[]";
    let wrote =
        serve(&[receive(&GET.repeat(20)), Step::Eof], &[[get, end].repeat(20).as_slice(), &["closed"]].concat());
    assert_eq!(wrote, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".repeat(20));
}

#[test]
fn a_server_shows_content_and_trailers() {
    let length = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let chunked =
        "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n";
    let empty = "POST / HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let wrote = serve(
        &[receive(&[length, chunked, empty, GET].concat())],
        &[
            "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[host: a, content-length: 5]",
            "data bytes=\"hello\"",
            "end trailers=[]",
            "request method=\"PUT\" target=\"/x\" version=\"1.1\" fields=[host: a, transfer-encoding: chunked]",
            "data bytes=\"abcde\"",
            "end trailers=[t: u]",
            "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[content-length: 0, connection: close]",
            "end trailers=[]",
            "closed",
        ],
    );
    assert!(wrote.ends_with("connection: close\r\n\r\n"), "{wrote}");
}

#[test]
fn a_server_continues_when_content_is_expected() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    let shown = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[host: a, content-length: 2, expect: 100-continue]";
    let wrote = serve(&[receive(head), receive("hi")], &[shown, "data bytes=\"hi\"", "end trailers=[]"]);
    assert!(wrote.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "{wrote}");
}

#[test]
fn a_server_refuses_with_the_status_it_writes() {
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000));
    for (octets, status) in [("G@T / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nContent-Length: +5\r\n\r\n", 400)] {
        let wrote = serve(&[receive(octets), receive(GET), Step::Eof], &[&format!("rejected status={status}")]);
        assert!(wrote.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{wrote}");
    }
    let subject = InProcess::new(Hyper);
    let refused = subject.transcribe(&script(Role::Server, &[receive(&long)]), &[]).unwrap();
    assert_eq!(show(&refused), ["rejected class=\"limit\" status=414"]);
}

#[test]
fn a_refusal_after_an_answer_has_its_own_status() {
    let get = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[host: a]";
    let wrote = serve(&[receive(&[GET, "\0\r\n\r\n"].concat())], &[get, "end trailers=[]", "rejected status=400"]);
    assert!(wrote.contains("200 OK") && wrote.contains("400 Bad Request"), "{wrote}");
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let refused = InProcess::new(Hyper).transcribe(&script(Role::Server, &[receive(preface)]), &[]).unwrap();
    assert_eq!(show(&refused), ["rejected class=\"version\""]);
}

#[test]
fn a_server_tells_truncation() {
    let incomplete = "rejected class=\"incomplete\"";
    serve(&[Step::Eof], &["closed"]);
    serve(&[receive("GET / HT"), Step::Eof, receive(GET)], &[incomplete]);
    let post = "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhi";
    let head = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[content-length: 9]";
    serve(&[receive(post), Step::Eof, Step::Eof], &[head, "data bytes=\"hi\"", incomplete]);
}

#[test]
fn a_server_refuses_content_after_its_head() {
    let post = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nx\r\n";
    let head = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[transfer-encoding: chunked]";
    serve(&[receive(post), receive(GET)], &[head, "data bytes=\"hi\"", "rejected"]);
}

#[test]
fn a_server_hands_over_the_connection() {
    let connect = "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n";
    let head = "request method=\"CONNECT\" target=\"a:80\" version=\"1.1\" fields=[host: a]";
    let steps = [receive(&[connect, "\0raw"].concat()), receive("more"), Step::Eof];
    let wrote =
        serve(&steps, &[head, "end trailers=[]", "upgraded", "data bytes=\"\\0raw\"", "data bytes=\"more\"", "closed"]);
    assert_eq!(wrote, "HTTP/1.1 200 OK\r\n\r\n");

    let head = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
    let switch = json!({"response": {"status": 101, "fields": [["Connection", "upgrade"], ["Upgrade", "x"]]}});
    let steps = [
        receive("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw"),
        send(switch),
        send(json!({"end": {}})),
        send(json!({"data": "ours"})),
        receive("more"),
    ];
    let wrote = serve(&steps, &[head, "end trailers=[]", "upgraded", "data bytes=\"raw\"", "data bytes=\"more\""]);
    assert_eq!(wrote, "HTTP/1.1 101 \r\nconnection: upgrade\r\nupgrade: x\r\n\r\nours");
}

#[test]
fn a_declined_upgrade_is_an_ordinary_request() {
    let head = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
    let get = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[host: a]";
    let octets = ["GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", GET].concat();
    serve(&[receive(&octets), Step::Eof], &[head, "end trailers=[]", get, "end trailers=[]", "closed"]);
}

#[test]
fn a_server_writes_what_it_is_asked_to() {
    let get = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[te: trailers]";
    let chunked = json!({"response": {"status": 200, "reason": "Fine", "fields": [["Transfer-Encoding", "chunked"], ["Trailer", "t"]]}});
    let steps = [
        receive("GET / HTTP/1.1\r\nTE: trailers\r\n\r\n"),
        send(chunked),
        send(json!({"data": "ab"})),
        send(json!({"end": {"trailers": [["T", "u"]]}})),
        send(json!({"close": {}})),
    ];
    let wrote = serve(&steps, &[get, "end trailers=[]", "closed"]);
    let expected = "HTTP/1.1 200 Fine\r\ntransfer-encoding: chunked\r\ntrailer: t\r\n\r\n2\r\nab\r\n0\r\nt: u\r\n\r\n";
    assert_eq!(wrote, expected);
}

#[test]
fn hyper_refuses_what_it_cannot_send() {
    let subject = InProcess::new(Hyper);
    let short = json!({"response": {"status": 200, "fields": [["Content-Length", "5"]]}});
    let steps = [receive(GET), send(short), send(json!({"end": {}}))];
    let ran = subject.transcribe(&script(Role::Server, &steps), &[]).unwrap();
    assert_eq!(ran.steps[1].refused, None);
    assert!(ran.steps[2].refused.is_some());
    let bad = json!({"response": {"status": 200, "fields": [["a", "b\r\nc: d"]]}});
    let ran = subject.transcribe(&script(Role::Server, &[receive(GET), send(bad)]), &[]).unwrap();
    assert!(ran.steps[1].refused.is_some());
    let early = json!({"interim": {"status": 103}});
    assert!(subject.transcribe(&script(Role::Server, &[receive(GET), send(early)]), &[]).is_err());
}

#[test]
fn a_client_reads_content_by_each_framing() {
    let head = |fields: &str| format!("response status=200 reason=\"OK\" version=\"1.1\" fields=[{fields}]");
    let reply = |rest: &str| receive(&format!("HTTP/1.1 200 OK\r\n{rest}"));
    let (end, hi) = ("end trailers=[]", "data bytes=\"hi\"");
    let wrote = fetch(
        "GET",
        "/",
        &[reply("Content-Length: 2\r\n\r\nhi"), Step::Eof],
        &[&head("content-length: 2"), hi, end, "closed"],
    );
    assert_eq!(wrote, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    let chunked = reply("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: u\r\n\r\n");
    fetch("GET", "/", &[chunked], &[&head("transfer-encoding: chunked"), hi, "end trailers=[t: u]"]);
    fetch("POST", "/", &[reply("\r\nhi"), Step::Eof], &[&head(""), hi, end, "closed"]);
    fetch("HEAD", "/", &[reply("Content-Length: 2\r\n\r\n")], &[&head("content-length: 2"), end]);
    let close = reply("Content-Length: 2\r\nConnection: close\r\n\r\nhi");
    fetch("GET", "/", &[close], &[&head("content-length: 2, connection: close"), hi, end, "closed"]);
}

#[test]
fn a_client_shows_interim_responses() {
    let octets = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 Gone\r\n\r\n";
    fetch(
        "GET",
        "/",
        &[receive(octets)],
        &[
            "interim status=100 version=\"1.1\" fields=[]",
            "interim status=103 version=\"1.1\" fields=[link: x]",
            "response status=204 reason=\"Gone\" version=\"1.1\" fields=[]",
            "end trailers=[]",
        ],
    );
}

#[test]
fn a_client_is_handed_the_connection() {
    let (end, up, raw) = ("end trailers=[]", "upgraded", "data bytes=\"raw\"");
    let head = "response status=101 reason=\"Switching Protocols\" version=\"1.1\" fields=[upgrade: x]";
    let octets = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nraw";
    fetch("GET", "/", &[receive(octets), Step::Eof], &[head, end, up, raw, "closed"]);
    let head = "response status=200 reason=\"OK\" version=\"1.0\" fields=[content-length: 9]";
    let octets = "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nraw";
    let wrote = fetch("CONNECT", "a:80", &[receive(octets)], &[head, end, up, raw]);
    assert_eq!(wrote, "CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n");
}

#[test]
fn a_client_goes_on_to_a_second_request() {
    let octets = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let head = "response status=200 reason=\"OK\" version=\"1.1\" fields=[content-length: 0]";
    let [request, end] = ask("GET", "/2");
    let steps = [receive(octets), request.clone(), end, receive(octets), receive("x")];
    let wrote = fetch("GET", "/1", &steps, &[head, "end trailers=[]", head, "end trailers=[]", "rejected"]);
    assert_eq!(wrote, "GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n");
    let early = [ask("GET", "/1").to_vec(), vec![request]].concat();
    assert!(InProcess::new(Hyper).transcribe(&script(Role::Client, &early), &[]).is_err());
}

#[test]
fn a_client_refuses_bad_and_truncated_responses() {
    fetch("GET", "/", &[receive("HTTP/1.1 2x0 OK\r\n\r\n")], &["rejected class=\"status\""]);
    fetch("GET", "/", &[receive("HTTP/1.1 20"), Step::Eof], &["rejected class=\"incomplete\""]);
    let head = "response status=200 reason=\"OK\" version=\"1.1\" fields=[content-length: 9]";
    let octets = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi";
    fetch("GET", "/", &[receive(octets), Step::Eof], &[head, "data bytes=\"hi\"", "rejected class=\"incomplete\""]);
}

#[test]
fn a_client_writes_content() {
    let request = json!({"request": {"method": "POST", "target": "/", "fields": [["Content-Length", "2"]]}});
    let steps = [send(request), send(json!({"data": "hi"})), send(json!({"end": {}}))];
    let wrote = check(Hyper, Role::Client, &steps, &[]);
    assert_eq!(wrote, "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi");
}

#[test]
fn hyper_hides_what_its_profile_says() {
    let target = |octets: &str| {
        let steps = [receive(&format!("GET {octets} HTTP/1.1\r\n\r\n"))];
        let ran = InProcess::new(Hyper).transcribe(&script(Role::Server, &steps), &[]).unwrap();
        let shown = ran.events().find_map(|(_, seen)| seen.record.bytes("target").map(<[u8]>::to_vec));
        shown.map(|target| String::from_utf8(target).unwrap())
    };
    assert_eq!(target("http://a").as_deref(), Some("http://a/"));
    assert_eq!(target("/a?b#c").as_deref(), Some("/a?b"));
    let grouped = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[b: 1, b: 3, a: 2]";
    serve(&[receive("GET / HTTP/1.1\r\nb: 1\r\na: 2\r\nb: 3\r\n\r\n")], &[grouped, "end trailers=[]"]);
    let no_host = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[]";
    serve(&[receive("GET / HTTP/1.1\r\n\r\n")], &[no_host, "end trailers=[]"]);
}

/// Once a head has come in part, hyper looks at it again only when it sees an empty line. That is hyper's own doing,
/// and breaks the law that no cut changes what is shown; the adapter must not even it out.
#[test]
fn hyper_puts_off_refusing_a_head_that_comes_in_pieces() {
    let subject = InProcess::new(Hyper);
    let script = script(Role::Server, &[receive("G@T / HTTP/1.1\r\na"), Step::Eof]);
    let shown = |cut: &[usize]| show(&subject.transcribe(&script, cut).unwrap());
    assert_eq!(shown(&[]), ["rejected status=400"]);
    assert_eq!(shown(&[1]), ["rejected class=\"incomplete\""]);
}

#[test]
fn limits_are_hypers_own() {
    let subject = InProcess::new(Hyper);
    let limited = |name: &str, value, octets: &str| {
        let mut script = script(Role::Server, &[receive(octets)]);
        script.config.0.insert(name.to_owned(), value);
        subject.transcribe(&script, &[]).map(|t| show(&t))
    };
    let refused = vec!["rejected class=\"limit\" status=431".to_owned()];
    assert_eq!(limited("max-head", 20, GET), Ok(refused.clone()));
    assert_eq!(limited("max-fields", 1, "GET / HTTP/1.1\r\na: b\r\nc: d\r\n\r\n"), Ok(refused));
    assert_eq!(limited("max-head", 27, GET).map(|shown| shown.len()), Ok(2));
    assert!(limited("max-start-line", 20, GET).is_err());
}
