//! HPACK: the codec against itself, and decoders against each other.

use wireproof_engine::{Input, Target};
use wireproof_http2::hpack::{Decoder, Encoder, Field, Limits};

use crate::differential;

/// Blocks, each behind its length: what our codec reads it writes so that it reads the same again; and all decoders are
/// compared.
///
/// # Panics
/// If it does not, or as [`differential`].
pub fn hpack(octets: &[u8]) {
    let Some(input) = Input::parse(Target::Hpack, octets) else { return };
    round_trip(&input.blocks());
    differential(Target::Hpack, octets);
}

fn round_trip(blocks: &[&[u8]]) {
    let (mut decoder, mut encoder, mut again) = (Decoder::default(), Encoder::new(), Decoder::default());
    for block in blocks {
        let mut fields = Vec::new();
        if decoder.decode(block, &Limits::default(), |field| fields.push(owned(field))).is_err() {
            return;
        }
        let mut written = Vec::new();
        let list = fields.iter().map(|(n, v, never)| Field { never_indexed: *never, ..Field::new(n, v) });
        encoder.encode(list, &mut written);
        let mut echoed = Vec::new();
        again.decode(&written, &Limits::default(), |field| echoed.push(owned(field))).expect("it reads what it writes");
        let plain = |list: &[Owned]| list.iter().map(|(n, v, _)| (n.clone(), v.clone())).collect::<Vec<_>>();
        assert_eq!(plain(&fields), plain(&echoed));
    }
}

type Owned = (Vec<u8>, Vec<u8>, bool);

fn owned(field: Field<'_>) -> Owned {
    (field.name.to_vec(), field.value.to_vec(), field.never_indexed)
}
