//! Octets as text: Latin-1 strings (vectors, events), hex (the child protocol, exports), escapes (what people see).

use std::fmt::Write as _;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text does not stand for octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotBytes {
    /// A character above U+00FF at this character index: it is no octet.
    AboveLatin1(usize, char),
    /// A character that is no hex digit, at this character index.
    NotHex(usize, char),
    /// An odd number of hex digits.
    OddHex,
    /// A backslash escape that is not known, at this octet index.
    BadEscape(usize),
}

impl std::fmt::Display for NotBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotBytes::AboveLatin1(at, c) => {
                write!(
                    f,
                    "character {at} ({c:?}) is above U+00FF and stands for no octet; write UTF-8 as {{\"hex\": …}}"
                )
            }
            NotBytes::NotHex(at, c) => write!(f, "character {at} ({c:?}) is not a hex digit"),
            NotBytes::OddHex => write!(f, "an odd number of hex digits"),
            NotBytes::BadEscape(at) => {
                write!(f, "unknown escape at octet {at}; known: \\r \\n \\t \\0 \\\\ \\\" \\xHH")
            }
        }
    }
}

impl std::error::Error for NotBytes {}

/// One octet a character: U+00FF is octet FF.
pub fn from_latin1(text: &str) -> Result<Vec<u8>, NotBytes> {
    text.chars().enumerate().map(|(i, c)| u8::try_from(c).map_err(|_| NotBytes::AboveLatin1(i, c))).collect()
}

/// The inverse of [`from_latin1`]; total.
pub fn to_latin1(octets: &[u8]) -> String {
    octets.iter().map(|&b| char::from(b)).collect()
}

/// Octets that are Latin-1 text in JSON, one character an octet.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Octets(pub Vec<u8>);

impl std::ops::Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Octets {
    fn from(text: &str) -> Octets {
        Octets(text.as_bytes().to_vec())
    }
}

impl std::fmt::Debug for Octets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", escape(&self.0))
    }
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_latin1(self))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Octets, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        from_latin1(&text).map(Octets).map_err(serde::de::Error::custom)
    }
}

/// Lends an action's field lines as slices; the usual few are not put on the heap.
pub fn lend_lines<T>(fields: &[(Octets, Octets)], to: impl FnOnce(&[(&[u8], &[u8])]) -> T) -> T {
    let mut short = [(&[][..], &[][..]); 8];
    match short.get_mut(..fields.len()) {
        Some(lines) => {
            lines.iter_mut().zip(fields).for_each(|(line, (name, value))| *line = (name, value));
            to(lines)
        }
        None => to(&fields.iter().map(|(name, value)| (&**name, &**value)).collect::<Vec<_>>()),
    }
}

/// Lower-case hex without separators.
pub fn to_hex(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(octets.len() * 2);
    for &b in octets {
        out.push(char::from(DIGITS[usize::from(b >> 4)]));
        out.push(char::from(DIGITS[usize::from(b & 15)]));
    }
    out
}

/// Hex digits of either case; white space between them is ignored.
pub fn from_hex(text: &str) -> Result<Vec<u8>, NotBytes> {
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for (i, c) in text.chars().enumerate() {
        if c.is_ascii_whitespace() {
            continue;
        }
        let digit = c.to_digit(16).ok_or(NotBytes::NotHex(i, c))? as u8;
        match high.take() {
            None => high = Some(digit),
            Some(h) => out.push(h << 4 | digit),
        }
    }
    if high.is_some() { Err(NotBytes::OddHex) } else { Ok(out) }
}

/// Printable ASCII as it is, everything else as `\r`, `\n`, `\t`, `\0`, `\\`, `\"` or `\xHH`: safe on any terminal
/// and in a shell's `$'…'` or `printf` (rule 7 of ARCHITECTURE.md: bytes from the wire are hostile).
pub fn escape(octets: &[u8]) -> String {
    let mut out = String::with_capacity(octets.len() + 8);
    for &b in octets {
        escape_octet(b, &mut out);
    }
    out
}

/// The escaped form of one octet, appended to `out`; see [`escape`].
pub fn escape_octet(octet: u8, out: &mut String) {
    match octet {
        b'\r' => out.push_str("\\r"),
        b'\n' => out.push_str("\\n"),
        b'\t' => out.push_str("\\t"),
        b'\0' => out.push_str("\\0"),
        b'\\' => out.push_str("\\\\"),
        b'"' => out.push_str("\\\""),
        0x20..=0x7e => out.push(char::from(octet)),
        _ => {
            let _ = write!(out, "\\x{octet:02x}");
        }
    }
}

/// The inverse of [`escape`], for what a person types.
pub fn unescape(text: &[u8]) -> Result<Vec<u8>, NotBytes> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&b) = text.get(at) {
        if b != b'\\' {
            out.push(b);
            at += 1;
            continue;
        }
        let (octet, taken) = unescape_one(&text[at + 1..]).ok_or(NotBytes::BadEscape(at))?;
        out.push(octet);
        at += 1 + taken;
    }
    Ok(out)
}

/// What follows a backslash: the octet, and how many octets of text named it.
fn unescape_one(rest: &[u8]) -> Option<(u8, usize)> {
    let plain = |octet| Some((octet, 1));
    match rest {
        [b'r', ..] => plain(b'\r'),
        [b'n', ..] => plain(b'\n'),
        [b't', ..] => plain(b'\t'),
        [b'0', ..] => plain(0),
        [b'\\', ..] => plain(b'\\'),
        [b'"', ..] => plain(b'"'),
        [b'\'', ..] => plain(b'\''),
        [b'x', high, low, ..] => {
            let digit = |b: &u8| char::from(*b).to_digit(16);
            Some(((digit(high)? << 4 | digit(low)?) as u8, 3))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_form_reads_back(octets: Vec<u8>) {
            prop_assert_eq!(from_latin1(&to_latin1(&octets)).unwrap(), octets.clone());
            prop_assert_eq!(from_hex(&to_hex(&octets)).unwrap(), octets.clone());
            prop_assert_eq!(unescape(escape(&octets).as_bytes()).unwrap(), octets);
        }
    }

    #[test]
    fn escaped_text_is_printable_ascii() {
        let all: Vec<u8> = (0..=255).collect();
        assert!(escape(&all).bytes().all(|b| (0x20..=0x7e).contains(&b)));
    }

    #[test]
    fn what_is_no_octet_is_named() {
        assert_eq!(from_latin1("a→"), Err(NotBytes::AboveLatin1(1, '→')));
        assert_eq!(from_hex("0g"), Err(NotBytes::NotHex(1, 'g')));
        assert_eq!(from_hex("ff 8"), Err(NotBytes::OddHex));
        assert_eq!(unescape(br"\q"), Err(NotBytes::BadEscape(0)));
    }
}
