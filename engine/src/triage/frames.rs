//! A lenient reader of HTTP/2 frames, and a writer that keeps what it is not asked to change.

use std::ops::Range;

use wireproof::Role;
use wireproof::http2::PREFACE;

use super::codec::{Line, Table};
use crate::Input;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 0x01;
pub(super) const ACK: u8 = 0x01;
pub(super) const END_HEADERS: u8 = 0x04;
pub(super) const PADDED: u8 = 0x08;
pub(super) const HAS_PRIORITY: u8 = 0x20;

/// A frame's octets before its payload.
pub(super) const HEADER: usize = 9;

/// A frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    pub kind: u8,
    pub flags: u8,
    /// With the reserved bit.
    pub stream: u32,
    pub payload: Vec<u8>,
    /// What the length field says, if not the truth: the last frame may be incomplete.
    pub length: Option<usize>,
}

impl Frame {
    /// The stream, without the reserved bit.
    pub(super) fn id(&self) -> u32 {
        self.stream & 0x7fff_ffff
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether the peer's half of the stream ends with it.
    pub(super) fn ends(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.has(END_STREAM)
    }

    pub(super) fn is_padded(&self) -> bool {
        matches!(self.kind, DATA | HEADERS | PUSH_PROMISE) && self.has(PADDED)
    }

    /// Where a fragment or the data may begin: behind the padding's length, the priority, the promised stream.
    pub(super) fn inner(&self) -> usize {
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
    pub(super) fn body_end(&self) -> usize {
        let (length, pad) = (self.payload.len(), self.padding());
        if pad > length - self.inner() { length } else { length - pad }
    }

    /// Whether what is inside has an end that all agree on.
    pub(super) fn is_sound(&self) -> bool {
        let pad = usize::from(self.is_padded());
        self.length.is_none() && self.payload.len() >= pad + self.fixed() + self.padding()
    }

    /// The fragment of a field block, or the data.
    pub(super) fn body(&self) -> &[u8] {
        &self.payload[self.inner()..self.body_end()]
    }

    /// Four octets of the payload as a number.
    pub(super) fn number(&self, at: usize) -> Option<u32> {
        Some(u32::from_be_bytes(*self.payload.get(at..)?.first_chunk()?))
    }

    fn write(&self, out: &mut Vec<u8>) {
        let length = self.length.unwrap_or(self.payload.len()) as u32;
        out.extend_from_slice(&length.to_be_bytes()[1..]);
        out.extend_from_slice(&[self.kind, self.flags]);
        out.extend_from_slice(&self.stream.to_be_bytes());
        out.extend_from_slice(&self.payload);
    }
}

/// What an input's octets are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frames {
    pub preface: Vec<u8>,
    pub frames: Vec<Frame>,
    /// Fewer octets than a frame's header has.
    pub tail: Vec<u8>,
}

impl Frames {
    pub(super) fn read(input: &Input) -> Frames {
        let raw = input.shape & 4 != 0 && input.role() == Role::Server && input.octets.starts_with(PREFACE);
        let (preface, mut rest) = input.octets.split_at(if raw { PREFACE.len() } else { 0 });
        let mut frames = Vec::new();
        while let Some((header, behind)) = rest.split_first_chunk::<HEADER>() {
            let [a, b, c, kind, flags, stream @ ..] = *header;
            let said = u32::from_be_bytes([0, a, b, c]) as usize;
            let (payload, behind) = behind.split_at(said.min(behind.len()));
            let length = (said != payload.len()).then_some(said);
            let stream = u32::from_be_bytes(stream);
            frames.push(Frame { kind, flags, stream, payload: payload.to_vec(), length });
            rest = behind;
        }
        Frames { preface: preface.to_vec(), frames, tail: rest.to_vec() }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = self.preface.clone();
        self.frames.iter().for_each(|frame| frame.write(&mut out));
        out.extend_from_slice(&self.tail);
        out
    }

    /// The frames of each field block: one that begins it, and the CONTINUATION frames next to it.
    pub(super) fn blocks(&self) -> Vec<Range<usize>> {
        let mut blocks = Vec::new();
        let mut at = 0;
        while at < self.frames.len() {
            let start = at;
            at += 1;
            if !matches!(self.frames[start].kind, HEADERS | PUSH_PROMISE) {
                continue;
            }
            while !self.frames[at - 1].has(END_HEADERS) && self.frames.get(at).is_some_and(|f| f.kind == CONTINUATION) {
                at += 1;
            }
            blocks.push(start..at);
        }
        blocks
    }

    /// The octets of a field block.
    pub(super) fn block(&self, frames: Range<usize>) -> Vec<u8> {
        self.frames[frames].iter().flat_map(Frame::body).copied().collect()
    }

    /// Edits all field blocks, in their order.
    pub(super) fn edit_blocks(&mut self, mut edit: impl FnMut(&mut Vec<Line>)) {
        let (mut seen, mut written) = (Table::default(), Table::default());
        for range in self.blocks() {
            let before = self.block(range.clone());
            let mut lines = seen.read(&before).0;
            edit(&mut lines);
            let after = written.write(&lines);
            if before != after {
                self.set_block(range, &after);
            }
        }
    }

    /// Puts another field block into the same frames, cut where the old one was as far as it goes. Frames that are not
    /// sound stay as they are.
    fn set_block(&mut self, range: Range<usize>, block: &[u8]) {
        if !self.frames[range.clone()].iter().all(Frame::is_sound) {
            return;
        }
        let (mut rest, last) = (block, range.end - 1);
        for at in range {
            let frame = &mut self.frames[at];
            let body = frame.inner()..frame.body_end();
            let size = if at == last { rest.len() } else { body.len().min(rest.len()) };
            let (part, behind) = rest.split_at(size);
            frame.payload.splice(body, part.iter().copied());
            rest = behind;
        }
    }

    /// Keeps only the frames wanted. Without the first frame of a field block its others go too; what later blocks say
    /// stays what it was.
    pub(super) fn retain(&mut self, wanted: impl FnMut(&Frame) -> bool) {
        let mut keep: Vec<bool> = self.frames.iter().map(wanted).collect();
        let (mut seen, mut written) = (Table::default(), Table::default());
        for range in self.blocks() {
            let before = self.block(range.clone());
            let lines = seen.read(&before).0;
            if !keep[range.start] {
                keep[range].fill(false);
                continue;
            }
            let after = written.write(&lines);
            if before != after {
                self.set_block(range, &after);
            }
        }
        let mut keep = keep.into_iter();
        self.frames.retain(|_| keep.next().unwrap_or(true));
    }
}
