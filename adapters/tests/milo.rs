//! The milo adapter: what it shows, in order, and that no cut changes it.

mod support;

use serde_json::json;
use wireproof::{Role, Step};
use wireproof_adapters::rust::MiloParser;

use crate::support::{GET, ask, check, receive, send};

const SHOWN: &str = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[host: a]";
const END: &str = "end trailers=[]";

#[test]
fn a_server_sees_pipelined_requests_and_their_content() {
    let chunked =
        "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n";
    let put = "request method=\"PUT\" target=\"/x\" version=\"1.1\" fields=[host: a, transfer-encoding: chunked]";
    let steps = [receive(&["\r\n", GET, chunked, GET].concat()), Step::Eof];
    let shown = [SHOWN, END, put, "data bytes=\"abcde\"", "end trailers=[t: u]", SHOWN, END];
    assert_eq!(check(MiloParser, Role::Server, &steps, &shown), "");
    let bad = receive("GET / HTTP/1.1\r\nHost: a\r\nb c: d\r\n\r\n");
    check(MiloParser, Role::Server, &[receive(GET), bad, receive(GET), Step::Eof], &[SHOWN, END, "rejected"]);
    let post = receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhi");
    let head = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[host: a, content-length: 9]";
    check(MiloParser, Role::Server, &[post, Step::Eof], &[head, "data bytes=\"hi\"", "rejected"]);
}

#[test]
fn the_answer_decides_whether_a_server_switches() {
    let connect = "request method=\"CONNECT\" target=\"a:80\" version=\"1.1\" fields=[host: a]";
    let octets = ["CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", GET].concat();
    let tunnelled = "data bytes=\"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\"";
    check(MiloParser, Role::Server, &[receive(&octets), Step::Eof], &[connect, END, "upgraded", tunnelled]);
    let declined = [receive(&octets), send(json!({"response": {"status": 502}})), Step::Eof];
    check(MiloParser, Role::Server, &declined, &[connect, END, SHOWN, END]);
    let head = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
    let asked = receive("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw");
    let switch = send(json!({"response": {"status": 101}}));
    check(MiloParser, Role::Server, &[asked, switch], &[head, END, "upgraded", "data bytes=\"raw\""]);
}

/// A response to a GET, `octets` and then the end of the stream.
fn fetch(method: &str, octets: &str, shown: &[&str]) {
    let steps = [&ask(method, "a:80")[..], &[receive(octets), Step::Eof]].concat();
    check(MiloParser, Role::Client, &steps, shown);
}

#[test]
fn a_client_sees_content_by_each_framing() {
    let head = |fields: &str| format!("response status=200 reason=\"OK\" version=\"1.1\" fields=[{fields}]");
    let (length, hi) = (head("content-length: 2"), "data bytes=\"hi\"");
    let interim = "interim status=103 reason=\"\" version=\"1.1\" fields=[link: x]";
    let octets = "HTTP/1.1 103 \r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    fetch("GET", &[octets, "hi"].concat(), &[interim, &length, hi, END]);
    fetch("HEAD", octets, &[interim, &length, END]);
    fetch("GET", "HTTP/1.1 200 OK\r\n\r\nhi", &[&head(""), hi, END]);
    fetch("GET", octets, &[interim, &length, "rejected"]);
    fetch("GET", "HTTP/1.1 2x0 OK\r\n\r\n", &["rejected"]);
}

#[test]
fn a_client_is_handed_the_connection() {
    let length = "response status=200 reason=\"OK\" version=\"1.1\" fields=[content-length: 2]";
    let raw = "data bytes=\"raw\"";
    fetch("CONNECT", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nraw", &[length, END, "upgraded", raw]);
    let switch = "response status=101 reason=\"Go\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
    let octets = "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw";
    fetch("GET", octets, &[switch, END, "upgraded", raw]);
}
