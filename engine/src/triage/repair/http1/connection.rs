//! What decides how long a connection lives and whose octets these are: options, questions, ends; and how much there is.

use super::super::lines::{Connection, Message};

fn drop_fields(connection: &mut Connection, name: &str) {
    connection.messages.iter_mut().for_each(|message| message.drop_fields(name));
}

pub(super) fn connection_dropped(connection: &mut Connection) {
    drop_fields(connection, "Connection");
}

/// Takes an option out of the Connection fields of a message; a field that is left with none goes.
fn drop_option(message: &mut Message, option: &str) {
    let is_option = |member: &&[u8]| member.trim_ascii().eq_ignore_ascii_case(option.as_bytes());
    message.fields.retain_mut(|line| {
        if !line.is("Connection") || !line.value().split(|b| *b == b',').any(|member| is_option(&member)) {
            return true;
        }
        let others = line.value().split(|b| *b == b',').filter(|member| !is_option(member));
        let others: Vec<&[u8]> = others.map(<[u8]>::trim_ascii).filter(|member| !member.is_empty()).collect();
        let others = others.join(&b", "[..]);
        line.set_value(&[b" ", &others[..]].concat());
        !others.is_empty()
    });
}

pub(super) fn close_before_more(connection: &mut Connection) {
    let count = connection.messages.len();
    let behind = if connection.tail.is_empty() { 1 } else { 0 };
    connection.messages.iter_mut().take(count.saturating_sub(behind)).for_each(|m| drop_option(m, "close"));
}

pub(super) fn keep_alive_old(connection: &mut Connection) {
    let is_old = |message: &&mut Message| message.start.text.windows(8).any(|window| window == b"HTTP/1.0");
    connection.messages.iter_mut().filter(is_old).for_each(|message| drop_option(message, "keep-alive"));
}

pub(super) fn proxy_dropped(connection: &mut Connection) {
    drop_fields(connection, "Proxy-Connection");
}

pub(super) fn trailer_dropped(connection: &mut Connection) {
    drop_fields(connection, "Trailer");
}

/// Responses behind as many as were asked for go.
pub(super) fn unasked_dropped(connection: &mut Connection) {
    if !connection.is_client() {
        return;
    }
    let mut asked = if connection.shape >> 2 & 3 == 3 { 2 } else { 1 };
    let behind = connection.messages.iter().position(|message| {
        let none_left = asked == 0;
        asked -= usize::from(!none_left && !is_interim(message));
        none_left
    });
    if let Some(behind) = behind {
        connection.messages.truncate(behind);
        connection.tail.clear();
    }
}

pub(super) fn upgrade_dropped(connection: &mut Connection) {
    drop_fields(connection, "Upgrade");
}

pub(super) fn expect_dropped(connection: &mut Connection) {
    drop_fields(connection, "Expect");
}

pub(super) fn te_dropped(connection: &mut Connection) {
    drop_fields(connection, "TE");
}

/// A client that has asked so has asked with one GET.
fn asked(connection: &mut Connection, bits: u8) {
    if connection.is_client() && connection.shape >> 2 & 3 == bits {
        connection.shape &= !0b1100;
    }
}

pub(super) fn asked_head(connection: &mut Connection) {
    asked(connection, 1);
}

pub(super) fn asked_connect(connection: &mut Connection) {
    asked(connection, 2);
}

pub(super) fn asked_twice(connection: &mut Connection) {
    asked(connection, 3);
}

fn is_interim(message: &Message) -> bool {
    message.status().is_some_and(|status| status.len() == 3 && status[0] == b'1' && status != b"101")
}

/// Fields of interim responses go.
pub(super) fn interim_fields(connection: &mut Connection) {
    if connection.is_client() {
        connection.messages.iter_mut().filter(|message| is_interim(message)).for_each(|m| m.fields.clear());
    }
}

pub(super) fn interim_dropped(connection: &mut Connection) {
    if connection.is_client() {
        connection.messages.retain(|message| !is_interim(message));
    }
}

