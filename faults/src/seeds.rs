//! What a hunt begins with: a few plain valid inputs for each protocol and role, which no fault is near to.

use wireproof_engine::corpus::Corpus;
use wireproof_engine::{Input, Target};

/// The inputs of a target.
pub fn seeds(target: Target) -> Vec<Input> {
    match target {
        Target::Http1 => HTTP1.iter().map(|(shape, octets)| input(target, *shape, octets)).collect(),
        Target::Http2 => http2(),
        Target::Hpack => hpack(),
    }
}

/// A corpus of them.
///
/// # Errors
/// None, for nothing is written.
pub fn corpus(target: Target) -> std::io::Result<Corpus> {
    let mut corpus = Corpus::default();
    for seed in seeds(target) {
        corpus.keep(&seed, None)?;
    }
    Ok(corpus)
}

/// By the shape of [`Input`]: five for servers, five for clients.
const HTTP1: &[(u8, &[u8])] = &[
    (0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (0, b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
    (0, b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    (0, b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    (2, b"GET / HTTP/1.0\r\n\r\n"),
    (1, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    (1, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    (3, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"),
    (5, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    (13, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
];

/// `:method: GET`, `:scheme: http`, `:path: /`, `:authority: a`.
const GET: &[u8] = b"\x82\x86\x84\x01\x01a";
/// The same with `POST`.
const POST: &[u8] = b"\x83\x86\x84\x01\x01a";

fn http2() -> Vec<Input> {
    let head = |stream, flags, block| frame(1, flags, stream, block);
    let data = |flags, octets| frame(0, flags, 1, octets);
    let seed = |shape, frames: &[Vec<u8>]| input(Target::Http2, shape, &frames.concat());
    vec![
        seed(0, &[head(1, 5, GET)]),
        seed(0, &[head(1, 4, POST), data(1, b"hello")]),
        seed(0, &[head(1, 5, GET), head(3, 5, GET)]),
        seed(0, &[frame(8, 0, 0, &[0, 0, 0, 9]), frame(6, 0, 0, b"wireproo"), head(1, 5, GET)]),
        seed(1, &[head(1, 5, b"\x89")]),
        seed(1, &[head(1, 4, b"\x88"), data(1, b"hello")]),
        seed(1, &[frame(6, 0, 0, b"wireproo"), head(1, 5, b"\x88")]),
        seed(9, &[head(1, 4, b"\x88"), data(0, b"hello"), data(1, b"")]),
    ]
}

fn hpack() -> Vec<Input> {
    vec![
        Input::of_blocks(&[&b"\x82\x86\x84"[..]]),
        Input::of_blocks(&[&b"\x82\x41\x01a"[..], b"\xbe"]),
        Input::of_blocks(&[&b"\x40\x01a\x01b\x40\x01c\x01d"[..], b"\xbe"]),
        // Huffman-coded: `www.example.com` (RFC 7541, C.4.1).
        Input::of_blocks(&[&b"\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"[..]]),
        Input::of_blocks(&[&b"\x00\x01a\x01b\x10\x01c\x01d"[..]]),
        Input::of_blocks(&[&b"\x3f\x80\x10\x82"[..]]),
    ]
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes(); // a few octets
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn input(target: Target, shape: u8, octets: &[u8]) -> Input {
    Input { target, shape, octets: octets.to_vec() }
}
