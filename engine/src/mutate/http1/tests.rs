use arbitrary::Unstructured;
use proptest::prelude::*;

use super::parts::{Kind, Parts};
use crate::{Input, Target, generate, mutate};

fn joined(octets: &[u8]) -> Vec<u8> {
    let parts = Parts::split(octets);
    (0..parts.len()).flat_map(|part| octets[parts.range(part)].to_vec()).collect()
}

#[test]
fn parts_are_what_they_are_called() {
    use Kind::{Blank, Body, Data, DataEnd, Field, Raw, Size, Start, Trailer};
    let check = |octets: &[u8], expected: &[Kind], messages: usize| {
        let parts = Parts::split(octets);
        let kinds: Vec<Kind> = (0..parts.len()).map(|part| parts.kind(part)).collect();
        assert_eq!((&kinds[..], parts.messages()), (expected, messages), "{}", octets.escape_ascii());
    };
    check(b"", &[], 0);
    check(b"GET / HT", &[Raw], 1);
    check(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", &[Start, Field, Blank], 1);
    check(b"\r\nA\nB\n\nC\n\n", &[Blank, Start, Field, Blank, Start, Blank], 2);
    check(b"P\r\nContent-Length: 2\r\n\r\nabGET\r\n\r\n", &[Start, Field, Blank, Body, Start, Blank], 2);
    let chunked = b"P\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\nab\r\n0\r\nT: 1\r\n\r\n";
    check(chunked, &[Start, Field, Blank, Size, Data, DataEnd, Size, Trailer, Blank], 1);
    check(b"P\nTransfer-Encoding: chunked\n\n5\nab", &[Start, Field, Blank, Size, Data], 1);
    check(b"P\nTransfer-Encoding: chunked\n\nx\nab", &[Start, Field, Blank, Raw], 1);
    check(b"HTTP/1.1 200 OK\n\nHTTP/1.1 200 OK\n\nab", &[Start, Blank, Start, Blank, Body], 2);
}

#[test]
fn messages_are_found() {
    let octets = b"A\r\n\r\nB\r\nContent-Length: 1\r\n\r\nxC\r\n\r\n";
    let parts = Parts::split(octets);
    let messages: Vec<&[u8]> = (0..4).map(|message| &octets[parts.message(message)]).collect();
    assert_eq!(messages, [&b"A\r\n\r\n"[..], b"B\r\nContent-Length: 1\r\n\r\nx", b"C\r\n\r\n", b""]);
}

/// Octets that do much to a splitter.
fn wire() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        &b"GET / HTTP/1.1\r\n"[..],
        b"HTTP/1.1 200 OK\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\n",
        b"\r\n",
        b"\n",
        b"5\r\nabcde\r\n",
        b"0\r\n",
        b"ffffffffffffffff\r\n",
        b"\r",
        b"\0\xff",
    ]);
    prop::collection::vec(word, 0..150).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn split_and_join_is_the_identity(octets in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(joined(&octets), octets);
    }

    #[test]
    fn split_and_join_is_the_identity_on_lines(octets in wire()) {
        prop_assert_eq!(joined(&octets), octets);
    }

    #[test]
    fn split_and_join_is_the_identity_on_generated_inputs(choices in prop::collection::vec(any::<u8>(), 0..200)) {
        for &family in generate::families(Target::Http1) {
            let input = generate::generate(Target::Http1, family, &mut Unstructured::new(&choices)).expect("an input");
            prop_assert_eq!(joined(&input.octets), input.octets);
        }
    }

    #[test]
    fn the_same_choices_make_the_same_edits(octets in wire(), other in wire(), choices in prop::collection::vec(any::<u8>(), 0..64)) {
        let input = Input { target: Target::Http1, shape: 0, octets };
        let other = Input { octets: other, ..input.clone() };
        let edited = || -> arbitrary::Result<Input> {
            let (mut edited, mut choices) = (input.clone(), Unstructured::new(&choices));
            mutate::mutate(&mut edited, &mut choices).and_then(|()| mutate::cross(&mut edited, &other, &mut choices))?;
            Ok(edited)
        };
        prop_assert_eq!(edited().ok(), edited().ok());
    }
}

const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz";

/// A stream of choices that is the same everywhere.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8 // some octet of it
    };
    (0..length).map(step).collect()
}

/// Mutants of one request: what each structural edit is for comes out of it.
#[test]
fn every_edit_is_seen() {
    let mut wanted: Vec<(&str, &[u8])> = vec![
        ("a chunk split", b"\r\n\r\n1\r\na\r\n2\r\nbc\r\n2\r\nde"),
        ("chunks merged", b"\r\n\r\n5\r\nabcde\r\n0\r\n"),
        ("a body made longer, and its length", b"Content-Length: 6\r\n\r\nxyzxxx"),
        ("a body made longer alone", b"Content-Length: 3\r\n\r\nxyzxxx"),
        ("a number", b"Content-Length: 4\r\n\r\nxyz"),
        ("an edge", b"Content-Length: 18446744073709551616\r\n"),
        ("a line end", b"Host: a\nTransfer-Encoding: chunked\r\n"),
        ("a name's case", b"TRANSFER-ENCODING: chunked\r\n"),
        ("a value's case", b"Transfer-Encoding: CHUNKED\r\n"),
        ("white space before a colon", b"Transfer-Encoding : chunked\r\n"),
        ("a line repeated", b"Host: a\r\nHost: a\r\n"),
        ("lines swapped", b"Transfer-Encoding: chunked\r\nHost: a\r\n\r\n"),
        ("a line deleted", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3"),
        ("a line from the table", b"Transfer-Encoding: identity\r\n"),
        ("a start-line from the table", b"GET / HTTP/1.0\r\nHost: a\r\n"),
        ("a message repeated", b"xyzGET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz"),
    ];
    let mut shapes = 0_u8;
    for seed in 0..40_000 {
        let mut input = Input { target: Target::Http1, shape: 0, octets: REQUEST.to_vec() };
        mutate::mutate(&mut input, &mut Unstructured::new(&noise(seed, 48))).expect("an edit");
        shapes |= input.shape;
        wanted.retain(|(_, octets)| !input.octets.windows(octets.len()).any(|window| window == *octets));
    }
    assert!(wanted.is_empty(), "never seen: {:?}", wanted.iter().map(|(name, _)| name).collect::<Vec<_>>());
    assert_eq!(shapes, 0xff);
}

#[test]
fn crossing_takes_whole_lines_and_messages() {
    let other = b"PUT /other HTTP/1.1\r\nX-Other: 1\r\nContent-Length: 1\r\n\r\no";
    let wanted: [&[u8]; 3] =
        [other, b"Host: a\r\nX-Other: 1\r\nTransfer", b"X-Other: 1\r\nContent-Length: 1\r\nTransfer"];
    let mut seen = [false; 3];
    for seed in 0..20_000 {
        let mut input = Input { target: Target::Http1, shape: 0, octets: REQUEST.to_vec() };
        let other = Input { octets: other.to_vec(), ..input.clone() };
        mutate::cross(&mut input, &other, &mut Unstructured::new(&noise(seed, 32))).expect("choices");
        for (seen, wanted) in seen.iter_mut().zip(wanted) {
            *seen |= input.octets.windows(wanted.len()).any(|window| window == wanted);
        }
    }
    assert_eq!(seen, [true; 3]);
}
