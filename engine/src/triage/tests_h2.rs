//! What each repair of HTTP/2 does, on one input that has its cause.

use proptest::prelude::*;

use super::frames::*;
use super::repair_h2::HTTP2;
use crate::hpack::{Line, Table};
use crate::{Input, Target};

/// A frame's octets.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let frame = Frame { kind, flags, stream, payload: payload.to_vec(), length: None };
    Frames { preface: Vec::new(), frames: vec![frame], tail: Vec::new() }.write()
}

fn input(shape: u8, frames: &[Vec<u8>]) -> Input {
    Input { target: Target::Http2, shape, octets: frames.concat() }
}

/// The repaired frames, in octets.
fn repaired(name: &str, shape: u8, frames: &[Vec<u8>]) -> Option<Input> {
    let repair = HTTP2.iter().find(|repair| repair.name == name).expect("a repair of this name");
    (repair.apply)(&input(shape, frames))
}

/// A GET that ends its stream.
fn get(stream: u32) -> Vec<u8> {
    frame(HEADERS, 5, stream, b"\x82\x84\x86\x01\x01a")
}

/// A request that goes on.
fn open(stream: u32) -> Vec<u8> {
    frame(HEADERS, 4, stream, b"\x83\x84\x86\x01\x01a")
}

/// What nobody objects to in a request.
const SOUND: &str = ":method=GET|:scheme=http|:authority=a|:path=/";

type Case = (&'static str, Vec<Vec<u8>>, Vec<Vec<u8>>);

fn window(stream: u32, number: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &number.to_be_bytes())
}

fn settings(payload: &[u8]) -> Vec<u8> {
    frame(SETTINGS, 0, 0, payload)
}

fn goaway(last: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[&last.to_be_bytes()[..], &[0; 4]].concat())
}

