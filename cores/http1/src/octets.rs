//! Octet classes of RFC 9110, 5.6 and RFC 3986, as tables; numbers and lists as the RFCs write them.

const TOKEN: u8 = 1;
const VALUE: u8 = 2;
const URI: u8 = 4;
const HOST: u8 = 8;
const PATH: u8 = 16;

/// The classes of every octet.
const CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        let alphanumeric = b.is_ascii_alphanumeric();
        if alphanumeric || contains(b"!#$%&'*+-.^_`|~", b) {
            table[i] |= TOKEN;
        }
        if b == b'\t' || (b >= 0x20 && b != 0x7f) {
            table[i] |= VALUE;
        }
        // RFC 3986, 3.2.2: unreserved, pct-encoded and sub-delims.
        if alphanumeric || contains(b"-._~%!$&'()*+,;=", b) {
            table[i] |= HOST | URI;
        }
        // RFC 3986, 3.3 and 3.4: pchar, "/" and "?"; brackets stand in IP literals.
        if contains(b":@/?[]", b) {
            table[i] |= URI;
        }
        if table[i] & URI != 0 && !contains(b"%[]", b) {
            table[i] |= PATH;
        }
        i += 1;
    }
    table
};

const fn contains(set: &[u8], b: u8) -> bool {
    let mut i = 0;
    while i < set.len() {
        if set[i] == b {
            return true;
        }
        i += 1;
    }
    false
}

fn is(b: u8, class: u8) -> bool {
    CLASSES[usize::from(b)] & class != 0
}

/// RFC 9110, 5.6.2: tchar.
pub(crate) fn is_token(b: u8) -> bool {
    is(b, TOKEN)
}

/// RFC 9110, 5.5: HTAB, SP, VCHAR and obs-text; reason phrases too.
pub(crate) fn is_value(b: u8) -> bool {
    is(b, VALUE)
}

/// An octet that may stand in a URI without a fragment.
pub(crate) fn is_uri(b: u8) -> bool {
    is(b, URI)
}

/// An octet that may stand in a path or query wherever it likes: neither a bracket nor part of a percent-encoding.
pub(crate) fn is_path(b: u8) -> bool {
    is(b, PATH)
}

/// An octet of a registered name.
pub(crate) fn is_host(b: u8) -> bool {
    is(b, HOST)
}

/// A whole token.
pub(crate) fn is_token_string(octets: &[u8]) -> bool {
    !octets.is_empty() && common(octets) & TOKEN != 0
}

/// A registered name without percent-encoding, as most hosts are; it may be empty.
pub(crate) fn is_plain_host(octets: &[u8]) -> bool {
    common(octets) & (HOST | PATH) == HOST | PATH
}

/// The classes that all octets are in; all classes if there is none. Short octet strings are judged so, without a
/// branch for each octet.
fn common(octets: &[u8]) -> u8 {
    octets.iter().fold(u8::MAX, |all, &b| all & CLASSES[usize::from(b)])
}

/// RFC 9110, 5.6.3: SP and HTAB.
pub(crate) fn is_blank(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

/// The value without SP and HTAB around it, and nothing else removed.
pub(crate) fn strip_blank(mut octets: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = octets
        && is_blank(*first)
    {
        octets = rest;
    }
    while let [rest @ .., last] = octets
        && is_blank(*last)
    {
        octets = rest;
    }
    octets
}

/// RFC 9110, 5.6.1: the members of a comma-separated list, empty ones left out. A comma inside a quoted-string
/// (RFC 9110, 5.6.4) parts nothing.
pub(crate) fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(value);
    let members = core::iter::from_fn(move || {
        let (member, after) = first_member(rest?);
        rest = after;
        Some(strip_blank(member))
    });
    members.filter(|member| !member.is_empty())
}

/// What stands before the first comma that parts, and what behind it.
fn first_member(list: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut at = 0;
    loop {
        at += list[at..].iter().position(|b| matches!(b, b',' | b'"')).unwrap_or(list.len() - at);
        match list.get(at) {
            None => return (list, None),
            Some(b'"') => at = quoted_end(list, at + 1),
            Some(_) => return (&list[..at], Some(&list[at + 1..])),
        }
    }
}

/// The end of a quoted-string whose text begins here.
fn quoted_end(list: &[u8], text: usize) -> usize {
    let mut octets = list[text..].iter();
    while let Some(b) = octets.next() {
        match b {
            b'"' => break,
            b'\\' => drop(octets.next()),
            _ => {}
        }
    }
    list.len() - octets.len()
}

/// RFC 9110, 8.6: 1*DIGIT that fits in 64 bits.
pub(crate) fn decimal(octets: &[u8]) -> Option<u64> {
    if octets.is_empty() {
        return None;
    }
    octets.iter().try_fold(0u64, |n, &b| {
        let digit = u64::from(b.checked_sub(b'0').filter(|d| *d < 10)?);
        n.checked_mul(10)?.checked_add(digit)
    })
}

/// The value of a hexadecimal digit.
#[inline]
pub(crate) fn hex_digit(b: u8) -> Option<u64> {
    match b {
        b'0'..=b'9' => Some(u64::from(b - b'0')),
        b'a'..=b'f' => Some(u64::from(b - b'a' + 10)),
        b'A'..=b'F' => Some(u64::from(b - b'A' + 10)),
        _ => None,
    }
}
