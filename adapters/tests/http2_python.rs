//! The Python adapters of HTTP/2 and HPACK as child processes: what each names, in order, that no cut changes it, and
//! what is written. Where there is no Python or no package index, they say so on stderr and pass.

#[path = "support/child.rs"]
mod child;
#[path = "support/frames.rs"]
mod frames;

use std::time::{Duration, Instant};

use child::subject;
use frames::{END_STREAM, frame, headers, start};
use serde_json::{Value, json};
use wireproof::cuts::{Cut, Cuts, plan};
use wireproof::hpack::Hpack;
use wireproof::http2::{Http2, PREFACE};
use wireproof::judge::show_record;
use wireproof::{Answer, Config, Job, Protocol, ProtocolSpec, Role, Script, Step, Subject, protocols};
use wireproof_adapters::python::{HPACK_PYTHON, HYPER_H2};
use wireproof_adapters::setup::venv::VenvRecipe;

/// A script; what it brings, a line an event; what is written, a line a record. The upkeep stands only in rows about it.
struct Row<'a> {
    role: Role,
    steps: Vec<Step>,
    events: &'a [&'a str],
    written: &'a [&'a str],
}

fn send(action: Value) -> Step {
    Step::send(action)
}

/// Plays each row as written, octet by octet, and cut at every position.
fn check(recipe: &VenvRecipe<'_>, protocol: &'static ProtocolSpec, rows: &[Row<'_>]) {
    let Some(child) = subject(recipe) else { return };
    let mut session = child.open().unwrap_or_else(|e| panic!("{}", e.0));
    let profile = session.profile().clone();
    assert_eq!((profile.name.as_str(), profile.version.as_str()), (recipe.name, recipe.version));
    let job = |row: &Row<'_>| {
        let (role, steps, config) = (row.role, row.steps.clone(), Config::default());
        let script = Script { protocol, role, config, answer: false, steps };
        Job { cuts: plan(Cuts::All, &script, 0), script }
    };
    let jobs: Vec<Job> = rows.iter().map(job).collect();
    let mut answered = vec![false; rows.len()];
    let faults = session.run(&jobs, &mut |index, answer| {
        let Answer::Ran { whole, octets, differing } = answer else { panic!("{index}: {answer:?}") };
        let (row, cuts) = (&rows[index], &jobs[index].cuts);
        let all = [(Cut::Whole, &whole)].into_iter().chain(octets.iter().map(|t| (Cut::Octets, t)));
        for (cut, transcript) in all.chain(differing.iter().map(|(at, t)| (cuts[*at].clone(), t))) {
            assert_eq!(transcript.fault, None, "{index}");
            let canonical = transcript.canonical(protocol);
            let mut events: Vec<String> = canonical.events().map(|(_, seen)| show_record(&seen.record)).collect();
            events.extend(transcript.steps.iter().filter(|s| s.refused.is_some()).map(|_| "refused".to_owned()));
            assert_eq!(without_upkeep(events, row.events, protocol), row.events, "row {index}, {}", cut.name());
            let written = protocol.read_output.unwrap()(row.role, transcript, 0..transcript.steps.len())
                .iter()
                .map(show_record)
                .collect();
            assert_eq!(without_upkeep(written, row.written, protocol), row.written, "row {index}, {}", cut.name());
        }
        answered[index] = true;
    });
    assert_eq!((faults, answered), (vec![], vec![true; rows.len()]));
}

fn without_upkeep(mut lines: Vec<String>, expected: &[&str], protocol: &ProtocolSpec) -> Vec<String> {
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    lines.retain(|line| {
        !protocol.ambient.contains(&name(line).as_str()) || expected.iter().any(|e| name(e) == name(line))
    });
    lines
}