/// Repair, frames before, frames after.
fn frame_cases() -> Vec<Case> {
    vec![
        ("incomplete-frame", vec![get(1), b"\0\0\x09\x06\0\0\0\0\0abc".to_vec()], vec![get(1)]),
        ("incomplete-frame", vec![get(1), b"\0\0\x09".to_vec()], vec![get(1)]),
        ("frame-too-large", vec![get(1), frame(DATA, 0, 3, &[0; 16_385])], vec![get(1)]),
        ("reserved-bit", vec![get(1 << 31 | 1)], vec![get(1)]),
        ("undefined-flags", vec![frame(DATA, 0xff, 1, b"\0")], vec![frame(DATA, 9, 1, b"\0")]),
        ("altsvc", vec![frame(10, 0, 0, b""), get(1), frame(11, 0, 0, b"")], vec![get(1), frame(11, 0, 0, b"")]),
        ("unknown-frame", vec![get(1), frame(10, 0, 1, b"a")], vec![get(1)]),
        ("padding-too-long", vec![frame(DATA, 8, 1, b"\x03ab")], vec![frame(DATA, 8, 1, b"\0ab")]),
        ("padding-not-zero", vec![frame(DATA, 8, 1, b"\x02abc")], vec![frame(DATA, 8, 1, b"\x02a\0\0")]),
        ("padding", vec![frame(DATA, 9, 1, b"\x02abc")], vec![frame(DATA, 1, 1, b"a")]),
        ("stream-zero", vec![get(0)], vec![get(1)]),
        ("stream-not-zero", vec![frame(PING, 0, 1, &[0; 8])], vec![frame(PING, 0, 0, &[0; 8])]),
        ("even-stream", vec![get(2)], vec![get(3)]),
        ("lower-stream", vec![get(5), open(3), frame(DATA, 1, 3, b"")], vec![get(5), open(7), frame(DATA, 1, 7, b"")]),
        ("lower-stream", vec![get(0x7fff_ffff), get(5), get(1)], vec![get(0x7fff_ffff)]),
        ("skipped-stream", vec![get(5), frame(DATA, 0, 3, b"a"), get(7)], vec![get(5), get(7)]),
        (
            "reserved-stream",
            vec![frame(PUSH_PROMISE, 4, 1, b"\0\0\0\x02\x82"), window(2, 1), window(1, 1)],
            vec![frame(PUSH_PROMISE, 4, 1, b"\0\0\0\x02\x82"), window(1, 1)],
        ),
        ("reserved-bit-inside", vec![goaway(1 << 31 | 1), window(0, 1 << 31 | 1)], vec![goaway(1), window(0, 1)]),
        ("priority-update", vec![frame(16, 0, 0, b""), get(1)], vec![get(1)]),
        ("settings-twice", vec![settings(b"\0\x05\0\0\0\0\0\x05\0\0a\0")], vec![settings(b"\0\x05\0\0a\0")]),
        (
            "connect-protocol-back",
            vec![settings(b"\0\x08\0\0\0\0\0\x08\0\0\0\x01"), settings(b"\0\x08\0\0\0\0")],
            vec![settings(b"\0\x08\0\0\0\0\0\x08\0\0\0\x01"), settings(b"\0\x08\0\0\0\x01")],
        ),
        ("idle-stream", vec![frame(DATA, 0, 3, b"a"), get(3)], vec![get(3)]),
        ("closed-stream", vec![get(1), frame(DATA, 1, 1, b"a"), get(3)], vec![get(1), get(3)]),
        ("self-dependency", vec![frame(PRIORITY, 0, 3, b"\0\0\0\x03a")], vec![frame(PRIORITY, 0, 3, b"\0\0\0\0a")]),
        ("headers-priority", vec![frame(HEADERS, 37, 1, b"\0\0\0\0\0\x82")], vec![frame(HEADERS, 5, 1, b"\x82")]),
        (
            "continuation-stream",
            vec![frame(HEADERS, 0, 1, b""), frame(CONTINUATION, 4, 3, b"")],
            vec![frame(HEADERS, 0, 1, b""), frame(CONTINUATION, 4, 1, b"")],
        ),
        (
            "block-interrupted",
            vec![frame(HEADERS, 0, 1, b""), frame(PING, 0, 0, &[0; 8]), frame(CONTINUATION, 4, 1, b"")],
            vec![frame(HEADERS, 0, 1, b""), frame(CONTINUATION, 4, 1, b"")],
        ),
        ("continuation-astray", vec![get(1), frame(CONTINUATION, 4, 1, b"")], vec![get(1)]),
        (
            "continuation",
            vec![frame(HEADERS, 9, 1, b"\x01\x82\0"), frame(CONTINUATION, 4, 1, b"\x84")],
            vec![frame(HEADERS, 13, 1, b"\x01\x82\x84\0")],
        ),
        ("block-unfinished", vec![frame(HEADERS, 1, 1, b"\x82")], vec![frame(HEADERS, 5, 1, b"\x82")]),
    ]
}

