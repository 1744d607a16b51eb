//! Conversations without a fault.

use arbitrary::{Result, Unstructured};

use super::super::Family;
use super::super::block::Encoder;
use crate::frames::*;

/// The shape and the frames of a conversation.
pub(super) fn conversation(family: Family, choices: &mut Unstructured<'_>) -> Result<(u8, Vec<Frame>)> {
    let client = family.0 == "push" || choices.ratio(1, 3)?;
    let eof = if choices.ratio(1, 8)? { 2 } else { 0 };
    let open = if client && choices.arbitrary()? { 8 } else { 0 };
    let shape = u8::from(client) | eof | open | choices.arbitrary::<u8>()? & 0xf0;
    let (mut frames, mut encoder) = (Vec::new(), Encoder::default());
    between(&mut frames, choices)?;
    if client {
        for _ in 0..choices.int_in_range(0..=1)? {
            section(&mut frames, &mut encoder, 1, &[(":status", "103")], false, choices)?;
        }
        let end = choices.arbitrary()?;
        section(&mut frames, &mut encoder, 1, &[(":status", "200"), ("server", "a")], end, choices)?;
        content(&mut frames, &mut encoder, 1, end, choices)?;
        return Ok((shape, frames));
    }
    for number in 0..choices.int_in_range(1..=3)? {
        let (stream, end) = (number * 2 + 1, choices.arbitrary()?);
        let method = if end { "GET" } else { "POST" };
        let fields = [(":method", method), (":scheme", "http"), (":authority", "a"), (":path", "/"), ("cookie", "b=c")];
        let count = choices.int_in_range(4..=5)?;
        section(&mut frames, &mut encoder, stream, &fields[..count], end, choices)?;
        content(&mut frames, &mut encoder, stream, end, choices)?;
        between(&mut frames, choices)?;
    }
    Ok((shape, frames))
}

/// DATA and maybe trailers, unless the stream has ended.
fn content(
    frames: &mut Vec<Frame>,
    encoder: &mut Encoder,
    stream: u32,
    ended: bool,
    choices: &mut Unstructured<'_>,
) -> Result<()> {
    if ended {
        return Ok(());
    }
    for _ in 0..choices.int_in_range(0..=2)? {
        let (flags, payload): (u8, &[u8]) =
            *choices.choose(&[(0, &b"abc"[..]), (0, b""), (PADDED, b"\x02abc\0\0"), (PADDED, b"\0")])?;
        frames.push(Frame::new(DATA, flags, stream, payload));
    }
    if choices.ratio(1, 3)? {
        return section(frames, encoder, stream, &[("x-trailer", "t")], true, choices);
    }
    frames.push(Frame::new(DATA, END_STREAM, stream, b"d"));
    Ok(())
}

/// HEADERS, and CONTINUATION at times.
fn section(
    frames: &mut Vec<Frame>,
    encoder: &mut Encoder,
    stream: u32,
    fields: &[(&str, &str)],
    end: bool,
    choices: &mut Unstructured<'_>,
) -> Result<()> {
    let mut block = Vec::new();
    for (name, value) in fields {
        encoder.field(&(name.as_bytes().to_vec(), value.as_bytes().to_vec()), choices, &mut block)?;
    }
    let flags = if end { END_STREAM } else { 0 };
    if choices.ratio(1, 4)? {
        let behind = block.split_off(choices.int_in_range(0..=block.len())?);
        frames.push(Frame::new(HEADERS, flags, stream, &block));
        frames.push(Frame::new(CONTINUATION, END_HEADERS, stream, &behind));
    } else {
        frames.push(Frame::new(HEADERS, flags | END_HEADERS, stream, &block));
    }
    Ok(())
}

/// None to two frames of the connection.
fn between(frames: &mut Vec<Frame>, choices: &mut Unstructured<'_>) -> Result<()> {
    let made = [
        Frame::new(PING, 0, 0, b"12345678"),
        Frame::new(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 9]),
        Frame::new(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100]),
        Frame::new(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0, 0xfa, 0xfa, 0, 0, 0, 1]),
        Frame::new(PRIORITY, 0, 1, &[0, 0, 0, 0, 15]),
        Frame::new(0x21, 0xff, 0, b"unknown"),
    ];
    for _ in 0..choices.int_in_range(0..=2)? {
        frames.push(choices.choose(&made)?.clone());
    }
    Ok(())
}