const HEAD: [(&str, &str); 4] = [(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/")];
const SHOWN: &str = "request stream=1 method=\"POST\" scheme=\"http\" authority=\"a\" path=\"/\" fields=[]";
const END: &str = "end stream=1 trailers=[]";
const OK: &str = "response stream=1 status=200 fields=[a: b]";
const ASKED: &str = "HEADERS stream=1 fields=[:method: POST, :scheme: http, :authority: a, :path: /] length=6 end=true";

fn server<'a>(octets: &[Vec<u8>], events: &'a [&'a str], written: &'a [&'a str]) -> Row<'a> {
    let octets = [PREFACE, &start(), &octets.concat()].concat();
    Row { role: Role::Server, steps: vec![Step::Receive(octets)], events, written }
}

fn client<'a>(octets: &[Vec<u8>], events: &'a [&'a str], written: &'a [&'a str]) -> Row<'a> {
    let fields: Vec<[&str; 2]> = HEAD.iter().map(|(name, value)| [*name, *value]).collect();
    let ask = send(json!({"request": {"stream": 1, "fields": fields, "end": true}}));
    let octets = [&start()[..], &octets.concat()].concat();
    Row { role: Role::Client, steps: vec![ask, Step::Receive(octets)], events, written }
}

#[test]
fn hyper_h2_serves() {
    let reset = "reset stream=1 code=\"CANCEL\"";
    let ping = "ping data=\"12345678\"";
    let pong = "PING_ACK data=\"12345678\"";
    let mut answered = server(
        &[headers(END_STREAM, 1, &HEAD)],
        &[SHOWN, END, "refused"],
        &[
            "HEADERS stream=1 fields=[:status: 200] length=1 end=false",
            "DATA stream=1 bytes=\"hi\" length=2 end=false",
            "HEADERS stream=1 fields=[t: 1] length=5 end=true",
        ],
    );
    answered.steps.extend([
        send(json!({"response": {"stream": 1, "fields": [[":status", "200"]]}})),
        send(json!({"data": {"stream": 1, "bytes": "hi"}})),
        send(json!({"end": {"stream": 1, "trailers": [["t", "1"]]}})),
        send(json!({"data": {"stream": 1, "bytes": "more"}})),
    ]);
    check(
        &HYPER_H2,
        Http2::SPEC,
        &[
            server(
                &[headers(0, 1, &HEAD), frame(0, 0, 1, b"abc"), headers(END_STREAM, 1, &[("t", "1")])],
                &[SHOWN, "data stream=1 bytes=\"abc\"", "end stream=1 trailers=[t: 1]"],
                &[],
            ),
            server(&[headers(0, 1, &HEAD), frame(3, 0, 1, &[0, 0, 0, 8])], &[SHOWN, reset], &[]),
            server(&[frame(6, 0, 0, b"12345678")], &[ping], &[pong]),
            server(&[frame(8, 0, 0, &[0, 0, 0, 5])], &["window stream=0 increment=5"], &[]),
            server(
                &[headers(0, 2, &HEAD)],
                &["rejected scope=\"connection\" code=\"PROTOCOL_ERROR\""],
                &["GOAWAY last=0 code=\"PROTOCOL_ERROR\" debug=\"\""],
            ),
            answered,
        ],
    );
}

#[test]
fn hyper_h2_asks() {
    let hint = "interim stream=1 status=103 fields=[a: b]";
    let pushed = "pushed stream=1 promised=2 method=\"GET\" scheme=\"http\" authority=\"a\" path=\"/\" fields=[]";
    let goaway = "goaway last=1 code=\"0x1f\" debug=\"why\"";
    let refused = "rejected scope=\"stream\" stream=1 code=\"FLOW_CONTROL_ERROR\"";
    let response = |flags| headers(flags, 1, &[(":status", "200"), ("a", "b")]);
    let promise = frame(5, 4, 1, b"\0\0\0\x02\x82\x86\x84\x41\x01a");
    check(
        &HYPER_H2,
        Http2::SPEC,
        &[
            client(
                &[headers(0, 1, &[(":status", "103"), ("a", "b")]), response(0), frame(0, END_STREAM, 1, b"hi")],
                &[hint, OK, "data stream=1 bytes=\"hi\"", END],
                &[ASKED],
            ),
            client(
                &[response(0), headers(END_STREAM, 1, &[("t", "1")])],
                &[OK, "end stream=1 trailers=[t: 1]"],
                &[ASKED],
            ),
            client(&[promise, response(END_STREAM)], &[pushed, OK, END], &[ASKED]),
            client(&[frame(7, 0, 0, b"\0\0\0\x01\0\0\0\x1fwhy")], &[goaway], &[ASKED]),
            client(
                &[frame(8, 0, 1, &[0x7f, 0xff, 0xff, 0xff])],
                &[refused],
                &[ASKED, "RST_STREAM stream=1 code=\"FLOW_CONTROL_ERROR\""],
            ),
            client(
                &[frame(4, 0, 0, &[0, 5, 0, 0, 0x40, 1, 0x0f, 0, 0, 0, 0, 7])],
                &["settings values=[]", "settings values=[MAX_FRAME_SIZE: 16385, 0xf00: 7]"],
                &[ASKED],
            ),
        ],
    );
}

#[test]
fn hpack_python() {
    let block = |text: &[u8]| Step::Receive(text.to_vec());
    let request = |more: &[u8]| block(&[b"\x82\x86\x84", more].concat());
    let fields = json!([["a", "b"], ["secret", "\u{e9}"]]);
    let encode = send(json!({"encode": {"fields": fields, "never": ["secret"]}}));
    check(
        &HPACK_PYTHON,
        Hpack::SPEC,
        &[
            Row {
                role: Role::Decoder, // RFC 7541, C.4
                steps: vec![
                    request(b"\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"),
                    request(b"\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf"),
                    block(
                        b"\x82\x87\x85\xbf\x40\x88\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f\x89\x25\xa8\x49\xe9\x5b\xb8\xe8\xb4\xbf",
                    ),
                    block(b"\x10\x01a\x01b"),
                    block(b"\xff"),
                    block(b"\x82"),
                ],
                events: &[
                    "fields fields=[:method: GET, :scheme: http, :path: /, :authority: www.example.com] never=[]",
                    "fields fields=[:method: GET, :scheme: http, :path: /, :authority: www.example.com, \
                     cache-control: no-cache] never=[]",
                    "fields fields=[:method: GET, :scheme: https, :path: /index.html, :authority: www.example.com, \
                     custom-key: custom-value] never=[]",
                    "fields fields=[a: b] never=[a: b]",
                    "rejected",
                ],
                written: &[],
            },
            Row {
                role: Role::Encoder,
                steps: vec![encode.clone(), send(json!({"table-size": 0})), encode],
                events: &[],
                written: &[
                    "fields fields=[a: b, secret: \\xe9] never=[secret: \\xe9]",
                    "size-update size=0",
                    "fields fields=[a: b, secret: \\xe9] never=[secret: \\xe9]",
                ],
            },
        ],
    );
}

/// The check knows plain traffic of these protocols, too.
#[test]
fn they_pass_their_check() {
    for recipe in [&HYPER_H2, &HPACK_PYTHON] {
        let Some(child) = subject(recipe) else { continue };
        let lines = wireproof::child::check(&child, protocols());
        let bad: Vec<_> = lines.iter().filter(|line| !line.ok).collect();
        assert!(bad.is_empty() && lines.len() == 14, "{}: {bad:?}", recipe.name);
    }
}

/// All two-way cuts of a case are one message, for they are many.
#[test]
fn three_hundred_octets_under_all_their_cuts_take_no_time() {
    let Some(child) = subject(&HYPER_H2) else { return };
    let mut session = child.open().unwrap_or_else(|e| panic!("{}", e.0));
    let requests = (0..7).flat_map(|n| headers(END_STREAM, 2 * n + 1, &HEAD));
    let octets: Vec<u8> = PREFACE.iter().copied().chain(start()).chain(requests).take(300).collect();
    let script = Script::of_bytes(Http2::SPEC, Role::Server, octets, false);
    let job = Job { cuts: plan(Cuts::All, &script, 0), script };
    assert!(job.cuts.len() > 300);
    let begun = Instant::now();
    session.run(&[job], &mut |_, answer| assert!(matches!(answer, Answer::Ran { .. })));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}; 0.2 s is usual", begun.elapsed());
}
