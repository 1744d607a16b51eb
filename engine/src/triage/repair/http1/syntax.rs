//! Line ends, field lines, and the octets in them.

use super::super::lines::{Chunk, Connection, Line};

/// All line ends.
fn ends(connection: &mut Connection) -> impl Iterator<Item = &mut Vec<u8>> {
    connection.messages.iter_mut().flat_map(|m| {
        let lines = m.before.iter_mut().chain([&mut m.start]).chain(&mut m.fields).chain(&mut m.trailers);
        let chunks = m.chunks.iter_mut().flat_map(chunk_ends);
        lines.map(|line| &mut line.end).chain(chunks).chain([&mut m.blank, &mut m.end])
    })
}

/// The line ends of a chunk. LF behind data that CR ends is none: there the size is wrong.
fn chunk_ends(chunk: &mut Chunk) -> impl Iterator<Item = &mut Vec<u8>> {
    let data_end = (!chunk.data.ends_with(b"\r")).then_some(&mut chunk.data_end);
    [&mut chunk.size.end].into_iter().chain(data_end)
}

pub(super) fn chunk_line_end(connection: &mut Connection) {
    let ends = connection.chunks().flat_map(chunk_ends);
    ends.filter(|end| *end == b"\n").for_each(|end| *end = b"\r\n".to_vec());
}

pub(super) fn cr_cr_lf(connection: &mut Connection) {
    ends(connection).filter(|end| end.ends_with(b"\r\r\n")).for_each(|end| *end = b"\r\n".to_vec());
}

pub(super) fn bare_lf(connection: &mut Connection) {
    ends(connection).filter(|end| *end == b"\n").for_each(|end| *end = b"\r\n".to_vec());
}

/// A CR within a line ends it. In content it is an octet like others.
pub(super) fn bare_cr(connection: &mut Connection) {
    let split = |text: &mut Vec<u8>| {
        for at in (1..text.len()).rev().filter(|&at| text[at - 1] == b'\r' && text[at] != b'\r').collect::<Vec<_>>() {
            text.insert(at, b'\n');
        }
    };
    for message in &mut connection.messages {
        let lines = message.before.iter_mut().chain([&mut message.start]).chain(&mut message.fields);
        let sizes = message.chunks.iter_mut().map(|chunk| &mut chunk.size);
        lines.chain(sizes).chain(&mut message.trailers).for_each(|line| split(&mut line.text));
    }
}

/// LF CR for CRLF.
pub(super) fn lf_cr(connection: &mut Connection) {
    let mut octets = connection.octets();
    for at in 0..octets.len().saturating_sub(1) {
        // Behind a line, not in place of one.
        let alone = octets.get(at + 2) != Some(&b'\n') && at > 0 && !matches!(octets[at - 1], b'\r' | b'\n');
        if alone && octets[at..].starts_with(b"\n\r") {
            octets[at..at + 2].copy_from_slice(b"\r\n");
        }
    }
    connection.messages.clear();
    connection.tail = octets;
}

/// SP for LF before a line that can be no field.
pub(super) fn value_lf(connection: &mut Connection) {
    for message in &mut connection.messages {
        join_at_lf(&mut message.fields);
        join_at_lf(&mut message.trailers);
    }
}

fn join_at_lf(lines: &mut Vec<Line>) {
    for at in (1..lines.len()).rev() {
        if lines[at - 1].end == b"\n" && !is_folded(&lines[at]) && !lines[at].text.contains(&b':') {
            join(lines, at);
        }
    }
}

/// Makes a line the end of the one before it, behind SP.
fn join(lines: &mut Vec<Line>, at: usize) {
    let line = lines.remove(at);
    let before = &mut lines[at - 1];
    before.text.push(b' ');
    before.text.extend_from_slice(line.text.trim_ascii());
    before.end = line.end;
}

pub(super) fn line_before_start(connection: &mut Connection) {
    connection.messages.iter_mut().for_each(|m| m.before.clear());
}

pub(super) fn space_before_start(connection: &mut Connection) {
    for message in &mut connection.messages {
        let octets = message.start.text.iter().take_while(|&&b| !is_token(b)).count();
        if octets < message.start.text.len() {
            message.start.text.drain(..octets);
        }
    }
}

fn is_folded(line: &Line) -> bool {
    matches!(line.text.first(), Some(b' ' | b'\t'))
}

pub(super) fn space_before_first(connection: &mut Connection) {
    for message in &mut connection.messages {
        for lines in [&mut message.fields, &mut message.trailers] {
            if let Some(first) = lines.first_mut().filter(|line| is_folded(line)) {
                first.text = first.text.trim_ascii_start().to_vec();
            }
            lines.retain(|line| !line.text.is_empty());
        }
    }
}

