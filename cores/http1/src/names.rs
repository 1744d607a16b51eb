//! The field names that a connection itself acts on. Each field line is told from the others by its name once, when it
//! is read; afterwards the framing rules ask for lines by one octet, and not at all for those that are not there.

/// A field name, as far as it matters here: one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Known {
    /// Any other name.
    Other = 0,
    Connection = 1,
    ContentLength = 2,
    Expect = 4,
    Host = 8,
    Te = 16,
    TransferEncoding = 32,
    Upgrade = 64,
}

impl Known {
    /// Looks at the length and the first octet first, which tell nearly all names apart.
    #[inline(always)]
    pub(crate) fn of(name: &[u8]) -> Known {
        let Some(first) = name.first() else { return Known::Other };
        match (name.len(), first | 0x20) {
            (2, b't') if name.eq_ignore_ascii_case(b"te") => Known::Te,
            (4, b'h') if name.eq_ignore_ascii_case(b"host") => Known::Host,
            (6, b'e') if name.eq_ignore_ascii_case(b"expect") => Known::Expect,
            (7, b'u') if name.eq_ignore_ascii_case(b"upgrade") => Known::Upgrade,
            (10, b'c') if name.eq_ignore_ascii_case(b"connection") => Known::Connection,
            (14, b'c') if name.eq_ignore_ascii_case(b"content-length") => Known::ContentLength,
            (17, b't') if name.eq_ignore_ascii_case(b"transfer-encoding") => Known::TransferEncoding,
            _ => Known::Other,
        }
    }

    /// Whether lines with this name can be among those of which so many names were seen.
    #[inline]
    pub(crate) fn is_in(self, seen: u8) -> bool {
        self == Known::Other || seen & self as u8 != 0
    }
}