/// The same for what is inside frames that are no messages.
fn payload_cases() -> Vec<Case> {
    let size = |value: u32| settings(&[&[0, 4], &value.to_be_bytes()[..]].concat());
    let pieces = |more: usize| {
        let last = frame(CONTINUATION, 4, 1, b"a");
        let empty = vec![frame(CONTINUATION, 0, 1, b""); more - 1];
        [vec![frame(HEADERS, 1, 1, b"\x82\x84\x86\x01\x01")], empty, vec![last]].concat()
    };
    vec![
        ("settings-ack-payload", vec![frame(SETTINGS, 1, 0, &[0; 6])], vec![frame(SETTINGS, 1, 0, b"")]),
        ("settings-size", vec![settings(&[0; 8])], vec![settings(&[0; 6])]),
        ("settings-value", vec![settings(b"\0\x05\0\0\0\x01")], vec![settings(b"\0\x05\0\0\x40\0")]),
        ("settings-value", vec![settings(b"\0\x04\x80\0\0\0")], vec![settings(b"\0\x04\x7f\xff\xff\xff")]),
        ("settings-value", vec![settings(b"\0\x02\0\0\0\x02")], vec![settings(b"\0\x02\0\0\0\x01")]),
        ("settings-unknown", vec![settings(b"\0\x01abcd\0\xffabcd")], vec![settings(b"\0\x01abcd")]),
        ("ping-size", vec![frame(PING, 0, 0, b"1234567")], vec![frame(PING, 0, 0, b"1234567\0")]),
        ("rst-stream-size", vec![frame(RST_STREAM, 0, 1, &[0; 5])], vec![frame(RST_STREAM, 0, 1, &[0; 4])]),
        ("priority-size", vec![frame(PRIORITY, 0, 1, &[0; 4])], vec![frame(PRIORITY, 0, 1, &[0; 5])]),
        ("window-size", vec![frame(WINDOW_UPDATE, 0, 0, b"\0\0\x01")], vec![window(0, 0x100)]),
        ("window-zero", vec![window(0, 0), window(0, 1), window(0, 1 << 31)], vec![window(0, 1)]),
        ("window-overflow", vec![window(1, 1), window(1, 0x7fff_ffff), window(0, 2)], vec![window(1, 1), window(0, 2)]),
        (
            "over-window",
            vec![frame(DATA, 0, 1, &[0; 65_535]), frame(DATA, 1, 1, b"a")],
            vec![frame(DATA, 0, 1, &[0; 65_535])],
        ),
        ("empty-data", vec![frame(DATA, 0, 1, b""), frame(DATA, 1, 1, b"")], vec![frame(DATA, 1, 1, b"")]),
        ("push", vec![get(1), frame(PUSH_PROMISE, 4, 1, b"\0\0\0\x02\x82")], vec![get(1)]),
        ("rst-stream", vec![frame(RST_STREAM, 0, 1, &[0; 4]), get(1)], vec![get(1)]),
        ("goaway", vec![frame(GOAWAY, 0, 0, &[0; 8]), get(1)], vec![get(1)]),
        (
            "goaway-raised",
            vec![goaway(5), goaway(3), goaway(4), goaway(2)],
            vec![goaway(5), goaway(3), goaway(3), goaway(2)],
        ),
        (
            "goaway-given-up",
            vec![open(4), goaway(2), get(1), frame(DATA, 1, 4, b""), frame(DATA, 1, 2, b"")],
            vec![open(4), goaway(2), get(1), frame(DATA, 1, 2, b"")],
        ),
        ("continuation-many", [pieces(9), pieces(8)].concat(), [vec![get(1)], pieces(8)].concat()),
        ("settings-many", vec![settings(&[0; 200])], vec![settings(&[0; 192])]),
        ("settings-window", vec![window(1, 5), size(0x7fff_ffff)], vec![window(1, 5), size(0x7fff_fffa)]),
        ("window-overflow", vec![size(0x7fff_ffff), window(1, 1), window(0, 1)], vec![size(0x7fff_ffff), window(0, 1)]),
        ("priority", vec![frame(PRIORITY, 0, 1, &[0; 5]), get(1)], vec![get(1)]),
        ("ping", vec![frame(PING, 0, 0, &[0; 8]), get(1)], vec![get(1)]),
        ("window-update", vec![window(0, 1), get(1)], vec![get(1)]),
        ("settings-ack", vec![frame(SETTINGS, 1, 0, b""), settings(b"")], vec![settings(b"")]),
        ("settings", vec![frame(SETTINGS, 1, 0, b""), settings(b"")], vec![frame(SETTINGS, 1, 0, b"")]),
        ("unfinished-stream", vec![open(1), get(3)], vec![open(1), get(3), frame(DATA, 1, 1, b"")]),
    ]
}

/// The same for field blocks, as they stand in HEADERS.
fn block_cases() -> Vec<Case> {
    let block = |name, before: &[u8], after: &[u8]| {
        (name, vec![frame(HEADERS, 5, 1, before)], vec![frame(HEADERS, 5, 1, after)])
    };
    vec![
        block("huffman-padding", b"\x82\x00\x81\x18\x01b", b"\x82\x00\x81\x1f\x01b"),
        block("index", b"\x82\x80\x7f\x20\x01a\x84", b"\x82\x84"),
        block("size-update-late", b"\x20\x82\x20", b"\x20\x82"),
        block("size-update", b"\x20\x82", b"\x82"),
        block("truncated-block", b"\x82\x01\x05a", b"\x82"),
        block("huffman", b"\x82\0\x81\x1f\x01b", b"\x82\0\x01a\x01b"),
        block("non-minimal-integer", b"\x82\x0f\x80\0\x01b", b"\x82\x0f\0\x01b"),
        block("dynamic-reference", b"\x40\x01a\x01b\xbe", b"\x40\x01a\x01b\0\x01a\x01b"),
    ]
}

