//! Chunks and trailers.

use super::super::lines::{Chunk, Connection, Line, size};

/// Where the extensions of a size line begin.
fn extensions(line: &[u8]) -> usize {
    line.iter().position(|&b| b == b';').unwrap_or(line.len())
}

/// Puts another text for what stands before the extensions, where `fix` has one.
fn sizes(connection: &mut Connection, fix: fn(&[u8]) -> Option<Vec<u8>>) {
    for line in connection.chunks().map(|chunk| &mut chunk.size.text) {
        let end = extensions(line);
        if let Some(text) = fix(&line[..end]) {
            line.splice(..end, text);
        }
    }
}

/// Makes the chunks that are so say how long their data are.
fn right_sizes(connection: &mut Connection, wrong: fn(&Chunk, &[u8]) -> bool) {
    for chunk in connection.chunks() {
        let end = extensions(&chunk.size.text);
        if wrong(chunk, &chunk.size.text[..end]) {
            chunk.size.text.splice(..end, format!("{:x}", chunk.data.len()).into_bytes());
        }
    }
}

pub(super) fn size_case(connection: &mut Connection) {
    sizes(connection, |text| text.iter().any(u8::is_ascii_uppercase).then(|| text.to_ascii_lowercase()));
}

pub(super) fn size_zeros(connection: &mut Connection) {
    sizes(connection, |text| {
        let zeros = text.iter().take_while(|&&b| b == b'0').count();
        let digits = text[zeros..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
        let kept = if digits == 0 { zeros.saturating_sub(1) } else { zeros };
        (kept > 0).then(|| text[kept..].to_vec())
    });
}

pub(super) fn size_prefix(connection: &mut Connection) {
    let prefixes =
        |text: &[u8]| [&b"0x"[..], b"0X", b"+", b"-"].iter().find_map(|p| text.strip_prefix(*p).map(Vec::from));
    sizes(connection, prefixes);
}

fn is_space(octet: &u8) -> bool {
    b" \t\x0b\x0c\r".contains(octet)
}

pub(super) fn size_space(connection: &mut Connection) {
    sizes(connection, |text| {
        text.iter().any(is_space).then(|| text.iter().copied().filter(|b| !is_space(b)).collect())
    });
}

pub(super) fn size_octets(connection: &mut Connection) {
    right_sizes(connection, |_, text| text.is_empty() || !text.iter().all(u8::is_ascii_hexdigit));
}

pub(super) fn size_huge(connection: &mut Connection) {
    right_sizes(connection, |chunk, text| size(text).is_some_and(|n| n >= 1 << 31 && n > chunk.data.len() as u64));
}

pub(super) fn size_differs(connection: &mut Connection) {
    for chunk in connection.chunks() {
        if chunk.data.ends_with(b"\r") && chunk.data_end == b"\n" {
            chunk.data.pop();
            chunk.data_end = b"\r\n".to_vec();
        }
    }
    right_sizes(connection, |chunk, text| size(text).is_some_and(|n| n != chunk.data.len() as u64));
}

pub(super) fn extensions_dropped(connection: &mut Connection) {
    for line in connection.chunks().map(|chunk| &mut chunk.size.text) {
        line.truncate(extensions(line));
    }
}

/// Data end where CRLF and a size follow, and only there.
pub(super) fn data_end(connection: &mut Connection) {
    for chunk in connection.chunks().filter(|chunk| !chunk.data.is_empty()) {
        chunk.data_end = b"\r\n".to_vec();
    }
}

pub(super) fn last_missing(connection: &mut Connection) {
    for message in connection.messages.iter_mut().filter(|m| !m.chunks.is_empty()) {
        let Some(last) = message.chunks.last_mut() else { continue };
        if !last.data.is_empty() {
            message.chunks.push(Chunk { size: Line::new(b"0"), ..Chunk::default() });
            message.end = b"\r\n".to_vec();
        } else if last.size.text.is_empty() {
            last.size = Line::new(b"0");
            if message.end.is_empty() && message.trailers.is_empty() {
                message.end = b"\r\n".to_vec();
            }
        } else if size(&last.size.text).is_none() {
            let line = std::mem::replace(&mut last.size, Line::new(b"0"));
            message.trailers.insert(0, line);
        }
    }
}

pub(super) fn trailer_fields(connection: &mut Connection) {
    const NAMES: [&str; 10] = [
        "Content-Length",
        "Transfer-Encoding",
        "Host",
        "Connection",
        "Upgrade",
        "Trailer",
        "Authorization",
        "Set-Cookie",
        "Expect",
        "TE",
    ];
    for message in &mut connection.messages {
        message.trailers.retain(|line| !NAMES.iter().any(|name| line.is(name)));
    }
}

pub(super) fn trailers_dropped(connection: &mut Connection) {
    connection.messages.iter_mut().for_each(|message| message.trailers.clear());
}

/// One size line for each chunk, made anew; and nothing but CRLF behind the last one.
pub(super) fn rebuilt(connection: &mut Connection) {
    for message in connection.messages.iter_mut().filter(|m| !m.chunks.is_empty()) {
        message.trailers.clear();
        message.end = b"\r\n".to_vec();
        message.chunks.retain(|chunk| !chunk.data.is_empty());
        message.chunks.push(Chunk::default());
        for chunk in &mut message.chunks {
            chunk.size = Line::new(format!("{:x}", chunk.data.len()).as_bytes());
            chunk.data_end = if chunk.data.is_empty() { Vec::new() } else { b"\r\n".to_vec() };
        }
    }
}
