//! Where in the grammar an octet stands.

use crate::{Input, Target};

/// Where an octet stands, and what kind of octet it is: part of a signature, and of what a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The grammar's state, in the RFC's words: `method`, `field-value`, `chunk-size`, `HEADERS length`.
    pub state: &'static str,
    /// The octet's class: `SP`, `CR`, `digit`, `obs-text`; `end` behind the last octet.
    pub class: &'static str,
}

/// The place of the octet at this offset in the input's octets, as a lenient reader understands what comes before it.
pub fn place(input: &Input, at: usize) -> Place {
    let state = match input.target {
        Target::Http1 => http1(&input.octets, at),
        Target::Http2 | Target::Hpack => super::place_h2::state(input, at),
    };
    Place { state, class: class(input.octets.get(at).copied()) }
}

/// The class of an octet.
pub(crate) fn class(octet: Option<u8>) -> &'static str {
    match octet {
        None => "end",
        Some(b' ') => "SP",
        Some(b'\t') => "HTAB",
        Some(b'\r') => "CR",
        Some(b'\n') => "LF",
        Some(0) => "NUL",
        Some(0x7f) => "DEL",
        Some(..0x20) => "control",
        Some(0x80..) => "obs-text",
        Some(b'0'..=b'9') => "digit",
        Some(b'a'..=b'z' | b'A'..=b'Z') => "letter",
        Some(
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~',
        ) => "tchar",
        Some(_) => "delimiter",
    }
}

/// How the lines behind a head are read.
#[derive(Clone, Copy)]
enum Body {
    None,
    Length(usize),
    Chunked,
}

/// The state of the octet at `at`: messages are read line by line until one holds it.
fn http1(octets: &[u8], at: usize) -> &'static str {
    let mut start = 0;
    loop {
        let (state, body, end) = head(octets, start, at);
        if let Some(state) = state {
            return state;
        }
        let next = match body {
            Body::None => end,
            Body::Length(length) if at < end.saturating_add(length) => return "content",
            Body::Length(length) => end + length,
            Body::Chunked => match chunks(octets, end, at) {
                Ok(next) => next,
                Err(state) => return state,
            },
        };
        if next >= octets.len() || next == start {
            return "between messages";
        }
        start = next;
    }
}

/// The end of the line that begins here, its line end included.
fn line_end(octets: &[u8], start: usize) -> usize {
    octets[start..].iter().position(|o| *o == b'\n').map_or(octets.len(), |length| start + length + 1)
}

/// The state of the octet if it stands in the head that begins at `start`; else what follows, and where.
fn head(octets: &[u8], mut start: usize, at: usize) -> (Option<&'static str>, Body, usize) {
    // Empty lines before the start-line.
    while octets[start.min(octets.len())..].starts_with(b"\r\n") {
        if at < start + 2 {
            return (Some("before start-line"), Body::None, start);
        }
        start += 2;
    }
    let (mut line, mut first, mut body) = (start, true, Body::None);
    while line < octets.len() {
        let end = line_end(octets, line);
        let text = &octets[line..end];
        if at < end {
            let state = if first { start_line(text, at - line) } else { field_line(text, at - line) };
            return (Some(state), body, end);
        }
        if !first && (text == b"\r\n" || text == b"\n") {
            return (None, body, end);
        }
        if !first {
            body = framing(text).unwrap_or(body);
        }
        (line, first) = (end, false);
    }
    (Some(if first { "before start-line" } else { "field-name" }), body, octets.len())
}

/// What a field line says of the body.
fn framing(line: &[u8]) -> Option<Body> {
    let colon = line.iter().position(|o| *o == b':')?;
    let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
    if name.eq_ignore_ascii_case(b"transfer-encoding") {
        return Some(Body::Chunked);
    }
    let digits: Vec<u8> = value.iter().copied().filter(u8::is_ascii_digit).take(7).collect();
    let length = std::str::from_utf8(&digits).ok()?.parse().ok()?;
    name.eq_ignore_ascii_case(b"content-length").then_some(Body::Length(length))
}

fn in_line_end(line: &[u8], at: usize) -> bool {
    line[at..].iter().all(|o| matches!(o, b'\r' | b'\n'))
}

fn start_line(line: &[u8], at: usize) -> &'static str {
    if in_line_end(line, at) {
        return "start-line end";
    }
    let before = &line[..at];
    let spaces = before.iter().filter(|o| **o == b' ').count();
    let response = line.starts_with(b"HTTP/");
    match (line[at] == b' ', spaces, response) {
        (true, ..) => "start-line white space",
        (_, 0, false) => "method",
        (_, 1, false) => "target",
        (_, _, false) => "version",
        (_, 0, true) => "version",
        (_, 1, true) => "status",
        (_, _, true) => "reason",
    }
}

/// Fields whose values have a state of their own.
const TELLING: &[(&[u8], &str)] = &[
    (b"content-length", "Content-Length value"),
    (b"transfer-encoding", "Transfer-Encoding value"),
    (b"host", "Host value"),
    (b"connection", "Connection value"),
    (b"te", "TE value"),
    (b"upgrade", "Upgrade value"),
    (b"expect", "Expect value"),
];

