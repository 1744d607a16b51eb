//! A field section while it is decoded: its fields, and what is wrong with them (RFC 9113, 8.2 and 8.3).
//!
//! A section is decoded to its end whatever is wrong, for the decoder's table has to stay right; the first thing wrong
//! is kept.

use alloc::vec::Vec;

use crate::error::Reason;
use crate::event::Fields;
use crate::hpack::Field;

/// A field's place in [`Section::octets`]: where its name begins, where its value begins, where it ends.
pub(crate) type Span = [u32; 3];

/// The pseudo-header fields (8.3; RFC 8441, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pseudo {
    Method,
    Scheme,
    Authority,
    Path,
    Protocol,
    Status,
}

impl Pseudo {
    fn of(name: &[u8]) -> Option<Pseudo> {
        match name {
            b":method" => Some(Pseudo::Method),
            b":scheme" => Some(Pseudo::Scheme),
            b":authority" => Some(Pseudo::Authority),
            b":path" => Some(Pseudo::Path),
            b":protocol" => Some(Pseudo::Protocol),
            b":status" => Some(Pseudo::Status),
            _ => None,
        }
    }
}

/// A field section. It is emptied and filled again, so that nothing is allocated once it is large enough.
#[derive(Debug, Default)]
pub(crate) struct Section {
    octets: Vec<u8>,
    /// The fields without the pseudo-header fields.
    spans: Vec<Span>,
    pseudo: [Option<Span>; 6],
    /// Octets as SETTINGS_MAX_HEADER_LIST_SIZE counts them.
    size: usize,
    limit: usize,
    /// The first thing that is wrong.
    flaw: Option<Reason>,
    content_length: Option<u64>,
    host: Option<Span>,
    te: bool,
}

impl Section {
    /// Empties it; the next section may have so many octets.
    pub(crate) fn begin(&mut self, limit: usize) {
        self.octets.clear();
        self.spans.clear();
        *self = Section {
            octets: core::mem::take(&mut self.octets),
            spans: core::mem::take(&mut self.spans),
            limit,
            ..Section::default()
        };
    }

    /// Takes the next field.
    pub(crate) fn take(&mut self, field: Field<'_>) {
        self.size = self.size.saturating_add(field.size());
        if self.size > self.limit {
            return self.wrong(Reason::SectionTooLong); // counted, not kept (10.5.1)
        }
        let span = self.keep(&field);
        if field.name.first() == Some(&b':') {
            self.take_pseudo(&field, span);
        } else {
            self.take_field(&field, span);
        }
    }

    fn keep(&mut self, field: &Field<'_>) -> Span {
        self.octets.reserve(field.name.len() + field.value.len());
        let start = self.octets.len() as u32; // below the limit, which is below 2^32
        self.octets.extend_from_slice(field.name);
        let value = self.octets.len() as u32;
        self.octets.extend_from_slice(field.value);
        [start, value, self.octets.len() as u32]
    }

    /// 8.3: known, once, before all others.
    fn take_pseudo(&mut self, field: &Field<'_>, span: Span) {
        let slot = Pseudo::of(field.name).map(|pseudo| &mut self.pseudo[pseudo as usize]);
        match slot {
            Some(slot @ None) if self.spans.is_empty() => *slot = Some(span),
            _ => self.wrong(Reason::Pseudo),
        }
        if !is_value(field.value) {
            self.wrong(Reason::FieldValue);
        }
    }

    fn take_field(&mut self, field: &Field<'_>, span: Span) {
        if let Err(reason) = check_field(field.name, field.value) {
            self.wrong(reason);
        }
        match field.name {
            b"content-length" => self.take_length(field.value),
            b"host" if self.host.is_some() => self.wrong(Reason::Host),
            b"host" => self.host = Some(span),
            b"te" => self.te = true,
            _ => {}
        }
        self.spans.push(span);
    }

    /// 8.1.1, and RFC 9110, 8.6: a number, and no other one.
    fn take_length(&mut self, value: &[u8]) {
        match number(value) {
            Some(n) if self.content_length.is_none_or(|before| before == n) => self.content_length = Some(n),
            _ => self.wrong(Reason::ContentLength),
        }
    }

    fn wrong(&mut self, reason: Reason) {
        self.flaw = self.flaw.or(Some(reason));
    }

