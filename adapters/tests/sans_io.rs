//! The sans-I/O Rust adapters: what each shows, in order, and that no cut changes it.

mod support;

use serde_json::json;
use wireproof::http1::Http1;
use wireproof::{Implementation, InProcess, Role, Step};
use wireproof_adapters::rust::{H11r, HttpNet};

use crate::support::{GET, ask, check, receive, script, send, show};

const SHOWN: &str = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[host: a]";
const END: &str = "end trailers=[]";

/// What they do alike as a server. `refusal` is how a bad field name is refused, `truncation` a message cut short.
fn serves<S: Implementation<Http1> + 'static>(make: fn() -> S, refusal: &str, truncation: &str) {
    let chunked =
        "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n";
    let put = "request method=\"PUT\" target=\"/x\" version=\"1.1\" fields=[host: a, transfer-encoding: chunked]";
    let put = [put, "data bytes=\"abcde\"", "end trailers=[t: u]"];
    let wrote = check(
        make(),
        Role::Server,
        &[receive(&[GET, chunked, GET].concat()), Step::Eof],
        &[&[SHOWN, END][..], &put, &[SHOWN, END, "closed"]].concat(),
    );
    assert_eq!(wrote.matches("HTTP/1.1 200 OK\r\n").count(), 3, "{wrote}");
    let bad = receive("GET / HTTP/1.1\r\nHost: a\r\nb c: d\r\n\r\n");
    check(make(), Role::Server, &[receive(GET), bad, receive(GET), Step::Eof], &[SHOWN, END, refusal]);
    let post = receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhi");
    let head = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[host: a, content-length: 9]";
    check(make(), Role::Server, &[post, Step::Eof, Step::Eof], &[head, "data bytes=\"hi\"", truncation]);
}

#[test]
fn h11r_serves() {
    serves(|| H11r, "rejected status=400", "rejected status=400");
}

#[test]
fn http_net_serves() {
    serves(|| HttpNet, "rejected status=400", "rejected");
}

/// What they do alike as a client. `asked` is what is written of a GET.
fn asks<S: Implementation<Http1> + 'static>(make: fn() -> S, asked: &str) {
    let octets = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let shown = [
        "interim status=103 reason=\"Early\" version=\"1.1\" fields=[link: x]",
        "response status=200 reason=\"OK\" version=\"1.1\" fields=[content-length: 2]",
        "data bytes=\"hi\"",
        END,
    ];
    let once = [&ask("GET", "/")[..], &[receive(octets)]].concat();
    let steps = [&once[..], &once, &[Step::Eof]].concat();
    let wrote = check(make(), Role::Client, &steps, &[&shown[..], &shown, &["closed"]].concat());
    assert_eq!(wrote, asked.repeat(2));
    let head = "response status=200 reason=\"\" version=\"1.1\" fields=[x: y]";
    let steps = [&ask("GET", "/")[..], &[receive("HTTP/1.1 200 \r\nX: y\r\n\r\nhi"), Step::Eof]].concat();
    check(make(), Role::Client, &steps, &[head, "data bytes=\"hi\"", END, "closed"]);
    let steps = [&ask("GET", "/")[..], &[receive("HTTP/1.1 2x0 OK\r\n\r\n"), receive("x"), Step::Eof]].concat();
    check(make(), Role::Client, &steps, &["rejected"]);
}

#[test]
fn h11r_asks() {
    asks(|| H11r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

#[test]
fn http_net_asks() {
    asks(|| HttpNet, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

/// A switch of protocols, seen by both sides.
fn switches<S: Implementation<Http1> + 'static>(make: fn() -> S) {
    let fields = json!([["Host", "a"], ["Connection", "Upgrade"], ["Upgrade", "x"]]);
    let switch = "HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
    let request = json!({"request": {"method": "GET", "target": "/", "fields": fields}});
    let steps = [send(request), send(json!({"end": {}})), receive(&format!("{switch}raw")), Step::Eof];
    let head = "response status=101 reason=\"Go\" version=\"1.1\" fields=[connection: Upgrade, upgrade: x]";
    check(make(), Role::Client, &steps, &[head, END, "upgraded", "data bytes=\"raw\""]);
    let fields = json!([["Connection", "Upgrade"], ["Upgrade", "x"]]);
    let response = json!({"response": {"status": 101, "reason": "Switching Protocols", "fields": fields}});
    let asked = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nraw";
    let steps = [receive(asked), send(response), send(json!({"end": {}})), receive("more")];
    let head = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[host: a, connection: Upgrade, upgrade: x]";
    let wrote =
        check(make(), Role::Server, &steps, &[head, END, "upgraded", "data bytes=\"raw\"", "data bytes=\"more\""]);
    assert!(wrote.starts_with("HTTP/1.1 101 "), "{wrote}");
}

#[test]
fn h11r_switches() {
    switches(|| H11r);
}

#[test]
fn http_net_switches() {
    switches(|| HttpNet);
}

/// What http-net owns goes to its builder's calls; what these cannot say is refused, or cannot be said.
#[test]
fn http_net_owns_the_framing_fields() {
    let subject = InProcess::new(HttpNet);
    let response = |fields: serde_json::Value| json!({"response": {"status": 200, "fields": fields}});
    let ran = |fields| {
        let steps = [receive(GET), send(response(fields)), send(json!({"data": "hi"})), send(json!({"end": {}}))];
        subject.transcribe(&script(Role::Server, &steps), &[])
    };
    for (fields, framing) in [
        (json!([["Content-Length", "2"]]), "content-length: 2\r\n\r\nhi"),
        (json!([["Transfer-Encoding", "chunked"]]), "transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
        (json!([]), "transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
    ] {
        let wrote = ran(fields).unwrap().output();
        assert_eq!(String::from_utf8_lossy(&wrote), format!("HTTP/1.1 200 OK\r\n{framing}"));
    }
    for fields in [
        json!([["Content-Length", "02"]]),
        json!([["Content-Length", "2"], ["Transfer-Encoding", "chunked"]]),
        json!([["Upgrade", "x"]]),
    ] {
        assert!(ran(fields).unwrap().steps[1].refused.is_some());
    }
    for fields in [json!([["Trailer", "t"]]), json!([["Connection", "x"]])] {
        assert!(ran(fields).is_err());
    }
}

/// More requests than its buffer takes wait for their turn.
#[test]
fn http_net_takes_what_fits() {
    let subject = InProcess::new(HttpNet);
    let steps = [receive(&GET.repeat(10_000)), Step::Eof];
    let shown = show(&subject.transcribe(&script(Role::Server, &steps), &[]).unwrap());
    assert_eq!(shown.len(), 20_001);
    assert_eq!(shown[20_000], "closed");
}
