//! Where in frames and field blocks an octet stands.

use wireproof::Role;
use wireproof::http2::PREFACE;

use super::frames::{Frame, Frames, HEADER, PUSH_PROMISE};
use crate::hpack::Table;

use crate::{Input, Target};

/// The words of a frame type.
struct Words {
    header: [&'static str; 4],
    /// Padding's length and padding, priority or promised stream, what is inside.
    payload: [&'static str; 3],
}

macro_rules! words {
    ($name:literal, $fixed:literal, $body:literal) => {
        Words {
            header: [
                concat!($name, " length"),
                concat!($name, " type"),
                concat!($name, " flags"),
                concat!($name, " stream"),
            ],
            payload: [concat!($name, " padding"), concat!($name, $fixed), concat!($name, $body)],
        }
    };
}

static WORDS: [Words; 11] = [
    words!("DATA", "", " payload"),
    words!("HEADERS", " priority", " field block"),
    words!("PRIORITY", "", " payload"),
    words!("RST_STREAM", "", " error code"),
    words!("SETTINGS", "", " value"),
    words!("PUSH_PROMISE", " promised stream", " field block"),
    words!("PING", "", " payload"),
    words!("GOAWAY", "", " payload"),
    words!("WINDOW_UPDATE", "", " increment"),
    words!("CONTINUATION", "", " field block"),
    words!("unknown frame", "", " payload"),
];

/// The state of an octet of an HTTP/2 or HPACK input.
pub(crate) fn state(input: &Input, at: usize) -> &'static str {
    match input.target {
        Target::Hpack => super::place_hpack::state(input, at),
        _ => in_frames(input, at),
    }
}

/// The mark that an offset stands behind.
fn mark(marks: &[(usize, &'static str)], at: usize) -> Option<&'static str> {
    marks.iter().rev().find(|(start, _)| *start <= at).map(|(_, state)| *state)
}

fn in_frames(input: &Input, at: usize) -> &'static str {
    let raw = input.shape & 4 != 0 && input.role() == Role::Server;
    let frames = Frames::read(input);
    if raw && (at < frames.preface.len() || frames.preface.is_empty() && at < PREFACE.len()) {
        return "preface";
    }
    let mut start = frames.preface.len();
    for (index, frame) in frames.frames.iter().enumerate() {
        let end = start + HEADER + frame.payload.len();
        if at < end || at == end && frame.length.is_some() {
            return in_frame(&frames, index, at - start);
        }
        start = end;
    }
    let tail = ["frame length", "frame type", "frame flags", "frame stream"];
    if at < input.octets.len() { tail[header_part(at - start)] } else { "frame end" }
}

fn header_part(at: usize) -> usize {
    match at {
        0..3 => 0,
        3 => 1,
        4 => 2,
        _ => 3,
    }
}

fn in_frame(frames: &Frames, index: usize, at: usize) -> &'static str {
    let frame = &frames.frames[index];
    let words = &WORDS[usize::from(frame.kind).min(10)];
    let Some(at) = at.checked_sub(HEADER) else { return words.header[header_part(at)] };
    let [padding, fixed, body] = words.payload;
    if at == 0 && frame.is_padded() || at >= frame.body_end() && at < frame.payload.len() {
        return padding;
    }
    if at < frame.inner() {
        return fixed;
    }
    special(frame, at).or_else(|| in_block(frames, index, at - frame.inner())).unwrap_or(body)
}

/// Where the payload has a form of its own.
fn special(frame: &Frame, at: usize) -> Option<&'static str> {
    Some(match (frame.kind, at) {
        (super::frames::SETTINGS, _) if at % 6 < 2 => "SETTINGS identifier",
        (super::frames::PRIORITY, 0..4) => "PRIORITY dependency",
        (super::frames::PRIORITY, _) => "PRIORITY weight",
        (super::frames::GOAWAY, 0..4) => "GOAWAY last stream",
        (super::frames::GOAWAY, 4..8) => "GOAWAY error code",
        (super::frames::GOAWAY, _) => "GOAWAY debug data",
        (PUSH_PROMISE, _) if at < 4 => "PUSH_PROMISE promised stream",
        _ => return None,
    })
}

/// The word of the representation that an octet of a fragment belongs to.
fn in_block(frames: &Frames, index: usize, at: usize) -> Option<&'static str> {
    let mut table = Table::default();
    for range in frames.blocks() {
        let marks = table.read(&frames.block(range.clone())).1;
        if range.contains(&index) {
            let before: usize = frames.frames[range.start..index].iter().map(|frame| frame.body().len()).sum();
            return mark(&marks, before + at).map(field_block);
        }
    }
    None
}

