//! How fast the core is: whole exchanges through the public interface, on connections that are warm.
//!
//! `cargo bench -p wireproof-http1`; `-- --save-baseline NAME` keeps a run, `-- --baseline NAME` compares with it.
//! `http1/head` measures httparse in the same run, which parses a head and does nothing else: figures are ratios.

mod inputs;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use wireproof_http1::{Config, Connection, Event, Received};

/// Field lines to send.
type Lines<'a> = &'a [(&'a [u8], &'a [u8])];

const ANSWER: Lines<'static> = &[(b"Content-Length", b"2"), (b"Content-Type", b"text/plain")];

/// A server that answers each request, and its memory.
struct Server {
    connection: Connection,
    out: Vec<u8>,
}

impl Server {
    fn new() -> Server {
        Server { connection: Connection::server(Config::default()), out: Vec::new() }
    }

    /// Reads and answers what is complete; gives how many octets were consumed.
    fn offer(&mut self, input: &[u8]) -> usize {
        let mut at = 0;
        loop {
            match self.connection.receive(&input[at..]) {
                Ok(Received::Event { consumed, event }) => {
                    at += consumed;
                    if let Event::End(_) = black_box(event) {
                        self.answer();
                    }
                }
                Ok(Received::NeedMore { consumed }) => return at + consumed,
                other => panic!("{other:?} at {at}"),
            }
        }
    }

    fn answer(&mut self) {
        self.connection.send_response(200, b"OK", ANSWER).unwrap();
        self.connection.send_data(b"hi").unwrap();
        self.connection.send_end(&[]).unwrap();
        self.out.clear();
        self.connection.transmit(&mut self.out);
        black_box(&self.out);
    }

    /// Offers the octets in pieces, as a reader of a socket would: what was not consumed stays in front.
    fn feed(&mut self, input: &[u8], piece: usize) {
        let (mut from, mut to) = (0, 0);
        while to < input.len() {
            to = input.len().min(to + piece);
            from += self.offer(&input[from..to]);
        }
        assert_eq!(from, input.len());
    }
}

/// Reads one message whole, over and over.
fn whole(group: &mut BenchmarkGroup<'_, criterion::measurement::WallTime>, name: &str, input: &[u8]) {
    pieces(group, name, input, input.len());
}

fn pieces(group: &mut BenchmarkGroup<'_, criterion::measurement::WallTime>, name: &str, input: &[u8], piece: usize) {
    let mut server = Server::new();
    group.throughput(Throughput::Bytes(input.len() as u64));
    group.bench_function(name, |b| b.iter(|| server.feed(black_box(input), piece)));
}

fn head(c: &mut Criterion) {
    let mut group = c.benchmark_group("http1/head");
    let browser = inputs::browser_get();
    group.throughput(Throughput::Bytes(browser.len() as u64));
    group.bench_function("browser_get_httparse", |b| {
        b.iter(|| {
            let mut fields = [httparse::EMPTY_HEADER; 32];
            let mut request = httparse::Request::new(&mut fields);
            assert!(request.parse(black_box(&browser)).unwrap().is_complete());
            black_box(&request);
        });
    });
    whole(&mut group, "browser_get", &browser);
    whole(&mut group, "tiny_get_x64", &inputs::tiny_gets(64));
    whole(&mut group, "short_fields", &inputs::short_fields());
    whole(&mut group, "long_field", &inputs::long_field());
    whole(&mut group, "empty_lines", &inputs::empty_lines(8000));
    for fields in [30, 100] {
        response(&mut group, fields);
    }
}

/// A client's side: a request, then the response to it.
fn response(group: &mut BenchmarkGroup<'_, criterion::measurement::WallTime>, fields: usize) {
    let input = inputs::response(fields);
    let (mut client, mut out) = (Connection::client(Config::default()), Vec::new());
    group.throughput(Throughput::Bytes(input.len() as u64));
    group.bench_function(format!("response_{fields}_fields"), |b| {
        b.iter(|| {
            client.send_request(b"GET", b"/", &[(b"Host", b"a")]).unwrap();
            client.send_end(&[]).unwrap();
            out.clear();
            client.transmit(&mut out);
            let head = client.receive(black_box(&input));
            assert!(matches!(black_box(head), Ok(Received::Event { event: Event::Response(_), .. })));
            assert!(matches!(client.receive(&[]), Ok(Received::Event { event: Event::End(_), .. })));
        });
    });
}

fn body(c: &mut Criterion) {
    let mut group = c.benchmark_group("http1/body");
    whole(&mut group, "json_post", &inputs::json_post());
    for (name, octets) in [("length_1k", 1 << 10), ("length_1m", 1 << 20), ("length_16m", 16 << 20)] {
        pieces(&mut group, name, &inputs::upload(octets), 65_536);
    }
}

fn chunked(c: &mut Criterion) {
    let mut group = c.benchmark_group("http1/chunked");
    whole(&mut group, "16_of_4k", &inputs::chunked(16, 4096, ""));
    whole(&mut group, "1024_of_64", &inputs::chunked(1024, 64, ""));
    whole(&mut group, "262144_of_64", &inputs::chunked(262_144, 64, ""));
    whole(&mut group, "1024_of_1_with_extension", &inputs::chunked(1024, 1, ";a=\"b\";c=d"));
}

fn by_pieces(c: &mut Criterion) {
    let mut group = c.benchmark_group("http1/pieces");
    let (upload, chunks) = (inputs::upload(65_536), inputs::chunked(16, 4096, ""));
    let (browser, long) = (inputs::browser_get(), inputs::long_field());
    for piece in [1, 16, 1460, 16_384, 65_536] {
        pieces(&mut group, &format!("upload_64k_by_{piece}"), &upload, piece);
        pieces(&mut group, &format!("chunked_64k_by_{piece}"), &chunks, piece);
    }
    for piece in [1, 16, 256] {
        pieces(&mut group, &format!("browser_get_by_{piece}"), &browser, piece);
    }
    for piece in [1, 1460] {
        pieces(&mut group, &format!("long_field_by_{piece}"), &long, piece);
    }
}

fn send(c: &mut Criterion) {
    let mut group = c.benchmark_group("http1/send");
    let plain: Vec<(String, String)> =
        (1..20).map(|i| (format!("X-Backend-Field-{i}"), format!("a value of ordinary length, number {i}"))).collect();
    let lines: Vec<(&[u8], &[u8])> = plain.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())).collect();
    let with_length = [&[(&b"Content-Length"[..], &b"65536"[..])][..], &lines].concat();
    let content = vec![b'x'; 4096];
    for (name, fields) in [("length_64k_20_fields", &with_length), ("chunked_64k_19_fields", &lines)] {
        let mut server = Server::new();
        group.throughput(Throughput::Bytes(65_536));
        group.bench_function(name, |b| {
            b.iter(|| {
                assert_eq!(request_only(&mut server.connection), 2);
                server.connection.send_response(200, b"OK", fields).unwrap();
                for _ in 0..16 {
                    server.connection.send_data(black_box(&content)).unwrap();
                }
                server.connection.send_end(&[]).unwrap();
                server.out.clear();
                server.connection.transmit(&mut server.out);
                black_box(&server.out);
            });
        });
    }
}

/// Reads a request without answering it; gives how many events it had.
fn request_only(connection: &mut Connection) -> usize {
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut events = 0;
    let mut input = &request[..];
    while let Ok(Received::Event { consumed, .. }) = connection.receive(input) {
        (events, input) = (events + 1, &input[consumed..]);
    }
    events
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .sample_size(30)
        .without_plots();
    targets = head, body, chunked, by_pieces, send
}
criterion_main!(benches);
