//! Host, and the fields that say how long a message is.

use super::super::lines::{Connection, Line, Message, bodiless};

const CL: &str = "Content-Length";
const TE: &str = "Transfer-Encoding";

/// The longest method that is looked for, in octets.
const LONGEST: usize = 20;

/// Whether a start-line seems to begin here.
fn starts(octets: &[u8], client: bool) -> bool {
    if client {
        return octets.starts_with(b"HTTP/");
    }
    let upper = octets.iter().take(LONGEST).take_while(|b| b.is_ascii_uppercase()).count();
    if upper == 0 || octets.get(upper) != Some(&b' ') {
        return false;
    }
    let line = octets.split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default();
    line.windows(6).any(|window| window == b" HTTP/")
}

/// How many octets stand between the head of a message and what seems to be the next start-line. None where its end
/// is known without a length, and where the head has no end.
fn present(connection: &Connection, at: usize) -> Option<usize> {
    let (message, client) = (&connection.messages[at], connection.is_client());
    let status = message.status().unwrap_or_default();
    if message.blank.is_empty() || client && (connection.shape >> 2 & 3 == 1 || bodiless(status)) {
        return None;
    }
    let behind = Connection {
        shape: connection.shape,
        messages: connection.messages[at + 1..].to_vec(),
        tail: connection.tail.clone(),
    };
    let chunked = Message { chunks: message.chunks.clone(), trailers: message.trailers.clone(), ..Message::default() };
    let chunked = Connection { shape: connection.shape, messages: vec![chunked], tail: message.end.clone() };
    let octets = [&message.body[..], &chunked.octets(), &behind.octets()].concat();
    // What is taken for the body now is one, if a message or nothing follows it.
    let body = message.body.len();
    if message.complete && message.chunks.is_empty() && (body == octets.len() || starts(&octets[body..], client)) {
        return Some(body);
    }
    Some((0..octets.len()).find(|&at| starts(&octets[at..], client)).unwrap_or(octets.len()))
}

/// Gives the right length to the fields that say Content-Length so.
fn right_length(connection: &mut Connection, wrong: fn(&[u8], usize) -> bool) {
    for at in 0..connection.messages.len() {
        let Some(length) = present(connection, at) else { continue };
        let value = [b" ", length.to_string().as_bytes()].concat();
        let lines = connection.messages[at].fields.iter_mut().filter(|line| line.is(CL));
        lines.filter(|line| wrong(line.value().trim_ascii(), length)).for_each(|line| line.set_value(&value));
    }
}

/// Puts another value into the fields of a name, behind one SP, where `fix` has one.
fn values(connection: &mut Connection, name: &str, fix: fn(&[u8]) -> Option<Vec<u8>>) {
    for line in connection.messages.iter_mut().flat_map(|m| &mut m.fields).filter(|line| line.is(name)) {
        if let Some(value) = fix(line.value()) {
            line.set_value(&[b" ", &value[..]].concat());
        }
    }
}

/// Drops all fields of a name but the first.
fn first_only(connection: &mut Connection, name: &str) {
    for message in &mut connection.messages {
        let mut seen = false;
        message.fields.retain(|line| !line.is(name) || !std::mem::replace(&mut seen, true));
    }
}

pub(super) fn host_missing(connection: &mut Connection) {
    if connection.is_client() {
        return;
    }
    for message in connection.messages.iter_mut().filter(|m| !m.blank.is_empty() && !m.has("Host")) {
        message.fields.insert(0, Line::new(b"Host: a"));
    }
}

pub(super) fn host_repeated(connection: &mut Connection) {
    first_only(connection, "Host");
}

pub(super) fn host_value(connection: &mut Connection) {
    values(connection, "Host", |value| {
        let value = value.trim_ascii();
        let colon = value.iter().rposition(|&b| b == b':').filter(|_| !value.ends_with(b"]"));
        let (host, port) = value.split_at(colon.unwrap_or(value.len()));
        let known = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
        let plain = !host.is_empty() && host.iter().all(known) || host.starts_with(b"[") && host.ends_with(b"]");
        let digits = |port: &[u8]| std::str::from_utf8(port).ok()?.parse::<u16>().ok();
        (!plain || port.len() > 1 && digits(&port[1..]).is_none()).then(|| b"a".to_vec())
    });
}

pub(super) fn length_list(connection: &mut Connection) {
    values(connection, CL, |value| {
        let comma = value.iter().position(|&b| b == b',')?;
        Some(value[..comma].trim_ascii().to_vec())
    });
}

pub(super) fn length_repeated(connection: &mut Connection) {
    first_only(connection, CL);
}

pub(super) fn length_sign(connection: &mut Connection) {
    values(connection, CL, |value| {
        let value = value.trim_ascii();
        value.strip_prefix(b"+").or_else(|| value.strip_prefix(b"-")).map(<[u8]>::to_vec)
    });
}