    /// The first thing wrong with any field.
    pub(crate) fn flaw(&self) -> Option<Reason> {
        self.flaw
    }

    /// What Content-Length says.
    pub(crate) fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    fn value(&self, span: Span) -> &[u8] {
        &self.octets[span[1] as usize..span[2] as usize] // made by `keep`
    }

    /// A pseudo-header field's value.
    pub(crate) fn pseudo(&self, pseudo: Pseudo) -> Option<&[u8]> {
        self.pseudo[pseudo as usize].map(|span| self.value(span))
    }

    /// The Host field's value.
    pub(crate) fn host(&self) -> Option<&[u8]> {
        self.host.map(|span| self.value(span))
    }

    /// The fields without the pseudo-header fields.
    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields { spans: &self.spans, octets: &self.octets }
    }

    /// Whether it has TE, which only a request may have (8.2.2).
    pub(crate) fn has_te(&self) -> bool {
        self.te
    }

    /// Whether there is none of these.
    pub(crate) fn lacks(&self, pseudo: &[Pseudo]) -> bool {
        pseudo.iter().all(|p| self.pseudo[*p as usize].is_none())
    }
}

/// One field, by the rules that hold in every section (8.2.1, 8.2.2).
fn check_field(name: &[u8], value: &[u8]) -> Result<(), Reason> {
    if name.is_empty() || !all(name, |&b| is_lower_token(b)) {
        return Err(Reason::FieldName);
    }
    if !is_value(value) {
        return Err(Reason::FieldValue);
    }
    match name {
        b"connection" | b"proxy-connection" | b"keep-alive" | b"transfer-encoding" | b"upgrade" => {
            Err(Reason::ConnectionField)
        }
        b"te" if !value.eq_ignore_ascii_case(b"trailers") => Err(Reason::ConnectionField),
        _ => Ok(()),
    }
}

/// An octet of a token (RFC 9110, 5.6.2) that is not in upper case.
fn is_lower_token(b: u8) -> bool {
    LOWER[usize::from(b)]
}

/// tchar of RFC 9110, 5.6.2.
pub(crate) fn is_token(b: u8) -> bool {
    TOKEN[usize::from(b)]
}

static TOKEN: [bool; 256] = tokens(true);
static LOWER: [bool; 256] = tokens(false);

const fn tokens(upper: bool) -> [bool; 256] {
    let mut tokens = [false; 256];
    let mut b = 0u8;
    while b < 0x80 {
        let other = matches!(
            b,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        );
        tokens[b as usize] = b.is_ascii_lowercase() || b.is_ascii_digit() || (upper && b.is_ascii_uppercase()) || other;
        b += 1;
    }
    tokens
}

/// 8.2.1 and RFC 9110, 5.5: visible octets, obs-text, and between them SP and HTAB.
fn is_value(value: &[u8]) -> bool {
    let blank = |b: Option<&u8>| matches!(b, Some(b' ' | b'\t'));
    let inside = |b: &u8| matches!(*b, b'\t' | b' '..=b'~' | 0x80..);
    !blank(value.first()) && !blank(value.last()) && all(value, inside)
}

/// Whether it holds for all octets. It is asked for many at a time without a branch, the last ones with some before them
/// a second time, so that the compiler can ask for all of them at once.
fn all(octets: &[u8], holds: impl Fn(&u8) -> bool + Copy) -> bool {
    if let Some(last) = octets.last_chunk::<16>() {
        return octets.as_chunks::<16>().0.iter().all(|chunk| each(chunk, holds)) && each(last, holds);
    }
    if let (Some(first), Some(last)) = (octets.first_chunk::<8>(), octets.last_chunk::<8>()) {
        return each(first, holds) & each(last, holds);
    }
    octets.iter().all(holds)
}

#[inline(always)]
fn each<const N: usize>(octets: &[u8; N], holds: impl Fn(&u8) -> bool) -> bool {
    octets.iter().fold(true, |all, b| all & holds(b))
}

/// 1*DIGIT that fits.
fn number(value: &[u8]) -> Option<u64> {
    let digit = |b: &u8| b.is_ascii_digit().then(|| u64::from(b - b'0'));
    let add = |sum: u64, b: &u8| sum.checked_mul(10)?.checked_add(digit(b)?);
    if value.is_empty() { None } else { value.iter().try_fold(0, add) }
}
