//! What can be wrong, by family, and tokens of the protocol.

use super::super::Family;
use super::{Fault, On};
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

const fn row(name: &'static str, kind: u8, flags: u8, on: On, payload: &'static [u8]) -> Row {
    (name, Fault { kind, flags, on, length: None, payload })
}

const fn lie(name: &'static str, kind: u8, length: usize) -> Row {
    (name, Fault { kind, flags: 0, on: Same, length: Some(length), payload: b"abcd" })
}

const IN_FRAMES: &[Row] = &[
    lie("length too long", DATA, 9),
    lie("length above the limit", DATA, 16385),
    lie("length too short", 0x20, 1),
    row("padding is the payload", DATA, PADDED, Same, b"\x03abc"),
    row("padding without its length", DATA, PADDED, Same, b""),
    row("reserved bit", PING, 0, Stream(1 << 31), &[0; 8]),
    row("unknown flags", PING, 0xfe, Stream(0), &[0; 8]),
    row("unknown type", 0xfa, 0xff, Same, b"abc"),
];
const IN_STREAMS: &[Row] = &[
    row("DATA on stream 0", DATA, 0, Stream(0), b"a"),
    row("HEADERS on stream 0", HEADERS, END_STREAM | END_HEADERS, Stream(0), b"\x88"),
    row("DATA on an idle stream", DATA, 0, Stream(0x7fff_ffff), b"a"),
    row("HEADERS on an even stream", HEADERS, END_STREAM | END_HEADERS, Stream(2), b"\x82\x84\x86"),
    row("HEADERS on the last stream", HEADERS, END_STREAM | END_HEADERS, Stream(0x7fff_ffff), b"\x82\x84\x86"),
    row("HEADERS again", HEADERS, END_STREAM | END_HEADERS, Same, b"\x82\x84\x86"),
    row("DATA again", DATA, END_STREAM, Same, b"a"),
    row("RST_STREAM", RST_STREAM, 0, Same, &[0, 0, 0, 8]),
    row("RST_STREAM on an idle stream", RST_STREAM, 0, Stream(99), &[0, 0, 0, 8]),
    row("RST_STREAM of 3 octets", RST_STREAM, 0, Same, &[0; 3]),
    row("PRIORITY on itself", PRIORITY, 0, Stream(1), &[0, 0, 0, 1, 0]),
    row("PRIORITY of 4 octets", PRIORITY, 0, Same, &[0; 4]),
];
const IN_FIELDS: &[Row] = &[
    row("no :path", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x86\x01\x01a"),
    row("two :method", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x82\x84\x86\x01\x01a"),
    row("unknown pseudo-header", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\x02:x\x01a"),
    row("late pseudo-header", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x01\x01a\0\x01a\x01b\x86"),
    row("upper case", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\x01A\x01b"),
    row("connection", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\x0aconnection\x05close"),
    row("te", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\x02te\x04gzip"),
    row("NUL in a value", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\x01a\x01\0"),
    row("space around a value", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\x01a\x03 b "),
    row("space in a name", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\x01 \x01b"),
    row("empty name", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\0\0\x01b"),
    row(
        "content-length without DATA",
        HEADERS,
        END_STREAM | END_HEADERS,
        Stream(9),
        b"\x82\x84\x86\x01\x01a\x0f\x0d\x015",
    ),
    row("two lengths", HEADERS, END_HEADERS, Stream(9), b"\x83\x84\x86\x01\x01a\x0f\x0d\x011\x0f\x0d\x010"),
    row("length without content", HEADERS, END_HEADERS, Stream(1), b"\x83\x84\x86\x01\x01a\x0f\x0d\x013"),
    row("304 with a length", HEADERS, END_STREAM | END_HEADERS, Stream(1), b"\x8b\x0f\x0d\x013"),
    row("transfer-encoding", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x01\x01a\x0f\x2a\x07chunked"),
    row(":status of two digits", HEADERS, END_STREAM | END_HEADERS, Stream(1), b"\x08\x0220"),
    row("CONNECT with :path", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x02\x07CONNECT\x84\x01\x01a"),
];
const IN_CONTINUATION: &[Row] = &[
    row("CONTINUATION alone", CONTINUATION, END_HEADERS, Same, b""),
    row("CONTINUATION on stream 0", CONTINUATION, END_HEADERS, Stream(0), b""),
    row("CONTINUATION missing", HEADERS, END_STREAM, Stream(9), b"\x82\x84\x86"),
    row("CONTINUATION of another stream", CONTINUATION, 0, Stream(77), b"\x82"),
];
const IN_SETTINGS: &[Row] = &[
    row("ENABLE_PUSH 2", SETTINGS, 0, Stream(0), &[0, 2, 0, 0, 0, 2]),
    row("INITIAL_WINDOW_SIZE too large", SETTINGS, 0, Stream(0), &[0, 4, 0x80, 0, 0, 0]),
    row("MAX_FRAME_SIZE too small", SETTINGS, 0, Stream(0), &[0, 5, 0, 0, 0x3f, 0xff]),
    row("MAX_FRAME_SIZE too large", SETTINGS, 0, Stream(0), &[0, 5, 1, 0, 0, 0]),
    row("ack with payload", SETTINGS, ACK, Stream(0), &[0, 4, 0, 0, 0, 1]),
    row("ack again", SETTINGS, ACK, Stream(0), b""),
    row("five octets", SETTINGS, 0, Stream(0), &[0; 5]),
    row("SETTINGS on a stream", SETTINGS, 0, Same, b""),
];
const IN_FLOW: &[Row] = &[
    row("increment 0", WINDOW_UPDATE, 0, Same, &[0; 4]),
    row("increment 0 of the connection", WINDOW_UPDATE, 0, Stream(0), &[0; 4]),
    row("stream window overflows", WINDOW_UPDATE, 0, Same, &[0x7f, 0xff, 0xff, 0xff]),
    row("connection window overflows", WINDOW_UPDATE, 0, Stream(0), &[0x7f, 0xff, 0xff, 0xff]),
    row("increment of 3 octets", WINDOW_UPDATE, 0, Stream(0), &[0; 3]),
    row("increment on an idle stream", WINDOW_UPDATE, 0, Stream(99), &[0, 0, 0, 1]),
    row("initial window 0", SETTINGS, 0, Stream(0), &[0, 4, 0, 0, 0, 0]),
    row("initial window largest", SETTINGS, 0, Stream(0), &[0, 4, 0x7f, 0xff, 0xff, 0xff]),
];
const IN_CONNECTION: &[Row] = &[
    row("PING of 7 octets", PING, 0, Stream(0), &[0; 7]),
    row("PING on a stream", PING, 0, Same, &[0; 8]),
    row("PING ack unasked", PING, ACK, Stream(0), &[0; 8]),
    row("GOAWAY", GOAWAY, 0, Stream(0), &[0; 8]),
    row("GOAWAY of 7 octets", GOAWAY, 0, Stream(0), &[0; 7]),
    row("GOAWAY on a stream", GOAWAY, 0, Same, &[0; 8]),
];
const IN_PUSH: &[Row] = &[
    row("PUSH_PROMISE", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0\0\x02\x82\x84\x86\x01\x01a"),
    row("PUSH_PROMISE of an odd stream", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0\0\x03\x82\x84\x86"),
    row("PUSH_PROMISE of stream 0", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0\0\0\x82\x84\x86"),
    row("PUSH_PROMISE cut short", PUSH_PROMISE, END_HEADERS, Stream(1), b"\0\0"),
    row("PUSH_PROMISE on stream 0", PUSH_PROMISE, END_HEADERS, Stream(0), b"\0\0\0\x02\x82\x84\x86"),
    row("response on a stream not promised", HEADERS, END_STREAM | END_HEADERS, Stream(4), b"\x88"),
];
const IN_BLOCKS: &[Row] = &[
    row("index 0", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\x80"),
    row("index beyond the table", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\xff\x40"),
    row("string cut short", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x84\x86\0\x05a"),
    row("size above the limit", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x3f\xe2\x1f\x82\x84\x86"),
    row("size after a field", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\x82\x20\x84\x86"),
    row("integer overflows", HEADERS, END_STREAM | END_HEADERS, Stream(9), b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
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
