//! Hashes of what is compared: quick, the same everywhere and always, independent of how octets came in pieces.

/// Odd numbers without pattern.
const K: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

/// Both halves of the product.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ K[0]) * u128::from(b ^ K[1]);
    product as u64 ^ (product >> 64) as u64
}

/// A hash of these octets; with `fold`, ASCII letters count without case.
pub(super) fn octets(octets: &[u8], fold: bool) -> u64 {
    let mut state = K[2] ^ octets.len() as u64;
    let (words, rest) = octets.as_chunks::<8>();
    for word in words {
        state = mix(state, lowered(u64::from_le_bytes(*word), fold));
    }
    let last = rest.iter().rev().fold(0, |word, octet| word << 8 | u64::from(*octet));
    mix(state, lowered(last, fold))
}

/// Eight octets with their capital letters lowered, if asked for.
fn lowered(word: u64, fold: bool) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    if !fold {
        return word;
    }
    let low = word & (0x7f * EACH);
    let from = low + (0x80 - u64::from(b'A')) * EACH; // bit 7 where the octet is 'A' or above
    let above = low + (0x80 - u64::from(b'Z') - 1) * EACH; // bit 7 where it is above 'Z'
    let capitals = from & !above & !word & (0x80 * EACH);
    word | capitals >> 2
}

/// A hash that grows with octets; where they are split into pieces does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Rolling(pub(super) u64);

impl Rolling {
    pub(super) fn feed(&mut self, octets: &[u8]) {
        self.0 =
            octets.iter().fold(self.0, |state, octet| (state.rotate_left(5) ^ u64::from(*octet)).wrapping_mul(K[0]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn folding_is_lowering(text: Vec<u8>) {
            prop_assert_eq!(octets(&text, true), octets(&text.to_ascii_lowercase(), false));
        }

        #[test]
        fn other_octets_hash_otherwise(a: Vec<u8>, b: Vec<u8>) {
            prop_assert_eq!(a == b, octets(&a, false) == octets(&b, false));
        }

        #[test]
        fn pieces_do_not_matter(text: Vec<u8>, at: prop::sample::Index) {
            let (mut whole, mut pieces) = (Rolling::default(), Rolling::default());
            whole.feed(&text);
            let (left, right) = text.split_at(at.index(text.len() + 1));
            pieces.feed(left);
            pieces.feed(right);
            prop_assert_eq!(whole, pieces);
        }
    }
}
