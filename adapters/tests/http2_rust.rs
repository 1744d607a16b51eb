//! The HTTP/2 adapters that run in this process: what each names, in order, that no cut changes it, and what is
//! written.

use serde_json::{Value, json};
use wireproof::http2::{Http2, PREFACE};
use wireproof::judge::{show_record, visible};
use wireproof::{Config, InProcess, Protocol, Record, Role, Script, Step};
use wireproof_adapters::rust::{H2, Nghttp2, Shiguredo};

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

fn subjects() -> [InProcess; 3] {
    [InProcess::new(Nghttp2), InProcess::new(H2), InProcess::new(Shiguredo)]
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn headers(flags: u8, stream: u32, fields: &[(&str, &str)]) -> Vec<u8> {
    let string = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let line = |(name, value): &(&str, &str)| [vec![0], string(name), string(value)].concat();
    frame(1, flags | END_HEADERS, stream, &fields.iter().flat_map(line).collect::<Vec<u8>>())
}

fn start() -> Vec<u8> {
    [frame(4, 0, 0, &[]), frame(4, ACK, 0, &[])].concat()
}

const HEAD: [(&str, &str); 4] = [(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/")];

fn request(stream: u32, flags: u8) -> Vec<u8> {
    headers(flags, stream, &HEAD)
}

fn send(action: Value) -> Step {
    Step::send(action)
}

fn ask() -> Step {
    let fields: Vec<[&str; 2]> = HEAD.iter().map(|(name, value)| [*name, *value]).collect();
    send(json!({"request": {"stream": 1, "fields": fields, "end": true}}))
}

/// Runs the steps whole and octet by octet; both must show `expected`, of what a judge looks at but the upkeep. Returns
/// what was written, but for the upkeep.
fn check(subject: &InProcess, role: Role, steps: &[Step], expected: &[&str]) -> Vec<String> {
    let script =
        Script { protocol: Http2::SPEC, role, config: Config::default(), answer: false, steps: steps.to_vec() };
    let upkeep = |line: &String| {
        let name = line.split(' ').next().unwrap();
        Http2::SPEC.ambient.contains(&name) && name != "PING_ACK"
    };
    let name = &subject.profile().name;
    let run = |cut: &[usize]| {
        let ran = subject.transcribe(&script, cut).unwrap();
        assert_eq!(ran.fault, None, "{name}");
        let shown = visible(&script, &ran.canonical(Http2::SPEC), subject.profile());
        let shown: Vec<String> = shown.iter().map(|seen| show_record(&seen.record)).filter(|l| !upkeep(l)).collect();
        (shown, ran)
    };
    let (shown, ran) = run(&[]);
    assert_eq!(shown, expected, "{name}, whole");
    let octets = run(&(1..script.received().len()).collect::<Vec<_>>());
    assert_eq!(octets.0, expected, "{name}, octet by octet");
    let written = Http2::SPEC.read_output.unwrap()(role, &ran, 0..usize::MAX);
    let line = |record: &Record| {
        let kept = record.members.iter().filter(|(name, _)| name != "length" && name != "debug").cloned();
        show_record(&Record { members: kept.collect(), ..record.clone() })
    };
    written.iter().map(line).filter(|l| !upkeep(l)).collect()
}

const SHOWN: &str = "request stream=1 method=\"POST\" scheme=\"http\" authority=\"a\" path=\"/\" fields=[]";
const END: &str = "end stream=1 trailers=[]";

fn serve(rest: &[&[u8]], steps: &[Step], shown: &[&str], written: &[&str]) {
    let octets = [PREFACE, &start(), &rest.concat()].concat();
    let steps = [&[Step::Receive(octets)], steps].concat();
    for subject in subjects() {
        assert_eq!(check(&subject, Role::Server, &steps, shown), written, "{}", subject.profile().name);
    }
}

/// What is written is given without the request.
fn fetch(octets: &[&[u8]], shown: &[&str], written: &[&str]) {
    let steps = [ask(), Step::Receive([&start()[..], &octets.concat()].concat())];
    for subject in subjects() {
        let all = check(&subject, Role::Client, &steps, shown);
        let asked = "HEADERS stream=1 fields=[:method: POST, :scheme: http, :authority: a, :path: /] end=true";
        assert_eq!(all[0], asked, "{}", subject.profile().name);
        assert_eq!(all[1..], *written, "{}", subject.profile().name);
    }
}

#[test]
fn versions_are_those_of_the_lock_file() {
    let lock = include_str!("../../Cargo.lock");
    for subject in subjects() {
        let profile = subject.profile();
        let name = match profile.name.as_str() {
            "nghttp2" => "libnghttp2-sys",
            "shiguredo-http2" => "shiguredo_http2",
            name => name,
        };
        let entry = format!("name = \"{name}\"\nversion = \"{}\"\n", profile.version);
        assert!(lock.contains(&entry), "{entry}");
    }
}

#[test]
fn profiles_name_known_capabilities() {
    for subject in subjects() {
        let profile = subject.profile();
        let known = |name: &String| Http2::SPEC.capabilities.iter().any(|c| c.name == name);
        assert!(profile.can.iter().chain(profile.cannot.keys()).all(known), "{}", profile.name);
        let silent =
            Http2::SPEC.capabilities.iter().find(|c| !profile.can(c.name) && !profile.cannot.contains_key(c.name));
        assert_eq!(silent.map(|c| c.name), None, "{}", profile.name);
    }
}

#[test]
fn a_server_takes_a_request_and_answers() {
    serve(
        &[&request(1, 0), &frame(0, END_STREAM, 1, b"hi")],
        &[
            send(json!({"response": {"stream": 1, "fields": [[":status", "200"], ["a", "b"]]}})),
            send(json!({"data": {"stream": 1, "bytes": "hello"}})),
            send(json!({"end": {"stream": 1, "trailers": [["t", "u"]]}})),
        ],
        &[SHOWN, "data stream=1 bytes=\"hi\"", END],
        &[
            "HEADERS stream=1 fields=[:status: 200, a: b] end=false",
            "DATA stream=1 bytes=\"hello\" end=false",
            "HEADERS stream=1 fields=[t: u] end=true",
        ],
    );
}

#[test]
fn a_client_asks_and_takes_the_response() {
    let interim = headers(0, 1, &[(":status", "103"), ("link", "x")]);
    let response = headers(0, 1, &[(":status", "200"), ("a", "b")]);
    let trailers = headers(END_STREAM, 1, &[("t", "u")]);
    fetch(
        &[&interim, &response, &frame(0, 0, 1, b"hi"), &trailers],
        &[
            "interim stream=1 status=103 fields=[link: x]",
            "response stream=1 status=200 fields=[a: b]",
            "data stream=1 bytes=\"hi\"",
            "end stream=1 trailers=[t: u]",
        ],
        &[],
    );
}

#[test]
fn a_reset_is_shown_on_both_sides() {
    let reset = frame(3, 0, 1, &8_u32.to_be_bytes());
    let shown = "reset stream=1 code=\"CANCEL\"";
    serve(&[&request(1, 0), &reset], &[], &[SHOWN, shown], &[]);
    serve(&[&request(1, END_STREAM), &reset], &[], &[SHOWN, END, shown], &[]);
    fetch(&[&reset], &[shown], &[]);
}

#[test]
fn a_reset_is_sent() {
    let steps = [send(json!({"reset": {"stream": 1, "code": "CANCEL"}}))];
    serve(&[&request(1, END_STREAM)], &steps, &[SHOWN, END], &["RST_STREAM stream=1 code=\"CANCEL\""]);
}

#[test]
fn ping_is_answered() {
    serve(&[&frame(6, 0, 0, b"12345678")], &[], &[], &["PING_ACK data=\"12345678\""]);
}

#[test]
fn goaway_is_shown() {
    let goaway = frame(7, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 11, b'x']);
    let steps = [ask(), Step::Receive([&start()[..], &goaway].concat())];
    for subject in subjects() {
        let shown: &[&str] = match subject.profile().can("goaway") {
            true => &["goaway last=1 code=\"ENHANCE_YOUR_CALM\" debug=\"x\""],
            false => &[],
        };
        check(&subject, Role::Client, &steps, shown);
    }
}

#[test]
fn a_broken_connection_is_refused_with_goaway() {
    for subject in subjects() {
        let octets = [PREFACE, &start(), &request(2, END_STREAM), &request(1, END_STREAM)].concat();
        let shown = "rejected scope=\"connection\" code=\"PROTOCOL_ERROR\"";
        check(&subject, Role::Server, &[Step::Receive(octets)], &[shown]);
    }
}
