//! The rules of HPACK one by one: each error with its offset, table arithmetic, sizes and their updates.

use wireproof_http2::hpack::{Coding, Decoder, Encoder, Error, Field, Limits, Reason};

/// What a block comes to: each field as `name: value`, or the error.
fn decode(decoder: &mut Decoder, block: &[u8]) -> Result<Vec<String>, (Reason, usize)> {
    let mut fields = Vec::new();
    let shown = |field: Field<'_>| format!("{}: {}", field.name.escape_ascii(), field.value.escape_ascii());
    let result = decoder.decode(block, &Limits { string: 64 }, |field| fields.push(shown(field)));
    result.map(|()| fields).map_err(|Error { reason, offset }| (reason, offset))
}

fn check(decoder: &mut Decoder, block: &[u8], expected: Result<&[&str], (Reason, usize)>) {
    let expected = expected.map(|fields| fields.iter().map(|f| f.to_string()).collect());
    assert_eq!(decode(decoder, block), expected, "{block:02x?}");
}

#[test]
fn each_error_with_its_offset() {
    use Reason::*;
    let long = [&[0x00, 0x01, b'a', 0x41][..], &[b'x'; 65]].concat();
    let name = [&[0x00, 0x41][..], &[b'x'; 65]].concat();
    // Sixty-five times "0": 325 bits.
    let coded = [&[0x00, 0x01, b'a', 0x80 | 41][..], &[0; 40], &[0x07]].concat();
    let table: &[(&[u8], Reason, usize)] = &[
        (&[0x80], IndexZero, 0),
        (&[0x82, 0x80], IndexZero, 1),
        (&[0xbe], IndexOutOfRange, 0),
        (&[0x82, 0xff, 0x00], IndexOutOfRange, 1),
        (&[0x7e, 0x00], IndexOutOfRange, 0),
        (&[0x82, 0x0f, 0x2f, 0x00], IndexOutOfRange, 1),
        (&[0x1f, 0x2f, 0x00], IndexOutOfRange, 0),
        (&[0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], IntegerOverflow, 5),
        (&[0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], IntegerOverflow, 5),
        (&[0x04, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x7f], IntegerOverflow, 6),
        (&[0xff], Truncated, 1),
        (&[0xff, 0x80], Truncated, 2),
        (&[0x40], Truncated, 1),
        (&[0x44], Truncated, 1),
        (&[0x00, 0x01], Truncated, 2),
        (&[0x00, 0x01, b'a'], Truncated, 3),
        (&[0x00, 0x01, b'a', 0x02, b'b'], Truncated, 5),
        (&[0x00, 0x01, b'a', 0x82, 0x1f], Truncated, 5),
        (&[0x10, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x0e], Truncated, 7),
        (&[0x3f], Truncated, 1),
        (&[0x04, 0x81, 0xff], HuffmanPaddingTooLong, 2),
        (&[0x04, 0x82, 0x1f, 0xff], HuffmanPaddingTooLong, 3),
        (&[0x04, 0x83, 0xff, 0xff, 0xff], HuffmanPaddingTooLong, 4),
        (&[0x04, 0x81, 0x18], HuffmanPaddingNotEos, 2),
        (&[0x04, 0x81, 0x1e], HuffmanPaddingNotEos, 2),
        (&[0x04, 0x82, 0x1f, 0xfe], HuffmanPaddingTooLong, 3),
        (&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff], HuffmanEos, 5),
        (&[0x04, 0x85, 0x1f, 0xff, 0xff, 0xff, 0xff], HuffmanEos, 6),
        (&[0x04, 0x89, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc], HuffmanEos, 10),
        (&long, StringTooLong, 3),
        (&name, StringTooLong, 1),
        (&coded, StringTooLong, 44),
        (&[0x3f, 0xe2, 0x1f], SizeUpdateTooLarge, 0),
        (&[0x20, 0x3f, 0xe2, 0x1f], SizeUpdateTooLarge, 1),
        (&[0x82, 0x20], SizeUpdateLate, 1),
    ];
    for (block, reason, offset) in table {
        check(&mut Decoder::default(), block, Err((*reason, *offset)));
        assert!(!Error { reason: *reason, offset: *offset }.to_string().is_empty());
    }
}

