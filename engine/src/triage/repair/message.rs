//! A lenient split of HTTP/1.1 octets into messages, lines and chunks that loses nothing: joined again it is what it was.

/// A line: what stands in it, and what ends it (CRLF, LF, or nothing at the end of the octets).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: Vec<u8>,
    pub(super) end: Vec<u8>,
}

/// A chunk: its line, its data, and what follows that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) line: Line,
    /// The octets of data that its line announces.
    pub(super) size: usize,
    pub(super) data: Vec<u8>,
    pub(super) end: Vec<u8>,
}

/// What follows a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Content of a given length, none, or all that is left.
    Octets(Vec<u8>),
    /// Chunks, the trailer lines and the empty line, as far as they are there.
    Chunks(Vec<Chunk>, Vec<Line>),
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Empty lines in front.
    pub(super) lead: Vec<u8>,
    /// The start-line.
    pub(super) start: Line,
    /// The field lines, the empty line last if it is there.
    pub(super) fields: Vec<Line>,
    /// The body.
    pub(super) body: Body,
}

impl Line {
    pub(super) fn of(text: &[u8]) -> Line {
        Line { text: text.to_vec(), end: b"\r\n".to_vec() }
    }

    /// The line that begins the octets, and the rest.
    fn split(octets: &[u8]) -> (Line, &[u8]) {
        let Some(lf) = octets.iter().position(|o| *o == b'\n') else {
            return (Line { text: octets.to_vec(), end: Vec::new() }, &[]);
        };
        let text = octets[..lf].strip_suffix(b"\r").unwrap_or(&octets[..lf]);
        let line = Line { text: text.to_vec(), end: octets[text.len()..=lf].to_vec() };
        (line, &octets[lf + 1..])
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty() && !self.end.is_empty()
    }

    /// The name before the colon, without white space and in lower case; nothing for a line without a colon.
    pub(super) fn name(&self) -> Vec<u8> {
        let colon = self.text.iter().position(|o| *o == b':').unwrap_or(0);
        self.text[..colon].trim_ascii().to_ascii_lowercase()
    }

    /// What stands behind the colon.
    pub(super) fn value(&self) -> &[u8] {
        self.text.iter().position(|o| *o == b':').map_or(&[], |colon| &self.text[colon + 1..])
    }

    /// Puts another value behind the colon.
    pub(super) fn set_value(&mut self, value: &[u8]) {
        if let Some(colon) = self.text.iter().position(|o| *o == b':') {
            self.text.truncate(colon + 1);
            self.text.extend_from_slice(value);
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.text);
        out.extend_from_slice(&self.end);
    }
}

/// The first number in a text, in this base; digits beyond any size are left out.
fn number(text: &[u8], base: u32) -> Option<usize> {
    let digit = |o: &u8| char::from(*o).is_digit(base);
    let from = text.iter().position(digit)?;
    let digits = text[from..].iter().take_while(|o| digit(o)).count();
    usize::from_str_radix(std::str::from_utf8(&text[from..from + digits]).ok()?, base).ok()
}

impl Message {
    /// The first message of the octets, and the rest. `responses` have content until the end if nothing says how much.
    fn split(octets: &[u8], responses: bool) -> (Message, &[u8]) {
        let mut rest = octets;
        while let [b'\r', b'\n', behind @ ..] | [b'\n', behind @ ..] = rest {
            rest = behind;
        }
        let lead = octets[..octets.len() - rest.len()].to_vec();
        let (start, mut rest) = Line::split(rest);
        let mut fields = Vec::new();
        while !rest.is_empty() && !fields.last().is_some_and(Line::is_blank) {
            let (line, behind) = Line::split(rest);
            fields.push(line);
            rest = behind;
        }
        let (body, rest) = Message::split_body(&fields, rest, responses);
        (Message { lead, start, fields, body }, rest)
    }

