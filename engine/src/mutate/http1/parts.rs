//! A lenient split of wire octets into messages and their parts. It never fails: what it cannot read is a raw part, and
//! the parts put one behind the other are always the octets that were split.

use std::ops::Range;

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A request line or status line, with its line end.
    Start,
    /// A field line of a head, with its line end.
    Field,
    /// The empty line behind a head or trailer section, or one before a message.
    Blank,
    /// A body that no chunks divide.
    Body,
    /// A chunk-size with extensions and line end.
    Size,
    /// A chunk's data.
    Data,
    /// What follows a chunk's data.
    DataEnd,
    /// A field line of a trailer section.
    Trailer,
    /// What is none of these.
    Raw,
}

/// How many parts are told apart; the rest is one raw part. A part is six octets on the stack.
const MOST: usize = 96;

/// The parts of some octets, without gaps.
#[derive(Debug)]
pub(super) struct Parts {
    kinds: [Kind; MOST],
    messages: [u8; MOST],
    ends: [u32; MOST],
    count: usize,
}

impl Parts {
    /// Splits octets; those behind the first four gibibytes are not looked at.
    pub(super) fn split(octets: &[u8]) -> Parts {
        let mut parts = Parts { kinds: [Kind::Raw; MOST], messages: [0; MOST], ends: [0; MOST], count: 0 };
        let mut splitter = Splitter { octets, at: 0, message: 0, parts: &mut parts };
        while splitter.message().is_some() {
            splitter.message = splitter.message.saturating_add(1);
        }
        if splitter.at < octets.len() {
            splitter.close(Kind::Raw, octets.len());
        }
        parts
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn kind(&self, part: usize) -> Kind {
        self.kinds[part]
    }

    /// Where a part lies.
    pub(super) fn range(&self, part: usize) -> Range<usize> {
        let start = if part == 0 { 0 } else { self.ends[part - 1] };
        start as usize..self.ends[part] as usize
    }

    /// The number of messages; one that was only begun counts.
    pub(super) fn messages(&self) -> usize {
        self.messages[..self.count].last().map_or(0, |&message| usize::from(message) + 1)
    }

    /// Where a message lies; empty if it does not exist.
    pub(super) fn message(&self, number: usize) -> Range<usize> {
        let messages = &self.messages[..self.count];
        let first = messages.partition_point(|&message| usize::from(message) < number);
        let behind = messages.partition_point(|&message| usize::from(message) <= number);
        let end = |behind: usize| if behind == 0 { 0 } else { self.ends[behind - 1] as usize };
        end(first)..end(behind)
    }

    /// The first part from `from` on, round the end, that fits.
    pub(super) fn find(&self, from: usize, fits: impl Fn(usize, Kind) -> bool) -> Option<usize> {
        let count = self.count;
        (from..count).chain(0..from).find(|&part| fits(part, self.kinds[part]))
    }
}

struct Splitter<'a> {
    octets: &'a [u8],
    at: usize,
    message: u8,
    parts: &'a mut Parts,
}

/// How the content that follows a head is delimited, as far as the split cares.
#[derive(Clone, Copy)]
enum Framing {
    None,
    Length(u64),
    Chunked,
}