pub(super) fn length_zeros(connection: &mut Connection) {
    values(connection, CL, |value| {
        let value = value.trim_ascii();
        let zeros = value.iter().take_while(|&&b| b == b'0').count().min(value.len().saturating_sub(1));
        (zeros > 0 && value[zeros].is_ascii_digit()).then(|| value[zeros..].to_vec())
    });
}

pub(super) fn length_space(connection: &mut Connection) {
    values(connection, CL, |value| {
        let odd = |b: &u8| b"\t\x0b\x0c\xa0".contains(b);
        value.iter().any(odd).then(|| value.iter().copied().filter(|b| !odd(b) && *b != b' ').collect())
    });
}

pub(super) fn length_not_a_number(connection: &mut Connection) {
    right_length(connection, |value, _| value.is_empty() || !value.iter().all(u8::is_ascii_digit));
}

pub(super) fn length_huge(connection: &mut Connection) {
    right_length(connection, |value, right| value.len() > 9 && value.first() != Some(&b'0') && right < 1 << 30);
}

pub(super) fn length_differs(connection: &mut Connection) {
    for at in 0..connection.messages.len() {
        let Some(length) = present(connection, at).map(|length| length.to_string()) else { continue };
        let message = &mut connection.messages[at];
        if message.has(TE) {
            continue;
        }
        for line in message.fields.iter_mut().filter(|line| line.is(CL)) {
            if line.value().trim_ascii() != length.as_bytes() {
                line.set_value(format!(" {length}").as_bytes());
            }
        }
    }
}

/// A request that no field gives content, with octets behind it that are no request.
pub(super) fn length_missing(connection: &mut Connection) {
    for at in 0..connection.messages.len() {
        let Some(length) = present(connection, at).filter(|length| *length > 0) else { continue };
        let message = &mut connection.messages[at];
        if message.body.is_empty() && !message.has(TE) && !message.has(CL) {
            message.fields.push(Line::new(format!("{CL}: {length}").as_bytes()));
        }
    }
}

/// Drops Content-Length with the content that it announces.
pub(super) fn length_dropped(connection: &mut Connection) {
    for message in connection.messages.iter_mut().filter(|m| m.has(CL)) {
        message.drop_fields(CL);
        message.body.clear();
    }
}

pub(super) fn length_and_coding(connection: &mut Connection) {
    connection.messages.iter_mut().filter(|m| m.has(TE)).for_each(|m| m.drop_fields(CL));
}

fn has_chunked(value: &[u8]) -> bool {
    value.to_ascii_lowercase().windows(7).any(|window| window == b"chunked")
}

pub(super) fn coding_case(connection: &mut Connection) {
    values(connection, TE, |value| {
        value.iter().any(u8::is_ascii_uppercase).then(|| value.trim_ascii().to_ascii_lowercase())
    });
}

pub(super) fn coding_list(connection: &mut Connection) {
    values(connection, TE, |value| (has_chunked(value) && value.contains(&b',')).then(|| b"chunked".to_vec()));
}

pub(super) fn coding_octets(connection: &mut Connection) {
    values(connection, TE, |value| {
        let listed = value.contains(&b',') || value.eq_ignore_ascii_case(b" chunked");
        (has_chunked(value) && !listed).then(|| b"chunked".to_vec()).filter(|_| value != b"chunked")
    });
}

pub(super) fn coding_repeated(connection: &mut Connection) {
    for message in connection.messages.iter_mut().filter(|m| m.named(TE).count() > 1) {
        let keep = message.fields.iter().position(|line| line.is(TE) && has_chunked(line.value()));
        let keep = keep.or_else(|| message.fields.iter().position(|line| line.is(TE)));
        let mut at = 0..;
        message.fields.retain(|line| at.next() == keep || !line.is(TE));
    }
}

pub(super) fn coding_unknown(connection: &mut Connection) {
    values(connection, TE, |value| (!has_chunked(value)).then(|| b"chunked".to_vec()));
}

pub(super) fn coding_old(connection: &mut Connection) {
    for message in connection.messages.iter_mut().filter(|m| m.has(TE)) {
        if let Some(at) = message.start.text.windows(8).position(|window| window == b"HTTP/1.0") {
            message.start.text[at + 7] = b'1';
        }
    }
}

/// Content-Length for Transfer-Encoding.
pub(super) fn coding_dropped(connection: &mut Connection) {
    for at in 0..connection.messages.len() {
        let length = present(connection, at);
        let message = &mut connection.messages[at];
        if message.has(TE) {
            message.drop_fields(TE);
            let lengths = message.named(CL).count();
            if let Some(length) = length.filter(|_| lengths == 0) {
                message.fields.push(Line::new(format!("{CL}: {length}").as_bytes()));
            }
        }
    }
}
