//! HTTP/2 frames as they are written, well or not: a lenient splitter, and joining.

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const PRIORITY: u8 = 2;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PUSH_PROMISE: u8 = 5;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 0x01;
pub(crate) const ACK: u8 = 0x01;
pub(crate) const END_HEADERS: u8 = 0x04;
pub(crate) const PADDED: u8 = 0x08;
pub(crate) const HAS_PRIORITY: u8 = 0x20;

/// A frame's octets before its payload.
pub(crate) const HEADER: usize = 9;

/// A frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    /// With the reserved bit.
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
    /// What the length field says, if not the truth: it may lie, and the last frame may be incomplete.
    pub(crate) length: Option<usize>,
}

impl Frame {
    /// A frame that says its length truly.
    pub(crate) fn new(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Frame {
        Frame { kind, flags, stream, payload: payload.to_vec(), length: None }
    }

    /// The stream, without the reserved bit.
    pub(crate) fn id(&self) -> u32 {
        self.stream & 0x7fff_ffff
    }

    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether the peer's half of the stream ends with it.
    pub(crate) fn ends(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.has(END_STREAM)
    }

    pub(crate) fn is_padded(&self) -> bool {
        matches!(self.kind, DATA | HEADERS | PUSH_PROMISE) && self.has(PADDED)
    }

    /// Where a fragment or the data may begin: behind the padding's length, the priority, the promised stream.
    pub(crate) fn inner(&self) -> usize {
        let pad = usize::from(self.is_padded());
        (pad + self.fixed()).min(self.payload.len())
    }

    /// How many octets a priority or the promised stream has.
    fn fixed(&self) -> usize {
        match self.kind {
            HEADERS if self.has(HAS_PRIORITY) => 5,
            PUSH_PROMISE => 4,
            _ => 0,
        }
    }

    /// How much padding the payload announces.
    fn padding(&self) -> usize {
        if self.is_padded() { self.payload.first().map_or(0, |pad| usize::from(*pad)) } else { 0 }
    }

    /// Where the padding begins: too much of it counts as none.
    pub(crate) fn body_end(&self) -> usize {
        let (length, pad) = (self.payload.len(), self.padding());
        if pad > length - self.inner() { length } else { length - pad }
    }

    /// Whether what is inside has an end that all agree on.
    pub(crate) fn is_sound(&self) -> bool {
        let pad = usize::from(self.is_padded());
        self.length.is_none() && self.payload.len() >= pad + self.fixed() + self.padding()
    }

    /// The fragment of a field block, or the data.
    pub(crate) fn body(&self) -> &[u8] {
        &self.payload[self.inner()..self.body_end()]
    }

    /// Four octets of the payload as a number.
    pub(crate) fn number(&self, at: usize) -> Option<u32> {
        Some(u32::from_be_bytes(*self.payload.get(at..)?.first_chunk()?))
    }

    /// What its header says of the payload's length.
    pub(crate) fn said(&self) -> usize {
        self.length.unwrap_or(self.payload.len())
    }

    /// Makes its header say this length, true or not.
    pub(crate) fn say(&mut self, length: usize) {
        self.length = (length != self.payload.len()).then_some(length);
    }

    /// The frame at the start of octets that are no longer than it.
    fn read(octets: &[u8]) -> Option<Frame> {
        let (&[a, b, c, kind, flags, ref stream @ ..], payload) = octets.split_first_chunk::<HEADER>()?;
        let mut frame = Frame::new(kind, flags, u32::from_be_bytes(*stream), payload);
        frame.say(said([a, b, c]));
        Some(frame)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let length = self.said() as u32; // 24 bits
        out.extend_from_slice(&length.to_be_bytes()[1..]);
        out.extend_from_slice(&[self.kind, self.flags]);
        out.extend_from_slice(&self.stream.to_be_bytes());
        out.extend_from_slice(&self.payload);
    }
}

/// A length field.
fn said([a, b, c]: [u8; 3]) -> usize {
    u32::from_be_bytes([0, a, b, c]) as usize // 24 bits
}

/// The octets of each frame, the last as far as it goes. A header cut short is a piece too.
pub(crate) fn pieces(mut octets: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    while !octets.is_empty() {
        let end = octets.first_chunk().map_or(octets.len(), |length| HEADER + said(*length));
        let (piece, behind) = octets.split_at(end.min(octets.len()));
        pieces.push(piece);
        octets = behind;
    }
    pieces
}

/// The frames in octets, and what is left behind the last that has a header. The last payload may be cut short.
pub(crate) fn split(octets: &[u8]) -> (Vec<Frame>, Vec<u8>) {
    let frames: Vec<Frame> = pieces(octets).into_iter().map_while(Frame::read).collect();
    let length: usize = frames.iter().map(|frame| HEADER + frame.payload.len()).sum();
    (frames, octets[length..].to_vec())
}

/// The octets of frames.
pub(crate) fn join(frames: &[Frame], rest: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    frames.iter().for_each(|frame| frame.write(&mut octets));
    octets.extend_from_slice(rest);
    octets
}

#[cfg(test)]
mod tests {
    use super::{join, pieces, split};
    use proptest::prelude::*;

    #[test]
    fn a_lying_length_is_kept() {
        let octets = b"\0\0\x01\0\0\0\0\0\x01a\0\0\x05\0\0\0\0\0\x01b";
        let (frames, rest) = split(octets);
        assert_eq!((frames.len(), frames[0].length, frames[1].length), (2, None, Some(5)));
        assert_eq!((frames[1].said(), &frames[1].payload[..], &rest[..]), (5, &b"b"[..], &b""[..]));
    }

    proptest! {
        #[test]
        fn frames_make_the_octets_again(octets in prop::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..120)) {
            let (frames, rest) = split(&octets);
            prop_assert_eq!(join(&frames, &rest), &octets[..]);
            prop_assert_eq!(pieces(&octets).concat(), &octets[..]);
            prop_assert_eq!(pieces(&octets).len(), frames.len() + usize::from(!rest.is_empty()));
        }
    }
}