fn field_line(line: &[u8], at: usize) -> &'static str {
    if in_line_end(line, at) {
        return if line.len() <= 2 { "head end" } else { "field-line end" };
    }
    let colon = line.iter().position(|o| *o == b':');
    match colon {
        _ if matches!(line[0], b' ' | b'\t') => "fold",
        Some(colon) if at == colon => "colon",
        Some(colon) if at < colon && line[at..colon].iter().all(|o| matches!(o, b' ' | b'\t')) => "before colon",
        Some(colon) if at < colon => "field-name",
        Some(colon) if line[colon + 1..=at].iter().all(|o| matches!(o, b' ' | b'\t')) => "after colon",
        Some(colon) => {
            let name = line[..colon].trim_ascii().to_ascii_lowercase();
            TELLING.iter().find(|(known, _)| *known == name).map_or("field-value", |(_, state)| state)
        }
        None => "field-name",
    }
}

/// The state of the octet if it stands in the chunks or trailers that begin here; else where they end.
fn chunks(octets: &[u8], mut start: usize, at: usize) -> Result<usize, &'static str> {
    while start < octets.len() {
        let end = line_end(octets, start);
        let line = &octets[start..end];
        let digits = line.iter().take_while(|o| o.is_ascii_hexdigit()).count();
        if at < end {
            let at = at - start;
            let extension = line.iter().position(|o| *o == b';').is_some_and(|semicolon| at >= semicolon);
            return Err(match () {
                () if in_line_end(line, at) => "chunk-line end",
                () if extension => "chunk-extension",
                () if at < digits => "chunk-size",
                () => "after chunk-size",
            });
        }
        let size =
            std::str::from_utf8(&line[..digits]).ok().and_then(|d| usize::from_str_radix(d, 16).ok()).unwrap_or(0);
        if size == 0 {
            return trailers(octets, end, at);
        }
        let data = end.saturating_add(size);
        if at < data {
            return Err("chunk-data");
        }
        if at < data + 2 {
            return Err("chunk-data end");
        }
        start = data + 2;
    }
    Err("chunk-size")
}

fn trailers(octets: &[u8], mut start: usize, at: usize) -> Result<usize, &'static str> {
    while start < octets.len() {
        let end = line_end(octets, start);
        let line = &octets[start..end];
        if at < end {
            return Err(match field_line(line, at - start) {
                "head end" => "trailers end",
                "field-name" => "trailer name",
                "field-line end" => "trailer-line end",
                _ => "trailer value",
            });
        }
        if line == b"\r\n" || line == b"\n" {
            return Ok(end);
        }
        start = end;
    }
    Err("trailer name")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn states(octets: &[u8]) -> Vec<&'static str> {
        let input = Input { target: Target::Http1, shape: 0, octets: octets.to_vec() };
        let mut states: Vec<&str> = (0..=octets.len()).map(|at| place(&input, at).state).collect();
        states.dedup();
        states
    }

    #[test]
    fn a_request_goes_through_its_grammar() {
        let expected = [
            "method",
            "start-line white space",
            "target",
            "start-line white space",
            "version",
            "start-line end",
            "field-name",
            "before colon",
            "colon",
            "after colon",
            "Host value",
            "field-line end",
            "fold",
            "field-line end",
            "head end",
            "between messages",
        ];
        assert_eq!(states(b"GET / HTTP/1.1\r\nHost : a\r\n b\r\n\r\n"), expected);
        assert_eq!(
            states(b"HTTP/1.1 200 OK")[..6],
            ["version", "start-line white space", "status", "start-line white space", "reason", "field-name"][..6]
        );
    }

    #[test]
    fn bodies_are_told_apart() {
        let chunked = states(b"\r\nA / B\r\nTransfer-Encoding: x\r\n\r\n1;e\r\na\r\n0\r\nT: v\r\n\r\nG");
        let tail = [
            "head end",
            "chunk-size",
            "chunk-extension",
            "chunk-line end",
            "chunk-data",
            "chunk-data end",
            "chunk-size",
            "chunk-line end",
            "trailer name",
            "trailer value",
            "trailer-line end",
            "trailers end",
            "method",
            "field-name",
        ];
        assert_eq!(chunked[chunked.len() - tail.len()..], tail);
        assert_eq!(chunked[0], "before start-line");
        let length = states(b"A / B\r\nContent-Length: 2\r\n\r\nhiG");
        assert!(length.ends_with(&["head end", "content", "method", "field-name"]), "{length:?}");
    }

    #[test]
    fn classes_are_words() {
        let words: Vec<_> = b" \t\r\n\0\x7f\x01\x80 1a!(".iter().map(|o| class(Some(*o))).collect();
        assert_eq!(words.join(" "), "SP HTAB CR LF NUL DEL control obs-text SP digit letter tchar delimiter");
        assert_eq!(class(None), "end");
    }

    proptest! {
        #[test]
        fn any_octet_has_a_place(octets in prop::collection::vec(prop::sample::select(b"Ab1:; \t\r\n0\xff".to_vec()), 0..60), at in 0_usize..70,
            target in prop::sample::select(Target::ALL.to_vec())) {
            let input = Input { target, shape: 0, octets };
            prop_assert!(!place(&input, at).state.is_empty());
        }
    }
}
