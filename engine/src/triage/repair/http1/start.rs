//! Start-lines.

use super::super::lines::{Connection, Line, Message, bodiless};

const VERSION: &[u8] = b"HTTP/1.1";

/// The three parts of a start-line, as a lenient reader finds them.
struct Start {
    /// Method, target, version; or version, status, reason phrase.
    parts: [Vec<u8>; 3],
}

fn is_space(octet: &u8) -> bool {
    b" \t\x0b\x0c\r".contains(octet)
}

/// What stands before and behind the first (or last) white space.
fn cut(text: &[u8], at: Option<usize>) -> Option<(Vec<u8>, Vec<u8>)> {
    at.map(|at| (text[..at].trim_ascii().to_vec(), text[at + 1..].trim_ascii().to_vec()))
}

impl Start {
    fn of(text: &[u8], client: bool) -> Option<Start> {
        if client { Start::response(text) } else { Start::request(text) }
    }

    fn request(text: &[u8]) -> Option<Start> {
        let text = text.trim_ascii_end();
        let name =
            (0..text.len()).rev().find(|&at| text[at..].get(..5).is_some_and(|s| s.eq_ignore_ascii_case(b"HTTP/")));
        let behind = name.or_else(|| text.iter().rposition(is_space).map(|at| at + 1))?;
        let (front, version) = (text[..behind].trim_ascii_end(), text[behind..].to_vec());
        let method = front.iter().position(is_space);
        let (method, target) = cut(front, method).or_else(|| {
            let letters = front.iter().take_while(|b| b.is_ascii_uppercase()).count();
            Some((front[..letters].to_vec(), front[letters..].to_vec()))
        })?;
        Some(Start { parts: [method, target, version] })
    }

    fn response(text: &[u8]) -> Option<Start> {
        let first = text.iter().position(is_space);
        let glued = || Some((text.get(..8)?.to_vec(), text[8..].to_vec()));
        let (version, behind) = match cut(text, first) {
            Some((version, behind)) if version.len() <= 9 => (version, behind),
            _ => glued()?,
        };
        let (status, reason) = cut(&behind, behind.iter().position(is_space)).unwrap_or_else(|| {
            let digits = behind.iter().take_while(|b| b.is_ascii_digit()).count();
            (behind[..digits].to_vec(), behind[digits..].to_vec())
        });
        Some(Start { parts: [version, status, reason] })
    }
}

/// Edits the parts of the start-lines of messages to this role; lines that come out the same are left as they are.
fn edit(connection: &mut Connection, client: bool, change: impl Fn(&mut [Vec<u8>; 3])) {
    if connection.is_client() != client {
        return;
    }
    for message in &mut connection.messages {
        let Some(mut start) = Start::of(&message.start.text, client) else { continue };
        if !client && (start.parts[0].is_empty() || start.parts[1].is_empty()) {
            continue; // a line of two words has no version
        }
        let before = start.parts.clone();
        change(&mut start.parts);
        if start.parts != before {
            // A space that is missing behind a status code is another matter.
            let spaces = message.start.text.iter().filter(|b| **b == b' ').count();
            let count = if client && spaces == 1 && start.parts[2].is_empty() { 2 } else { 3 };
            message.start.text = start.parts[..count].join(&b' ');
        }
    }
}

fn version(connection: &mut Connection, wrong: impl Fn(&[u8]) -> bool) {
    let client = connection.is_client();
    let at = if client { 0 } else { 2 };
    edit(connection, client, |parts| {
        if wrong(&parts[at]) {
            parts[at] = VERSION.to_vec();
        }
    });
}

/// One SP between the parts, none behind them, and none in a target.
pub(super) fn white_space(connection: &mut Connection) {
    let client = connection.is_client();
    for message in &mut connection.messages {
        let text = &message.start.text;
        let odd = |pair: &[u8]| pair == b"  " || is_space(&pair[0]) && pair[0] != b' ';
        let spaces = text.iter().filter(|b| **b == b' ').count();
        let ends = text.first().into_iter().chain(text.last()).any(is_space) && !(client && spaces == 2);
        if !ends && !text.windows(2).any(odd) && (client || spaces < 3) {
            continue;
        }
        if let Some(mut start) = Start::of(text, client) {
            if !client {
                start.parts[1].retain(|b| !is_space(b));
            }
            message.start.text = start.parts.join(&b' ');
        }
    }
}

