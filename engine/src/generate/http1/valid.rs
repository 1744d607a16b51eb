//! Messages without a fault.

use arbitrary::{Result, Unstructured};

use super::model::{CRLF, Chunk, Connection, Line, Message, NOTHING, Octets};
use super::tables::{
    CONTENTS, EXTENSIONS, FIELDS, HOSTS, METHODS, REASONS, RESPONSE_FIELDS, STATUSES, TARGETS, TRAILERS,
};

/// What a family wants of its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Short content or none.
    Head,
    /// Any framing.
    Framing,
    /// Chunks.
    Chunks,
    /// Chunks and trailer fields.
    Trailers,
    /// Several messages, and what decides whether the connection goes on.
    Pipeline,
}

/// What a client has asked, by bits 2 and 3 of the shape.
const HEAD: u8 = 1;
const CONNECT: u8 = 2;
const TWICE: u8 = 3;

/// A connection without a fault.
pub(super) fn connection(wish: Wish, choices: &mut Unstructured<'_>) -> Result<Connection> {
    let shape: u8 = choices.arbitrary()?;
    if shape & 1 == 0 { server(shape, wish, choices) } else { client(shape, wish, choices) }
}

fn server(shape: u8, wish: Wish, choices: &mut Unstructured<'_>) -> Result<Connection> {
    let count = match wish {
        Wish::Pipeline => choices.int_in_range(2..=4)?,
        _ if choices.ratio(4, 5)? => 1,
        _ => 2,
    };
    let messages = (0..count).map(|_| request(wish, choices)).collect::<Result<_>>()?;
    Ok(Connection { shape, messages, ..Connection::default() })
}

fn client(mut shape: u8, wish: Wish, choices: &mut Unstructured<'_>) -> Result<Connection> {
    match wish {
        Wish::Chunks | Wish::Trailers if shape >> 2 & 3 != TWICE => shape &= !0b1100,
        Wish::Pipeline if choices.ratio(2, 3)? => shape |= 0b1100,
        _ => {}
    }
    let asked = shape >> 2 & 3;
    let mut messages = Vec::new();
    for number in 0..if asked == TWICE { 2 } else { 1 } {
        let interim = choices.ratio(1, if wish == Wish::Pipeline { 3 } else { 8 })?;
        if interim {
            messages.push(interim_response(choices)?);
        }
        let last = asked != TWICE || number == 1;
        messages.push(response(asked, last, wish, choices)?);
    }
    Ok(Connection { shape, messages, ..Connection::default() })
}

fn request(wish: Wish, choices: &mut Unstructured<'_>) -> Result<Message> {
    let old = matches!(wish, Wish::Head | Wish::Framing | Wish::Pipeline) && choices.ratio(1, 10)?;
    let method = *choices.choose(METHODS)?;
    let target: &[u8] = match method {
        b"CONNECT" => b"a:80",
        b"OPTIONS" if choices.arbitrary()? => b"*",
        _ => choices.choose(TARGETS)?,
    };
    let version: &[u8] = if old { b"HTTP/1.0" } else { b"HTTP/1.1" };
    let mut message = head([method.into(), target.into(), version.into()]);
    message.fields.push(Line::new(b"Host", *choices.choose(HOSTS)?));
    fields(&mut message, FIELDS, wish, choices)?;
    // RFC 9110, 9.3.6: content in a CONNECT request has no meaning.
    if method != b"CONNECT" {
        content(&mut message, wish, old, choices)?;
    }
    Ok(message)
}

fn interim_response(choices: &mut Unstructured<'_>) -> Result<Message> {
    let status = *choices.choose(&[&b"100"[..], b"103", b"102", b"199"])?;
    let mut message = head([(b"HTTP/1.1" as &[u8]).into(), status.into(), (*choices.choose(REASONS)?).into()]);
    if choices.ratio(1, 3)? {
        message.fields.push(Line::new(b"Link", b"</a>" as &[u8]));
    }
    Ok(message)
}

