//! HPACK against models that are slow and plain, with fields, sizes and octets drawn at random.

use std::collections::HashMap;

use proptest::prelude::*;
use wireproof_http2::hpack::{Coding, Decoder, Encoder, Error, Field, Limits, Reason};

/// A field that was decoded, or is to be encoded.
type Owned = (Vec<u8>, Vec<u8>, bool);

fn decode(decoder: &mut Decoder, block: &[u8]) -> Result<Vec<Owned>, Error> {
    let mut fields = Vec::new();
    let keep = |field: Field<'_>| fields.push((field.name.to_vec(), field.value.to_vec(), field.never_indexed));
    decoder.decode(block, &Limits::default(), keep)?;
    Ok(fields)
}

fn encode(encoder: &mut Encoder, fields: &[Owned]) -> Vec<u8> {
    let fields = fields.iter().map(|(name, value, mark)| Field { name, value, never_indexed: *mark });
    let mut block = Vec::new();
    encoder.encode(fields, &mut block);
    block
}

/// What happens on a connection between two blocks, or a block.
#[derive(Clone, Debug)]
enum Step {
    Setting(usize),
    Cap(usize),
    Block(Vec<Owned>),
}

/// Few names and values, so that they come again, and some that are large.
fn field() -> impl Strategy<Value = Owned> {
    let name = prop_oneof![
        prop::sample::select(vec![":path", ":status", "cookie", "authorization", "via", "x-a", "x-b", "x-c", ""])
            .prop_map(|name| name.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    let value = prop_oneof![
        prop::sample::select(vec!["", "/", "200", "a", "b"]).prop_map(|value| value.as_bytes().to_vec()),
        "[a-z]{0,30}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..300),
    ];
    (name, value, prop::bool::weighted(0.1))
}

fn step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![0usize..300, Just(4096), 0usize..20_000];
    prop_oneof![
        1 => size.clone().prop_map(Step::Setting),
        1 => size.prop_map(Step::Cap),
        4 => prop::collection::vec(field(), 0..20).prop_map(Step::Block),
    ]
}

fn coding() -> impl Strategy<Value = Coding> {
    prop::sample::select(vec![Coding::Shorter, Coding::Always, Coding::Never])
}

/// Lengths and codes of all octets, read off the encoder: eight times a symbol is as many octets as its code has bits.
fn codes() -> HashMap<(usize, u32), u8> {
    let code = |octet: u8| {
        let mut encoder = Encoder::new();
        encoder.coding(Coding::Always);
        let block = encode(&mut encoder, &[(b":path".to_vec(), vec![octet; 8], true)]);
        let length = block.len() - 2;
        let first = block[2..].iter().chain(&[0; 4]).take(4).fold(0u32, |bits, b| bits << 8 | u32::from(*b));
        ((length, first >> (32 - length)), octet)
    };
    (0..=255).map(code).collect()
}

/// 5.2, bit by bit: the string, or the rule that is broken.
fn slow(codes: &HashMap<(usize, u32), u8>, data: &[u8]) -> Result<Vec<u8>, Reason> {
    let (mut out, mut length, mut code) = (Vec::new(), 0, 0u32);
    for bit in data.iter().flat_map(|octet| (0..8).rev().map(move |at| octet >> at & 1)) {
        (length, code) = (length + 1, code << 1 | u32::from(bit));
        if (length, code) == (30, (1 << 30) - 1) {
            return Err(Reason::HuffmanEos);
        }
        if let Some(octet) = codes.get(&(length, code)) {
            out.push(*octet);
            (length, code) = (0, 0);
        }
    }
    match length {
        8.. => Err(Reason::HuffmanPaddingTooLong),
        _ if code + 1 != 1 << length => Err(Reason::HuffmanPaddingNotEos),
        _ => Ok(out),
    }
}

fn check_huffman(codes: &HashMap<(usize, u32), u8>, data: &[u8]) {
    let mut block = vec![0x14, 0x80 | data.len() as u8];
    block.extend_from_slice(data);
    let decoded = decode(&mut Decoder::default(), &block);
    let found = decoded.map(|fields| fields[0].1.clone()).map_err(|error| error.reason);
    assert_eq!(found, slow(codes, data), "{data:02x?}");
}

#[test]
fn each_symbol_is_coded_with_each_padding() {
    let codes = codes();
    assert_eq!(codes.len(), 256);
    for octet in 0..=255 {
        for length in 0..=9 {
            let (mut encoder, fields) = (Encoder::new(), [(b":path".to_vec(), vec![octet; length], true)]);
            encoder.coding(Coding::Always);
            let block = encode(&mut encoder, &fields);
            assert_eq!(decode(&mut Decoder::default(), &block).unwrap(), fields);
            check_huffman(&codes, &block[2..]);
        }
    }
}

#[test]
fn every_string_of_two_octets_is_decoded_by_the_rules() {
    let codes = codes();
    for data in 0..=u16::MAX {
        check_huffman(&codes, &data.to_be_bytes());
    }
}

/// A literal field with a name, or with the index of one.
fn literal(index: Option<u8>, name: u8, value: &[u8]) -> Vec<u8> {
    let mut block = match index {
        Some(index) => vec![0x40 | 62.min(index)],
        None => vec![0x40, 1, name],
    };
    block.push(value.len() as u8);
    block.extend_from_slice(value);
    block
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Many small entries, so that the encoder's hashes grow: all that the table holds is found.
    #[test]
    fn what_is_in_the_table_is_indexed(values in prop::collection::vec(0u16..2000, 1..1500)) {
        let mut encoder = Encoder::new();
        encoder.limit_table(1 << 16);
        encoder.set_max_table_size(1 << 16);
        encode(&mut encoder, &[]);
        for value in values {
            let value = value.to_be_bytes();
            let held = encoder.entries().any(|entry| entry == (b"n", &value));
            let block = encode(&mut encoder, &[(b"n".to_vec(), value.to_vec(), false)]);
            prop_assert_eq!(block[0] & 0x80 != 0, held);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_encoded_is_decoded(steps in prop::collection::vec(step(), 1..30), coding in coding()) {
        let (mut encoder, mut decoder, mut allowed) = (Encoder::new(), Decoder::default(), 4096);
        encoder.coding(coding);
        encoder.guard_secrets(false);
        for step in steps {
            match step {
                Step::Setting(size) => {
                    encoder.set_max_table_size(size);
                    decoder.set_max_table_size(size);
                    allowed = size;
                }
                Step::Cap(size) => encoder.limit_table(size),
                Step::Block(fields) => {
                    let block = encode(&mut encoder, &fields);
                    prop_assert_eq!(decode(&mut decoder, &block).unwrap(), fields);
                    prop_assert!(encoder.entries().eq(decoder.entries()));
                    prop_assert_eq!(encoder.table_size(), decoder.table_size());
                    prop_assert_eq!(encoder.max_table_size(), decoder.max_table_size());
                    prop_assert!(decoder.table_size() <= decoder.max_table_size());
                    prop_assert!(decoder.max_table_size() <= allowed);
                }
            }
        }
    }

    /// 4.1 to 4.4 in a list of pairs.
    #[test]
    fn the_table_is_that_of_a_model(
        max in 0usize..400,
        fields in prop::collection::vec((any::<bool>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..100)), 1..80),
    ) {
        let mut decoder = Decoder::new(max);
        let mut model: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for (named, name, value) in fields {
            let named = named && !model.is_empty();
            let block = literal(named.then_some(62), name, &value);
            decode(&mut decoder, &block).unwrap();
            let name = if named { model[0].0.clone() } else { vec![name] };
            model.insert(0, (name, value));
            while model.iter().map(|(name, value)| name.len() + value.len() + 32).sum::<usize>() > max {
                model.pop();
            }
            let held = decoder.entries().map(|(name, value)| (name.to_vec(), value.to_vec()));
            prop_assert_eq!(held.collect::<Vec<_>>(), model.clone());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_octets_harm(
        blocks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..4),
        max in 0usize..300,
        lenient in any::<bool>(),
    ) {
        let mut decoder = Decoder::new(max);
        decoder.lenient_late_update(lenient);
        for block in &blocks {
            if let Err(error) = decode(&mut decoder, block) {
                prop_assert!(error.offset <= block.len());
            }
            let sizes = decoder.entries().map(|(name, value)| name.len() + value.len() + 32);
            prop_assert_eq!(sizes.sum::<usize>(), decoder.table_size());
            prop_assert!(decoder.table_size() <= max);
        }
    }

    /// Blocks that were right before an octet changed, or that end too early, get further than octets at random.
    #[test]
    fn no_changed_block_harms(fields in prop::collection::vec(field(), 1..8), at in any::<prop::sample::Index>(), new in any::<u8>()) {
        let mut encoder = Encoder::new();
        encoder.guard_secrets(false);
        let mut block = encode(&mut encoder, &fields);
        let at = at.index(block.len());
        let cut = decode(&mut Decoder::default(), &block[..at]);
        prop_assert!(cut.map_or_else(|error| error.offset == at, |held| fields.starts_with(&held)));
        block[at] = new;
        prop_assert!(decode(&mut Decoder::default(), &block).map_or_else(|error| error.offset <= block.len(), |_| true));
    }

    /// Octets with many ones reach the long codes and EOS.
    #[test]
    fn huffman_is_decoded_by_the_rules(
        data in prop::collection::vec(prop_oneof![any::<u8>(), Just(0xff), 0xf0u8..], 0..60),
    ) {
        thread_local! { static CODES: HashMap<(usize, u32), u8> = codes(); }
        CODES.with(|codes| check_huffman(codes, &data));
    }
}
