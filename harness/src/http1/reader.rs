//! Reads what subjects write, strictly to the grammar of RFC 9112: what it calls `garbled`, a strict peer refuses.
//!
//! It is independent of `cores/http1` on purpose: a judge must not share the defendant's code.

use std::ops::Range;

use crate::protocol::Role;
use crate::transcript::Transcript;
use crate::value::{Record, Value};

type FieldLines = Vec<(Vec<u8>, Vec<u8>)>;

/// Everything written in some steps of a transcript, as messages. What the other side asked (for a server) decides how responses
/// are framed. A message that is still open has no `end`; octets that are no message are one `garbled` record.
pub(super) fn read(role: Role, transcript: &Transcript, steps: Range<usize>) -> Vec<Record> {
    let octets = transcript.output_of(steps);
    let methods = transcript.events().filter(|(_, s)| s.record.event == "request");
    let asked = methods.map(|(_, s)| s.record.bytes("method").unwrap_or_default().to_vec()).collect::<Vec<_>>();
    let mut reader = Reader { rest: &octets, records: Vec::new() };
    let mut asked = asked.into_iter();
    let mut method = asked.next();
    while !reader.rest.is_empty() {
        let message = match role {
            Role::Client => reader.request(),
            _ => reader.response(method.as_deref().unwrap_or(b"GET")),
        };
        match message {
            Ok(Next::Message { interim: true }) => {}
            Ok(Next::Message { interim: false }) => method = asked.next(),
            Ok(Next::Opaque) => break,
            Err(why) => {
                let text = Value::Bytes(why.as_bytes().to_vec());
                reader.records.push(Record::new("garbled").with("text", text));
                break;
            }
        }
    }
    reader.records
}

/// What follows a message.
enum Next {
    /// Another message; `interim` if the same request is still to be answered.
    Message { interim: bool },
    /// Octets that are no HTTP, or nothing more yet.
    Opaque,
}

/// How the content of a message is delimited.
enum Body {
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

struct Reader<'a> {
    rest: &'a [u8],
    records: Vec<Record>,
}

impl<'a> Reader<'a> {
    fn line(&mut self) -> Result<&'a [u8], &'static str> {
        let end = self.rest.windows(2).position(|w| w == b"\r\n").ok_or("a line without CRLF")?;
        let line = &self.rest[..end];
        self.rest = &self.rest[end + 2..];
        if line.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) { Err("CR, LF or NUL inside a line") } else { Ok(line) }
    }

    fn fields(&mut self) -> Result<FieldLines, &'static str> {
        let mut fields = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(fields);
            }
            let colon = line.iter().position(|&b| b == b':').ok_or("a field line without a colon")?;
            let (name, value) = (&line[..colon], &line[colon + 1..]);
            if name.is_empty() || !name.iter().all(|&b| is_token(b)) {
                return Err("a field name that is no token");
            }
            if value.iter().any(|&b| (b < 0x20 && b != b'\t') || b == 0x7f) {
                return Err("a control character in a field value");
            }
            fields.push((name.to_ascii_lowercase(), trim(value).to_vec()));
        }
    }

    fn request(&mut self) -> Result<Next, &'static str> {
        let line = self.line()?;
        let mut words = line.split(|&b| b == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err("a request line that is not three words");
        };
        if method.is_empty() || !method.iter().all(|&b| is_token(b)) {
            return Err("a method that is no token");
        }
        if target.is_empty() || !target.iter().all(|b| (0x21..0x7f).contains(b)) {
            return Err("a request-target with octets outside visible ASCII");
        }
        let version = read_version(version)?;
        let fields = self.fields()?;
        let body = match framing(&fields)? {
            Body::UntilClose => Body::None,
            body => body,
        };
        let record = Record::new("request")
            .with("method", Value::Bytes(method.to_vec()))
            .with("target", Value::Bytes(target.to_vec()));
        self.records.push(record.with("version", Value::Bytes(version)).with("fields", Value::Fields(fields)));
        self.body(body)?;
        Ok(if method == b"CONNECT" { Next::Opaque } else { Next::Message { interim: false } })
    }

    fn response(&mut self, method: &[u8]) -> Result<Next, &'static str> {
        let line = self.line()?;
        let (version, rest) = line.split_at_checked(8).ok_or("a status line that is too short")?;
        let version = read_version(version)?;
        let [b' ', a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', b' ', reason @ ..] = rest else {
            return Err("a status line that is not version SP 3DIGIT SP reason");
        };
        let status = [a, b, c].iter().fold(0, |n, d| n * 10 + u64::from(**d - b'0'));
        let fields = self.fields()?;
        let interim = (100..200).contains(&status) && status != 101;
        let tunnel = status == 101 || (method == b"CONNECT" && (200..300).contains(&status));
        let bodiless = interim || tunnel || method == b"HEAD" || status == 204 || status == 304;
        let framing = framing(&fields)?;
        if (interim || tunnel || status == 204) && !matches!(framing, Body::UntilClose) {
            return Err("a framing field where none may be sent");
        }
        let record = Record::new(if interim { "interim" } else { "response" })
            .with("status", Value::Number(status))
            .with("reason", Value::Bytes(reason.to_vec()));
        self.records.push(record.with("version", Value::Bytes(version)).with("fields", Value::Fields(fields)));
        if !interim {
            self.body(if bodiless { Body::None } else { framing })?;
        }
        Ok(if tunnel { Next::Opaque } else { Next::Message { interim } })
    }

    fn body(&mut self, body: Body) -> Result<(), &'static str> {
        match body {
            Body::None => self.end(Vec::new()),
            Body::UntilClose => {
                let rest = std::mem::take(&mut self.rest);
                self.data(rest);
            }
            Body::Length(length) => {
                let held = usize::try_from(length).unwrap_or(usize::MAX).min(self.rest.len());
                let (content, rest) = self.rest.split_at(held);
                self.rest = rest;
                self.data(content);
                if content.len() as u64 == length {
                    self.end(Vec::new());
                }
            }
            Body::Chunked => return self.chunks(),
        }
        Ok(())
    }

    fn chunks(&mut self) -> Result<(), &'static str> {
        while !self.rest.is_empty() {
            let line = self.line()?;
            let digits = line.split(|&b| b == b';').next().unwrap_or_default();
            if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_hexdigit) {
                return Err("a chunk-size that is no hexadecimal number");
            }
            let digit = |b: u8| u64::from(char::from(b).to_digit(16).unwrap_or(0));
            let size = digits.iter().fold(0, |n, &b| n * 16 + digit(b)) as usize;
            if size == 0 {
                let trailers = self.fields()?;
                self.end(trailers);
                return Ok(());
            }
            let (data, rest) = self.rest.split_at_checked(size).ok_or("a chunk shorter than its size")?;
            self.data(data);
            self.rest = rest.strip_prefix(b"\r\n").ok_or("chunk data not followed by CRLF")?;
        }
        Ok(())
    }

    fn data(&mut self, octets: &[u8]) {
        if octets.is_empty() {
            return;
        }
        if let Some(Record { event, members }) = self.records.last_mut()
            && event == "data"
            && let Some((_, Value::Bytes(before))) = members.first_mut()
        {
            before.extend_from_slice(octets);
            return;
        }
        self.records.push(Record::new("data").with("bytes", Value::Bytes(octets.to_vec())));
    }

    fn end(&mut self, trailers: FieldLines) {
        self.records.push(Record::new("end").with("trailers", Value::Fields(trailers)));
    }
}

