//! The repairs of HTTP/1.1, what is particular before what is general.

use wireproof::Role;

use super::Repair;
use super::message::{Body, Line, Message};
use crate::Input;

/// The input with its messages edited; none if nothing changes.
fn edit(input: &Input, mut change: impl FnMut(&mut Message)) -> Option<Input> {
    edit_all(input, |messages| messages.iter_mut().for_each(&mut change))
}

fn edit_all(input: &Input, change: impl FnOnce(&mut Vec<Message>)) -> Option<Input> {
    let mut messages = Message::all(&input.octets, input.role() == Role::Client);
    change(&mut messages);
    changed(input, Input { octets: Message::join(&messages), ..input.clone() })
}

fn changed(input: &Input, other: Input) -> Option<Input> {
    (other != *input).then_some(other)
}

fn is_tchar(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// The words of the start-line: method, target, version; or version, status, reason.
fn words(line: &[u8]) -> [Vec<u8>; 3] {
    let mut parts = line.splitn(3, |o| *o == b' ').map(<[u8]>::to_vec);
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

/// Edits the words of a start-line that has three.
fn edit_words(message: &mut Message, change: impl FnOnce(&mut [Vec<u8>; 3])) {
    let mut three = words(&message.start.text);
    let before = three.clone();
    change(&mut three);
    if three != before {
        message.start.text = three.join(&b' ');
    }
}

fn is_response(message: &Message) -> bool {
    message.start.text.starts_with(b"HTTP/")
}

/// The same on the fields of one name.
fn edit_field(message: &mut Message, name: &[u8], change: impl Fn(&mut Line)) {
    message.lines().filter(|line| line.name() == name).for_each(change);
}

fn keep_first(message: &mut Message, name: &[u8]) {
    let mut seen = false;
    message.fields.retain(|line| line.name() != name || !std::mem::replace(&mut seen, true));
}

fn without(octets: &mut Vec<u8>, bad: impl Fn(u8) -> bool) {
    octets.retain(|o| !bad(*o));
}

/// Octets of content that are there.
fn content_length(message: &Message) -> usize {
    match &message.body {
        Body::Octets(octets) => octets.len(),
        Body::Chunks(..) => 0,
    }
}

const LENGTH: &[u8] = b"content-length";
const CODING: &[u8] = b"transfer-encoding";

/// What remains of a length when all but its first digits goes.
fn plain_number(value: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        value.iter().copied().skip_while(|o| !o.is_ascii_digit()).take_while(u8::is_ascii_digit).collect();
    let zeros = digits.iter().take_while(|o| **o == b'0').count().min(digits.len().saturating_sub(1));
    digits[zeros..].to_vec()
}

fn status(message: &Message) -> Vec<u8> {
    words(&message.start.text)[1].clone()
}

macro_rules! repairs {
    ($($name:literal, $what:literal, $clause:literal, $apply:expr;)*) => {
        /// All of them.
        pub(super) static HTTP1: &[Repair] =
            &[$(Repair { name: $name, what: $what, clause: $clause, apply: $apply },)*];
    };
}

repairs! {
    // Lines.
    "bare-lf", "a line that ends with LF alone", "RFC 9112, 2.2",
        |i| edit(i, |m| { m.every_line().filter(|l| l.end == b"\n").for_each(|l| l.end = b"\r\n".to_vec()); m.chunks().iter_mut().filter(|c| c.end == b"\n").for_each(|c| c.end = b"\r\n".to_vec()); });
    "bare-cr", "a CR that is not followed by LF", "RFC 9112, 2.2",
        |i| edit(i, |m| m.every_line().for_each(|l| without(&mut l.text, |o| o == b'\r')));
    "empty-lines-before", "empty lines before the start-line", "RFC 9112, 2.2",
        |i| edit(i, |m| m.lead.clear());
    "space-before-start-line", "white space before the start-line", "RFC 9112, 2.2",
        |i| edit(i, |m| m.start.text = m.start.text.trim_ascii_start().to_vec());
    "obs-fold", "a field line that goes on in the next", "RFC 9112, 5.2",
        |i| edit(i, unfold);
    // The request line and the status line.
    "start-line-white-space", "other white space than one SP in the start-line", "RFC 9112, 3",
        |i| edit(i, |m| m.start.text = m.start.text.split(|o| matches!(o, b' ' | b'\t' | 11 | 12)).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(&b' '));
    "no-version", "a request line without a version (HTTP/0.9)", "RFC 9112, 2.3",
        |i| edit(i, |m| if !is_response(m) { edit_words(m, |w| if w[2].is_empty() { w[2] = b"HTTP/1.1".to_vec(); }) });
    "version-1-0", "HTTP/1.0", "RFC 9112, 2.3",
        |i| edit(i, |m| set_version(m, |v| v == b"HTTP/1.0"));
    "version-other", "a version other than HTTP/1.0 and HTTP/1.1", "RFC 9112, 2.3",
        |i| edit(i, |m| set_version(m, |v| v != b"HTTP/1.0" && v != b"HTTP/1.1"));
    "method-octets", "octets in the method that no token has", "RFC 9110, 9.1",
        |i| edit(i, |m| if !is_response(m) { edit_words(m, |w| if !w[0].iter().all(|o| is_tchar(*o)) || w[0].is_empty() { w[0] = b"GET".to_vec(); }) });
    "method-connect", "CONNECT", "RFC 9110, 9.3.6",
        |i| edit(i, |m| edit_words(m, |w| if w[0] == b"CONNECT" { w[0] = b"GET".to_vec(); w[1] = b"/".to_vec(); }));
    "method-other", "a method that not everybody knows, or in lower case", "RFC 9110, 9.1",
        |i| edit(i, |m| if !is_response(m) { edit_words(m, |w| if !matches!(&w[0][..], b"GET" | b"CONNECT") { w[0] = b"GET".to_vec(); }) });
    "target-octets", "octets that no request-target has", "RFC 9112, 3.2",
        |i| edit(i, |m| if !is_response(m) { edit_words(m, |w| without(&mut w[1], |o| !(0x21..0x7f).contains(&o) || b"\"<>\\^`{|}#".contains(&o))) });
    "target-form", "a request-target in another form than the origin form", "RFC 9112, 3.2",
        |i| edit(i, |m| if !is_response(m) { edit_words(m, |w| if !w[1].starts_with(b"/") { w[1] = b"/".to_vec(); }) });
    "target", "the request-target", "RFC 9112, 3.2",
        |i| edit(i, |m| if !is_response(m) { edit_words(m, |w| w[1] = b"/".to_vec()) });
    "status-form", "a status code that has not three digits, or no class", "RFC 9112, 4",
        |i| edit(i, |m| if is_response(m) { edit_words(m, |w| if w[1].len() != 3 || !matches!(w[1][0], b'1'..=b'5') || !w[1].iter().all(u8::is_ascii_digit) { w[1] = b"200".to_vec(); }) });
    "reason-missing", "a status line without the space before the reason phrase", "RFC 9112, 4",
        |i| edit(i, |m| if is_response(m) && m.start.text.iter().filter(|o| **o == b' ').count() == 1 { m.start.text.push(b' '); });
    "reason-octets", "octets that no reason phrase has", "RFC 9112, 4",
        |i| edit(i, |m| if is_response(m) { edit_words(m, |w| without(&mut w[2], |o| o != b'\t' && !(0x20..0x7f).contains(&o))) });
    // Names and values.
    "space-before-colon", "white space between a field name and its colon", "RFC 9112, 5.1",
        |i| edit(i, |m| m.all_lines().for_each(trim_name));
    "field-without-colon", "a field line without a colon", "RFC 9112, 5",
        |i| edit(i, |m| { m.fields.retain(|l| l.is_blank() || l.text.contains(&b':')); if let Body::Chunks(_, t) = &mut m.body { t.retain(|l| l.is_blank() || l.text.contains(&b':')); } });
    "empty-field-name", "a field line with an empty name", "RFC 9110, 5.1",
        |i| edit(i, |m| { m.fields.retain(|l| !l.text.starts_with(b":")); if let Body::Chunks(_, t) = &mut m.body { t.retain(|l| !l.text.starts_with(b":")); } });
    "name-octets", "octets in a field name that no token has", "RFC 9110, 5.1",
        |i| edit(i, |m| m.all_lines().for_each(clean_name));
    "value-nul", "NUL in a field value", "RFC 9110, 5.5",
        |i| edit(i, |m| m.all_lines().for_each(|l| without(&mut l.text, |o| o == 0)));
    "value-control", "control characters in a field value", "RFC 9110, 5.5",
        |i| edit(i, |m| m.all_lines().for_each(|l| without(&mut l.text, |o| (o < 0x20 && o != b'\t') || o == 0x7f)));
    "obs-text", "octets above 0x7f in a field value", "RFC 9110, 5.5",
        |i| edit(i, |m| m.all_lines().for_each(|l| without(&mut l.text, |o| o > 0x7f)));
    "value-white-space", "other white space around a field value than one SP before it", "RFC 9112, 5.1",
        |i| edit(i, |m| m.all_lines().filter(|l| !l.name().is_empty()).for_each(|l| { let v = [b" ", l.value().trim_ascii()].concat(); l.set_value(&v) }));
    "name-case", "field names in another case", "RFC 9110, 5.1",
        |i| edit(i, |m| m.all_lines().for_each(|l| { let n = l.text.iter().position(|o| *o == b':').unwrap_or(0); l.text[..n].make_ascii_lowercase() }));
    // Host.
    "host-missing", "no Host field", "RFC 9112, 3.2",
        |i| edit(i, |m| if !is_response(m) && !m.has(b"host") && m.fields.last().is_some_and(Line::is_blank) { m.add(b"Host: a"); });
    "host-repeated", "several Host fields", "RFC 9112, 3.2",
        |i| edit(i, |m| keep_first(m, b"host"));
    "host-value", "what stands in the Host field", "RFC 9110, 7.2",
        |i| edit(i, |m| edit_field(m, b"host", |l| l.set_value(b" a")));
    // Transfer-Encoding.
    "length-and-coding", "Content-Length beside Transfer-Encoding", "RFC 9112, 6.3",
        |i| edit(i, |m| if m.has(CODING) { m.drop(LENGTH); });
    "coding-in-1-0", "Transfer-Encoding in HTTP/1.0", "RFC 9112, 6.1",
        |i| edit(i, |m| if m.has(CODING) { set_version(m, |v| v == b"HTTP/1.0"); });
    "coding-repeated", "several Transfer-Encoding fields", "RFC 9112, 6.1",
        |i| edit(i, |m| keep_first(m, CODING));
    "coding-value", "a Transfer-Encoding other than chunked", "RFC 9112, 6.1",
        |i| edit(i, |m| edit_field(m, CODING, |l| if l.value().trim_ascii() != b"chunked" { l.set_value(b" chunked") }));
    "coding-empty", "an empty Transfer-Encoding", "RFC 9112, 6.1",
        |i| edit(i, |m| m.fields.retain(|l| l.name() != CODING || !l.value().trim_ascii().is_empty()));
    // Content-Length.
    "length-repeated", "several Content-Length fields", "RFC 9112, 6.3",
        |i| edit(i, |m| keep_first(m, LENGTH));
    "length-list", "a list of lengths in Content-Length", "RFC 9110, 8.6",
        |i| edit(i, |m| edit_field(m, LENGTH, |l| { let first = l.value().split(|o| *o == b',').next().unwrap_or_default().to_vec(); l.set_value(&first) }));
    "length-form", "a Content-Length that is not plain digits", "RFC 9110, 8.6",
        |i| edit(i, |m| edit_field(m, LENGTH, |l| { let n = plain_number(l.value()); let n = if n.is_empty() { b"0".to_vec() } else { n }; if l.value().trim_ascii() != n { l.set_value(&[b" ", &n[..]].concat()) } }));
    "length-huge", "a Content-Length of more than nine digits", "RFC 9110, 8.6",
        |i| edit(i, |m| { let n = content_length(m).to_string(); edit_field(m, LENGTH, |l| if l.value().trim_ascii().len() > 9 { l.set_value(&[b" ", n.as_bytes()].concat()) }) });
    // Chunks.
    "chunk-extension", "chunk extensions", "RFC 9112, 7.1.1",
        |i| edit(i, |m| m.chunks().iter_mut().for_each(|c| c.line.text = c.line.text.split(|o| *o == b';').next().unwrap_or_default().trim_ascii_end().to_vec()));
    "chunk-size-form", "a chunk-size that is not plain hexadecimal digits", "RFC 9112, 7.1",
        |i| edit(i, |m| m.chunks().iter_mut().for_each(|c| { let size = format!("{:x}", c.data.len()); let plain = c.line.text.iter().all(u8::is_ascii_hexdigit) && !c.line.text.is_empty(); if !plain { c.line.text = size.into_bytes(); } }));
    "chunk-size-zeros", "a chunk-size with leading zeros, or of many digits", "RFC 9112, 7.1",
        |i| edit(i, |m| m.chunks().iter_mut().filter(|c| c.line.text.len() > 1 && (c.line.text[0] == b'0' || c.line.text.len() > 7)).for_each(|c| c.line.text = format!("{:x}", c.data.len()).into_bytes()));
    "chunk-data-end", "no CRLF after the data of a chunk", "RFC 9112, 7.1",
        |i| edit(i, |m| m.chunks().iter_mut().filter(|c| !c.data.is_empty()).for_each(|c| c.end = b"\r\n".to_vec()));
    "trailer-framing", "fields of framing or routing in the trailer section", "RFC 9110, 6.5.1",
        |i| edit(i, |m| if let Body::Chunks(_, t) = &mut m.body { t.retain(|l| ![LENGTH, CODING, b"host", b"connection", b"trailer"].contains(&&l.name()[..])); });
    "trailers", "a trailer section", "RFC 9112, 7.1.2",
        |i| edit(i, |m| if let Body::Chunks(_, t) = &mut m.body { t.retain(Line::is_blank); });
    "not-finished", "a message that is not complete", "RFC 9112, 8",
        |i| edit_all(i, |all| finish(all));
    // What is particular to some messages.
    "connection", "a Connection field", "RFC 9110, 7.6.1",
        |i| edit(i, |m| m.drop(b"connection"));
    "upgrade", "an Upgrade field", "RFC 9110, 7.8",
        |i| edit(i, |m| m.drop(b"upgrade"));
    "expect", "an Expect field", "RFC 9110, 10.1.1",
        |i| edit(i, |m| m.drop(b"expect"));
    "interim", "an interim response", "RFC 9110, 15.2",
        |i| edit_all(i, |all| all.retain(|m| !(is_response(m) && status(m).starts_with(b"1") && &status(m)[..] != b"101")));
    "switching", "101", "RFC 9110, 15.2.2",
        |i| edit(i, |m| if is_response(m) { edit_words(m, |w| if w[1] == b"101" { w[1] = b"200".to_vec(); }) });
    "no-content", "a response that never has content (1xx, 204, 304)", "RFC 9112, 6.3",
        |i| edit(i, |m| if is_response(m) { edit_words(m, |w| if w[1].starts_with(b"1") || w[1] == b"204" || w[1] == b"304" { w[1] = b"200".to_vec(); }) });
    "status", "the status code", "RFC 9110, 15",
        |i| edit(i, |m| if is_response(m) { edit_words(m, |w| w[1] = b"200".to_vec()) });
    "asked", "the answer to HEAD, to CONNECT, or to two requests", "RFC 9112, 6.3",
        |i| changed(i, Input { shape: i.shape & !12, ..i.clone() });
    "eof", "the end of the stream", "RFC 9112, 8",
        |i| changed(i, Input { shape: i.shape & !2, ..i.clone() });
    "no-eof", "that the stream goes on", "RFC 9112, 8",
        |i| changed(i, Input { shape: i.shape | 2, ..i.clone() });
    "more-messages", "what follows the first message", "RFC 9112, 9.3",
        |i| edit_all(i, |all| all.truncate(1));
    "coding", "a Transfer-Encoding", "RFC 9112, 6.1",
        |i| edit(i, |m| m.drop(CODING));
    "length", "a Content-Length", "RFC 9110, 8.6",
        |i| edit(i, |m| m.drop(LENGTH));
    "fields", "any field but Host, Content-Length and Transfer-Encoding", "RFC 9110, 5",
        |i| edit(i, |m| m.fields.retain(|l| l.is_blank() || [&b"host"[..], LENGTH, CODING].contains(&&l.name()[..])));
    "start-line", "the start-line", "RFC 9112, 3",
        |i| edit(i, |m| m.start.text = if i.role() == Role::Client { b"HTTP/1.1 200 OK".to_vec() } else { b"GET / HTTP/1.1".to_vec() });
}

fn set_version(message: &mut Message, which: impl Fn(&[u8]) -> bool) {
    let at = if is_response(message) { 0 } else { 2 };
    edit_words(message, |words| {
        if !words[at].is_empty() && which(&words[at]) {
            words[at] = b"HTTP/1.1".to_vec();
        }
    });
}

fn unfold(message: &mut Message) {
    let unfold = |lines: &mut Vec<Line>| {
        let mut at = 0;
        while at < lines.len() {
            if !matches!(lines[at].text.first(), Some(b' ' | b'\t')) {
                at += 1;
                continue;
            }
            let folded = lines.remove(at);
            if at > 0 {
                let text = folded.text.trim_ascii();
                lines[at - 1].text.extend([b" ", text].concat());
            }
        }
    };
    unfold(&mut message.fields);
    if let Body::Chunks(_, trailers) = &mut message.body {
        unfold(trailers);
    }
}

fn trim_name(line: &mut Line) {
    if let Some(colon) = line.text.iter().position(|o| *o == b':') {
        let name = line.text[..colon].trim_ascii_end().len();
        line.text.drain(name..colon);
    }
}

fn clean_name(line: &mut Line) {
    if let Some(colon) = line.text.iter().position(|o| *o == b':') {
        let name: Vec<u8> = line.text[..colon].iter().copied().filter(|o| is_tchar(*o)).collect();
        line.text.splice(..colon, name);
    }
}

/// Completes the last message: its lines, its empty line, its content and its last chunk.
fn finish(messages: &mut [Message]) {
    let Some(message) = messages.last_mut().filter(|m| !m.start.text.is_empty()) else { return };
    message.every_line().filter(|line| line.end.is_empty()).for_each(|line| line.end = b"\r\n".to_vec());
    if !message.fields.last().is_some_and(Line::is_blank) {
        message.fields.push(Line::of(b""));
    }
    let announced = message.fields.iter().find(|l| l.name() == LENGTH).map(|l| plain_number(l.value()));
    match &mut message.body {
        Body::Octets(octets) => {
            let length = announced.and_then(|n| std::str::from_utf8(&n).ok()?.parse::<usize>().ok()).unwrap_or(0);
            if (octets.len()..=2048).contains(&length) {
                octets.resize(length, b'a');
            }
        }
        Body::Chunks(chunks, trailers) if chunks.iter().all(|c| c.data.len() == c.size || c.size <= 2048) => {
            for chunk in chunks.iter_mut().filter(|c| c.size > 0 && c.end.is_empty()) {
                chunk.data.resize(chunk.size, b'a');
                chunk.end = b"\r\n".to_vec();
            }
            if chunks.last().is_none_or(|c| c.size != 0) {
                chunks.push(super::message::Chunk { line: Line::of(b"0"), ..Default::default() });
            }
            if !trailers.last().is_some_and(Line::is_blank) {
                trailers.push(Line::of(b""));
            }
        }
        Body::Chunks(..) => {} // more is announced than is worth making
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;
    use proptest::prelude::*;

    fn input(shape: u8, octets: &[u8]) -> Input {
        Input { target: Target::Http1, shape, octets: octets.to_vec() }
    }

    /// Before and after, by repair.
    const EXAMPLES: &[(&str, &str, &str)] = &[
        ("bare-lf", "GET / HTTP/1.1\nA: b\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n\r\n"),
        ("bare-cr", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\r\nA: bc\r\n\r\n"),
        ("empty-lines-before", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("obs-fold", "G / H\r\nA: b\r\n  c\r\n\r\n", "G / H\r\nA: b c\r\n\r\n"),
        ("start-line-white-space", "GET  /\tHTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("no-version", "GET /\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("version-1-0", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("version-other", "GET / HTTP/1.2\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("method-octets", "G(T / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("method-connect", "CONNECT a:1 HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("target-octets", "GET /\u{1}{ HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("target-form", "GET * HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
        ("status-form", "HTTP/1.1 99 X\r\n\r\n", "HTTP/1.1 200 X\r\n\r\n"),
        ("reason-missing", "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n"),
        ("space-before-colon", "G / H\r\nA \t: b\r\n\r\n", "G / H\r\nA: b\r\n\r\n"),
        ("field-without-colon", "G / H\r\nAb\r\n\r\n", "G / H\r\n\r\n"),
        ("name-octets", "G / H\r\nA(b: c\r\n\r\n", "G / H\r\nAb: c\r\n\r\n"),
        ("value-control", "G / H\r\nA: \u{1}b\r\n\r\n", "G / H\r\nA: b\r\n\r\n"),
        ("value-white-space", "G / H\r\nA:\tb \r\n\r\n", "G / H\r\nA: b\r\n\r\n"),
        ("host-missing", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("host-repeated", "G / H\r\nHost: a\r\nhost: b\r\n\r\n", "G / H\r\nHost: a\r\n\r\n"),
        (
            "length-and-coding",
            "G / H\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        ("coding-value", "G / H\r\nTransfer-Encoding: xchunked\r\n\r\n", "G / H\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("length-form", "G / H\r\nContent-Length: +01\r\n\r\na", "G / H\r\nContent-Length: 1\r\n\r\na"),
        ("length-list", "G / H\r\nContent-Length: 1, 1\r\n\r\na", "G / H\r\nContent-Length: 1\r\n\r\na"),
        (
            "chunk-extension",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n1 ;x\r\na\r\n0\r\n\r\n",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        ),
        (
            "chunk-size-form",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n\r\n",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "chunk-size-zeros",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n01\r\na\r\n0\r\n\r\n",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        ),
        (
            "chunk-data-end",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na0\r\n\r\n",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        ),
        (
            "trailers",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n",
            "G / H\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        ("not-finished", "G / H\r\nContent-Length: 3\r\n\r\na", "G / H\r\nContent-Length: 3\r\n\r\naaa"),
        ("interim", "HTTP/1.1 100 C\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 \r\n\r\n", "HTTP/1.1 200 \r\n\r\n"),
        ("more-messages", "G / H\r\n\r\nG / H\r\n\r\n", "G / H\r\n\r\n"),
    ];

    #[test]
    fn each_undoes_one_thing() {
        for (name, before, after) in EXAMPLES {
            let repair = HTTP1.iter().find(|r| r.name == *name).unwrap_or_else(|| panic!("{name}"));
            let shape = u8::from(before.starts_with("HTTP/"));
            let repaired =
                (repair.apply)(&input(shape, before.as_bytes())).unwrap_or_else(|| panic!("{name}: nothing"));
            assert_eq!(String::from_utf8_lossy(&repaired.octets), *after, "{name}");
        }
    }

    #[test]
    fn labels_are_unique_and_a_plain_message_needs_little() {
        let mut names: Vec<&str> = HTTP1.iter().map(|r| r.name).collect();
        names.sort_unstable();
        names.dedup();
        assert!(names.len() == HTTP1.len() && names.len() > 45, "{}", names.len());
        let plain = input(0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        let applying: Vec<&str> = HTTP1.iter().filter(|r| (r.apply)(&plain).is_some()).map(|r| r.name).collect();
        assert_eq!(applying, ["name-case", "no-eof"]);
    }

    proptest! {
        #[test]
        fn what_is_repaired_stays_so(parts in prop::collection::vec(prop::sample::select(vec!["GET / HTTP/1.1", "HTTP/1.1 200", "\r\n", "\n", "\r", "Content-Length: 3", "Transfer-Encoding: chunked", "Host: a", "5", "abc", ":", " ", ";x", "0", "\u{1}"]), 0..24), shape: u8) {
            let input = input(shape, parts.concat().as_bytes());
            for repair in HTTP1 {
                let Some(once) = (repair.apply)(&input) else { continue };
                prop_assert_ne!(&once, &input);
                let mut last = once;
                // What a repair uncovers it may have to repair too, but it comes to an end.
                for round in 0.. {
                    prop_assert!(round < 8, "{}", repair.name);
                    match (repair.apply)(&last) {
                        Some(next) => last = next,
                        None => break,
                    }
                }
            }
        }
    }
}