/// A word of HPACK in a frame.
fn field_block(state: &'static str) -> &'static str {
    match state {
        "indexed" => "field block, indexed",
        "literal index" => "field block, literal index",
        "name length" => "field block, name length",
        "name string" => "field block, name string",
        "value length" => "field block, value length",
        "value string" => "field block, value string",
        "huffman" => "field block, huffman",
        _ => "field block, size update",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::place::place;
    use super::*;

    /// The state of each octet, without repetition.
    fn states(shape: u8, octets: &[u8]) -> Vec<&'static str> {
        let input = Input { target: Target::Http2, shape, octets: octets.to_vec() };
        let mut states: Vec<_> = (0..=octets.len()).map(|at| place(&input, at).state).collect();
        states.dedup();
        states
    }

    #[test]
    fn octets_of_frames_have_places() {
        let headers = b"\x00\x00\x0b\x01\x2d\0\0\0\x01\x01\0\0\0\0\x10\x82\x01\x01/\0";
        let wanted = [
            "HEADERS length",
            "HEADERS type",
            "HEADERS flags",
            "HEADERS stream",
            "HEADERS padding",
            "HEADERS priority",
            "field block, indexed",
            "field block, literal index",
            "field block, value length",
            "field block, value string",
            "HEADERS padding",
            "frame end",
        ];
        assert_eq!(states(0, headers), wanted);
        let settings = [PREFACE, b"\0\0\x06\x04\0\0\0\0\0\0\x01\0\0\0\0"].concat();
        let [preface, identifier, value] = ["preface", "SETTINGS identifier", "SETTINGS value"];
        let [length, kind, flags, stream] = WORDS[4].header;
        assert_eq!(states(4, &settings), [preface, length, kind, flags, stream, identifier, value, "frame end"]);
        assert_eq!(states(4, b"PRI * H"), ["preface"]);
        assert_eq!(states(0, b"\0\0\x05\x08\0\0\0\0\0\0\0\0")[4..], ["WINDOW_UPDATE increment"], "incomplete");
        assert_eq!(
            states(0, b"\0\0\x01\xf0\0\0\0\0\0a\0")[4..],
            ["unknown frame payload", "frame length", "frame end"]
        );
    }

    #[test]
    fn a_fragment_goes_on_in_the_next_frame() {
        let octets = b"\0\0\x03\x01\0\0\0\0\x01\0\x03a\0\0\x02\x09\x04\0\0\0\x01bc";
        let input = Input { target: Target::Http2, shape: 0, octets: octets.to_vec() };
        assert_eq!([11, 21, 22].map(|at| place(&input, at).state), ["field block, name string"; 3]);
    }

    proptest! {
        #[test]
        fn any_octet_has_a_place(octets in prop::collection::vec(prop_oneof![any::<u8>(), 0u8..10], 0..90), shape: u8) {
            for target in [Target::Http2, Target::Hpack] {
                let input = Input { target, shape, octets: octets.clone() };
                for at in 0..=octets.len() + 1 {
                    prop_assert!(!place(&input, at).state.is_empty());
                }
                prop_assert_eq!(place(&input, octets.len()).class, "end");
            }
        }

        #[test]
        fn frames_are_written_as_they_were_read(octets in prop::collection::vec(prop_oneof![any::<u8>(), 0u8..10], 0..90)) {
            let input = Input { target: Target::Http2, shape: 0, octets };
            let mut frames = Frames::read(&input);
            prop_assert_eq!(&frames.write(), &input.octets);
            frames.edit_blocks(|_| {});
            prop_assert_eq!(frames.write(), input.octets);
        }
    }
}
