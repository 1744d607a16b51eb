//! The ureq-proto adapter: what it shows and writes, in order, and that no cut changes it.

mod support;

use serde_json::json;
use wireproof::{Role, Step};
use wireproof_adapters::rust::{UreqProto, ureq_proto};

use crate::support::{GET, ask, check, receive, script, send, show};

const SHOWN: &str = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[host: a]";
const END: &str = "end trailers=[]";

fn serve(steps: &[Step], shown: &[&str]) -> String {
    check(UreqProto, Role::Server, steps, shown)
}

#[test]
fn a_server_sees_pipelined_requests_and_their_content() {
    let chunked =
        "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n";
    let put = "request method=\"PUT\" target=\"/x\" version=\"1.1\" fields=[host: a, transfer-encoding: chunked]";
    let last = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
    let closing = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[connection: close]";
    let steps = [receive(&[GET, chunked, last, GET].concat())];
    let wrote = serve(&steps, &[SHOWN, END, put, "data bytes=\"abcde\"", END, closing, END, "closed"]);
    assert_eq!(wrote, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".repeat(3));
    let bad = receive("GET / HTTP/1.1\r\nHost: a\r\nb c: d\r\n\r\n");
    serve(&[receive(GET), bad, receive(GET), Step::Eof], &[SHOWN, END, "rejected"]);
}

#[test]
fn a_server_accepts_what_is_expected_or_rejects_it() {
    let head = receive("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    let shown = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[content-length: 2, expect: 100-continue]";
    let wrote = serve(&[head.clone(), receive("hi")], &[shown, "data bytes=\"hi\"", END]);
    assert_eq!(wrote, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let asked = [head.clone(), send(json!({"interim": {"status": 100}})), receive("hi")];
    assert_eq!(serve(&asked, &[shown, "data bytes=\"hi\"", END]), "HTTP/1.1 100 Continue\r\n\r\n");
    let response = send(json!({"response": {"status": 417, "fields": [["Content-Length", "0"]]}}));
    let steps = [head, response, send(json!({"end": {}}))];
    assert_eq!(serve(&steps, &[shown]), "HTTP/1.1 417 Expectation Failed\r\ncontent-length: 0\r\n\r\n");
}

#[test]
fn a_server_writes_by_each_framing_and_refuses_what_does_not_fit() {
    let ran = |fields: serde_json::Value| {
        let response = json!({"response": {"status": 200, "fields": fields}});
        let steps = [receive(GET), send(response), send(json!({"data": "hi"})), send(json!({"end": {}}))];
        ureq_proto().transcribe(&script(Role::Server, &steps), &[]).unwrap()
    };
    for (fields, framing) in [
        (json!([["Content-Length", "2"]]), "content-length: 2\r\n\r\nhi"),
        (json!([]), "transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
    ] {
        assert_eq!(String::from_utf8_lossy(&ran(fields).output()), format!("HTTP/1.1 200 OK\r\n{framing}"));
    }
    let refused = |fields| ran(fields).steps.iter().map(|step| step.refused.is_some()).collect::<Vec<_>>();
    assert_eq!(refused(json!([["Content-Length", "3"]])), [false, false, false, true]);
    assert_eq!(refused(json!([["Content-Length", "1"]])), [false, false, true, true]);
    assert_eq!(refused(json!([["a", "b\r\nc"]])), [false, true, true, true]);
}

#[test]
fn a_client_sees_content_by_each_framing() {
    let head = |fields: &str| format!("response status=200 version=\"1.1\" fields=[{fields}]");
    let fetch = |method: &str, rest: &[Step], shown: &[&str]| {
        check(UreqProto, Role::Client, &[&ask(method, "/")[..], rest].concat(), shown)
    };
    let octets = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    let (length, hi) = (head("content-length: 2"), "data bytes=\"hi\"");
    let again = [&[receive(&[octets, "hi"].concat())], &ask("GET", "/")[..], &[receive(octets)]].concat();
    let wrote = fetch("GET", &again, &[&length, hi, END, &length]);
    assert_eq!(wrote, "GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(2));
    fetch("HEAD", &[receive(octets)], &[&length, END]);
    fetch("GET", &[receive("HTTP/1.1 200 OK\r\n\r\nhi"), Step::Eof], &[&head(""), hi]);
    let chunked = receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: u\r\n\r\n");
    fetch("GET", &[chunked], &[&head("transfer-encoding: chunked"), hi, END]);
    let closing = receive("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let moved = "response status=302 version=\"1.1\" fields=[content-length: 0, connection: close]";
    fetch("GET", &[closing], &[moved, END, "closed"]);
    fetch("GET", &[receive("HTTP/1.1 2x0 OK\r\n\r\n"), receive("x")], &["rejected"]);
}

#[test]
fn a_client_waits_for_100_or_for_its_time_out() {
    let fields = json!([["Host", "a"], ["Content-Length", "2"], ["Expect", "100-continue"]]);
    let head = send(json!({"request": {"method": "POST", "target": "/", "fields": fields}}));
    let (data, end) = (send(json!({"data": "hi"})), send(json!({"end": {}})));
    let asked = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\nhi";
    let answered = receive("HTTP/1.1 100 Continue\r\n\r\n");
    let steps = [head.clone(), answered, data.clone(), end.clone()];
    assert_eq!(check(UreqProto, Role::Client, &steps, &[]), asked);
    assert_eq!(check(UreqProto, Role::Client, &[head.clone(), data.clone(), end], &[]), asked);
    let failed = "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n";
    let steps = [head, receive(failed), data];
    let ran = ureq_proto().transcribe(&script(Role::Client, &steps), &[]).unwrap();
    assert_eq!(show(&ran), ["response status=417 version=\"1.1\" fields=[content-length: 0]", "end", "closed"]);
}

/// What comes while there is no exchange is shown to nobody, so that the next exchange cannot be begun.
#[test]
fn a_client_does_not_judge_what_comes_between() {
    let octets = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let steps = [&ask("GET", "/")[..], &[receive(&octets.repeat(2))], &ask("GET", "/")[..]].concat();
    let ran = ureq_proto().transcribe(&script(Role::Client, &steps), &[]);
    assert_eq!(ran.unwrap_err(), "ureq-proto: what came before the request is its caller's");
}
