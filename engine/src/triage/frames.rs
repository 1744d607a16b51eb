//! The frames of an input with their field blocks: a lenient reader, and a writer that keeps what it is not asked to
//! change.

use std::ops::Range;

use wireproof::Role;
use wireproof::http2::PREFACE;

use crate::Input;
pub(super) use crate::frames::*;
use crate::hpack::{Line, Table};

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
        let (preface, rest) = input.octets.split_at(if raw { PREFACE.len() } else { 0 });
        let (frames, tail) = split(rest);
        Frames { preface: preface.to_vec(), frames, tail }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        [self.preface.clone(), join(&self.frames, &self.tail)].concat()
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
