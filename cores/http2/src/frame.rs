//! The frame header (RFC 9113, 4.1), and the types and flags of section 6.
//!
//! ```text
//! Length (24) | Type (8) | Flags (8) | Reserved (1) | Stream Identifier (31) | Frame Payload (..)
//! ```

use alloc::vec::Vec;

/// Octets in a frame header.
pub(crate) const HEADER: usize = 9;

/// END_STREAM of DATA and HEADERS.
pub(crate) const END_STREAM: u8 = 0x1;
/// ACK of SETTINGS and PING.
pub(crate) const ACK: u8 = 0x1;
/// END_HEADERS of HEADERS, PUSH_PROMISE and CONTINUATION.
pub(crate) const END_HEADERS: u8 = 0x4;
/// PADDED of DATA, HEADERS and PUSH_PROMISE.
pub(crate) const PADDED: u8 = 0x8;
/// PRIORITY of HEADERS.
pub(crate) const PRIORITY: u8 = 0x20;

/// The largest window, and the largest increment of one (6.9).
pub(crate) const MAX_WINDOW: u32 = (1 << 31) - 1;

/// The type of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Data,
    Headers,
    Priority,
    RstStream,
    Settings,
    PushPromise,
    Ping,
    Goaway,
    WindowUpdate,
    Continuation,
    /// A type that is not known, and ignored (5.5).
    Unknown(u8),
}

impl Kind {
    fn of(octet: u8) -> Kind {
        match octet {
            0 => Kind::Data,
            1 => Kind::Headers,
            2 => Kind::Priority,
            3 => Kind::RstStream,
            4 => Kind::Settings,
            5 => Kind::PushPromise,
            6 => Kind::Ping,
            7 => Kind::Goaway,
            8 => Kind::WindowUpdate,
            9 => Kind::Continuation,
            other => Kind::Unknown(other),
        }
    }

    fn octet(self) -> u8 {
        match self {
            Kind::Data => 0,
            Kind::Headers => 1,
            Kind::Priority => 2,
            Kind::RstStream => 3,
            Kind::Settings => 4,
            Kind::PushPromise => 5,
            Kind::Ping => 6,
            Kind::Goaway => 7,
            Kind::WindowUpdate => 8,
            Kind::Continuation => 9,
            Kind::Unknown(other) => other,
        }
    }
}

/// A frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Octets of payload.
    pub(crate) length: usize,
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
}

impl Header {
    /// Reads the header at the front of `input`, if it is all there. The reserved bit is ignored (4.1).
    pub(crate) fn read(input: &[u8]) -> Option<Header> {
        let length = length(input)?;
        let [_, _, _, kind, flags, stream @ ..] = *input.first_chunk::<HEADER>()?;
        let stream = u32::from_be_bytes(stream) & MAX_WINDOW;
        Some(Header { length, kind: Kind::of(kind), flags, stream })
    }

    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Appends the header; payloads are never longer than 2^24 - 1.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let [_, a, b, c] = (self.length as u32).to_be_bytes();
        let [d, e, f, g] = self.stream.to_be_bytes();
        out.extend_from_slice(&[a, b, c, self.kind.octet(), self.flags, d, e, f, g]);
    }
}

/// Octets of payload, by the header at the front of `input`, if it is all there.
#[inline]
pub(crate) fn length(input: &[u8]) -> Option<usize> {
    let [a, b, c, ..] = *input.first_chunk::<HEADER>()?;
    Some(u32::from_be_bytes([0, a, b, c]) as usize)
}

/// Appends a frame.
pub(crate) fn write(kind: Kind, flags: u8, stream: u32, payload: &[u8], out: &mut Vec<u8>) {
    Header { length: payload.len(), kind, flags, stream }.write(out);
    out.extend_from_slice(payload);
}

/// Four octets, most significant first.
pub(crate) fn u32_at(payload: &[u8], at: usize) -> Option<u32> {
    payload.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads_back() {
        for kind in (0..=255).map(Kind::of) {
            let header = Header { length: 0x12_3456, kind, flags: 0xa5, stream: 0x7edc_ba98 };
            let mut out = Vec::new();
            header.write(&mut out);
            assert_eq!(Header::read(&out), Some(header));
            out[5] |= 0x80; // reserved
            assert_eq!(Header::read(&out), Some(header));
            assert_eq!(Header::read(&out[..8]), None);
        }
    }
}