#[test]
fn what_is_just_not_an_error() {
    let table: &[(&[u8], &[&str])] = &[
        (&[], &[]),
        (&[0x82, 0x82], &[":method: GET", ":method: GET"]),
        (&[0x82, 0x00, 0x00, 0x00], &[":method: GET", ": "]),
        // Integers that are not minimal, up to six octets.
        (&[0x3f, 0x80, 0x80, 0x80, 0x80, 0x00], &[]),
        // An empty Huffman string, and padding of seven bits.
        (&[0x04, 0x80], &[":path: "]),
        (&[0x04, 0x84, 0x00, 0x00, 0x00, 0x7f], &[":path: 00000"]),
        // Many updates.
        (&[0x20, 0x21, 0x22, 0x23, 0x82], &[":method: GET"]),
    ];
    for (block, fields) in table {
        check(&mut Decoder::default(), block, Ok(fields));
    }
}

#[test]
fn a_string_may_be_as_long_as_the_limit() {
    let plain = [&[0x04, 64][..], &[b'x'; 64]].concat();
    let coded = [&[0x04, 0x80 | 40][..], &[0; 40]].concat();
    for block in [plain, coded] {
        let fields = decode(&mut Decoder::default(), &block).unwrap();
        assert_eq!(fields[0].len(), ":path: ".len() + 64);
    }
}

#[test]
fn a_late_update_is_taken_on_request() {
    let mut decoder = Decoder::default();
    decoder.lenient_late_update(true);
    check(&mut decoder, &[0x82, 0x20], Ok(&[":method: GET"]));
    assert_eq!(decoder.max_table_size(), 0);
    check(&mut decoder, &[0x82, 0x3f, 0xe2, 0x1f], Err((Reason::SizeUpdateTooLarge, 1)));
}

