//! Python adapters as child processes, set up by these tests: a table for each. Where there is no Python or no package
//! index, they say so on stderr and pass.

#[path = "support/child.rs"]
mod child;
#[path = "support/timed.rs"]
mod timed;

use child::subject;
use serde_json::json;
use wireproof::cuts::Cut;
use wireproof::judge::show_record;
use wireproof::{Answer, Config, Job, Role, Script, Step, Subject, Transcript, protocols};
use wireproof_adapters::python::{GUNICORN, H11, HTTPTOOLS, WAITRESS};
use wireproof_adapters::setup::venv::VenvRecipe;

/// What octets bring, a line an event.
type Row<'a> = (Role, &'a str, &'a [&'a str]);

fn script((role, octets, _): &Row<'_>) -> Script {
    let receive = Step::Receive(wireproof::bytes::from_latin1(octets).unwrap());
    let asked = json!({"request": {"method": "GET", "target": "/", "fields": [["Host", "a"]]}});
    let steps = match role {
        Role::Client => vec![Step::send(asked), Step::send(json!({"end": {}})), receive],
        _ => vec![receive],
    };
    Script { protocol: protocols()[0], role: *role, config: Config::default(), answer: true, steps }
}

fn lines(transcript: &Transcript) -> Vec<String> {
    assert_eq!(transcript.fault, None);
    transcript.canonical(protocols()[0]).events().map(|(_, seen)| show_record(&seen.record)).collect()
}

/// Plays each row as written, octet by octet, and cut at every position.
fn check(recipe: &VenvRecipe<'_>, rows: &[Row<'_>]) {
    let Some(child) = subject(recipe) else { return };
    let mut session = child.open().unwrap_or_else(|e| panic!("{}", e.0));
    let profile = session.profile().clone();
    assert_eq!((profile.name.as_str(), profile.version.as_str()), (recipe.name, recipe.version));
    let scripts = rows.iter().map(script);
    let cuts = |script: &Script| {
        [Cut::Whole, Cut::Octets].into_iter().chain((1..script.received().len()).map(Cut::At)).collect()
    };
    let jobs: Vec<Job> = scripts.map(|script| Job { cuts: cuts(&script), script }).collect();
    let mut answered = vec![false; rows.len()];
    let faults = session.run(&jobs, &mut |index, answer| {
        let Answer::Ran { whole, octets, differing } = answer else { panic!("{:?}", rows[index].1) };
        let found = |name: &str, transcript: &Transcript| {
            assert_eq!(lines(transcript), rows[index].2, "{:?} {name}", rows[index].1);
        };
        found("as written", &whole);
        octets.iter().for_each(|t| found("octet by octet", t));
        differing.iter().for_each(|(cut, t)| found(&format!("under cut {cut}"), t));
        answered[index] = true;
    });
    assert_eq!((faults, answered), (vec![], vec![true; rows.len()]));
}

#[test]
fn httptools() {
    use Role::{Client, Server};
    let end = "end trailers=[]";
    let get = "request method=\"GET\" target=\"/a?b\" version=\"1.1\" fields=[host: a, x-y: V, host: , z: 1]";
    let chunked = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[transfer-encoding: chunked]";
    let next = "request method=\"PUT\" target=\"/2\" version=\"1.0\" fields=[]";
    let connect = "request method=\"CONNECT\" target=\"a:1\" version=\"1.1\" fields=[host: a:1]";
    let upgrade = "request method=\"GET\" target=\"/\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
    let hint = "interim status=103 reason=\"\" version=\"1.1\" fields=[]";
    let ok = "response status=200 reason=\"Fine so\" version=\"1.1\" fields=[content-length: 2]";
    let switching = "response status=101 reason=\"Go\" version=\"1.1\" fields=[connection: upgrade, upgrade: x]";
    check(
        &HTTPTOOLS,
        &[
            (Server, "GET /a?b HTTP/1.1\r\nHost: a\r\nX-Y:V\r\nhost:\r\nZ:\t1\r\n\r\n", &[get, end]),
            (
                Server,
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\nU:\r\n\r\n\
                 PUT /2 HTTP/1.0\r\n\r\n",
                &[chunked, "data bytes=\"abcde\"", "end trailers=[t: 1, u: ]", next, end],
            ),
            (Server, "GET / HTTP/1.1\r\nA B: c\r\n\r\n", &["rejected"]),
            (Server, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\nabc", &[connect, end, "upgraded", "data bytes=\"abc\""]),
            (
                Server,
                "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nPUT /2 HTTP/1.0\r\n\r\n",
                &[upgrade, end, next, end],
            ),
            (
                Client,
                "HTTP/1.1 103\r\n\r\nHTTP/1.1 200 Fine so\r\nContent-Length: 2\r\n\r\nok",
                &[hint, ok, "data bytes=\"ok\"", end],
            ),
            (
                Client,
                "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nabc",
                &[switching, end, "upgraded", "data bytes=\"abc\""],
            ),
        ],
    );
}

