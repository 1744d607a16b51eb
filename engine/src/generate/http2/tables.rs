//! What can be wrong, by family, and tokens of the protocol.

use super::super::Family;
use super::fault::{Fault, On, Put};
use crate::frames::*;
use On::{Same, Stream};

/// Frames and settings that decide something.
pub(in crate::generate) const DICTIONARY: &[&[u8]] = &[
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\0\0\0\x04\0\0\0\0\0",
    b"\0\0\0\x04\x01\0\0\0\0",
    b"\0\0\0\0\x01\0\0\0\x01",
    b"\0\0\x06\x01\x05\0\0\0\x01\x82\x84\x86\x41\x01a",
    b"\0\0\x01\x01\x04\0\0\0\x01\x88",
    b"\0\0\x04\x08\0\0\0\0\0\x7f\xff\xff\xff",
    b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08",
    b"\0\0\0\x09\x04\0\0\0\x01",
];

type Row = (&'static str, Fault);

const fn put(kind: u8, flags: u8, on: On, payload: &'static [u8]) -> Put {
    Put { kind, flags, on, length: None, payload }
}

/// A row of one frame.
macro_rules! row {
    ($name:literal, $kind:expr, $flags:expr, $on:expr, $payload:expr $(,)?) => {
        ($name, Fault::Put(&[put($kind, $flags, $on, $payload)]))
    };
}

/// A row of one frame whose length is not the true one.
macro_rules! lie {
    ($name:literal, $kind:expr, $length:expr) => {
        ($name, Fault::Put(&[Put { kind: $kind, flags: 0, on: Same, length: Some($length), payload: b"abcd" }]))
    };
}

const fn change(name: &'static str, fits: fn(&Frame) -> bool, change: fn(&mut Frame)) -> Row {
    (name, Fault::Change(fits, change))
}

/// Octets behind a field block.
const fn behind(name: &'static str, octets: &'static [u8]) -> Row {
    (name, Fault::Behind(octets))
}

fn any(_: &Frame) -> bool {
    true
}

fn is_plain_data(frame: &Frame) -> bool {
    frame.kind == DATA && !frame.is_padded()
}

fn is_headers(frame: &Frame) -> bool {
    frame.kind == HEADERS
}

fn is_continuation(frame: &Frame) -> bool {
    frame.kind == CONTINUATION
}

fn is_promise(frame: &Frame) -> bool {
    frame.kind == PUSH_PROMISE && frame.payload.len() >= 4
}

/// Whether it stands on a stream.
fn is_streams(frame: &Frame) -> bool {
    frame.id() != 0
}

fn may_end(frame: &Frame) -> bool {
    matches!(frame.kind, DATA | HEADERS)
}

/// Whether its length is fixed, or of a fixed unit.
fn is_measured(frame: &Frame) -> bool {
    matches!(frame.kind, PRIORITY | RST_STREAM | SETTINGS | PING | WINDOW_UPDATE)
}

/// Pads it by as much as this, of which `there` is there.
fn pad(frame: &mut Frame, padding: u8, there: usize) {
    frame.flags |= PADDED;
    frame.payload.insert(0, padding);
    frame.payload.resize(frame.payload.len() + there, 0);
}

/// Takes the last octet from it.
fn shorten(frame: &mut Frame) {
    frame.payload.pop();
}

const IN_FRAMES: &[Row] = &[
    lie!("length too long", DATA, 9),
    lie!("length above the limit", DATA, 16385),
    lie!("length too short", 0x20, 1),
    row!("padding is the payload", DATA, PADDED, Same, b"\x03abc"),
    row!("padding without its length", DATA, PADDED, Same, b""),
    row!("reserved bit", PING, 0, Stream(1 << 31), &[0; 8]),
    row!("unknown flags", PING, 0xfe, Stream(0), &[0; 8]),
    row!("unknown type", 0xfa, 0xff, Same, b"abc"),
    change("padded", is_plain_data, |frame| pad(frame, 3, 3)),
    change("padding one too long", is_plain_data, |frame| {
        let length = frame.payload.len() as u8 + 1; // a few octets
        pad(frame, length, 0);
    }),
    change("padding far too long", is_plain_data, |frame| pad(frame, 255, 0)),
    change("reserved bit of a frame", any, |frame| frame.stream ^= 1 << 31),
    change("unknown flags of a frame", any, |frame| frame.flags |= 0xd2),
    change("another type", any, |frame| frame.kind = 0xfa),
    change("one octet more", is_measured, |frame| frame.payload.push(0)),
    change("one octet less", is_measured, shorten),
    change("length one too long", any, |frame| frame.say(frame.payload.len() + 1)),
];
const IN_STREAMS: &[Row] = &[
    row!("DATA on stream 0", DATA, 0, Stream(0), b"a"),
    row!("HEADERS on stream 0", HEADERS, END_STREAM | END_HEADERS, Stream(0), b"\x88"),
    row!("DATA on an idle stream", DATA, 0, Stream(0x7fff_ffff), b"a"),
    row!("HEADERS on an even stream", HEADERS, END_STREAM | END_HEADERS, Stream(2), b"\x82\x84\x86"),
    row!("HEADERS on the last stream", HEADERS, END_STREAM | END_HEADERS, Stream(0x7fff_ffff), b"\x82\x84\x86"),
    row!("HEADERS again", HEADERS, END_STREAM | END_HEADERS, Same, b"\x82\x84\x86"),
    row!("DATA again", DATA, END_STREAM, Same, b"a"),
    row!("RST_STREAM", RST_STREAM, 0, Same, &[0, 0, 0, 8]),
    row!("RST_STREAM on an idle stream", RST_STREAM, 0, Stream(99), &[0, 0, 0, 8]),
    row!("RST_STREAM of 3 octets", RST_STREAM, 0, Same, &[0; 3]),
    row!("PRIORITY on itself", PRIORITY, 0, Stream(1), &[0, 0, 0, 1, 0]),
    row!("PRIORITY of 4 octets", PRIORITY, 0, Same, &[0; 4]),
    row!("trailers without END_STREAM", HEADERS, END_HEADERS, Same, b"\0\x01a\x01b"),
    row!("trailers with a pseudo-header", HEADERS, END_STREAM | END_HEADERS, Same, b"\x84\0\x01a\x01b"),
    change("END_STREAM early", may_end, |frame| frame.flags |= END_STREAM),
    change("END_STREAM missing", Frame::ends, |frame| frame.flags &= !END_STREAM),
    change("another stream", is_streams, |frame| frame.stream += 2),
    change("a stream of the other side", is_streams, |frame| frame.stream += 1),
    change("stream 0", is_streams, |frame| frame.stream = 0),
];
const IN_FIELDS: &[Row] = &[
    row!("no :path", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x86\x01\x01a"),
    row!("two :method", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x82\x84\x86\x01\x01a"),
    row!("unknown pseudo-header", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\x02:x\x01a"),
    row!("late pseudo-header", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x01\x01a\0\x01a\x01b\x86"),
    row!("two lengths", HEADERS, END_HEADERS, Stream(9), b"\x83\x84\x86\x01\x01a\x0f\x0d\x011\x0f\x0d\x010"),
    row!("304 with a length", HEADERS, END_STREAM | END_HEADERS, Stream(1), b"\x8b\x0f\x0d\x013"),
    row!(":status of two digits", HEADERS, END_STREAM | END_HEADERS, Stream(1), b"\x08\x0220"),
    row!("CONNECT with :path", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x02\x07CONNECT\x84\x01\x01a"),
    behind("upper case", b"\0\x01A\x01b"),
    behind("space in a name", b"\0\x01 \x01b"),
    behind("colon in a name", b"\0\x03a:b\x01b"),
    behind("empty name", b"\0\0\x01b"),
    behind("NUL in a value", b"\0\x01a\x03b\0c"),
    behind("LF in a value", b"\0\x01a\x03b\nc"),
    behind("CR in a value", b"\0\x01a\x03b\rc"),
    behind("space around a value", b"\0\x01a\x03 b "),
    behind("connection", b"\0\x0aconnection\x05close"),
    behind("te", b"\0\x02te\x04gzip"),
    behind("transfer-encoding", b"\x0f\x2a\x07chunked"),
    behind("second length", b"\x0f\x0d\x013"),
    behind("length 0", b"\x0f\x0d\x010"),
    behind("length with a sign", b"\x0f\x0d\x02+1"),
    change("content one octet short", |frame| is_plain_data(frame) && !frame.payload.is_empty(), shorten),
    change("content one octet longer", is_plain_data, |frame| frame.payload.push(b'e')),
];
const IN_CONTINUATION: &[Row] = &[
    row!("CONTINUATION alone", CONTINUATION, END_HEADERS, Same, b""),
    row!("CONTINUATION on stream 0", CONTINUATION, END_HEADERS, Stream(0), b""),
    row!("CONTINUATION missing", HEADERS, END_STREAM, Stream(9), b"\x82\x84\x86"),
    row!("CONTINUATION of another stream", CONTINUATION, 0, Stream(77), b"\x82"),
    change("CONTINUATION on the wrong stream", is_continuation, |frame| frame.stream += 2),
    change("END_HEADERS early", is_headers, |frame| frame.flags |= END_HEADERS),
    change(
        "END_HEADERS missing",
        |frame| frame.has(END_HEADERS) && may_end(frame),
        |frame| {
            frame.flags &= !END_HEADERS;
        },
    ),
    change("END_STREAM of a CONTINUATION", is_continuation, |frame| frame.flags |= END_STREAM),
];
const IN_SETTINGS: &[Row] = &[
    row!("ENABLE_PUSH 2", SETTINGS, 0, Stream(0), &[0, 2, 0, 0, 0, 2]),
    row!("INITIAL_WINDOW_SIZE too large", SETTINGS, 0, Stream(0), &[0, 4, 0x80, 0, 0, 0]),
    row!("MAX_FRAME_SIZE too small", SETTINGS, 0, Stream(0), &[0, 5, 0, 0, 0x3f, 0xff]),
    row!("MAX_FRAME_SIZE too large", SETTINGS, 0, Stream(0), &[0, 5, 1, 0, 0, 0]),
    row!("ack with payload", SETTINGS, ACK, Stream(0), &[0, 4, 0, 0, 0, 1]),
    row!("ack again", SETTINGS, ACK, Stream(0), b""),
    row!("five octets", SETTINGS, 0, Stream(0), &[0; 5]),
    row!("SETTINGS on a stream", SETTINGS, 0, Same, b""),
    row!("MAX_FRAME_SIZE smallest", SETTINGS, 0, Stream(0), &[0, 5, 0, 0, 0x40, 0]),
    row!("MAX_FRAME_SIZE largest", SETTINGS, 0, Stream(0), &[0, 5, 0, 0xff, 0xff, 0xff]),
    row!("one value twice", SETTINGS, 0, Stream(0), &[0, 3, 0, 0, 0, 1, 0, 3, 0, 0, 0, 9]),
];
const IN_FLOW: &[Row] = &[
    row!("increment 0", WINDOW_UPDATE, 0, Same, &[0; 4]),
    row!("increment 0 of the connection", WINDOW_UPDATE, 0, Stream(0), &[0; 4]),
    row!("stream window overflows", WINDOW_UPDATE, 0, Same, LARGEST),
    row!("connection window overflows", WINDOW_UPDATE, 0, Stream(0), LARGEST),
    row!("increment of 3 octets", WINDOW_UPDATE, 0, Stream(0), &[0; 3]),
    row!("increment on an idle stream", WINDOW_UPDATE, 0, Stream(99), &[0, 0, 0, 1]),
    row!("initial window 0", SETTINGS, 0, Stream(0), NO_WINDOW),
    row!("initial window largest", SETTINGS, 0, Stream(0), LARGEST_WINDOW),
    // A window begins with 65535 octets and has at most 2^31-1 (RFC 9113, 6.9.1).
    row!("largest stream window", WINDOW_UPDATE, 0, Same, TO_LARGEST),
    row!("stream window one too large", WINDOW_UPDATE, 0, Same, BEYOND_LARGEST),
    row!("largest connection window", WINDOW_UPDATE, 0, Stream(0), TO_LARGEST),
    row!("connection window one too large", WINDOW_UPDATE, 0, Stream(0), BEYOND_LARGEST),
    ("largest stream window, then more", Fault::Put(&[update(Same, TO_LARGEST), update(Same, &[0, 0, 0, 1])])),
    // A changed initial window changes that of open streams, below 0 too (6.9.2), and not the connection's.
    ("initial window largest, then more", Fault::Put(&[initial(LARGEST_WINDOW), update(Same, &[0, 0, 0, 1])])),
    ("initial window 0, then largest", Fault::Put(&[initial(NO_WINDOW), update(Same, LARGEST)])),
    (
        "larger stream window, then initial window largest",
        Fault::Put(&[update(Same, &[0, 0, 0, 1]), initial(LARGEST_WINDOW)]),
    ),
];
const LARGEST: &[u8] = &[0x7f, 0xff, 0xff, 0xff];
const TO_LARGEST: &[u8] = &[0x7f, 0xff, 0, 0];
const BEYOND_LARGEST: &[u8] = &[0x7f, 0xff, 0, 1];
const NO_WINDOW: &[u8] = &[0, 4, 0, 0, 0, 0];
const LARGEST_WINDOW: &[u8] = &[0, 4, 0x7f, 0xff, 0xff, 0xff];

const fn update(on: On, increment: &'static [u8]) -> Put {
    put(WINDOW_UPDATE, 0, on, increment)
}

const fn initial(window: &'static [u8]) -> Put {
    put(SETTINGS, 0, Stream(0), window)
}

const IN_CONNECTION: &[Row] = &[
    row!("PING of 7 octets", PING, 0, Stream(0), &[0; 7]),
    row!("PING on a stream", PING, 0, Same, &[0; 8]),
    row!("PING ack unasked", PING, ACK, Stream(0), &[0; 8]),
    row!("GOAWAY", GOAWAY, 0, Stream(0), &[0; 8]),
    row!("GOAWAY of 7 octets", GOAWAY, 0, Stream(0), &[0; 7]),
    row!("GOAWAY on a stream", GOAWAY, 0, Same, &[0; 8]),
    row!("GOAWAY with debug data", GOAWAY, 0, Stream(0), b"\x7f\xff\xff\xff\0\0\0\0bye"),
    row!("PUSH_PROMISE of anyone", PUSH_PROMISE, END_HEADERS, Same, b"\0\0\0\x02\x82\x84\x86\x01\x01a"),
];
const IN_PUSH: &[Row] = &[
    row!("PUSH_PROMISE", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0\0\x02\x82\x84\x86\x01\x01a"),
    row!("PUSH_PROMISE of an odd stream", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0\0\x03\x82\x84\x86"),
    row!("PUSH_PROMISE of stream 0", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0\0\0\x82\x84\x86"),
    row!("PUSH_PROMISE cut short", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0"),
    row!("PUSH_PROMISE on stream 0", PUSH_PROMISE, END_HEADERS, Stream(0), b"\0\0\0\x02\x82\x84\x86"),
    row!("response on a stream not promised", HEADERS, END_STREAM | END_HEADERS, Stream(4), b"\x88"),
    row!("PUSH_PROMISE on a promised stream", PUSH_PROMISE, END_HEADERS, Stream(2), b"\0\0\0\x04\x82\x84\x86\x01\x01a"),
    row!("PUSH_PROMISE of POST", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0\0\x04\x83\x84\x86\x01\x01a"),
    row!("promised stream reset", RST_STREAM, 0, Stream(2), &[0, 0, 0, 8]),
    row!("DATA on a promised stream", DATA, END_STREAM, Stream(2), b"a"),
    change("promise of an odd stream", is_promise, |frame| frame.payload[3] ^= 1),
    change("promise of a higher stream", is_promise, |frame| frame.payload[3] += 2),
    change("promise with the reserved bit", is_promise, |frame| frame.payload[0] ^= 0x80),
    change("promise without END_HEADERS", is_promise, |frame| frame.flags &= !END_HEADERS),
    change("promise padded", is_promise, |frame| pad(frame, 2, 2)),
    change("promise on another stream", is_promise, |frame| frame.stream += 2),
    behind("promise or response with a bad field", b"\0\x01A\x01b"),
];
const IN_BLOCKS: &[Row] = &[
    row!("index 0", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x80"),
    row!("index beyond the table", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\xff\x40"),
    row!("string cut short", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\0\x05a"),
    row!("size above the limit", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x3f\xe2\x1f\x82\x84\x86"),
    row!("size after a field", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x20\x84\x86"),
    row!(
        "integer overflows",
        HEADERS,
        END_STREAM | END_HEADERS,
        Stream(9),
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
    ),
    behind("index 0 behind", b"\x80"),
    behind("index beyond the table behind", b"\xff\x40"),
    behind("string cut short behind", b"\0\x05a"),
    behind("size behind", b"\x20"),
    change("block one octet short", is_headers, shorten),
];

/// The faults of a family.
pub(super) fn faults(family: Family) -> &'static [Row] {
    match family.0 {
        "frames" => IN_FRAMES,
        "streams" => IN_STREAMS,
        "fields" => IN_FIELDS,
        "continuation" => IN_CONTINUATION,
        "settings" => IN_SETTINGS,
        "flow" => IN_FLOW,
        "connection" => IN_CONNECTION,
        "push" => IN_PUSH,
        _ => IN_BLOCKS,
    }
}
