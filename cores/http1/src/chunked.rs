//! The chunked transfer coding (RFC 9112, 7.1), octet by octet.
//!
//! ```text
//! chunked-body = *chunk last-chunk trailer-section CRLF
//! chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//! last-chunk   = 1*("0") [ chunk-ext ] CRLF
//! chunk-ext    = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
//! ```

use crate::error::Reason;
use crate::head::Flaw;
use crate::limits::Limits;
use crate::octets::{hex_digit, is_blank, is_token, is_value};

/// Digits of an ordinary chunk-size: chunks up to 16 MiB.
const DIGITS: usize = 6;

/// What the decoder expects next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The first digit of a chunk-size.
    SizeStart,
    Size,
    /// Bad white space before ";".
    BeforeSemicolon,
    /// Bad white space before, and the first octet of, an extension's name.
    NameStart,
    Name,
    /// Bad white space after a name.
    AfterName,
    /// Bad white space before, and the first octet of, an extension's value.
    ValueStart,
    Value,
    Quoted,
    QuotedPair,
    /// After a quoted value.
    AfterQuoted,
    SizeLf,
    Data,
    DataCr,
    DataLf,
}

/// Decodes one message's chunks.
#[derive(Debug)]
pub(crate) struct Decoder {
    state: State,
    /// The current chunk's size, then what is left of its data.
    left: u64,
    /// Octets of the current chunk line.
    line: usize,
    /// Octets of all extensions so far.
    extensions: usize,
}

/// What came of some octets.
pub(crate) enum Decoded {
    /// All octets were consumed; nothing to report yet.
    More,
    /// After so many octets of framing, data from there to the second offset.
    Data(usize, usize),
    /// The last chunk's line ended at this offset: the trailer section follows.
    Last(usize),
}

impl Decoder {
    pub(crate) fn new() -> Decoder {
        Decoder { state: State::SizeStart, left: 0, line: 0, extensions: 0 }
    }

    /// Consumes octets up to the end of the next data, or of the last chunk.
    pub(crate) fn decode(&mut self, input: &[u8], limits: &Limits) -> Result<Decoded, Flaw> {
        let mut at = self.ordinary_line(input, limits).unwrap_or(0);
        while self.state != State::Data
            && let Some(&b) = input.get(at)
        {
            self.step(b, limits).map_err(|reason| (reason, at))?;
            at += 1;
        }
        Ok(if self.state != State::Data {
            Decoded::More
        } else if self.left == 0 {
            Decoded::Last(at)
        } else if at == input.len() {
            Decoded::More
        } else {
            self.data(at, input.len())
        })
    }

    /// Data from one offset to another, or to the end of the chunk.
    fn data(&mut self, from: usize, end: usize) -> Decoded {
        let held = usize::try_from(self.left).unwrap_or(usize::MAX).min(end - from);
        self.left -= held as u64;
        if self.left == 0 {
            self.state = State::DataCr;
        }
        Decoded::Data(from, from + held)
    }

    /// Takes the CRLF behind chunk data, if it is there, with the next chunk's line, if that is whole, short and without
    /// extensions, as nearly all are; gives the length. Nothing is refused here: all else is for [`Decoder::step`].
    fn ordinary_line(&mut self, input: &[u8], limits: &Limits) -> Option<usize> {
        // `step` counts the CR behind data with the line before it, and the LF with the line after it.
        let (size_at, counted) = match (self.state, input) {
            (State::SizeStart, _) => (0, self.line),
            (State::DataCr, [b'\r', b'\n', ..]) if self.line < limits.chunk_line => (2, 1),
            (_, _) => return None,
        };
        let line = &input[size_at..];
        let (mut size, mut digits) = (0, 0);
        while let Some(digit) = hex_digit(*line.get(digits)?) {
            (size, digits) = (size * 16 + digit, digits + 1);
            if digits > DIGITS {
                return None;
            }
        }
        let length = digits + 2;
        if digits == 0 || line.get(digits..length)? != b"\r\n" || counted + length > limits.chunk_line {
            return None;
        }
        (self.state, self.left, self.line) = (State::Data, size, counted + length);
        Some(size_at + length)
    }

    /// Takes one octet of framing.
    fn step(&mut self, b: u8, limits: &Limits) -> Result<(), Reason> {
        self.state = match self.state {
            State::SizeStart | State::Size => self.size(b)?,
            State::SizeLf if b == b'\n' => State::Data,
            State::SizeLf => return Err(Reason::LineEnd),
            State::DataCr if b == b'\r' => State::DataLf,
            State::DataLf if b == b'\n' => {
                (self.left, self.line) = (0, 0);
                State::SizeStart
            }
            State::DataCr | State::DataLf => return Err(Reason::ChunkEnd),
            State::Data => State::Data, // not reached: `decode` takes data itself
            State::BeforeSemicolon
            | State::NameStart
            | State::Name
            | State::AfterName
            | State::ValueStart
            | State::Value
            | State::Quoted
            | State::QuotedPair
            | State::AfterQuoted => {
                self.extensions += 1;
                extension(self.state, b)?
            }
        };
        self.line += 1;
        if self.line > limits.chunk_line || self.extensions > limits.chunk_extensions {
            return Err(Reason::ChunkLineTooLong);
        }
        Ok(())
    }

    /// 7.1: "recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due to integer
    /// conversion overflows".
    fn size(&mut self, b: u8) -> Result<State, Reason> {
        if let Some(digit) = hex_digit(b) {
            self.left = self.left.checked_mul(16).ok_or(Reason::ChunkSize)? + digit;
            return Ok(State::Size);
        }
        match (self.state, b) {
            (State::Size, b'\r') => Ok(State::SizeLf),
            (State::Size, b';') => Ok(State::NameStart),
            (State::Size, b) if is_blank(b) => Ok(State::BeforeSemicolon),
            (_, _) => Err(Reason::ChunkSize),
        }
    }
}

/// 7.1.1: extensions are read by their grammar and ignored.
fn extension(state: State, b: u8) -> Result<State, Reason> {
    let blank = is_blank(b);
    Ok(match (state, b) {
        (State::BeforeSemicolon | State::NameStart | State::AfterName | State::ValueStart, _) if blank => state,
        (State::BeforeSemicolon | State::AfterQuoted, b';') => State::NameStart,
        (State::NameStart | State::Name, b) if is_token(b) => State::Name,
        (State::Name, _) if blank => State::AfterName,
        (State::Name | State::AfterName, b'=') => State::ValueStart,
        (State::Name | State::AfterName | State::Value, b';') => State::NameStart,
        (State::ValueStart, b'"') => State::Quoted,
        (State::ValueStart | State::Value, b) if is_token(b) => State::Value,
        (State::Value | State::AfterQuoted, _) if blank => State::BeforeSemicolon,
        (State::Quoted, b'"') => State::AfterQuoted,
        (State::Quoted, b'\\') => State::QuotedPair,
        (State::Quoted, b) if is_value(b) => State::Quoted,
        (State::QuotedPair, b) if is_value(b) => State::Quoted,
        (State::Name | State::Value | State::AfterQuoted, b'\r') => State::SizeLf,
        (_, _) => return Err(Reason::ChunkExtension),
    })
}
