//! Chunks and trailers.

use super::super::lines::{Chunk, Connection, Line, size};
use super::syntax::is_token;

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

/// Puts another text for the extensions of a size line, where `fix` has one.
fn fix_extensions(connection: &mut Connection, fix: fn(&[u8]) -> Vec<u8>) {
    for line in connection.chunks().map(|chunk| &mut chunk.size.text) {
        // White space before the first semicolon is the extension's.
        let begin = line[..extensions(line)].trim_ascii_end().len();
        if line[begin..].contains(&b';') {
            let text = fix(&line[begin..]);
            line.splice(begin.., text);
        }
    }
}

/// What stands before and behind the first quotation mark.
fn unquoted(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|&b| b == b'"').unwrap_or(text.len()))
}

pub(super) fn extension_space(connection: &mut Connection) {
    fix_extensions(connection, |mut text| {
        let mut fixed = Vec::new();
        while !text.is_empty() {
            let (plain, quoted) = unquoted(text);
            fixed.extend(plain.iter().copied().filter(|b| !b" \t".contains(b)));
            let length = quoted_length(quoted).unwrap_or(quoted.len());
            fixed.extend_from_slice(&quoted[..length]);
            text = &quoted[length..];
        }
        fixed
    });
}

/// The length of the quoted-string that stands here, if it is one.
fn quoted_length(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' if matches!(text.get(at + 1)?, b'\t' | b' '..=b'~' | 0x80..) => at += 2,
            b'\t' | b' '..=b'~' | 0x80.. => at += 1,
            _ => return None,
        }
    }
}

/// Tokens for quoted-strings.
pub(super) fn extension_quoted(connection: &mut Connection) {
    fix_extensions(connection, |text| {
        let (plain, quoted) = unquoted(text);
        match quoted_length(quoted).filter(|_| plain.ends_with(b"=")) {
            Some(length) => [plain, b"a", &quoted[length..]].concat(),
            None => text.to_vec(),
        }
    });
}

/// What stands behind SP and HTAB.
fn behind_space(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|b| b" \t".contains(b)).count()..]
}

/// Whether this is `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`.
fn is_extension(text: &[u8]) -> bool {
    let text = behind_space(text);
    let Some(text) = text.strip_prefix(b";").map(behind_space) else { return text.is_empty() };
    let token = |text: &[u8]| text.iter().take_while(|&&b| is_token(b)).count();
    let (name, behind) = text.split_at(token(text));
    let Some(value) = behind_space(behind).strip_prefix(b"=").map(behind_space) else {
        return !name.is_empty() && is_extension(behind);
    };
    let length = if value.starts_with(b"\"") { quoted_length(value).unwrap_or(0) } else { token(value) };
    !name.is_empty() && length > 0 && is_extension(&value[length..])
}

pub(super) fn extension_form(connection: &mut Connection) {
    fix_extensions(connection, |text| if is_extension(text) { text.to_vec() } else { Vec::new() });
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

/// Lines of trailer sections that are no field lines go; folded ones are another matter.
pub(super) fn trailer_line(connection: &mut Connection) {
    let value = |b: &u8| !b.is_ascii_control() || *b == b'\t';
    let is_field = |line: &Line| {
        let colon = line.text.iter().position(|&b| b == b':').unwrap_or(0);
        matches!(line.text.first(), Some(b' ' | b'\t'))
            || colon > 0 && line.text[..colon].iter().all(|&b| is_token(b)) && line.value().iter().all(value)
    };
    connection.messages.iter_mut().for_each(|message| message.trailers.retain(is_field));
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