/// A response 101 goes; one that is alone becomes another.
pub(super) fn switching_dropped(connection: &mut Connection) {
    let is_switching = |message: &Message| message.status() == Some(b"101");
    match &mut connection.messages[..] {
        [message] if connection.shape & 1 != 0 && is_switching(message) => {
            let at = message.start.text.windows(3).position(|window| window == b"101");
            at.into_iter().for_each(|at| message.start.text[at..at + 3].copy_from_slice(b"204"));
        }
        _ if connection.shape & 1 != 0 => connection.messages.retain(|message| !is_switching(message)),
        _ => {}
    }
}

/// Where in a line a start-line may begin: at an HTTP version, or at capitals with a target behind them.
fn start_within(line: &[u8], client: bool) -> Option<usize> {
    if client {
        return line.windows(5).position(|window| window == b"HTTP/");
    }
    line.windows(6).any(|window| window == b" HTTP/").then(|| line.iter().position(u8::is_ascii_uppercase)).flatten()
}

/// Octets between messages and behind the last one go.
pub(super) fn extra_octets(connection: &mut Connection) {
    connection.tail.clear();
    let client = connection.is_client();
    let mut first = true;
    connection.messages.retain_mut(|message| match start_within(&message.start.text, client) {
        _ if std::mem::replace(&mut first, false) => true,
        Some(at) => {
            message.start.text.drain(..at);
            message.before.clear();
            true
        }
        None => false,
    });
}

pub(super) fn second_dropped(connection: &mut Connection) {
    let final_one = connection.messages.iter().position(|message| !is_interim(message));
    connection.messages.truncate(final_one.map_or(1, |at| at + 1));
    connection.tail.clear();
}

/// Adds what the last message lacks: line ends, content, the last chunk.
pub(super) fn completed(connection: &mut Connection) {
    let Some(last) = connection.messages.last_mut().filter(|message| !message.complete) else { return };
    let crlf = b"\r\n".to_vec();
    if last.blank.is_empty() {
        let line = last.fields.last_mut().unwrap_or(&mut last.start);
        line.end.clone_from(&crlf);
        while line.text.ends_with(b"\r") {
            line.text.pop();
        }
        last.blank = crlf;
    } else if last.chunks.is_empty() && last.is_chunked() {
        last.body = b"0\r\n\r\n".to_vec();
    } else if let Some(chunk) = last.chunks.last_mut() {
        let is_last = chunk.data.is_empty() && super::super::lines::size(&chunk.size.text).is_none_or(|size| size == 0);
        last.trailers.pop_if(|line| line.text == b"\r");
        let line = last.trailers.last_mut().unwrap_or(&mut chunk.size);
        if is_last {
            line.end.clone_from(&crlf);
            last.end = crlf;
        } else {
            chunk.size.text = format!("{:x}", chunk.data.len()).into_bytes();
            chunk.size.end.clone_from(&crlf);
            chunk.data_end.clone_from(&crlf);
            last.end = if chunk.data.is_empty() { Vec::new() } else { b"0\r\n\r\n".to_vec() };
        }
    } else if let Some(length) = last.length().filter(|length| *length < 1 << 16) {
        last.body.resize(length, b'a');
    }
}

pub(super) fn unfinished_dropped(connection: &mut Connection) {
    connection.tail.clear();
    connection.messages.pop_if(|message| !message.complete);
}

pub(super) fn eof_dropped(connection: &mut Connection) {
    connection.shape &= !2;
}

pub(super) fn eof_added(connection: &mut Connection) {
    connection.shape |= 2;
}

/// How many fields are kept, and how much of a value.
const FEW: usize = 20;
const SHORT: usize = 64;

pub(super) fn many_fields(connection: &mut Connection) {
    for message in &mut connection.messages {
        message.fields.truncate(FEW);
        message.trailers.truncate(FEW);
    }
}

pub(super) fn long_value(connection: &mut Connection) {
    for line in connection.lines().filter(|line| line.value().len() > SHORT) {
        let value = line.value()[..SHORT].trim_ascii_end().to_vec();
        line.set_value(&value);
    }
}