/// Fields in words: `name=value` with `|` between them.
fn section(text: &str) -> Vec<u8> {
    let fields = text.split('|').filter_map(|field| field.split_once('='));
    let lines: Vec<Line> = fields.map(|(name, value)| Line::literal(name.as_bytes(), value.as_bytes())).collect();
    Table::default().write(&lines)
}

/// Repair, shape, and field sections of a message before and after.
const SECTIONS: &[(&str, u8, &str, &str)] = &[
    ("upper-case-name", 0, ":path=/|A=B", ":path=/|a=B"),
    ("empty-name", 0, "=a|b=c", "b=c"),
    ("name-octets", 0, ":pa:th=/|a b=c|()=d", ":path=/|ab=c|x=d"),
    ("value-space", 0, "a= b\t|c= ", "a=b|c="),
    ("value-octets", 0, "a=\0b\r\nc", "a=bc"),
    ("pseudo-order", 0, "a=b|:path=/|c=d|:method=GET", ":path=/|:method=GET|a=b|c=d"),
    ("pseudo-duplicate", 0, ":path=/|:path=/a|a=b|a=b", ":path=/|a=b|a=b"),
    ("pseudo-unknown", 0, ":a=b|:method=GET", ":method=GET"),
    ("pseudo-side", 0, ":method=GET|:status=200", ":method=GET"),
    ("pseudo-side", 1, ":method=GET|:status=200", ":status=200"),
    ("status", 1, ":status=99", ":status=200"),
    ("status-101", 1, ":status=101", ":status=103"),
    ("no-content", 1, ":status=204", ":status=200"),
    ("te-response", 1, ":status=200|te=trailers", ":status=200"),
    ("status-range", 1, ":status=600", ":status=200"),
    ("scheme-octets", 0, ":scheme=1a", ":scheme=http"),
    ("path-fragment", 0, ":path=/a#b", ":path=/a"),
    (
        "pseudo-control",
        0,
        ":method=\x01|:path=/a b\x01|:authority=a\x01|host=\u{e9}",
        ":method=GET|:path=/ab|:authority=a|host=a",
    ),
    ("host-differs", 0, ":authority=a|host=b", ":authority=a|host=a"),
    ("cookies", 0, "cookie=a|b=c|cookie=d", "b=c|cookie=a; d"),
    ("content-length-interim", 1, ":status=103|content-length=1", ":status=103"),
    ("method-octets", 0, ":method=G T", ":method=GET"),
    ("path-asterisk", 0, ":method=GET|:path=*", ":method=GET|:path=/"),
    ("authority-octets", 0, ":authority=a@b|host=", ":authority=ab|host=a"),
    ("authority-missing", 0, ":method=GET", ":authority=a|:method=GET"),
    ("connect-port", 0, ":method=CONNECT|:authority=a", ":method=CONNECT|:authority=a:80"),
    ("connect-port", 0, ":method=CONNECT|:authority=a:", ":method=CONNECT|:authority=a:80"),
    ("value-control", 0, "a=\x01b\tc\x7f", "a=b\tc"),
    ("empty-path", 0, ":path=", ":path=/"),
    ("path", 0, ":path=a", ":path=/"),
    ("scheme", 0, ":scheme=ftp", ":scheme=http"),
    ("protocol", 0, ":method=CONNECT|:protocol=a", ":scheme=http|:path=/|:method=GET"),
    ("connect", 0, ":method=CONNECT|:authority=a", ":scheme=http|:path=/|:method=GET|:authority=a"),
    ("pseudo-missing", 0, ":path=/a|a=b", ":method=GET|:scheme=http|:authority=a|:path=/a|a=b"),
    ("pseudo-missing", 0, ":path=/a|host=b", ":method=GET|:scheme=http|:path=/a|host=b"),
    ("pseudo-missing", 0, ":method=CONNECT", ":authority=a|:method=CONNECT"),
    ("pseudo-missing", 1, "a=b", ":status=200|a=b"),
    ("connection-field", 0, "connection=close|a=b|transfer-encoding=chunked", "a=b"),
    ("te", 0, "te=trailers|te=gzip", "te=trailers"),
    ("content-length-twice", 0, "content-length=0|content-length=0", "content-length=0"),
    ("content-length-digits", 0, "content-length=+0|a=b", "a=b"),
    ("content-length-wrong", 0, "content-length=5", "content-length=0"),
    ("content-length", 0, "content-length=0|a=b", "a=b"),
    ("host", 0, "host=a|a=b", "a=b"),
];