/// (`connect` is a method like others, which has no authority for a target.)
pub(super) fn method_case(connection: &mut Connection) {
    edit(connection, false, |parts| {
        if !parts[0].eq_ignore_ascii_case(b"CONNECT") {
            parts[0].make_ascii_uppercase();
        }
    });
}

/// (M-SEARCH is known to all that know methods.)
pub(super) fn method_octets(connection: &mut Connection) {
    edit(connection, false, |parts| {
        if parts[0] == b"M-SEARCH" {
            return;
        }
        parts[0].retain(u8::is_ascii_alphabetic);
        if parts[0].is_empty() {
            parts[0] = b"GET".to_vec();
        }
    });
}

pub(super) fn method_unknown(connection: &mut Connection) {
    const KNOWN: [&[u8]; 9] = [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH"];
    edit(connection, false, |parts| {
        if !KNOWN.contains(&&parts[0][..]) {
            parts[0] = b"GET".to_vec();
        }
    });
}

pub(super) fn preface(connection: &mut Connection) {
    if connection.is_client() {
        return;
    }
    for message in &mut connection.messages {
        let text = &message.start.text;
        if text.starts_with(b"PRI ") && text.ends_with(b" HTTP/2.0") {
            message.start.text = [b"GET / ", VERSION].concat();
            message.fields.insert(0, Line::new(b"Host: a"));
        }
    }
}

/// POST for methods that have no content more often than not where there is some, and GET for the others without any.
pub(super) fn method_content(connection: &mut Connection) {
    if connection.is_client() {
        return;
    }
    for message in &mut connection.messages {
        let content = message.has("Content-Length") || message.has("Transfer-Encoding");
        // `POST /HTTP/` has no version.
        let spaces = message.start.text.iter().filter(|b| **b == b' ').count();
        let start = Start::of(&message.start.text, false).filter(|start| spaces > 1 && start.parts[1] != b"*");
        let Some(mut start) = start else { continue };
        match (&start.parts[0][..], content) {
            (b"GET" | b"HEAD" | b"DELETE" | b"OPTIONS" | b"TRACE", true) => start.parts[0] = b"POST".to_vec(),
            (b"POST" | b"PUT" | b"PATCH", false) => start.parts[0] = b"GET".to_vec(),
            _ => continue,
        }
        message.start.text = start.parts.join(&b' ');
    }
}

pub(super) fn method_connect(connection: &mut Connection) {
    if connection.is_client() {
        return;
    }
    for message in &mut connection.messages {
        let content = message.has("Content-Length") || message.has("Transfer-Encoding");
        let Some(mut start) = Start::of(&message.start.text, false) else { continue };
        if start.parts[0] == b"CONNECT" {
            let method: &[u8] = if content { b"POST" } else { b"GET" };
            (start.parts[0], start.parts[1]) = (method.to_vec(), b"/".to_vec());
            message.start.text = start.parts.join(&b' ');
        }
    }
}

/// What stands in a URI (RFC 3986, 2), the number sign excepted.
fn in_uri(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&octet)
}

pub(super) fn target_octets(connection: &mut Connection) {
    edit(connection, false, |parts| {
        let target = &mut parts[1];
        for at in 0..target.len() {
            let digits = target.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
            if !in_uri(target[at]) || target[at] == b'%' && !digits {
                target[at] = b'a';
            }
        }
    });
}

pub(super) fn target_absolute(connection: &mut Connection) {
    edit(connection, false, |parts| {
        if parts[1].windows(3).any(|window| window == b"://") && !parts[1].starts_with(b"/") {
            parts[1] = b"/".to_vec();
        }
    });
}

