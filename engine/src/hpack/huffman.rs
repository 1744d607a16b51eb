//! The Huffman code of RFC 7541, Appendix B, read leniently.

use std::collections::HashMap;
use std::sync::LazyLock;

use wireproof::hpack::{CODES, EOS};

/// Symbols by code and length.
static SYMBOLS: LazyLock<HashMap<(u32, u8), usize>> =
    LazyLock::new(|| CODES.iter().enumerate().map(|(symbol, code)| (*code, symbol)).collect());

/// What a string says, up to its end or EOS, and whether its end is as it must be (5.2): fewer than eight ones, no EOS.
pub(crate) fn decode(coded: &[u8]) -> (Vec<u8>, bool) {
    let (mut octets, mut code, mut length) = (Vec::new(), 0u32, 0u8);
    for at in 0..coded.len() * 8 {
        code = code << 1 | u32::from(coded[at / 8] >> (7 - at % 8) & 1);
        length += 1;
        match SYMBOLS.get(&(code, length)) {
            Some(&EOS) => return (octets, false),
            Some(&symbol) => octets.push(symbol as u8), // below EOS
            None => continue,
        }
        (code, length) = (0, 0);
    }
    (octets, length < 8 && code + 1 == 1 << length)
}

/// The code of a string.
pub(crate) fn encode(octets: &[u8]) -> Vec<u8> {
    let (mut out, mut bits, mut held) = (Vec::new(), 0u64, 0u8);
    for &octet in octets {
        let (code, length) = CODES[usize::from(octet)];
        bits = bits << length | u64::from(code);
        held += length;
        while held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    if held > 0 {
        out.push((bits << (8 - held)) as u8 | 0xff >> held);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_and_written() {
        // RFC 7541, C.4.1.
        let coded = [0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff];
        assert_eq!(encode(b"www.example.com"), coded);
        assert_eq!(decode(&coded), (b"www.example.com".to_vec(), true));
        assert_eq!(decode(&[&coded[..], &[0xff]].concat()), (b"www.example.com".to_vec(), false), "padding too long");
        assert_eq!(decode(&[0x18]), (b"a".to_vec(), false), "padding with zeros");
        assert_eq!(decode(&[0xff; 4]), (Vec::new(), false), "EOS");
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), (all, true));
    }
}