impl Splitter<'_> {
    /// Ends a part; none if there is no room for another one behind it.
    fn close(&mut self, kind: Kind, end: usize) -> Option<()> {
        let full = self.parts.count + 1 == MOST;
        let (kind, end) = if full { (Kind::Raw, self.octets.len()) } else { (kind, end) };
        let part = self.parts.count;
        self.parts.ends[part] = u32::try_from(end).ok()?;
        (self.parts.kinds[part], self.parts.messages[part]) = (kind, self.message);
        self.parts.count += 1;
        self.at = end;
        (!full).then_some(())
    }

    /// The end of the line that begins here.
    fn line(&self) -> Option<usize> {
        let length = self.octets[self.at..].iter().position(|&b| b == b'\n')?;
        Some(self.at + length + 1)
    }

    fn is_blank(&self, end: usize) -> bool {
        matches!(&self.octets[self.at..end], b"\r\n" | b"\n")
    }

    /// A whole message; none at the end of what can be read.
    fn message(&mut self) -> Option<()> {
        let mut end = self.line()?;
        while self.is_blank(end) {
            self.close(Kind::Blank, end)?;
            end = self.line()?;
        }
        let start = self.at;
        self.close(Kind::Start, end)?;
        match self.section(Kind::Field)? {
            Framing::Chunked => self.chunks(),
            Framing::Length(length) => self.body(length),
            Framing::None if self.octets[start..].starts_with(b"HTTP/") => self.until_close(),
            Framing::None => Some(()),
        }
    }

    /// Field lines and the empty line behind them; the framing that they announce.
    fn section(&mut self, kind: Kind) -> Option<Framing> {
        let mut framing = Framing::None;
        loop {
            let end = self.line()?;
            if self.is_blank(end) {
                self.close(Kind::Blank, end)?;
                return Some(framing);
            }
            match (announced(&self.octets[self.at..end]), framing) {
                (Framing::None, _) | (_, Framing::Chunked) => {}
                (found, _) => framing = found,
            }
            self.close(kind, end)?;
        }
    }

    fn body(&mut self, length: u64) -> Option<()> {
        let left = self.octets.len() - self.at;
        let held = usize::try_from(length).unwrap_or(left).min(left);
        if held == 0 { Some(()) } else { self.close(Kind::Body, self.at + held) }
    }

    /// All that follows a response without a length, unless another response follows.
    fn until_close(&mut self) -> Option<()> {
        if self.octets[self.at..].starts_with(b"HTTP/") { Some(()) } else { self.body(u64::MAX) }
    }

    fn chunks(&mut self) -> Option<()> {
        loop {
            let end = self.line()?;
            let size = hexadecimal(&self.octets[self.at..end])?;
            self.close(Kind::Size, end)?;
            if size == 0 {
                return self.section(Kind::Trailer).map(drop);
            }
            let left = self.octets.len() - self.at;
            let held = usize::try_from(size).unwrap_or(left).min(left);
            if held == 0 {
                return None;
            }
            self.close(Kind::Data, self.at + held)?;
            let end = match &self.octets[self.at..] {
                [b'\r', b'\n', ..] => self.at + 2,
                [b'\n', ..] => self.at + 1,
                _ => continue,
            };
            self.close(Kind::DataEnd, end)?;
        }
    }
}

/// The framing that a field line seems to announce.
fn announced(line: &[u8]) -> Framing {
    const CODING: &[u8] = b"transfer-encoding";
    const LENGTH: &[u8] = b"content-length";
    let named = |name: &[u8]| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    match line.first() {
        Some(b'T' | b't') if named(CODING) => {
            let chunked = line.windows(7).any(|window| window.eq_ignore_ascii_case(b"chunked"));
            if chunked { Framing::Chunked } else { Framing::None }
        }
        Some(b'C' | b'c') if named(LENGTH) => number(&line[LENGTH.len()..], 10).map_or(Framing::None, Framing::Length),
        _ => Framing::None,
    }
}

/// The chunk-size that a line seems to begin with.
pub(super) fn hexadecimal(line: &[u8]) -> Option<u64> {
    let begin = line.iter().position(|b| !matches!(b, b' ' | b'\t'))?;
    if line[begin].is_ascii_hexdigit() { number(&line[begin..], 16) } else { None }
}

/// The first run of digits of this base, as far as it fits.
pub(super) fn number(octets: &[u8], base: u32) -> Option<u64> {
    let begin = octets.iter().position(|&b| char::from(b).is_digit(base))?;
    let digits = octets[begin..].iter().map_while(|&b| char::from(b).to_digit(base));
    Some(digits.fold(0_u64, |n, digit| n.saturating_mul(base.into()).saturating_add(digit.into())))
}
