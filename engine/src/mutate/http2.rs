//! The structure-aware mutator of HTTP/2: edits of frames on wire octets.

use arbitrary::{Result, Unstructured};

use crate::Input;

/// A frame as it is written; its length may lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// What the header says of the payload's length.
    pub(crate) length: u32,
    /// The type.
    pub(crate) kind: u8,
    /// The flags.
    pub(crate) flags: u8,
    /// The stream, with the reserved bit.
    pub(crate) stream: u32,
    /// The payload.
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// A frame that says its length truly.
    pub(crate) fn new(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Frame {
        Frame { length: payload.len() as u32, kind, flags, stream, payload: payload.to_vec() } // payloads are short
    }

    /// Makes the length true again.
    fn measure(&mut self) {
        self.length = self.payload.len() as u32; // as above
    }
}

/// The frames in octets, and what is left behind the last that has a header. The last payload may be cut short.
pub(crate) fn split(mut octets: &[u8]) -> (Vec<Frame>, Vec<u8>) {
    let mut frames = Vec::new();
    while let Some((head, behind)) = octets.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let (payload, behind) = behind.split_at(behind.len().min(length as usize)); // 24 bits
        frames.push(Frame { length, kind: head[3], flags: head[4], stream, payload: payload.to_vec() });
        octets = behind;
    }
    (frames, octets.to_vec())
}

/// The octets of frames.
pub(crate) fn join(frames: &[Frame], rest: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    for frame in frames {
        octets.extend_from_slice(&frame.length.to_be_bytes()[1..]);
        octets.extend_from_slice(&[frame.kind, frame.flags]);
        octets.extend_from_slice(&frame.stream.to_be_bytes());
        octets.extend_from_slice(&frame.payload);
    }
    octets.extend_from_slice(rest);
    octets
}

pub(super) fn mutate(input: &mut Input, choices: &mut Unstructured<'_>) -> Result<()> {
    for _ in 0..*choices.choose(&[1, 1, 1, 2, 3])? {
        let (mut frames, rest) = split(&input.octets);
        if frames.is_empty() || choices.ratio(1, 4)? {
            super::raw::mutate(&mut input.octets, choices)?;
            continue;
        }
        let at = choices.choose_index(frames.len())?;
        match choices.int_in_range(0..=5)? {
            0 => drop(frames.remove(at)),
            1 => frames.insert(at, frames[at].clone()),
            2 => {
                let to = choices.choose_index(frames.len())?;
                frames.swap(at, to);
            }
            3 => insert(&mut frames, at, choices)?,
            4 => divide(&mut frames, at, choices)?,
            _ => edit(&mut frames[at], choices)?,
        }
        input.octets = join(&frames, &rest);
    }
    Ok(())
}

/// A run of the other's frames, put before or over one of these.
pub(super) fn cross(input: &mut Input, other: &Input, choices: &mut Unstructured<'_>) -> Result<()> {
    let ((mut ours, rest), (theirs, _)) = (split(&input.octets), split(&other.octets));
    if theirs.is_empty() || choices.ratio(1, 8)? {
        return super::raw::cross(&mut input.octets, &other.octets, choices);
    }
    let first = choices.choose_index(theirs.len())?;
    let last = choices.int_in_range(first..=theirs.len() - 1)?;
    let at = choices.int_in_range(0..=ours.len())?;
    let end = if choices.arbitrary()? { at } else { ours.len().min(at + 1) };
    ours.splice(at..end, theirs[first..=last].iter().cloned());
    input.octets = join(&ours, &rest);
    Ok(())
}

/// A small frame of any type, on the stream of the frame that is there or on the connection.
fn insert(frames: &mut Vec<Frame>, at: usize, choices: &mut Unstructured<'_>) -> Result<()> {
    let stream = frames[at].stream;
    let made = [
        Frame::new(0, 0, stream, b"a"),
        Frame::new(0, 1, stream, b""),
        Frame::new(1, 5, stream, b"\x82\x84\x86\x41\x01a"),
        Frame::new(1, 5, stream, b"\x88"),
        Frame::new(3, 0, stream, &[0, 0, 0, 8]),
        Frame::new(4, 0, 0, &[0, 4, 0, 0, 0, 0]),
        Frame::new(4, 1, 0, b""),
        Frame::new(6, 0, 0, &[0; 8]),
        Frame::new(7, 0, 0, &[0; 8]),
        Frame::new(8, 0, stream, &[0, 0, 0, 1]),
        Frame::new(9, 4, stream, b""),
        Frame::new(0x20, 0, stream, b"x"),
    ];
    frames.insert(at, choices.choose(&made)?.clone());
    Ok(())
}

/// The end of a frame's field block, or of its payload, goes into a frame of its own.
fn divide(frames: &mut Vec<Frame>, at: usize, choices: &mut Unstructured<'_>) -> Result<()> {
    let frame = &mut frames[at];
    let cut = choices.int_in_range(0..=frame.payload.len())?;
    let behind = frame.payload.split_off(cut);
    frame.measure();
    let block = matches!(frame.kind, 1 | 5 | 9);
    let (kind, moved) = if block { (9, frame.flags & 4) } else { (frame.kind, frame.flags & 1) };
    frame.flags &= !moved;
    let second = Frame::new(kind, moved, frame.stream, &behind);
    frames.insert(at + 1, second);
    Ok(())
}

/// One field of a frame's header, or its payload, changed.
fn edit(frame: &mut Frame, choices: &mut Unstructured<'_>) -> Result<()> {
    match choices.int_in_range(0..=6)? {
        0 => frame.kind = choices.int_in_range(0..=11)?,
        1 => frame.flags ^= 1 << choices.int_in_range(0..=7)?,
        2 => frame.stream = *choices.choose(&[0, 1, 2, 3, 5, 0x7fff_ffff, frame.stream ^ 1 << 31, frame.stream ^ 1])?,
        3 => frame.length = frame.length.wrapping_add_signed(choices.int_in_range(-3..=3)?) & 0xff_ffff,
        4 => {
            frame.flags ^= 8;
            if frame.flags & 8 == 0 {
                frame.payload.drain(..frame.payload.len().min(1));
            } else {
                frame.payload.splice(0..0, [3]);
                frame.payload.extend_from_slice(&[0; 3]);
            }
            frame.measure();
        }
        5 => {
            super::raw::mutate(&mut frame.payload, choices)?;
            frame.measure();
        }
        _ => super::raw::mutate(&mut frame.payload, choices)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{join, split};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn frames_make_the_octets_again(octets in prop::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..120)) {
            let (frames, rest) = split(&octets);
            prop_assert_eq!(join(&frames, &rest), octets);
        }
    }
}