    fn split_body<'o>(fields: &[Line], octets: &'o [u8], responses: bool) -> (Body, &'o [u8]) {
        let value = |name: &[u8]| fields.iter().find(|f| f.name() == name).map(|f| f.value().to_ascii_lowercase());
        let chunked = value(b"transfer-encoding").is_some_and(|v| v.windows(5).any(|w| w == b"chunk"));
        let length = value(b"content-length").and_then(|v| number(&v, 10));
        if chunked {
            return Message::split_chunks(octets);
        }
        let length = length.unwrap_or(if responses { octets.len() } else { 0 }).min(octets.len());
        (Body::Octets(octets[..length].to_vec()), &octets[length..])
    }

    fn split_chunks(mut rest: &[u8]) -> (Body, &[u8]) {
        let (mut chunks, mut trailers) = (Vec::new(), Vec::new());
        let mut last = false;
        while !rest.is_empty() && !last {
            let (line, behind) = Line::split(rest);
            let digits = line.text.split(|o| *o == b';').next().unwrap_or_default();
            let size = number(digits, 16).unwrap_or(0);
            last = size == 0;
            let (data, behind) = behind.split_at(size.min(behind.len()));
            let end = if last {
                0
            } else {
                [&b"\r\n"[..], b"\n"].iter().find(|e| behind.starts_with(e)).map_or(0, |e| e.len())
            };
            let (end, behind) = behind.split_at(end);
            chunks.push(Chunk { line, size, data: data.to_vec(), end: end.to_vec() });
            rest = behind;
        }
        while last && !rest.is_empty() && !trailers.last().is_some_and(Line::is_blank) {
            let (line, behind) = Line::split(rest);
            trailers.push(line);
            rest = behind;
        }
        (Body::Chunks(chunks, trailers), rest)
    }

    /// All messages.
    pub(super) fn all(mut octets: &[u8], responses: bool) -> Vec<Message> {
        let mut messages = Vec::new();
        while !octets.is_empty() {
            let (message, rest) = Message::split(octets, responses);
            messages.push(message);
            octets = rest;
        }
        messages
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.lead);
        self.start.write(out);
        self.fields.iter().for_each(|line| line.write(out));
        match &self.body {
            Body::Octets(octets) => out.extend_from_slice(octets),
            Body::Chunks(chunks, trailers) => {
                for chunk in chunks {
                    chunk.line.write(out);
                    out.extend_from_slice(&chunk.data);
                    out.extend_from_slice(&chunk.end);
                }
                trailers.iter().for_each(|line| line.write(out));
            }
        }
    }

    /// The octets of messages.
    pub(super) fn join(messages: &[Message]) -> Vec<u8> {
        let mut out = Vec::new();
        messages.iter().for_each(|message| message.write(&mut out));
        out
    }

    /// The field lines without the empty one.
    pub(super) fn lines(&mut self) -> impl Iterator<Item = &mut Line> {
        self.fields.iter_mut().filter(|line| !line.is_blank())
    }

    /// Field lines and trailer lines.
    pub(super) fn all_lines(&mut self) -> impl Iterator<Item = &mut Line> {
        let trailers = match &mut self.body {
            Body::Chunks(_, trailers) => trailers.as_mut_slice(),
            Body::Octets(_) => &mut [],
        };
        self.fields.iter_mut().chain(trailers).filter(|line| !line.is_blank())
    }

    /// Every line of it: start-line, fields, chunk lines, trailers, empty lines.
    pub(super) fn every_line(&mut self) -> impl Iterator<Item = &mut Line> {
        let (chunks, trailers) = match &mut self.body {
            Body::Chunks(chunks, trailers) => (chunks.as_mut_slice(), trailers.as_mut_slice()),
            Body::Octets(_) => (&mut [][..], &mut [][..]),
        };
        let chunks = chunks.iter_mut().map(|chunk| &mut chunk.line);
        std::iter::once(&mut self.start).chain(&mut self.fields).chain(chunks).chain(trailers)
    }

    /// Its chunks.
    pub(super) fn chunks(&mut self) -> &mut [Chunk] {
        match &mut self.body {
            Body::Chunks(chunks, _) => chunks,
            Body::Octets(_) => &mut [],
        }
    }

    /// Whether a field of this name is there.
    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.fields.iter().any(|line| line.name() == name)
    }

    /// Drops the fields of this name.
    pub(super) fn drop(&mut self, name: &[u8]) {
        self.fields.retain(|line| line.name() != name);
    }

    /// Adds a field line behind the start-line.
    pub(super) fn add(&mut self, line: &[u8]) {
        self.fields.insert(0, Line::of(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost(parts in prop::collection::vec(prop::sample::select(vec!["GET / HTTP/1.1", "\r\n", "\n", "\r", "Content-Length: 3", "Transfer-Encoding: chunked", "5", "abc", ":", " ", ";x", "0"]), 0..30), responses: bool) {
            let octets = parts.concat().into_bytes();
            prop_assert_eq!(Message::join(&Message::all(&octets, responses)), octets);
        }
    }

    #[test]
    fn messages_have_lines_and_chunks() {
        let octets = b"\r\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;e\r\nabc\r\n0\r\nT: v\r\n\r\nGET / HTTP/1.1\r\n\r\n";
        let mut all = Message::all(octets, false);
        assert_eq!((all.len(), all[0].lead.len(), all[0].fields.len(), all[0].chunks().len()), (2, 2, 2, 2));
        assert_eq!((all[0].every_line().count(), all[0].all_lines().count()), (7, 2));
    }
}
