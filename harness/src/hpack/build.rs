//! Builds HPACK blocks from the notations of vector files. Blocks may be wrong in any way that can be written down;
//! nothing here keeps a table.

use serde_json::Value as Json;

use super::constants::{CODES, EOS};

/// Names and values, in order.
pub(crate) type FieldLines = Vec<(Vec<u8>, Vec<u8>)>;

/// Resolves the notation of an octet string.
pub(crate) type Octets<'a> = &'a mut dyn FnMut(&Json) -> Result<Vec<u8>, String>;

/// Literals without indexing, with literal names, without Huffman: every builder gives the same octets.
pub(crate) fn literals(fields: &Json, octets: Octets<'_>) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    for pair in fields.as_array().ok_or_else(|| format!("{fields} is no list of [name, value]"))? {
        literal(pair, 0x00, 4, (false, false), octets, &mut out)?;
    }
    Ok(out)
}

/// A list of `{"indexed": N}`, `{"size-update": N}`, and `{"literal": [NAME, VALUE], "index": "add" | "none" | "never",
/// "huffman": true | "name" | "value"}`, NAME being octets or an index. Anything else in the list is octets as they are.
pub(crate) fn block(items: &Json, octets: Octets<'_>) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    for item in items.as_array().ok_or("a list of representations is expected")? {
        let number = |name: &str| item.get(name).map(|n| n.as_u64().ok_or_else(|| format!("{name}: {n} is no number")));
        if let Some(index) = number("indexed") {
            integer(index?, 0x80, 7, &mut out);
        } else if let Some(size) = number("size-update") {
            integer(size?, 0x20, 5, &mut out);
        } else if let Some(pair) = item.get("literal") {
            let (first, prefix) = match item.get("index").and_then(Json::as_str) {
                Some("add") => (0x40, 6),
                None | Some("none") => (0x00, 4),
                Some("never") => (0x10, 4),
                Some(other) => return Err(format!("index: {other:?} is none of add, none, never")),
            };
            let huffman = match item.get("huffman") {
                None | Some(Json::Bool(false)) => (false, false),
                Some(Json::Bool(true)) => (true, true),
                Some(which) => (which == "name", which == "value"),
            };
            literal(pair, first, prefix, huffman, octets, &mut out)?;
        } else {
            out.extend(octets(item)?);
        }
    }
    Ok(out)
}

fn literal(
    pair: &Json,
    first: u8,
    prefix: u8,
    huffman: (bool, bool),
    octets: Octets<'_>,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let Some([name, value]) = pair.as_array().map(Vec::as_slice) else {
        return Err(format!("{pair} is no [name, value]"));
    };
    match name.as_u64() {
        Some(index) => integer(index, first, prefix, out),
        None => {
            integer(0, first, prefix, out);
            string(&octets(name)?, huffman.0, out);
        }
    }
    string(&octets(value)?, huffman.1, out);
    Ok(())
}

/// An integer in the fewest octets (RFC 7541, 5.1); `first` holds the bits before the prefix.
fn integer(value: u64, first: u8, prefix: u8, out: &mut Vec<u8>) {
    let most = (1_u64 << prefix) - 1;
    if value < most {
        return out.push(first | value as u8); // below 2^7
    }
    out.push(first | most as u8);
    let mut rest = value - most;
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// A string literal (5.2).
fn string(text: &[u8], huffman: bool, out: &mut Vec<u8>) {
    if !huffman {
        integer(text.len() as u64, 0, 7, out);
        return out.extend(text);
    }
    let mut bits: Vec<bool> = Vec::new();
    for &octet in text {
        let (code, length) = CODES[usize::from(octet)];
        bits.extend((0..length).rev().map(|at| code >> at & 1 != 0));
    }
    let padding = bits.len().next_multiple_of(8) - bits.len();
    bits.extend((0..CODES[EOS].1).map(|_| true).take(padding));
    integer((bits.len() / 8) as u64, 0x80, 7, out);
    out.extend(bits.chunks(8).map(|octet| octet.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit))));
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Item, Reader};
    use super::*;
    use crate::bytes::{from_latin1, to_hex};
    use proptest::prelude::*;
    use serde_json::json;

    fn text(json: &Json) -> Result<Vec<u8>, String> {
        from_latin1(json.as_str().ok_or("no text")?).map_err(|e| e.to_string())
    }

    #[test]
    fn each_representation_builds_its_octets() {
        let check = |items: Json, hex: &str| assert_eq!(to_hex(&block(&items, &mut text).unwrap()), hex, "{items}");
        check(json!([{"indexed": 2}, {"indexed": 200}]), "82ff49");
        check(json!([{"size-update": 0}, {"size-update": 1337}]), "203f9a0a");
        check(json!([{"literal": ["a", "b"]}, {"literal": [1, "b"], "index": "never"}]), "0001610162110162");
        check(
            json!([{"literal": [1, "www.example.com"], "index": "add", "huffman": true}]),
            "418cf1e3c2e5f23a6ba0ab90f4ff",
        );
        check(json!(["\u{80}"]), "80");
        assert!(block(&json!([{"literal": "a"}]), &mut text).unwrap_err().contains("no [name, value]"));
    }

    proptest! {
        #[test]
        fn what_is_built_is_read(name in "[a-z]{0,300}", value in "[\\x00-\\xff]{0,300}", huffman: bool) {
            let items = json!([{"literal": [name, value], "huffman": huffman, "index": "add"}, {"indexed": 62}]);
            let built = block(&items, &mut text).unwrap();
            let fits = name.len() + text(&json!(value)).unwrap().len() + 32 <= 4096;
            let read = Reader::new(4096).block(&built).unwrap();
            let field = Item::Field { name: name.into_bytes(), value: text(&json!(value)).unwrap(), never: false };
            prop_assert!(fits);
            prop_assert_eq!(read, vec![field.clone(), field]);
        }
    }
}
