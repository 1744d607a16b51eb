//! What can be wrong, by family, and tokens of the protocol.

use super::super::Family;
use super::{Fault, On};
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

const fn row(name: &'static str, kind: u8, flags: u8, on: On, payload: &'static [u8]) -> Row {
    (name, Fault { kind, flags, on, length: None, payload })
}

const fn lie(name: &'static str, kind: u8, length: u32) -> Row {
    (name, Fault { kind, flags: 0, on: Same, length: Some(length), payload: b"abcd" })
}

const FRAMES: &[Row] = &[
    lie("length too long", 0, 9),
    lie("length above the limit", 0, 16385),
    lie("length too short", 0x20, 1),
    row("padding is the payload", 0, 8, Same, b"\x03abc"),
    row("padding without its length", 0, 8, Same, b""),
    row("reserved bit", 6, 0, Stream(1 << 31), &[0; 8]),
    row("unknown flags", 6, 0xfe, Stream(0), &[0; 8]),
    row("unknown type", 0xfa, 0xff, Same, b"abc"),
];
const STREAMS: &[Row] = &[
    row("DATA on stream 0", 0, 0, Stream(0), b"a"),
    row("HEADERS on stream 0", 1, 5, Stream(0), b"\x88"),
    row("DATA on an idle stream", 0, 0, Stream(0x7fff_ffff), b"a"),
    row("HEADERS on an even stream", 1, 5, Stream(2), b"\x82\x84\x86"),
    row("HEADERS on the last stream", 1, 5, Stream(0x7fff_ffff), b"\x82\x84\x86"),
    row("HEADERS again", 1, 5, Same, b"\x82\x84\x86"),
    row("DATA again", 0, 1, Same, b"a"),
    row("RST_STREAM", 3, 0, Same, &[0, 0, 0, 8]),
    row("RST_STREAM on an idle stream", 3, 0, Stream(99), &[0, 0, 0, 8]),
    row("RST_STREAM of 3 octets", 3, 0, Same, &[0; 3]),
    row("PRIORITY on itself", 2, 0, Stream(1), &[0, 0, 0, 1, 0]),
    row("PRIORITY of 4 octets", 2, 0, Same, &[0; 4]),
];
const FIELDS: &[Row] = &[
    row("no :path", 1, 5, Stream(9), b"\x82\x86\x01\x01a"),
    row("two :method", 1, 5, Stream(9), b"\x82\x82\x84\x86\x01\x01a"),
    row("unknown pseudo-header", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\0\x02:x\x01a"),
    row("late pseudo-header", 1, 5, Stream(9), b"\x82\x84\x01\x01a\0\x01a\x01b\x86"),
    row("upper case", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\0\x01A\x01b"),
    row("connection", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\0\x0aconnection\x05close"),
    row("te", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\0\x02te\x04gzip"),
    row("NUL in a value", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\0\x01a\x01\0"),
    row("space around a value", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\0\x01a\x03 b "),
    row("space in a name", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\0\x01 \x01b"),
    row("empty name", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\0\0\x01b"),
    row("content-length without DATA", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\x0f\x0d\x015"),
    row("two lengths", 1, 4, Stream(9), b"\x83\x84\x86\x01\x01a\x0f\x0d\x011\x0f\x0d\x010"),
    row("length without content", 1, 4, Stream(1), b"\x83\x84\x86\x01\x01a\x0f\x0d\x013"),
    row("304 with a length", 1, 5, Stream(1), b"\x8b\x0f\x0d\x013"),
    row("transfer-encoding", 1, 5, Stream(9), b"\x82\x84\x86\x01\x01a\x0f\x2a\x07chunked"),
    row(":status of two digits", 1, 5, Stream(1), b"\x08\x0220"),
    row("CONNECT with :path", 1, 5, Stream(9), b"\x02\x07CONNECT\x84\x01\x01a"),
];
const CONTINUATION: &[Row] = &[
    row("CONTINUATION alone", 9, 4, Same, b""),
    row("CONTINUATION on stream 0", 9, 4, Stream(0), b""),
    row("CONTINUATION missing", 1, 1, Stream(9), b"\x82\x84\x86"),
    row("CONTINUATION of another stream", 9, 0, Stream(77), b"\x82"),
];
const SETTINGS: &[Row] = &[
    row("ENABLE_PUSH 2", 4, 0, Stream(0), &[0, 2, 0, 0, 0, 2]),
    row("INITIAL_WINDOW_SIZE too large", 4, 0, Stream(0), &[0, 4, 0x80, 0, 0, 0]),
    row("MAX_FRAME_SIZE too small", 4, 0, Stream(0), &[0, 5, 0, 0, 0x3f, 0xff]),
    row("MAX_FRAME_SIZE too large", 4, 0, Stream(0), &[0, 5, 1, 0, 0, 0]),
    row("ack with payload", 4, 1, Stream(0), &[0, 4, 0, 0, 0, 1]),
    row("ack again", 4, 1, Stream(0), b""),
    row("five octets", 4, 0, Stream(0), &[0; 5]),
    row("SETTINGS on a stream", 4, 0, Same, b""),
];
const FLOW: &[Row] = &[
    row("increment 0", 8, 0, Same, &[0; 4]),
    row("increment 0 of the connection", 8, 0, Stream(0), &[0; 4]),
    row("stream window overflows", 8, 0, Same, &[0x7f, 0xff, 0xff, 0xff]),
    row("connection window overflows", 8, 0, Stream(0), &[0x7f, 0xff, 0xff, 0xff]),
    row("increment of 3 octets", 8, 0, Stream(0), &[0; 3]),
    row("increment on an idle stream", 8, 0, Stream(99), &[0, 0, 0, 1]),
    row("initial window 0", 4, 0, Stream(0), &[0, 4, 0, 0, 0, 0]),
    row("initial window largest", 4, 0, Stream(0), &[0, 4, 0x7f, 0xff, 0xff, 0xff]),
];
const CONNECTION: &[Row] = &[
    row("PING of 7 octets", 6, 0, Stream(0), &[0; 7]),
    row("PING on a stream", 6, 0, Same, &[0; 8]),
    row("PING ack unasked", 6, 1, Stream(0), &[0; 8]),
    row("GOAWAY", 7, 0, Stream(0), &[0; 8]),
    row("GOAWAY of 7 octets", 7, 0, Stream(0), &[0; 7]),
    row("GOAWAY on a stream", 7, 0, Same, &[0; 8]),
];
const PUSH: &[Row] = &[
    row("PUSH_PROMISE", 5, 4, Stream(1), b"\0\0\0\x02\x82\x84\x86\x01\x01a"),
    row("PUSH_PROMISE of an odd stream", 5, 4, Stream(1), b"\0\0\0\x03\x82\x84\x86"),
    row("PUSH_PROMISE of stream 0", 5, 4, Stream(1), b"\0\0\0\0\x82\x84\x86"),
    row("PUSH_PROMISE cut short", 5, 4, Stream(1), b"\0\0"),
    row("PUSH_PROMISE on stream 0", 5, 4, Stream(0), b"\0\0\0\x02\x82\x84\x86"),
    row("response on a stream not promised", 1, 5, Stream(4), b"\x88"),
];
const BLOCKS: &[Row] = &[
    row("index 0", 1, 5, Stream(9), b"\x82\x84\x86\x80"),
    row("index beyond the table", 1, 5, Stream(9), b"\x82\x84\x86\xff\x40"),
    row("string cut short", 1, 5, Stream(9), b"\x82\x84\x86\0\x05a"),
    row("size above the limit", 1, 5, Stream(9), b"\x3f\xe2\x1f\x82\x84\x86"),
    row("size after a field", 1, 5, Stream(9), b"\x82\x20\x84\x86"),
    row("integer overflows", 1, 5, Stream(9), b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
];

/// The faults of a family.
pub(super) fn faults(family: Family) -> &'static [Row] {
    match family.0 {
        "frames" => FRAMES,
        "streams" => STREAMS,
        "fields" => FIELDS,
        "continuation" => CONTINUATION,
        "settings" => SETTINGS,
        "flow" => FLOW,
        "connection" => CONNECTION,
        "push" => PUSH,
        _ => BLOCKS,
    }
}