/// Fields of one name are joined, those with `_` dropped, Transfer-Encoding removed; it has no member `trailers`.
#[test]
fn waitress() {
    let server = Role::Server;
    let get = "request method=\"GET\" target=\"/a?b\" version=\"1.1\" fields=[host: a, x-y: V, 1]";
    let chunked = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[host: a]";
    let next = "request method=\"PUT\" target=\"/2\" version=\"1.0\" fields=[content-length: 2]";
    check(
        &WAITRESS,
        &[
            (server, "GET /a?b HTTP/1.1\r\nHost: a\r\nX-Y:V\r\nx_y: 2\r\nx-y:\t1\r\n\r\n", &[get, "end"]),
            (
                server,
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\
                 \r\nPUT /2 HTTP/1.0\r\nContent-Length: 2\r\n\r\nok",
                &[chunked, "data bytes=\"abcde\"", "end", next, "data bytes=\"ok\"", "end"],
            ),
            (server, "GET / HTTP/1.1\r\nA B: c\r\n\r\n", &["rejected status=400"]),
            (
                server,
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
                &[chunked, "rejected status=400"],
            ),
            (server, "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", &["rejected status=501"]),
        ],
    );
}

/// Fields with `_` in their names are dropped; the parser stops after a last request, and after CONNECT.
#[test]
fn gunicorn() {
    let server = Role::Server;
    let end = "end trailers=[]";
    let get = "request method=\"GET\" target=\"/a?b\" version=\"1.1\" fields=[host: a, x-y: V, x-y: 1]";
    let chunked = "request method=\"POST\" target=\"/\" version=\"1.1\" fields=[transfer-encoding: chunked]";
    let next = "request method=\"PUT\" target=\"/2\" version=\"1.0\" fields=[content-length: 2]";
    let unfinished = "request method=\"PUT\" target=\"/\" version=\"1.1\" fields=[content-length: 9]";
    let connect = "request method=\"CONNECT\" target=\"a:1\" version=\"1.1\" fields=[]";
    check(
        &GUNICORN,
        &[
            (server, "GET /a?b HTTP/1.1\r\nHost: a\r\nX-Y:V\r\nx_y: 2\r\nx-y:\t1\r\n\r\n", &[get, end]),
            (
                server,
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n\
                 PUT /2 HTTP/1.0\r\nContent-Length: 2\r\n\r\nokGET / HTTP/1.1\r\n\r\n",
                &[chunked, "data bytes=\"abcde\"", "end trailers=[t: 1]", next, "data bytes=\"ok\"", end, "closed"],
            ),
            (server, "GET / HTTP/1.1\r\nA B: c\r\n\r\n", &["rejected"]),
            (server, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", &[chunked, "rejected"]),
            (server, "PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab", &[unfinished, "data bytes=\"ab\""]),
            (server, "CONNECT a:1 HTTP/1.1\r\n\r\nabc", &[connect, end, "closed"]),
        ],
    );
}

/// What is timed does what is run: h11 reads the second request after the automatic answer to the first.
#[test]
fn h11_is_timed() {
    let Some(child) = subject(&H11) else { return };
    timed::check(&child);
}
