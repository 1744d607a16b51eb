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
    #[inline]
    pub(crate) fn of(name: &[u8]) -> Known {
        let (known, lower): (Known, &[u8]) = match name.len() {
            2 => (Known::Te, b"te"),
            4 => (Known::Host, b"host"),
            6 => (Known::Expect, b"expect"),
            7 => (Known::Upgrade, b"upgrade"),
            10 => (Known::Connection, b"connection"),
            14 => (Known::ContentLength, b"content-length"),
            17 => (Known::TransferEncoding, b"transfer-encoding"),
            _ => return Known::Other,
        };
        let may_be = name[0] | 0x20 == lower[0]; // of every length above, the first octet is there
        if may_be && name.eq_ignore_ascii_case(lower) { known } else { Known::Other }
    }

    /// Whether lines with this name can be among those of which so many names were seen.
    pub(crate) fn is_in(self, seen: u8) -> bool {
        self == Known::Other || seen & self as u8 != 0
    }
}