fn response(asked: u8, last: bool, wish: Wish, choices: &mut Unstructured<'_>) -> Result<Message> {
    let old = matches!(wish, Wish::Head | Wish::Framing | Wish::Pipeline) && choices.ratio(1, 10)?;
    let (version, chunks): (&[u8], _) = if old { (b"HTTP/1.0", false) } else { (b"HTTP/1.1", !old) };
    let framed = chunks && matches!(wish, Wish::Chunks | Wish::Trailers);
    let status = if framed { b"200" } else { *choices.choose(STATUSES)? };
    let mut message = head([version.into(), status.into(), (*choices.choose(REASONS)?).into()]);
    fields(&mut message, RESPONSE_FIELDS, wish, choices)?;
    let tunnel = asked == CONNECT && status.starts_with(b"2");
    if tunnel {
        message.body = (*choices.choose(CONTENTS)?).into();
    } else if asked == HEAD || matches!(status, b"204" | b"304") {
        // The fields say what would be there; only 204 has none (RFC 9110, 8.6; RFC 9112, 6.1).
        if status != b"204" {
            content(&mut message, wish, old, choices)?;
            (message.body, message.end, message.chunks, message.trailers) = (NOTHING, NOTHING, Vec::new(), Vec::new());
        }
    } else if last && !framed && choices.ratio(1, 6)? {
        message.body = (*choices.choose(CONTENTS)?).into(); // until the stream ends
    } else {
        content(&mut message, wish, old, choices)?;
        let unframed = message.chunks.is_empty() && !message.fields.iter().any(|line| line.is(b"content-length"));
        if unframed {
            message.fields.push(Line::new(b"Content-Length", b"0" as &[u8]));
        }
    }
    Ok(message)
}

fn head(start: [Octets; 3]) -> Message {
    let space: Octets = (b" " as &[u8]).into();
    Message {
        start,
        gaps: [space.clone(), space],
        start_end: CRLF,
        fields: Vec::new(),
        blank: CRLF,
        body: NOTHING,
        chunks: Vec::new(),
        trailers: Vec::new(),
        end: NOTHING,
    }
}

/// Field lines that change no framing.
fn fields(
    message: &mut Message,
    table: &'static [(&'static [u8], &'static [u8])],
    wish: Wish,
    choices: &mut Unstructured<'_>,
) -> Result<()> {
    for _ in 0..choices.int_in_range(0..=3)? {
        let &(name, value) = choices.choose(table)?;
        message.fields.push(Line::new(name, value));
    }
    if wish == Wish::Pipeline && choices.ratio(1, 3)? {
        let options: &[&'static [u8]] = &[b"keep-alive", b"close", b"Keep-Alive, TE", b"x, Close"];
        message.fields.push(Line::new(b"Connection", *choices.choose(options)?));
    }
    Ok(())
}

/// Content with what delimits it.
fn content(message: &mut Message, wish: Wish, old: bool, choices: &mut Unstructured<'_>) -> Result<()> {
    let kind = match wish {
        Wish::Chunks | Wish::Trailers => 3,
        Wish::Framing => choices.int_in_range(1..=4)?,
        Wish::Head | Wish::Pipeline => choices.int_in_range(0..=3)?,
    };
    match kind {
        0 => {}
        3 | 4 if !old => {
            message.fields.push(Line::new(b"Transfer-Encoding", b"chunked" as &[u8]));
            chunks(message, wish, choices)?;
        }
        _ => {
            let content = *choices.choose(CONTENTS)?;
            message.fields.push(Line::new(b"Content-Length", content.len().to_string().into_bytes()));
            message.body = content.into();
        }
    }
    Ok(())
}

fn chunks(message: &mut Message, wish: Wish, choices: &mut Unstructured<'_>) -> Result<()> {
    for _ in 0..choices.int_in_range(0..=3)? {
        let content = *choices.choose(CONTENTS)?;
        if !content.is_empty() {
            message.chunks.push(Chunk::of(content));
        }
    }
    message.chunks.push(Chunk::of(NOTHING));
    if wish == Wish::Chunks {
        for chunk in &mut message.chunks {
            chunk.extensions = (*choices.choose(EXTENSIONS)?).into();
        }
    }
    let trailers = match wish {
        Wish::Trailers => choices.int_in_range(1..=3)?,
        _ => u8::from(choices.ratio(1, 8)?),
    };
    for _ in 0..trailers {
        let &(name, value) = choices.choose(TRAILERS)?;
        message.trailers.push(Line::new(name, value));
    }
    message.end = CRLF;
    Ok(())
}
