//! A lenient split of HTTP/1 octets into messages, their lines and their chunks, each with its exact line end. It takes
//! all octets, and what is joined again is what was split.

use crate::Input;

/// A line: what stands before its end, and the end. The last one of the octets may have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: Vec<u8>,
    pub(super) end: Vec<u8>,
}

/// A chunk; the last one has no data.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    pub(super) size: Line,
    pub(super) data: Vec<u8>,
    pub(super) data_end: Vec<u8>,
}

/// A message; what it lacks is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Message {
    /// Empty lines in front of it.
    pub(super) before: Vec<Line>,
    pub(super) start: Line,
    pub(super) fields: Vec<Line>,
    /// The end of the empty line behind the fields.
    pub(super) blank: Vec<u8>,
    /// Content that no chunks divide.
    pub(super) body: Vec<u8>,
    pub(super) chunks: Vec<Chunk>,
    pub(super) trailers: Vec<Line>,
    /// The end of the empty line behind the trailers.
    pub(super) end: Vec<u8>,
    /// Whether its end was seen.
    pub(super) complete: bool,
}

/// All that is fed to one endpoint.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) shape: u8,
    pub(super) messages: Vec<Message>,
    /// Octets behind the last message that begin none.
    pub(super) tail: Vec<u8>,
}

impl Connection {
    pub(super) fn of(input: &Input) -> Connection {
        let mut splitter = Splitter { shape: input.shape, rest: &input.octets };
        let mut messages = Vec::new();
        while splitter.begins_message() {
            messages.push(splitter.message());
        }
        Connection { shape: input.shape, messages, tail: splitter.rest.to_vec() }
    }

    pub(super) fn octets(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.messages.iter().for_each(|message| message.write(&mut out));
        out.extend_from_slice(&self.tail);
        out
    }

    pub(super) fn is_client(&self) -> bool {
        self.shape & 1 != 0
    }

    /// All field lines, of trailers too.
    pub(super) fn lines(&mut self) -> impl Iterator<Item = &mut Line> {
        self.messages.iter_mut().flat_map(|m| m.fields.iter_mut().chain(&mut m.trailers))
    }

    pub(super) fn chunks(&mut self) -> impl Iterator<Item = &mut Chunk> {
        self.messages.iter_mut().flat_map(|m| &mut m.chunks)
    }
}

impl Line {
    pub(super) fn new(text: &[u8]) -> Line {
        Line { text: text.to_vec(), end: b"\r\n".to_vec() }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.text);
        out.extend_from_slice(&self.end);
    }

    /// The name, as a lenient reader takes it.
    pub(super) fn name(&self) -> &[u8] {
        let end = self.text.iter().position(|&b| b == b':').unwrap_or(self.text.len());
        self.text[..end].trim_ascii()
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name.as_bytes())
    }

    /// What stands behind the colon.
    pub(super) fn value(&self) -> &[u8] {
        self.text.iter().position(|&b| b == b':').map_or(b"", |at| &self.text[at + 1..])
    }

    /// Puts another value there.
    pub(super) fn set_value(&mut self, value: &[u8]) {
        if let Some(at) = self.text.iter().position(|&b| b == b':') {
            self.text.truncate(at + 1);
            self.text.extend_from_slice(value);
        }
    }
}

impl Message {
    fn write(&self, out: &mut Vec<u8>) {
        self.before.iter().for_each(|line| line.write(out));
        self.start.write(out);
        self.fields.iter().for_each(|line| line.write(out));
        out.extend_from_slice(&self.blank);
        out.extend_from_slice(&self.body);
        for chunk in &self.chunks {
            chunk.size.write(out);
            out.extend_from_slice(&chunk.data);
            out.extend_from_slice(&chunk.data_end);
        }
        self.trailers.iter().for_each(|line| line.write(out));
        out.extend_from_slice(&self.end);
    }

    /// The fields of this name.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &Line> {
        self.fields.iter().filter(move |line| line.is(name))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }

    pub(super) fn drop_fields(&mut self, name: &str) {
        self.fields.retain(|line| !line.is(name));
    }

    /// Whether the end of its head was seen.
    pub(super) fn ended(&self) -> bool {
        !self.blank.is_empty()
    }

    pub(super) fn is_chunked(&self) -> bool {
        let chunked = |line: &Line| line.value().to_ascii_lowercase().windows(7).any(|w| w == b"chunked");
        self.named("transfer-encoding").any(chunked)
    }

    /// What Content-Length says.
    pub(super) fn length(&self) -> Option<usize> {
        let length = self.named("content-length").find_map(|line| number(line.value(), 10))?;
        Some(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// The status code of a response, as far as one can be read.
    pub(super) fn status(&self) -> Option<&[u8]> {
        let text = self.start.text.strip_prefix(b"HTTP/")?;
        text.split(|b| b.is_ascii_whitespace()).filter(|part| !part.is_empty()).nth(1)
    }
}

/// What is left to split.
struct Splitter<'a> {
    shape: u8,
    rest: &'a [u8],
}

/// How the content behind a head is delimited.
enum Framing {
    Length(usize),
    Chunked,
    Rest,
}

