//! Host, and the fields that say how long a message is.

use super::super::lines::{Connection, Line, Message, bodiless};
use super::start::renew;

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
    right_length_or(connection, None, wrong);
}

/// The same, with a length for messages whose end is known without one.
fn right_length_or(connection: &mut Connection, other: Option<usize>, wrong: fn(&[u8], usize) -> bool) {
    for at in 0..connection.messages.len() {
        let ended = other.filter(|_| connection.messages[at].ended());
        let Some(length) = present(connection, at).or(ended) else { continue };
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

/// Whether this is an IP-literal (RFC 3986, 3.2.2).
fn is_literal(host: &[u8]) -> bool {
    let inside = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]"));
    let inside = inside.and_then(|inside| std::str::from_utf8(inside).ok());
    inside.is_some_and(|inside| inside.starts_with(['v', 'V']) || inside.parse::<std::net::Ipv6Addr>().is_ok())
}

pub(super) fn host_value(connection: &mut Connection) {
    values(connection, "Host", |value| {
        let value = value.trim_ascii();
        let colon = value.iter().rposition(|&b| b == b':').filter(|_| !value.ends_with(b"]"));
        let (host, port) = value.split_at(colon.unwrap_or(value.len()));
        let known = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
        let plain = !host.is_empty() && host.iter().all(known) || is_literal(host);
        let digits = |port: &[u8]| std::str::from_utf8(port).ok()?.parse::<u16>().ok();
        (!plain || port.len() > 1 && digits(&port[1..]).is_none()).then(|| b"a".to_vec())
    });
}

/// The members of all Content-Length fields of a message.
fn lengths(message: &Message) -> Vec<Vec<u8>> {
    let members = message.named(CL).flat_map(|line| line.value().split(|b| *b == b','));
    members.map(|member| member.trim_ascii().to_vec()).collect()
}

/// The first of several lengths, if they are the same number (or if they are not) in a list or in fields of their own.
fn first_length(connection: &mut Connection, same: bool, wrong: fn(&Message) -> bool) {
    for message in connection.messages.iter_mut().filter(|message| wrong(message)) {
        let lengths = lengths(message);
        let number = |length: &Vec<u8>| !length.is_empty() && length.iter().all(u8::is_ascii_digit);
        if lengths.len() < 2 || lengths.iter().all(|length| number(length) && *length == lengths[0]) != same {
            continue;
        }
        let mut first = true;
        message.fields.retain(|line| !line.is(CL) || std::mem::replace(&mut first, false));
        let line = message.fields.iter_mut().find(|line| line.is(CL));
        line.into_iter().for_each(|line| line.set_value(&[b" ", &lengths[0][..]].concat()));
    }
}

pub(super) fn length_list(connection: &mut Connection) {
    first_length(connection, true, |message| message.named(CL).any(|line| line.value().contains(&b',')));
}

pub(super) fn length_repeated(connection: &mut Connection) {
    first_length(connection, true, |message| message.named(CL).count() > 1);
}

pub(super) fn length_differing(connection: &mut Connection) {
    first_length(connection, false, |_| true);
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
    // Where no content can be, any number is right.
    right_length_or(connection, Some(0), |value, _| value.is_empty() || !value.iter().all(u8::is_ascii_digit));
}

pub(super) fn length_huge(connection: &mut Connection) {
    right_length(connection, |value, right| value.len() > 9 && value.first() != Some(&b'0') && right < 1 << 30);
}

pub(super) fn length_large(connection: &mut Connection) {
    right_length(connection, |value, right| value.len() > 5 && value.iter().all(u8::is_ascii_digit) && right < 1 << 16);
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

/// The members of all Transfer-Encoding fields, of which a last empty one stands for a comma at the end.
fn codings(message: &Message) -> Vec<Vec<u8>> {
    let members = message.named(TE).flat_map(|line| line.value().split(|b| *b == b','));
    members.map(|member| member.trim_ascii().to_ascii_lowercase()).collect()
}

/// Puts one Transfer-Encoding with these codings where the first stands.
fn set_codings(message: &mut Message, codings: &[&[u8]]) {
    let mut first = true;
    message.fields.retain(|line| !line.is(TE) || std::mem::replace(&mut first, false));
    let value = [b" ", &codings.join(&b", "[..])[..]].concat();
    message.fields.iter_mut().filter(|line| line.is(TE)).for_each(|line| line.set_value(&value));
}

/// Members of a list that are empty go, beside others that are not.
pub(super) fn coding_empty_member(connection: &mut Connection) {
    for message in &mut connection.messages {
        let codings = codings(message);
        let full: Vec<&[u8]> = codings.iter().map(Vec::as_slice).filter(|coding| !coding.is_empty()).collect();
        if !full.is_empty() && full.len() < codings.len() {
            set_codings(message, &full);
        }
    }
}

/// Chunked goes to the end, and is there once.
pub(super) fn coding_not_last(connection: &mut Connection) {
    for message in &mut connection.messages {
        let codings = codings(message);
        let early = codings.split_last().is_some_and(|(_, before)| before.contains(&b"chunked".to_vec()));
        if early {
            let others = codings.iter().map(Vec::as_slice).filter(|coding| *coding != b"chunked");
            set_codings(message, &others.chain([&b"chunked"[..]]).collect::<Vec<_>>());
        }
    }
}

pub(super) fn coding_list(connection: &mut Connection) {
    values(connection, TE, |value| (has_chunked(value) && value.contains(&b',')).then(|| b"chunked".to_vec()));
}

pub(super) fn coding_space(connection: &mut Connection) {
    values(connection, TE, |value| {
        let chunked = value.trim_ascii().eq_ignore_ascii_case(b"chunked");
        (chunked && !matches!(value.len(), 7) && value[..value.len() - 7] != *b" ").then(|| value.trim_ascii().to_vec())
    });
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
    let client = connection.is_client();
    connection.messages.iter_mut().filter(|m| m.has(TE)).for_each(|message| renew(message, client));
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
