//! Just enough of HTTP/2's framing to spoil it.

use wireproof::http2::PREFACE;
use wireproof_http2::hpack::{Decoder, Encoder, Field, Limits};

use super::Lines;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const ACK: u8 = 0x1;
pub(super) const END_STREAM: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

/// Octets of a frame's header.
const HEADER: usize = 9;

/// A frame.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    pub(super) fn new(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Frame {
        Frame { kind, flags, stream, payload: payload.to_vec() }
    }

    /// One that refuses a stream, or the connection if that is stream 0.
    pub(super) fn refusal(stream: u32, code: u32) -> Frame {
        match stream {
            0 => Frame::new(GOAWAY, 0, 0, &[0_u32.to_be_bytes(), code.to_be_bytes()].concat()),
            _ => Frame::new(RST_STREAM, 0, stream, &code.to_be_bytes()),
        }
    }

    /// HEADERS with these fields, as literals that no table keeps.
    pub(super) fn headers(flags: u8, stream: u32, fields: &Lines) -> Frame {
        Frame::new(HEADERS, flags | END_HEADERS, stream, &block(fields))
    }

    /// The first frame, if it is there to its end, and its length.
    pub(super) fn read(octets: &[u8]) -> Option<(Frame, usize)> {
        let header = Header::read(octets)?;
        let end = HEADER + header.length;
        let payload = octets.get(HEADER..end)?.to_vec();
        Some((Frame { kind: header.kind, flags: header.flags, stream: header.stream, payload }, end))
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.payload.len() as u32).to_be_bytes()[1..]); // at most 2^24 - 1 by its origin
        out.extend_from_slice(&[self.kind, self.flags]);
        out.extend_from_slice(&self.stream.to_be_bytes());
        out.extend_from_slice(&self.payload);
    }

    /// Where the payload stands without its padding, if the padding fits.
    pub(super) fn unpadded(&self) -> Option<&[u8]> {
        match self.payload.split_first() {
            _ if self.flags & PADDED == 0 => Some(&self.payload),
            Some((&pad, rest)) => rest.get(..rest.len().checked_sub(pad.into())?),
            None => None,
        }
    }

    /// The error code of a GOAWAY or a RST_STREAM, which may be written over.
    pub(super) fn code(&mut self) -> Option<&mut [u8]> {
        match self.kind {
            RST_STREAM => self.payload.get_mut(..4),
            GOAWAY => self.payload.get_mut(4..8).filter(|code| *code != [0; 4]),
            _ => None,
        }
    }
}

/// What a frame says of itself before its payload.
pub(super) struct Header {
    pub(super) length: usize,
    pub(super) kind: u8,
    flags: u8,
    pub(super) stream: u32,
}

impl Header {
    fn read(octets: &[u8]) -> Option<Header> {
        let &[a, b, c, kind, flags, d, e, f, g] = octets.first_chunk::<HEADER>()?;
        let stream = u32::from_be_bytes([d, e, f, g]);
        Some(Header { length: u32::from_be_bytes([0, a, b, c]) as usize, kind, flags, stream })
    }
}

/// Finds frames in what is received. It holds back a frame's header until it is there, and the whole frame if it is
/// one that is to be changed; all else passes as it comes.
pub(super) struct Inlet {
    held: Vec<u8>,
    /// Octets of `held` that were dealt with.
    used: usize,
    /// Octets that pass: of the preface, or of a payload.
    passing: usize,
    /// The stream of the last frame that began.
    pub(super) last: u32,
}

impl Inlet {
    pub(super) fn new(server: bool) -> Inlet {
        Inlet { held: Vec::new(), used: 0, passing: if server { PREFACE.len() } else { 0 }, last: 0 }
    }

    /// The next frame that is one to be changed. What passes before it is appended to `out`.
    pub(super) fn next(&mut self, out: &mut Vec<u8>, changes: impl Fn(&Header) -> bool) -> Option<Frame> {
        loop {
            let rest = &self.held[self.used..];
            let now = self.passing.min(rest.len());
            out.extend_from_slice(&rest[..now]);
            self.passing -= now;
            self.used += now;
            let header = Header::read(&rest[now..]).filter(|_| self.passing == 0)?;
            self.last = header.stream;
            if changes(&header) {
                let (frame, length) = Frame::read(&rest[now..])?;
                self.used += length;
                return Some(frame);
            }
            self.passing = HEADER + header.length;
        }
    }

    pub(super) fn feed(&mut self, octets: &[u8]) {
        self.held.drain(..std::mem::take(&mut self.used));
        self.held.extend_from_slice(octets);
    }

    /// What was held back, as it came.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        let used = std::mem::take(&mut self.used);
        std::mem::take(&mut self.held).split_off(used)
    }
}

/// The fields of a block in these frames (the first is HEADERS or PUSH_PROMISE), if it can be decoded.
pub(super) fn fields(decoder: &mut Decoder, frames: &[Frame]) -> Option<Lines> {
    let (first, rest) = frames.split_first()?;
    let skip = fixed(first);
    let mut block = first.unpadded()?.get(skip..)?.to_vec();
    rest.iter().for_each(|frame| block.extend_from_slice(&frame.payload));
    let mut fields = Lines::new();
    let each = |field: Field<'_>| fields.push((field.name.to_vec(), field.value.to_vec()));
    decoder.decode(&block, &Limits::default(), each).ok()?;
    Some(fields)
}

/// The first frame of a block again, without padding and priority, complete in itself with these fields.
pub(super) fn with_fields(first: &Frame, fields: &Lines) -> Frame {
    let promised = if first.kind == PUSH_PROMISE { &first.unpadded().unwrap_or_default()[..4] } else { &[] };
    let payload = [promised, &block(fields)].concat();
    Frame { flags: first.flags & END_STREAM | END_HEADERS, payload, ..first.clone() }
}

/// Octets before the block.
fn fixed(first: &Frame) -> usize {
    match first.kind {
        PUSH_PROMISE => 4,
        _ if first.flags & PRIORITY != 0 => 5,
        _ => 0,
    }
}

fn block(fields: &Lines) -> Vec<u8> {
    let literal = |line| -> Field<'_> {
        let (name, value): &(Vec<u8>, Vec<u8>) = line;
        Field { never_indexed: true, ..Field::new(name, value) }
    };
    let mut block = Vec::new();
    Encoder::new().encode(fields.iter().map(literal), &mut block);
    block
}