impl Splitter<'_> {
    fn take(&mut self, length: usize) -> Vec<u8> {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken.to_vec()
    }

    /// The next line. Its end is LF with all CR before it.
    fn line(&mut self) -> Line {
        let behind = self.rest.iter().position(|&b| b == b'\n').map(|at| at + 1);
        let mut text = self.take(behind.unwrap_or(self.rest.len()));
        let end = match behind {
            Some(_) => text.iter().rposition(|b| !matches!(b, b'\r' | b'\n')).map_or(0, |at| at + 1),
            None => text.len(),
        };
        let end = text.split_off(end);
        Line { text, end }
    }

    /// Whether something that may be a start-line follows the empty lines here.
    fn begins_message(&self) -> bool {
        let line = self.rest.split(|&b| b == b'\n').find(|line| !matches!(*line, b"" | b"\r"));
        let spaced = |line: &[u8]| line.contains(&b' ') || line.contains(&b'\t');
        let ended = |line: &[u8]| self.rest.len() > line.len() && self.rest.contains(&b'\n');
        line.is_some_and(|line| spaced(line) || ended(line))
    }

    fn message(&mut self) -> Message {
        let mut message = Message { start: self.line(), ..Message::default() };
        while message.start.text.is_empty() && !message.start.end.is_empty() {
            message.before.push(std::mem::replace(&mut message.start, self.line()));
        }
        (message.fields, message.blank) = self.section();
        if message.blank.is_empty() {
            return message;
        }
        message.complete = true;
        match self.framing(&message) {
            Framing::Chunked => self.chunked(&mut message),
            Framing::Rest => message.body = self.take(self.rest.len()),
            Framing::Length(length) => {
                message.complete = length <= self.rest.len();
                message.body = self.take(length);
            }
        }
        message
    }

    /// Lines and the end of the empty one behind them.
    fn section(&mut self) -> (Vec<Line>, Vec<u8>) {
        let mut lines = Vec::new();
        while !self.rest.is_empty() {
            let line = self.line();
            if line.text.is_empty() {
                return (lines, line.end);
            }
            lines.push(line);
        }
        (lines, Vec::new())
    }

    fn framing(&self, message: &Message) -> Framing {
        let client = self.shape & 1 != 0;
        if client && (self.shape >> 2 & 3 == 1 || bodiless(message.status().unwrap_or_default())) {
            return Framing::Length(0);
        }
        match message.length() {
            _ if message.is_chunked() => Framing::Chunked,
            Some(length) => Framing::Length(length),
            None if client && !self.rest.starts_with(b"HTTP/") => Framing::Rest,
            None => Framing::Length(0),
        }
    }

    fn chunked(&mut self, message: &mut Message) {
        message.complete = false;
        while !self.rest.is_empty() {
            let mut chunk = Chunk { size: self.line(), ..Chunk::default() };
            let size = size(&chunk.size.text).and_then(|size| usize::try_from(size).ok());
            let fitting = size.filter(|&size| size <= self.rest.len());
            let data = fitting.or_else(|| self.next_size());
            let all = size.is_some() && !self.rest.starts_with(b"\r\n");
            chunk.data = self.take(data.unwrap_or(if all { self.rest.len() } else { 0 }));
            let last = chunk.data.is_empty();
            if !last {
                chunk.data_end = self.take(self.data_end());
            }
            message.chunks.push(chunk);
            if last {
                (message.trailers, message.end) = self.section();
                message.complete = !message.end.is_empty();
                return;
            }
        }
    }

    /// Where the data of a chunk end whose size says nothing: before CRLF and a size.
    fn next_size(&self) -> Option<usize> {
        (1..self.rest.len()).find(|&at| self.rest[at..].strip_prefix(b"\r\n").is_some_and(looks_like_size))
    }

    /// The length of what stands between data and the next size.
    fn data_end(&self) -> usize {
        if self.rest.starts_with(b"\r\n") {
            return 2;
        }
        let most = self.rest.len().min(4);
        (0..=most).find(|&at| looks_like_size(&self.rest[at..])).unwrap_or(most.min(2))
    }
}

/// Whether a line of digits and perhaps extensions stands here.
fn looks_like_size(octets: &[u8]) -> bool {
    let digits = octets.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    digits > 0 && matches!(octets.get(digits), Some(b'\r' | b'\n' | b';' | b' ' | b'\t'))
}

/// Whether a response of this status has no content (RFC 9112, 6.3).
pub(super) fn bodiless(status: &[u8]) -> bool {
    matches!(status, b"204" | b"304") || (status.len() == 3 && status[0] == b'1')
}

/// The chunk-size that a line seems to say.
pub(super) fn size(line: &[u8]) -> Option<u64> {
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"+").or_else(|| line.strip_prefix(b"-")).unwrap_or(line);
    let line = line.strip_prefix(b"0x").or_else(|| line.strip_prefix(b"0X")).unwrap_or(line);
    line.first().filter(|b| b.is_ascii_hexdigit()).and_then(|_| number(line, 16))
}

/// The first run of digits of this base, as far as it fits.
pub(super) fn number(octets: &[u8], base: u32) -> Option<u64> {
    let begin = octets.iter().position(|&b| char::from(b).is_digit(base))?;
    let digits = octets[begin..].iter().map_while(|&b| char::from(b).to_digit(base));
    Some(digits.fold(0_u64, |n, digit| n.saturating_mul(base.into()).saturating_add(digit.into())))
}