pub(super) fn target_form(connection: &mut Connection) {
    edit(connection, false, |parts| match &parts[0][..] {
        b"CONNECT" => parts[1] = b"a:80".to_vec(),
        b"OPTIONS" if parts[1] == b"*" => {}
        _ if !parts[1].starts_with(b"/") => parts[1] = b"/".to_vec(),
        _ => {}
    });
}

pub(super) fn long_target(connection: &mut Connection) {
    edit(connection, false, |parts| parts[1].truncate(64));
}

/// `GET /` alone, as HTTP/0.9 had it, or with white space behind.
pub(super) fn version_missing(connection: &mut Connection) {
    if connection.is_client() {
        return;
    }
    for message in &mut connection.messages {
        let text = message.start.text.trim_ascii_end();
        if text.iter().filter(|octet| **octet == b' ').count() == 1 && !text.starts_with(b" ") {
            message.start.text = [text, b" ", VERSION].concat();
        }
    }
}

/// HTTP/1.1 for HTTP/1.0, with the Host that it must have.
pub(super) fn version_old(connection: &mut Connection) {
    let client = connection.is_client();
    for message in &mut connection.messages {
        renew(message, client);
    }
}

/// Makes a message of HTTP/1.0 one of HTTP/1.1.
pub(super) fn renew(message: &mut Message, client: bool) {
    let Some(mut start) = Start::of(&message.start.text, client) else { return };
    let version = &mut start.parts[if client { 0 } else { 2 }];
    if version != b"HTTP/1.0" {
        return;
    }
    *version = VERSION.to_vec();
    message.start.text = start.parts.join(&b' ');
    if !client && !message.blank.is_empty() && !message.has("Host") {
        message.fields.insert(0, Line::new(b"Host: a"));
    }
}

pub(super) fn version_minor(connection: &mut Connection) {
    version(connection, |version| matches!(version, [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'2'..=b'9']));
}

pub(super) fn version_other(connection: &mut Connection) {
    version(connection, |version| !matches!(version, b"HTTP/1.0" | b"HTTP/1.1"));
}

pub(super) fn status_form(connection: &mut Connection) {
    edit(connection, true, |parts| {
        let digits = parts[1].len() == 3 && parts[1].iter().all(u8::is_ascii_digit);
        if !digits || !matches!(parts[1][0], b'1'..=b'5') {
            parts[1] = b"200".to_vec();
        }
    });
}

pub(super) fn status_bodiless(connection: &mut Connection) {
    edit(connection, true, |parts| {
        if bodiless(&parts[1]) || parts[1] == b"205" {
            parts[1] = b"200".to_vec();
        }
    });
}

pub(super) fn reset_content(connection: &mut Connection) {
    edit(connection, true, |parts| {
        if parts[1] == b"205" {
            parts[1] = b"200".to_vec();
        }
    });
}

/// Drops the framing fields of responses without content.
pub(super) fn no_content(connection: &mut Connection) {
    for message in connection.messages.iter_mut().filter(|m| m.status().is_some_and(bodiless)) {
        message.drop_fields("Content-Length");
        message.drop_fields("Transfer-Encoding");
    }
}

pub(super) fn reason_octets(connection: &mut Connection) {
    edit(connection, true, |parts| {
        let odd = |b: &&mut u8| !b.is_ascii_graphic() && **b != b' ';
        parts[2].iter_mut().filter(odd).for_each(|octet| *octet = b'a');
    });
}

pub(super) fn reason_space(connection: &mut Connection) {
    if connection.is_client() {
        let lines = connection.messages.iter_mut().map(|m| &mut m.start.text);
        lines
            .filter(|text| text.len() > 8 && text.iter().filter(|b| **b == b' ').count() == 1)
            .for_each(|t| t.push(b' '));
    }
}

/// Another start-line altogether.
pub(super) fn replaced(connection: &mut Connection) {
    let line: &[u8] = if connection.is_client() { b"HTTP/1.1 200 OK" } else { b"GET / HTTP/1.1" };
    connection.messages.iter_mut().for_each(|m| m.start.text = line.to_vec());
}