pub(super) fn obs_fold(connection: &mut Connection) {
    for message in &mut connection.messages {
        unfold(&mut message.fields);
        unfold(&mut message.trailers);
    }
}

fn unfold(lines: &mut Vec<Line>) {
    for at in (1..lines.len()).rev() {
        if is_folded(&lines[at]) {
            join(lines, at);
        }
    }
}

/// A line of white space is taken for an empty one.
pub(super) fn white_space_line(connection: &mut Connection) {
    connection.lines().filter(|line| line.text.trim_ascii().is_empty()).for_each(|line| line.text.clear());
}

pub(super) fn space_before_colon(connection: &mut Connection) {
    for line in connection.lines().filter(|line| !is_folded(line)) {
        let Some(colon) = line.text.iter().position(|&b| b == b':') else { continue };
        let kept = line.text[..colon].trim_ascii_end().len();
        line.text.drain(kept..colon);
    }
}

/// Drops the lines that are so.
fn drop_lines(connection: &mut Connection, wrong: fn(&Line) -> bool) {
    for message in &mut connection.messages {
        message.fields.retain(|line| !wrong(line));
        message.trailers.retain(|line| !wrong(line));
    }
}

pub(super) fn empty_name(connection: &mut Connection) {
    drop_lines(connection, |line| line.text.starts_with(b":"));
}

pub(super) fn no_colon(connection: &mut Connection) {
    drop_lines(connection, |line| !is_folded(line) && !line.text.contains(&b':'));
}

pub(super) fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

pub(super) fn name_octets(connection: &mut Connection) {
    for line in connection.lines().filter(|line| !is_folded(line)) {
        let Some(colon) = line.text.iter().position(|&b| b == b':') else { continue };
        let name: Vec<u8> = line.text[..colon].iter().copied().filter(|&b| is_token(b)).collect();
        line.text.splice(..colon, name);
    }
    drop_lines(connection, |line| line.text.starts_with(b":"));
}

/// Names that would become those of framing fields stay.
pub(super) fn name_underscore(connection: &mut Connection) {
    for line in connection.lines().filter(|line| !is_folded(line)) {
        let colon = line.text.iter().position(|&b| b == b':').unwrap_or(0);
        let name: Vec<u8> = line.text[..colon].iter().map(|&b| if b == b'_' { b'-' } else { b }).collect();
        if !name.eq_ignore_ascii_case(b"content-length") && !name.eq_ignore_ascii_case(b"transfer-encoding") {
            line.text.splice(..colon, name);
        }
    }
}

/// Of the lines of one name the first stays. The fields of framing, Host and Connection have repairs of their own.
pub(super) fn field_repeated(connection: &mut Connection) {
    for message in &mut connection.messages {
        for lines in [&mut message.fields, &mut message.trailers] {
            let mut seen: Vec<Vec<u8>> = Vec::new();
            lines.retain(|line| {
                let name = line.name().to_ascii_lowercase();
                let own = [&b"host"[..], b"content-length", b"transfer-encoding", b"connection"].contains(&&name[..]);
                let new = own || name.is_empty() || !seen.contains(&name);
                seen.push(name);
                new
            });
        }
    }
}

pub(super) fn others_dropped(connection: &mut Connection) {
    drop_lines(connection, |line| {
        !["Host", "Content-Length", "Transfer-Encoding", "Connection"].iter().any(|name| line.is(name))
    });
}

/// Puts `a` for each octet of a value that is so.
fn value_octets(connection: &mut Connection, wrong: fn(u8) -> bool) {
    value_octets_of(connection, |_| true, wrong);
}

/// The same in the lines that are chosen.
fn value_octets_of(connection: &mut Connection, which: fn(&Line) -> bool, wrong: fn(u8) -> bool) {
    for line in connection.lines().filter(|line| which(line)) {
        let colon = line.text.iter().position(|&b| b == b':').unwrap_or(0);
        line.text[colon..].iter_mut().filter(|octet| wrong(**octet)).for_each(|octet| *octet = b'a');
    }
}

pub(super) fn value_nul(connection: &mut Connection) {
    value_octets(connection, |octet| octet == 0);
}

pub(super) fn value_del(connection: &mut Connection) {
    value_octets(connection, |octet| octet == 0x7f);
}

pub(super) fn value_control(connection: &mut Connection) {
    value_octets(connection, |octet| octet.is_ascii_control() && octet != b'\t');
}

/// (In Transfer-Encoding it makes another coding.)
pub(super) fn value_obs_text(connection: &mut Connection) {
    value_octets_of(connection, |line| !line.is("Transfer-Encoding"), |octet| octet >= 0x80);
}

pub(super) fn value_space(connection: &mut Connection) {
    for line in connection.lines().filter(|line| !is_folded(line)) {
        let value = [b" ", line.value().trim_ascii()].concat();
        line.set_value(&value);
    }
}