/// RFC 9112, 6.3, for a sender: both framing fields at once, repeats and codings after chunked are errors.
fn framing(fields: &FieldLines) -> Result<Body, &'static str> {
    let values = |name: &[u8]| fields.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_slice()).collect::<Vec<_>>();
    match (values(b"transfer-encoding").as_slice(), values(b"content-length").as_slice()) {
        ([], []) => Ok(Body::UntilClose),
        ([], [length]) => {
            if length.is_empty() || length.len() > 19 || !length.iter().all(u8::is_ascii_digit) {
                return Err("a Content-Length that is no decimal number");
            }
            Ok(Body::Length(length.iter().fold(0, |n, b| n * 10 + u64::from(b - b'0'))))
        }
        ([], _) => Err("more than one Content-Length"),
        (lines, []) => {
            let codings: Vec<&[u8]> = lines.iter().flat_map(|line| line.split(|&b| b == b',')).map(trim).collect();
            let chunked = |coding: &&[u8]| coding.eq_ignore_ascii_case(b"chunked");
            match codings.iter().position(chunked) {
                Some(at) if at + 1 < codings.len() => Err("chunked more than once, or not last"),
                Some(_) => Ok(Body::Chunked),
                None => Ok(Body::UntilClose),
            }
        }
        _ => Err("Content-Length beside Transfer-Encoding"),
    }
}

fn read_version(version: &[u8]) -> Result<Vec<u8>, &'static str> {
    match version {
        b"HTTP/1.1" | b"HTTP/1.0" => Ok(version[5..].to_vec()),
        _ => Err("a version that is not HTTP/1.0 or HTTP/1.1"),
    }
}

/// RFC 9110, 5.6.2.
fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

/// Removes SP and HTAB at both ends, nothing else.
fn trim(value: &[u8]) -> &[u8] {
    let blank = |b: &u8| matches!(b, b' ' | b'\t');
    let from = value.iter().position(|b| !blank(b)).unwrap_or(value.len());
    let to = value.iter().rposition(|b| !blank(b)).map_or(from, |at| at + 1);
    &value[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Seen, StepRecord};

    fn written(method: &str, output: &[u8]) -> Vec<String> {
        let request = Record::new("request").with("method", Value::Bytes(method.into()));
        let step = StepRecord {
            events: vec![Seen { fed: None, record: request }],
            output: output.to_vec(),
            ..StepRecord::default()
        };
        let records = read(Role::Server, &Transcript { steps: vec![step], fault: None }, 0..1);
        records.iter().map(|r| r.event.to_string()).collect()
    }

    #[test]
    fn framing_follows_the_request() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
        assert_eq!(written("HEAD", head), ["response", "end"]);
        assert_eq!(written("GET", head), ["response"]);
        assert_eq!(written("GET", &[head.as_slice(), b"abc"].concat()), ["response", "data", "end"]);
    }

    #[test]
    fn what_a_strict_peer_refuses_is_garbled() {
        for output in [
            "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
            "HTTP/1.1 200\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nx",
            "HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
        ] {
            assert!(written("GET", output.as_bytes()).contains(&"garbled".to_owned()), "{output:?}");
        }
    }

    #[test]
    fn chunks_and_trailers_are_read() {
        let output = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: u\r\n\r\n";
        assert_eq!(written("GET", output), ["interim", "response", "data", "end"]);
    }
}