/// Messages of several sections.
fn message_cases() -> Vec<(u8, Case)> {
    let end = |octets: &str| frame(HEADERS, 5, 1, &section(octets));
    let more = |octets: &str| frame(HEADERS, 4, 1, &section(octets));
    let data = |flags| frame(DATA, flags, 1, b"abc");
    let push = |value: u8| frame(SETTINGS, 0, 0, &[0, 2, 0, 0, 0, value]);
    let pushed = |octets: &str| frame(HEADERS, 4, 2, &section(octets));
    let promise = |text: &str| frame(PUSH_PROMISE, 4, 1, &[&[0, 0, 0, 2], &section(text)[..]].concat());
    vec![
        (0, ("trailers-pseudo", vec![open(1), end(":a=b|c=d")], vec![open(1), end("c=d")])),
        (0, ("trailers-unended", vec![open(1), more("c=d")], vec![open(1), end("c=d")])),
        (0, ("trailers", vec![open(1), data(0), end("c=d")], vec![open(1), data(1)])),
        (
            1,
            (
                "data-first",
                vec![data(0), more(":status=103"), data(0), end(":status=200"), data(1)],
                vec![more(":status=103"), end(":status=200"), data(1)],
            ),
        ),
        (1, ("promise-method", vec![promise(":method=PUT|content-length=1")], vec![promise(":method=GET")])),
        (1, ("promise-request", vec![promise(":path=a")], vec![promise(SOUND)])),
        (1, ("enable-push", vec![push(1), push(0)], vec![push(0), push(0)])),
        (1, ("interim-pushed", vec![pushed(":status=103"), pushed(":status=200")], vec![pushed(":status=200")])),
        (1, ("interim", vec![more(":status=103"), end(":status=200")], vec![end(":status=200")])),
        (0, ("content-length-wrong", vec![more("content-length=4"), data(1)], vec![more("content-length=3"), data(1)])),
        (0, ("field-block", vec![frame(HEADERS, 5, 1, b"\x82")], vec![end(":method=GET")])),
    ]
}

fn all_cases() -> Vec<(u8, Case)> {
    let one = |text| vec![frame(HEADERS, 5, 1, &section(text))];
    let sections = SECTIONS.iter().map(|(name, shape, before, after)| (*shape, (*name, one(before), one(after))));
    let shapeless = [frame_cases(), payload_cases()].concat().into_iter().chain(block_cases()).map(|case| (0, case));
    sections.chain(shapeless).chain(message_cases()).collect()
}

#[test]
fn each_repair_undoes_its_cause() {
    let cases = all_cases();
    for (shape, (name, before, after)) in &cases {
        assert_eq!(repaired(name, *shape, before), Some(input(*shape, after)), "{name}");
        assert_eq!(repaired(name, *shape, after), None, "{name}: once is enough");
    }
    let request = section(&format!("{SOUND}|a=b"));
    for repair in HTTP2 {
        let sound = input(0, &[frame(HEADERS, 5, 1, &request)]);
        assert_eq!((repair.apply)(&sound), None, "{}: nothing to repair", repair.name);
    }
    let untested = |name| {
        !["first-frame", "early-eof", "raw-front", "eof"].contains(&name)
            && cases.iter().all(|(_, case)| case.0 != name)
    };
    assert_eq!(HTTP2.iter().map(|repair| repair.name).find(|name| untested(name)), None);
}

