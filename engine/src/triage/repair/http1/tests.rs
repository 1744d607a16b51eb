use proptest::prelude::*;

use super::REPAIRS;
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