#[test]
fn a_reduced_setting_must_be_followed() {
    use Reason::{SizeUpdateMissing, SizeUpdateTooLarge};
    let get: Result<&[&str], _> = Ok(&[":method: GET"]);
    type Row<'a> = (&'a [usize], &'a [u8], Result<&'a [&'a str], (Reason, usize)>);
    let table: &[Row<'_>] = &[
        (&[10], &[0x82], Err((SizeUpdateMissing, 0))),
        (&[10], &[], Err((SizeUpdateMissing, 0))),
        (&[10], &[0x2a, 0x82], get),
        (&[10], &[0x20, 0x82], get),
        (&[10], &[0x20, 0x2a, 0x82], get),
        (&[10], &[0x2b, 0x82], Err((SizeUpdateTooLarge, 0))),
        // 7541, 4.2: the smallest of several counts, and the last is the limit.
        (&[10, 20], &[0x2b, 0x2a, 0x82], Err((SizeUpdateMissing, 0))),
        (&[10, 20], &[0x2a, 0x34, 0x82], get),
        (&[20, 10], &[0x2a, 0x82], get),
        (&[0, 4096], &[0x82], Err((SizeUpdateMissing, 0))),
        (&[0, 4096], &[0x20, 0x3f, 0xe1, 0x1f, 0x82], get),
        // No reduction below the size in use.
        (&[4096], &[0x82], get),
        (&[8192, 4096], &[0x82], get),
    ];
    for (settings, block, expected) in table {
        let mut decoder = Decoder::default();
        settings.iter().for_each(|size| decoder.set_max_table_size(*size));
        check(&mut decoder, block, *expected);
        if expected.is_ok() {
            check(&mut decoder, &[0x82], get);
        }
    }
}

/// 4.1 and 4.4 at their edges: entries of 34 octets.
#[test]
fn eviction_at_the_edges() {
    let insert = |value: u8| [0x40, 0x01, b'n', 0x01, value];
    for (max, held) in [(0, 0), (33, 0), (34, 1), (67, 1), (68, 2), (101, 2), (102, 3), (103, 3)] {
        let mut decoder = Decoder::new(max);
        for value in b'a'..=b'z' {
            decode(&mut decoder, &insert(value)).unwrap();
        }
        assert_eq!((decoder.entries().count(), decoder.table_size()), (held, held * 34), "{max}");
        let newest: Vec<u8> = decoder.entries().map(|(_, value)| value[0]).collect();
        assert_eq!(newest, (0..held as u8).map(|nth| b'z' - nth).collect::<Vec<_>>());
    }
}

#[test]
fn an_entry_larger_than_the_table_empties_it() {
    let mut decoder = Decoder::new(40);
    check(&mut decoder, &[0x40, 0x01, b'n', 0x01, b'v'], Ok(&["n: v"]));
    check(
        &mut decoder,
        &[0x40, 0x01, b'n', 0x08, 1, 2, 3, 4, 5, 6, 7, 8],
        Ok(&["n: \\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08"]),
    );
    assert_eq!((decoder.entries().count(), decoder.table_size()), (0, 0));
    check(&mut decoder, &[0xbe], Err((Reason::IndexOutOfRange, 0)));
}

/// 4.4: "A new entry can reference the name of an entry in the dynamic table that will be evicted".
#[test]
fn a_name_outlives_its_entry() {
    let mut decoder = Decoder::new(40);
    check(&mut decoder, &[0x40, 0x04, b'n', b'a', b'm', b'e', 0x01, b'v'], Ok(&["name: v"]));
    check(&mut decoder, &[0x7e, 0x02, b'w', b'w'], Ok(&["name: ww"]));
    check(&mut decoder, &[0xbe], Ok(&["name: ww"]));
    check(&mut decoder, &[0x20, 0x82], Ok(&[":method: GET"]));
    check(&mut decoder, &[0xbe], Err((Reason::IndexOutOfRange, 0)));
}

#[test]
fn size_updates_are_signaled() {
    /// Settings of the peer since the last block, and what the next one begins with.
    fn signaled(encoder: &mut Encoder, settings: &[usize]) -> Vec<u8> {
        settings.iter().for_each(|size| encoder.set_max_table_size(*size));
        let mut out = Vec::new();
        encoder.encode([], &mut out);
        out
    }
    let mut encoder = Encoder::new();
    let table: &[(&[usize], &[u8])] = &[
        (&[], &[]),
        (&[4096], &[]),
        (&[65536], &[]),
        (&[10], &[0x2a]),
        (&[10], &[]),
        (&[20], &[0x34]),
        (&[5, 30], &[0x25, 0x3e]),
        (&[0, 8, 30], &[0x20, 0x3e]),
        (&[65536], &[0x3f, 0xe1, 0x1f]),
        (&[0, 65536], &[0x20, 0x3f, 0xe1, 0x1f]),
    ];
    for (settings, expected) in table {
        assert_eq!(signaled(&mut encoder, settings), *expected, "{settings:?}");
    }
    encoder.limit_table(16);
    assert_eq!(signaled(&mut encoder, &[]), [0x30]);
    encoder.limit_table(1 << 20);
    assert_eq!(signaled(&mut encoder, &[]), [0x3f, 0xe1, 0xff, 0x03]);
}

#[test]
fn each_field_has_its_representation() {
    let first = |encoder: &mut Encoder, name: &[u8], value: &[u8]| {
        let mut out = Vec::new();
        encoder.encode([Field::new(name, value)], &mut out);
        out[0]
    };
    let mut encoder = Encoder::new();
    let long = [b'v'; 2048];
    let table: &[(&[u8], &[u8], u8)] = &[
        (b":status", b"500", 0x8e),
        (b":status", b"501", 0x48),
        (b":status", b"501", 0xbe),
        (b"accept-encoding", b"gzip, deflate", 0x90),
        (b"www-authenticate", b"", 0x80 | 61),
        (b"mine", b"1", 0x40),
        (b"mine", b"2", 0x7e),
        (b"mine", b"1", 0xbf),
        (b"mine", &long, 0x0f),
        (b"server", &long, 0x0f),
        (b"authorization", b"", 0x1f),
        (b"authorization", &long, 0x1f),
        (b"proxy-authorization", b"Basic", 0x1f),
        (b"cookie", b"0123456789012345678", 0x1f),
        (b"cookie", b"01234567890123456789", 0x60),
        (b"cookie", b"01234567890123456789", 0xbe),
    ];
    for (name, value, expected) in table {
        assert_eq!(first(&mut encoder, name, value), *expected, "{}", name.escape_ascii());
    }
    encoder.guard_secrets(false);
    assert_eq!(first(&mut encoder, b"authorization", b""), 0x97);
    assert_eq!(first(&mut encoder, b"cookie", b"a"), 0x60);
    let mut out = Vec::new();
    encoder.encode([Field { never_indexed: true, ..Field::new(b":method", b"GET") }], &mut out);
    assert_eq!(out[0], 0x12);
}

#[test]
fn the_coding_is_kept() {
    let table: &[(Coding, &[u8], &[u8])] = &[
        (Coding::Shorter, b"000", &[0x44, 0x82, 0x00, 0x01]),
        (Coding::Shorter, b"0", &[0x44, 0x01, b'0']),
        (Coding::Shorter, b"\\", &[0x44, 0x01, b'\\']),
        (Coding::Always, b"0", &[0x44, 0x81, 0x07]),
        (Coding::Always, b"", &[0x44, 0x80]),
        (Coding::Never, b"000", &[0x44, 0x03, b'0', b'0', b'0']),
    ];
    for (coding, value, expected) in table {
        let mut encoder = Encoder::new();
        encoder.coding(*coding);
        let mut out = Vec::new();
        encoder.encode([Field::new(b":path", value)], &mut out);
        assert_eq!(out, *expected);
    }
}
