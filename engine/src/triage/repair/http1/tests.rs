use proptest::prelude::*;

use super::REPAIRS;
use super::rows::ROWS;
use crate::triage::repair::lines::Connection;
use crate::{Input, Target};

fn input(shape: u8, octets: &[u8]) -> Input {
    Input { target: Target::Http1, shape, octets: octets.to_vec() }
}

#[test]
fn names_are_labels_and_stand_once() {
    for (at, repair) in REPAIRS.iter().enumerate() {
        assert!(REPAIRS[..at].iter().all(|other| other.name != repair.name), "{}", repair.name);
        assert!(repair.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'));
        assert!(repair.clause.starts_with("RFC 9"), "{}", repair.name);
    }
}

fn repaired(name: &str, input: &Input) -> Option<Input> {
    let repair = REPAIRS.iter().find(|repair| repair.name == name).expect("a repair of this name");
    (repair.apply)(input)
}

#[test]
fn each_undoes_its_cause() {
    for &(name, shape, before, then, behind) in ROWS {
        let found = repaired(name, &input(shape, before)).unwrap_or_else(|| panic!("{name} changes nothing"));
        let text = |octets: &[u8]| octets.escape_ascii().to_string();
        assert_eq!((found.shape, text(&found.octets)), (then, text(behind)), "{name}");
    }
}

#[test]
fn long_ones_are_cut() {
    let long = |fields: usize, length: usize| {
        let field = [b"A: ", &vec![b'x'; length][..], b"\r\n"].concat().repeat(fields);
        let target = vec![b'/'; length];
        input(0, &[b"GET ", &target[..], b" HTTP/1.1\r\n", &field, b"\r\n"].concat())
    };
    assert_eq!(repaired("many-fields", &long(21, 64)), Some(long(20, 64)));
    assert_eq!(repaired("many-fields", &long(20, 64)), None);
    let cut = |name| repaired(name, &long(1, 99)).map(|found| found.octets.len());
    // The SP behind the colon counts.
    assert_eq!(cut("long-value"), Some(long(1, 99).octets.len() - 36));
    assert_eq!(cut("long-target"), Some(long(1, 99).octets.len() - 35));
}

#[test]
fn each_has_a_row() {
    let elsewhere = ["many-fields", "long-value", "long-target"];
    let named = |name| elsewhere.contains(&name) || ROWS.iter().any(|row| row.0 == name);
    let missing: Vec<&str> = REPAIRS.iter().map(|repair| repair.name).filter(|name| !named(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn messages_without_fault_keep_their_syntax() {
    let general = REPAIRS.iter().position(|repair| repair.name == "value-white-space").expect("it is there");
    for (shape, octets) in [
        (
            0,
            &b"GET / HTTP/1.1\r\nHost: a:80\r\nA: b\r\n\r\nPOST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                [..],
        ),
        (0, b"PUT / HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n"),
        (1, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"),
        (3, b"HTTP/1.0 200 OK\r\n\r\nabc"),
    ] {
        for repair in &REPAIRS[..=general] {
            assert_eq!((repair.apply)(&input(shape, octets)), None, "{}", repair.name);
        }
    }
}

proptest! {
    #[test]
    fn splits_are_joined_again(shape: u8, octets in octets()) {
        prop_assert_eq!(Connection::of(&input(shape, &octets)).octets(), octets);
    }

    #[test]
    fn repairs_come_to_rest(shape: u8, octets in octets()) {
        let input = input(shape, &octets);
        for repair in REPAIRS {
            if let Some(repaired) = (repair.apply)(&input) {
                prop_assert_ne!(&repaired, &input);
                prop_assert_eq!((repair.apply)(&repaired), None, "{}", repair.name);
            }
        }
    }
}

/// Octets that look like messages here and there.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        &b"\r\n"[..],
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b":",
        b"0",
        b"3",
        b"abc",
        b"GET / HTTP/1.1",
        b"HTTP/1.1 200 OK",
        b"\0",
        b"Content-Length: ",
        b"Transfer-Encoding: chunked",
        b"Host: a",
        b";a=b",
        b"\xff",
        b"HTTP/1.1 204 ",
        b",",
        b"\r\n\r\n",
    ]);
    prop::collection::vec(prop_oneof![9 => words.prop_map(<[u8]>::to_vec), 1 => any::<Vec<u8>>()], 0..16)
        .prop_map(|parts| parts.concat())
}
