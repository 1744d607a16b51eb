//! Whole exchanges through the public interface: what is reported for which octets, under any cut.

use proptest::prelude::*;
use wireproof_http1::{Config, Connection, Event, Fields, Leniency, Limits, Received};

/// Field lines to send.
type Lines<'a> = &'a [(&'a [u8], &'a [u8])];

/// A partner that keeps the caller's side of the contract and writes down what it is told.
struct Partner {
    connection: Connection,
    buffer: Vec<u8>,
    log: Vec<String>,
    answers: bool,
}

impl Partner {
    fn server(config: Config) -> Partner {
        Partner { connection: Connection::server(config), buffer: Vec::new(), log: Vec::new(), answers: true }
    }

    fn client(requests: &[(&str, &str, Lines<'_>)]) -> Partner {
        let mut connection = Connection::client(Config::default());
        for (method, target, fields) in requests {
            connection.send_request(method.as_bytes(), target.as_bytes(), fields).unwrap();
            connection.send_end(&[]).unwrap();
        }
        Partner { connection, buffer: Vec::new(), log: Vec::new(), answers: false }
    }

    fn feed(&mut self, octets: &[u8]) {
        self.buffer.extend_from_slice(octets);
        loop {
            let (consumed, line) = match self.connection.receive(&self.buffer) {
                Ok(Received::Event { consumed, event }) => (consumed, Some(show(&event))),
                Ok(Received::NeedMore { consumed }) => (consumed, None),
                Ok(Received::Paused) => return,
                Err(error) => {
                    let line = format!("error {:?} {}", error.reason, error.offset);
                    if self.log.last() != Some(&line) {
                        self.log.push(line);
                    }
                    return;
                }
            };
            self.buffer.drain(..consumed);
            let Some(line) = line else { return };
            let complete = line.starts_with("end");
            match (self.log.last_mut(), line.strip_prefix("data ")) {
                (Some(last), Some(more)) if last.starts_with("data ") => last.push_str(more),
                _ => self.log.push(line),
            }
            if complete && self.answers {
                let _ = self.connection.send_response(200, b"OK", &[(b"Content-Length", b"0")]);
                let _ = self.connection.send_end(&[]);
            }
        }
    }

    fn eof(&mut self) {
        self.connection.receive_eof();
        self.feed(b"");
    }
}

fn text(octets: &[u8]) -> String {
    octets.escape_ascii().to_string()
}

fn fields(fields: Fields<'_>) -> String {
    fields.iter().map(|(n, v)| format!(" {}={}", text(n), text(v))).collect()
}

fn show(event: &Event<'_>) -> String {
    match event {
        Event::Request(r) => format!("request {} {} 1.{}{}", text(r.method), text(r.target), r.minor, fields(r.fields)),
        Event::Response(r) => format!("response {} {}{}", r.status, text(r.reason), fields(r.fields)),
        Event::Interim(r) => format!("interim {}{}", r.status, fields(r.fields)),
        Event::Data(data) => format!("data {}", text(data)),
        Event::End(trailers) => format!("end{}", fields(*trailers)),
        Event::Upgraded => "upgraded".to_owned(),
        Event::Closed => "closed".to_owned(),
    }
}

fn served(octets: &str, eof: bool, expected: &[&str]) {
    for cut in [octets.len(), 1, 3] {
        let mut partner = Partner::server(Config::default());
        octets.as_bytes().chunks(cut.max(1)).for_each(|piece| partner.feed(piece));
        if eof {
            partner.eof();
        }
        assert_eq!(partner.log, expected, "{octets:?} in pieces of {cut}");
    }
}

#[test]
fn requests() {
    served("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, &["request GET / 1.1 Host=a", "end", "closed"]);
    served(
        "\r\n\r\nPOST /x HTTP/1.1\r\nHost:a \r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\nrest",
        false,
        &["request POST /x 1.1 Host=a Content-Length=3", "data abc", "end", "request GET / 1.0", "end", "closed"],
    );
    served(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=\"b\\\"\" ; c\r\nabc\r\n0A\r\n0123456789\r\n00\r\nT: u\r\n\r\n",
        false,
        &["request POST / 1.1 Host=a Transfer-Encoding=Chunked", "data abc0123456789", "end T=u"],
    );
    served(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\nGET",
        false,
        &["request GET / 1.1 Host=a Connection=x, Close", "end", "closed"],
    );
}

#[test]
fn refusals_come_with_the_octet_that_deserves_them() {
    served("GET / HTTP/1.1\r\nHost : a\r\n\r\n", false, &["error FieldName 20"]);
    served("GET / HTTP/1.1\nHost: a\r\n\r\n", false, &["error LineEnd 14"]);
    served("GET / HTTP/2.0\r\n", false, &["error VersionNotSupported 12"]);
    served("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", false, &["error Fold 25"]);
    served("GET / HTTP/1.1\r\n\r\n", false, &["error HostMissing 17"]);
    served("G", true, &["error Incomplete 1"]);
    served(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naX",
        false,
        &["request POST / 1.1 Host=a Transfer-Encoding=chunked", "data a", "error ChunkEnd 60"],
    );
    served(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000",
        false,
        &["request POST / 1.1 Host=a Transfer-Encoding=chunked", "error ChunkSize 72"],
    );
}

#[test]
fn responses_follow_their_requests() {
    let host: &[(&[u8], &[u8])] = &[(b"Host", b"a")];
    let mut client = Partner::client(&[("HEAD", "/", host), ("GET", "/", host), ("CONNECT", "a:80", host)]);
    client.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 404 \r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nraw");
    client.eof();
    assert_eq!(
        client.log,
        [
            "response 200 OK Content-Length=5",
            "end",
            "interim 103 Link=x",
            "response 404  A=b c Content-Length=2",
            "data hi",
            "end",
            "response 200 OK Content-Length=9",
            "end",
            "upgraded",
            "data raw",
            "closed",
        ]
    );
    let mut until_close = Partner::client(&[("GET", "/", host)]);
    until_close.feed(b"HTTP/1.1 200 OK\r\n\r\nall");
    until_close.eof();
    assert_eq!(until_close.log, ["response 200 OK", "data all", "end", "closed"]);
    let mut unasked = Partner::client(&[]);
    unasked.feed(b"H");
    assert_eq!(unasked.log, ["error Unasked 0"]);
}

#[test]
fn a_server_writes_what_it_owes() {
    let mut partner = Partner::server(Config::default());
    partner.answers = false;
    partner.feed(b"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
    let mut out = Vec::new();
    partner.connection.transmit(&mut out);
    assert_eq!(text(&out), r"HTTP/1.1 100 Continue\r\n\r\n");
    let mut broken = Partner::server(Config::default());
    broken.feed(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    out.clear();
    broken.connection.transmit(&mut out);
    assert!(out.starts_with(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"), "{}", text(&out));
    assert!(broken.connection.send_response(200, b"", &[]).is_err());
}

#[test]
fn what_a_strict_peer_would_refuse_is_not_sent() {
    type Lines = &'static [(&'static [u8], &'static [u8])];
    let refused: [(u16, Lines); 9] = [
        (200, &[(b"A", b"b\r\nC: d")]),
        (200, &[(b"A b", b"c")]),
        (200, &[(b"Content-Length", b"1"), (b"Transfer-Encoding", b"chunked")]),
        (200, &[(b"Transfer-Encoding", b"chunked, chunked")]),
        (200, &[(b"Content-Length", b"+1")]),
        (204, &[(b"Content-Length", b"0")]),
        (101, &[(b"Upgrade", b"x"), (b"Connection", b"upgrade")]),
        (426, &[]),
        (99, &[]),
    ];
    for (status, lines) in refused {
        let mut server = Partner::server(Config::default());
        server.answers = false;
        server.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(server.connection.send_response(status, b"", lines).is_err(), "{status} {lines:?}");
        let mut out = Vec::new();
        server.connection.transmit(&mut out);
        assert!(out.is_empty(), "{}", text(&out));
    }
}

#[test]
fn leniency_is_named_and_off() {
    let check = |octets: &[u8], leniency: Leniency, last: &str| {
        let mut strict = Partner::server(Config::default());
        strict.feed(octets);
        assert!(strict.log.iter().any(|l| l.starts_with("error")), "{:?}", strict.log);
        let mut lenient = Partner::server(Config { leniency, ..Config::default() });
        lenient.feed(octets);
        assert_eq!(lenient.log.last().map(String::as_str), Some(last), "{:?}", lenient.log);
    };
    let none = Leniency::default;
    check(b"GET / HTTP/1.1\nHost: a\n\n", Leniency { bare_lf: true, ..none() }, "end");
    check(b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", Leniency { obs_fold: true, ..none() }, "end");
    check(b"GET /{ HTTP/1.1\r\nHost: a\r\n\r\n", Leniency { target_octets: true, ..none() }, "end");
    let repeated = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0\r\n\r\n";
    check(repeated, Leniency { repeated_length: true, ..none() }, "end");
    let both = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    check(both, Leniency { length_beside_coding: true, ..none() }, "closed");
}

#[test]
fn limits_refuse_at_the_first_octet_over() {
    let limits = Limits { start_line: 20, head: 60, fields: 2, ..Limits::default() };
    let check = |octets: &str, expected: &str| {
        for cut in [octets.len(), 1, 7] {
            let mut partner = Partner::server(Config { limits: limits.clone(), ..Config::default() });
            octets.as_bytes().chunks(cut).for_each(|piece| partner.feed(piece));
            assert_eq!(partner.log, [expected], "{octets:?} in pieces of {cut}");
        }
    };
    check("GET /aaaaaaaaaaaaaaaaaaaaaaaaaa HTTP/1.1\r\n", "error TargetTooLong 20");
    check("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "error MethodTooLong 20");
    check(&format!("GET / HTTP/1.1\r\nHost: {}", "a".repeat(60)), "error HeadTooLong 60");
    check("GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\n\r\n", "error TooManyFields 24");
}

/// Octets with a bias to what HTTP is made of.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    const PARTS: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n",
        b"POST /a HTTP/1.0\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 \r\n\r\n",
        b"Host: a\r\n",
        b"Content-Length: 4\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Connection: close\r\n",
        b"Expect: 100-continue\r\n",
        b" fold\r\n",
        b"\r\n",
        b"3\r\nabc\r\n",
        b"0\r\n",
        b"4;a=b\r\nwxyz\r\n",
        b"\0",
        b"\n",
        b"x",
    ];
    prop::collection::vec(prop::sample::select(PARTS), 0..14).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_cut_gives_the_same(octets in messages(), raw: Vec<u8>, cut in 0usize..80, eof: bool, server: bool) {
        let octets = [octets, raw].concat();
        let host: &[(&[u8], &[u8])] = &[(b"Host", b"a")];
        let run = |pieces: &mut dyn Iterator<Item = &[u8]>| {
            let mut partner =
                if server { Partner::server(Config::default()) } else { Partner::client(&[("GET", "/", host), ("HEAD", "/", host)]) };
            pieces.for_each(|piece| partner.feed(piece));
            if eof {
                partner.eof();
            }
            let mut out = Vec::new();
            partner.connection.transmit(&mut out);
            (partner.log, out)
        };
        let at = cut.min(octets.len());
        let whole = run(&mut std::iter::once(&octets[..]));
        prop_assert_eq!(&whole, &run(&mut [&octets[..at], &octets[at..]].into_iter()));
        prop_assert_eq!(&whole, &run(&mut octets.chunks(1)));
    }
}