#[test]
fn shapes_are_repaired() {
    let raw = [wireproof::http2::PREFACE.to_vec(), get(1)];
    assert_eq!(repaired("raw-front", 4, &raw), Some(input(0, &[get(1)])));
    assert_eq!(repaired("raw-front", 2, &[get(1)]), None);
    let settings = frame(SETTINGS, 0, 0, b"");
    assert_eq!(repaired("first-frame", 5, &[get(1)]), Some(input(5, &[settings.clone(), get(1)])));
    assert_eq!(
        (repaired("first-frame", 5, std::slice::from_ref(&settings)), repaired("first-frame", 1, &[get(1)])),
        (None, None)
    );
    assert_eq!(repaired("early-eof", 6, &[b"PRI".to_vec()]), Some(input(4, &[b"PRI".to_vec()])));
    assert_eq!((repaired("early-eof", 7, &[settings]), repaired("early-eof", 2, &[])), (None, None));
    assert_eq!(repaired("eof", 3, &[get(1)]), Some(input(1, &[get(1)])));
    assert_eq!(repaired("eof", 0, &[get(1)]), None);
}

#[test]
fn a_dropped_block_leaves_the_table_as_it_was() {
    let first = frame(PUSH_PROMISE, 4, 1, b"\0\0\0\x02\x40\x01a\x01b");
    let after = repaired("push", 1, &[first, frame(HEADERS, 5, 1, b"\x88\xbe")]).expect("a repair");
    assert_eq!(after, input(1, &[frame(HEADERS, 5, 1, b"\x88\0\x01a\x01b")]));
}

#[test]
fn vectors_are_repaired_once() {
    let suite = wireproof::vectors::Suite::bundled().expect("the bundled vectors load");
    for case in &suite.cases {
        let Some(input) = Input::of_script(&case.script, 512) else { continue };
        for repair in super::repairs(input.target).iter().filter(|_| input.target != Target::Http1) {
            let Some(repaired) = (repair.apply)(&input) else { continue };
            assert!((repair.apply)(&repaired).is_none(), "{} of {}", repair.name, case.id);
        }
    }
}

#[test]
fn what_does_not_fit_is_not_repaired() {
    let block = [b"\x40\x01a\x7f\xf1\x1e", &[b'v'; 4080][..], b"\xbe\xbe\xbe\xbe"].concat();
    assert_eq!(repaired("dynamic-reference", 0, &[frame(HEADERS, 5, 1, &block)]), None);
}

fn frames() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let octet = prop_oneof![any::<u8>(), 0u8..8, prop::sample::select(&b"\x40\x82\x84\xbe\x81"[..])];
    let payload = prop_oneof![prop::collection::vec(octet, 0..20), Just(get(1)[9..].to_vec())];
    let one = (0u8..12, any::<u8>(), 0u32..8, payload);
    prop::collection::vec(one.prop_map(|(kind, flags, stream, payload)| frame(kind, flags, stream, &payload)), 0..8)
}

proptest! {
    #[test]
    fn any_octets_are_repaired_once(frames in frames(), cut in 0usize..12, shape in 0u8..16) {
        let mut input = input(shape, &frames);
        input.octets.truncate(input.octets.len().saturating_sub(cut));
        for repair in HTTP2 {
            if let Some(repaired) = (repair.apply)(&input) {
                prop_assert_ne!(&repaired, &input, "{}", repair.name);
                prop_assert_eq!((repair.apply)(&repaired), None, "{}", repair.name);
            }
        }
    }

    #[test]
    fn any_octets_at_all_are_no_trouble(octets in prop::collection::vec(any::<u8>(), 0..60), shape: u8) {
        let input = Input { target: Target::Http2, shape, octets };
        for repair in HTTP2 {
            prop_assert_ne!((repair.apply)(&input), Some(input.clone()), "{}", repair.name);
        }
    }
}
