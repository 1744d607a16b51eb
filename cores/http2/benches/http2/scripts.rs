//! What clients send: recorded from our client, which talks to our server.

use wireproof_http2::{Config, Connection, Event, Received};

use crate::Server;
use crate::ours::Ours;

/// Names and values.
pub(crate) type Fields = Vec<(String, String)>;

/// A client's octets, and the answers to its requests.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) response: Fields,
    pub(crate) content: Vec<u8>,
    pub(crate) trailers: Fields,
}

/// Fields as the core takes them.
pub(crate) fn lines(fields: &Fields) -> Vec<(&[u8], &[u8])> {
    fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
}

fn fields(lines: &[(&str, &str)]) -> Fields {
    lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Octets of the peer that a client has, at most, before it answers them: a read.
const READ: usize = 64 << 10;

/// A client that is recorded while it talks to our server.
struct Recorder<'s> {
    client: Connection,
    server: Ours<'s>,
    pieces: Vec<Vec<u8>>,
    /// Octets of the server that the client has not used.
    back: Vec<u8>,
}

impl<'s> Recorder<'s> {
    fn new(script: &'s Script) -> Recorder<'s> {
        let client = Connection::client(Config::default());
        Recorder { client, server: Ours::new(script), pieces: Vec::new(), back: Vec::new() }
    }

    /// Lets the octets go to and fro until nothing more comes.
    fn exchange(&mut self) {
        loop {
            let mut sent = Vec::new();
            self.client.transmit(&mut sent);
            if sent.is_empty() {
                return;
            }
            for piece in sent.chunks(READ) {
                self.server.take(piece, &mut self.back);
                self.pieces.push(piece.to_vec());
            }
            self.read();
        }
    }

    /// Credit is given for all content.
    fn read(&mut self) {
        let back = std::mem::take(&mut self.back);
        let mut rest = &back[..];
        loop {
            match self.client.receive(rest).expect("our server is right") {
                Received::NeedMore { consumed } => {
                    self.back = rest[consumed..].to_vec();
                    return;
                }
                Received::Event { consumed, event } => {
                    rest = &rest[consumed..];
                    if let Event::Data { stream, flow: flow @ 1.., .. } = event {
                        let _ = self.client.give_credit(stream, flow); // none to a stream that has ended
                        self.client.give_credit(0, flow).expect("the connection is open");
                    }
                }
            }
        }
    }
}

/// Records what `act` does, once the settings are exchanged.
fn script(name: &str, answer: Script, act: impl FnOnce(&mut Recorder<'_>)) -> Script {
    let mut recorder = Recorder::new(&answer);
    recorder.exchange();
    act(&mut recorder);
    recorder.exchange();
    let pieces = recorder.pieces;
    Script { name: name.to_owned(), pieces, ..answer }
}

/// The same octets in pieces of another size.
fn cut(script: Script, size: usize) -> Script {
    let all = script.pieces.concat();
    let name = format!("{}/pieces-{size}", script.name);
    Script { name, pieces: all.chunks(size).map(<[u8]>::to_vec).collect(), ..script }
}

fn request(method: &str, more: &[(&str, &str)]) -> Fields {
    let mut all = fields(&[
        (":method", method),
        (":scheme", "https"),
        (":authority", "www.example.com"),
        (":path", "/a/b/c?d=e"),
    ]);
    all.extend(fields(more));
    all
}

fn small() -> Script {
    let response = fields(&[
        (":status", "200"),
        ("content-type", "application/json"),
        ("server", "wireproof"),
        ("date", "Mon, 23 Nov 2026 02:30:00 GMT"),
        ("cache-control", "no-store"),
    ]);
    let answer = Script { response, content: vec![b'x'; 100], ..Script::default() };
    script("100-small", answer, |r| {
        let fields = request(
            "GET",
            &[
                (
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0",
                ),
                ("accept", "application/json"),
                ("accept-encoding", "gzip, deflate, br, zstd"),
                ("accept-language", "en-GB,en;q=0.9"),
                ("referer", "https://www.example.com/index.html"),
                ("cookie", "session=8f14e45fceea167a5a36dedd4bea2543; theme=dark"),
            ],
        );
        for _ in 0..10 {
            for _ in 0..10 {
                r.client.send_request(&lines(&fields), true).expect("there is room");
            }
            r.exchange();
        }
    })
}

/// Messages as gRPC has them: head, one short message, trailers.
fn grpc() -> Script {
    let answer = Script {
        response: fields(&[(":status", "200"), ("content-type", "application/grpc"), ("grpc-accept-encoding", "gzip")]),
        content: vec![0; 64],
        trailers: fields(&[("grpc-status", "0"), ("grpc-message", "")]),
        ..Script::default()
    };
    script("100-grpc", answer, |r| {
        for nth in 0..100 {
            let (timeout, trace) = (format!("{}m", 1000 - nth), format!("00-{nth:032x}-{nth:016x}-01"));
            let fields = request(
                "POST",
                &[
                    ("content-type", "application/grpc"),
                    ("te", "trailers"),
                    ("grpc-timeout", &timeout),
                    ("traceparent", &trace),
                    ("grpc-accept-encoding", "identity,deflate,gzip"),
                    ("user-agent", "grpc-rust/1.0"),
                    ("authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ3aXJlcHJvb2YifQ.c2lnbmF0dXJl"),
                    ("x-tenant", "example"),
                    ("x-shard", "17"),
                ],
            );
            let stream = r.client.send_request(&lines(&fields), false).expect("there is room");
            r.client.send_data(stream, &[7; 69], true).expect("it is open");
            if nth % 10 == 9 {
                r.exchange();
            }
        }
    })
}

fn no_content() -> Script {
    Script { response: fields(&[(":status", "200")]), ..Script::default() }
}

/// One request with so many octets of content, sent as the server gives credit.
fn upload(name: &str, octets: usize) -> Script {
    script(name, no_content(), |r| {
        let stream = r.client.send_request(&lines(&request("POST", &[])), false).expect("there is room");
        r.client.send_data(stream, &vec![b'u'; octets], true).expect("it is open");
    })
}

/// One request that is answered with so many octets, read as they come.
fn download(name: &str, octets: usize) -> Script {
    let answer = Script { content: vec![b'd'; octets], ..no_content() };
    script(name, answer, |r| {
        r.client.send_request(&lines(&request("GET", &[])), true).expect("there is room");
    })
}

/// Field blocks of three frames.
fn continuation() -> Script {
    script("continuation", no_content(), |r| {
        let mut fields = request("GET", &[]);
        fields.extend((0..8).map(|nth| (format!("x-long-{nth}"), "a long value ".repeat(360) + "end")));
        for _ in 0..20 {
            r.client.send_request(&lines(&fields), true).expect("there is room");
            r.exchange();
        }
    })
}

fn small_data() -> Script {
    script("data-64", no_content(), |r| {
        let stream = r.client.send_request(&lines(&request("POST", &[])), false).expect("there is room");
        for nth in 0..2000 {
            r.client.send_data(stream, &[b's'; 64], nth == 1999).expect("it is open");
            if nth % 100 == 99 {
                r.exchange();
            }
        }
    })
}

fn pings() -> Script {
    script("ping", no_content(), |r| {
        for nth in 0..1000u64 {
            r.client.ping(nth.to_be_bytes()).expect("the connection is open");
            if nth % 100 == 99 {
                r.exchange();
            }
        }
    })
}

fn credits() -> Script {
    script("window-update", no_content(), |r| {
        let stream = r.client.send_request(&lines(&request("POST", &[])), false).expect("there is room");
        for nth in 0..1000 {
            r.client.give_credit(if nth % 2 == 0 { 0 } else { stream }, 1).expect("the connection is open");
            if nth % 100 == 99 {
                r.exchange();
            }
        }
        r.client.send_data(stream, &[], true).expect("it is open");
    })
}

pub(crate) fn frames() -> Vec<Script> {
    let pieces = [1, 64, 1 << 10, 16 << 10, 64 << 10];
    let mut all = vec![small_data(), pings(), credits()];
    all.extend(pieces.map(|size| cut(upload("upload-256KiB", 256 << 10), size)));
    all.extend(pieces.map(|size| cut(small(), size)));
    all
}

pub(crate) fn connection() -> Vec<Script> {
    vec![
        small(),
        grpc(),
        continuation(),
        upload("upload-1KiB", 1 << 10),
        upload("upload-64KiB", 64 << 10),
        upload("upload-1MiB", 1 << 20),
        upload("upload-16MiB", 16 << 20),
        download("download-1KiB", 1 << 10),
        download("download-64KiB", 64 << 10),
        download("download-1MiB", 1 << 20),
        download("download-16MiB", 16 << 20),
    ]
}
