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
        responses(family, &mut frames, &mut encoder, choices)?;
        return Ok((shape, frames));
    }
    for number in 0..choices.int_in_range(1..=3)? {
        let end = choices.arbitrary()?;
        let method = if end { "GET" } else { "POST" };
        let fields = [(":method", method), (":scheme", "http"), (":authority", "a"), (":path", "/"), ("cookie", "b=c")];
        let count = choices.int_in_range(4..=5)?;
        message(&mut frames, &mut encoder, number * 2 + 1, &fields[..count], end, choices)?;
        between(&mut frames, choices)?;
    }
    Ok((shape, frames))
}

/// What comes on the one stream that a client has opened, and on the one that is promised there.
fn responses(
    family: Family,
    frames: &mut Vec<Frame>,
    encoder: &mut Encoder,
    choices: &mut Unstructured<'_>,
) -> Result<()> {
    for _ in 0..choices.int_in_range(0..=1)? {
        section(frames, encoder, 1, &[(":status", "103")], false, choices)?;
    }
    let pushes = family.0 == "push" && choices.ratio(2, 3)?;
    if pushes {
        let fields = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/b")];
        promise(frames, encoder, 1, 2, &fields, choices)?;
    }
    let fields = [(":status", "200"), ("server", "a")];
    let end = choices.arbitrary()?;
    message(frames, encoder, 1, &fields, end, choices)?;
    if pushes && choices.ratio(2, 3)? {
        let end = choices.arbitrary()?;
        message(frames, encoder, 2, &fields, end, choices)?;
    }
    Ok(())
}

/// PUSH_PROMISE of a stream.
fn promise(
    frames: &mut Vec<Frame>,
    encoder: &mut Encoder,
    stream: u32,
    promised: u32,
    fields: &[(&str, &str)],
    choices: &mut Unstructured<'_>,
) -> Result<()> {
    let mut payload = promised.to_be_bytes().to_vec();
    payload.append(&mut block(encoder, fields, choices)?);
    frames.push(Frame::new(PUSH_PROMISE, END_HEADERS, stream, &payload));
    Ok(())
}

/// A field section with its content and trailers. It may announce the content's length.
fn message(
    frames: &mut Vec<Frame>,
    encoder: &mut Encoder,
    stream: u32,
    fields: &[(&str, &str)],
    end: bool,
    choices: &mut Unstructured<'_>,
) -> Result<()> {
    let trailers = !end && choices.ratio(1, 3)?;
    let content = if end { Vec::new() } else { content(stream, !trailers, choices)? };
    let length = content.iter().map(|frame| frame.body().len()).sum::<usize>().to_string();
    let mut fields = fields.to_vec();
    if choices.ratio(if end { 1 } else { 4 }, 8)? {
        fields.push(("content-length", &length));
    }
    section(frames, encoder, stream, &fields, end, choices)?;
    frames.extend(content);
    if trailers {
        section(frames, encoder, stream, &[("x-trailer", "t")], true, choices)?;
    }
    Ok(())
}

/// DATA, the last with END_STREAM if it is the end.
fn content(stream: u32, end: bool, choices: &mut Unstructured<'_>) -> Result<Vec<Frame>> {
    let mut frames = Vec::new();
    for _ in 0..choices.int_in_range(0..=2)? {
        let (flags, payload): (u8, &[u8]) =
            *choices.choose(&[(0, &b"abc"[..]), (0, b""), (PADDED, b"\x02abc\0\0"), (PADDED, b"\0")])?;
        frames.push(Frame::new(DATA, flags, stream, payload));
    }
    if end {
        frames.push(Frame::new(DATA, END_STREAM, stream, b"d"));
    }
    Ok(frames)
}

/// A field block.
fn block(encoder: &mut Encoder, fields: &[(&str, &str)], choices: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut block = Vec::new();
    for (name, value) in fields {
        encoder.field(&(name.as_bytes().to_vec(), value.as_bytes().to_vec()), choices, &mut block)?;
    }
    Ok(block)
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
    let mut block = block(encoder, fields, choices)?;
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
