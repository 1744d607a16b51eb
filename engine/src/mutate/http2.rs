//! The structure-aware mutator of HTTP/2: edits of frames on wire octets.

use arbitrary::{Result, Unstructured};

use crate::Input;
use crate::frames::*;

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
        Frame::new(DATA, 0, stream, b"a"),
        Frame::new(DATA, END_STREAM, stream, b""),
        Frame::new(HEADERS, END_STREAM | END_HEADERS, stream, b"\x82\x84\x86\x41\x01a"),
        Frame::new(HEADERS, END_STREAM | END_HEADERS, stream, b"\x88"),
        Frame::new(RST_STREAM, 0, stream, &[0, 0, 0, 8]),
        Frame::new(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]),
        Frame::new(SETTINGS, ACK, 0, b""),
        Frame::new(PING, 0, 0, &[0; 8]),
        Frame::new(GOAWAY, 0, 0, &[0; 8]),
        Frame::new(WINDOW_UPDATE, 0, stream, &[0, 0, 0, 1]),
        Frame::new(CONTINUATION, END_HEADERS, stream, b""),
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
    frame.length = None;
    let block = matches!(frame.kind, HEADERS | PUSH_PROMISE | CONTINUATION);
    let (kind, moved) =
        if block { (CONTINUATION, frame.flags & END_HEADERS) } else { (frame.kind, frame.flags & END_STREAM) };
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
        3 => frame.say(frame.said().wrapping_add_signed(choices.int_in_range(-3..=3)?) & 0xff_ffff),
        4 => {
            frame.flags ^= PADDED;
            if !frame.has(PADDED) {
                frame.payload.drain(..frame.payload.len().min(1));
            } else {
                frame.payload.splice(0..0, [3]);
                frame.payload.extend_from_slice(&[0; 3]);
            }
            frame.length = None;
        }
        5 => {
            super::raw::mutate(&mut frame.payload, choices)?;
            frame.length = None;
        }
        _ => {
            let said = frame.said();
            super::raw::mutate(&mut frame.payload, choices)?;
            frame.say(said);
        }
    }
    Ok(())
}
