//! What a connection writes. A head is first written, then read by the same scanner that reads the peer's: what a
//! strict reader would refuse never leaves.

use alloc::vec::Vec;

use crate::connection::{Connection, Exchange, Role, asked, check_host, join};
use crate::error::{Blame, Error, Reason};
use crate::event::Fields;
use crate::framing::{self, Asked, Coding, Framing};
use crate::head::Kind;
use crate::limits::{Config, Leniency, Limits};
use crate::names::Known;
use crate::octets::{is_blank, is_token_string, list, strip_blank};
use crate::runs::value_run;
use crate::target;

/// What is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// A head may be sent.
    Idle,
    /// So many octets more of content.
    Length(u64),
    /// Chunks.
    Chunked,
    /// Content until the connection closes.
    UntilClose,
    /// The message has no content, whatever its fields announce.
    NoContent,
    /// A server's response is complete.
    Done,
    /// Octets are no longer HTTP.
    Tunnel,
    /// Nothing more can be sent.
    Closed,
}

/// How what is written is read: without leniency, and without limits, for they are the peer's to set.
const STRICT: Config = {
    let most = usize::MAX;
    let limits = Limits { start_line: most, head: most, fields: most, chunk_line: most, chunk_extensions: most };
    Config { limits, leniency: Leniency::NONE, manual_continue: true }
};

/// Field lines to send: names and values.
type Lines<'a> = &'a [(&'a [u8], &'a [u8])];

impl Connection {
    /// Sends a request's head (clients). Host and the framing fields are the caller's.
    ///
    /// # Errors
    /// Nothing was sent, for the reason given.
    pub fn send_request(&mut self, method: &[u8], target: &[u8], fields: Lines<'_>) -> Result<(), Error> {
        let blocked = self.asked.iter().any(|e| e.asked == Asked::Connect || !e.upgrade.is_empty() || e.must_close);
        if self.role != Role::Client || self.writing != Writing::Idle || blocked {
            return Err(local(Reason::OutOfTurn));
        }
        check_request_line(method, target).and_then(|()| check_lines(fields)).map_err(local)?;
        let begin = self.out.len();
        for part in [method, b" ", target, b" HTTP/1.1\r\n"] {
            self.out.extend_from_slice(part);
        }
        write_lines(fields, &mut self.out);
        let old_server = self.peer_minor == Some(0);
        let framing = self.proof(begin, Kind::Request, |fields| {
            check_authority(target, fields)?;
            match request_framing(method, fields)? {
                (Framing::Chunked, _) if old_server => Err(Reason::CodingNotAllowed), // RFC 9112, 6.1 and 6.3
                known => Ok(known),
            }
        });
        let (framing, exchange) = self.or_unwrite(begin, framing)?;
        self.asked.push_back(exchange);
        self.writing = match framing {
            Framing::None | Framing::UntilClose => Writing::NoContent,
            Framing::Length(length) => Writing::Length(length),
            Framing::Chunked => Writing::Chunked,
        };
        Ok(())
    }

    /// Sends an interim response's head (servers): 1xx, but not 101.
    ///
    /// # Errors
    /// Nothing was sent, for the reason given.
    pub fn send_interim(&mut self, status: u16, reason: &[u8], fields: Lines<'_>) -> Result<(), Error> {
        let (Writing::Idle, Some(exchange)) = (self.writing, &mut self.exchange) else {
            return Err(local(Reason::OutOfTurn));
        };
        // RFC 9110, 15.2: never to an HTTP/1.0 client. 8.6 and RFC 9112, 6.1: no framing fields.
        let allowed = self.role == Role::Server && exchange.minor > 0 && (100..200).contains(&status) && status != 101;
        if !allowed || has(fields, b"content-length") || has(fields, b"transfer-encoding") {
            return Err(local(Reason::NotAllowed));
        }
        exchange.continue_owed &= status != 100;
        check_reason(reason).and_then(|()| check_lines(fields)).map_err(local)?;
        write_status(status, reason, &mut self.out);
        write_lines(fields, &mut self.out);
        Ok(())
    }

    /// Sends a final response's head, or 101 (servers). The framing fields are the caller's; without any, chunked is
    /// added where the client knows it (RFC 9112, 6.3), and otherwise content goes on until the connection closes.
    /// `Connection: close` is added where the connection will close.
    ///
    /// # Errors
    /// Nothing was sent, for the reason given.
    pub fn send_response(&mut self, status: u16, reason: &[u8], fields: Lines<'_>) -> Result<(), Error> {
        let (Role::Server, Writing::Idle, Some(exchange)) = (self.role, self.writing, &self.exchange) else {
            return Err(local(Reason::OutOfTurn));
        };
        check_status(status, exchange, fields).map_err(local)?;
        check_reason(reason).and_then(|()| check_lines(fields)).map_err(local)?;
        let (asked, minor, must_close) = (exchange.asked, exchange.minor, exchange.must_close);
        let owes_continue = exchange.continue_owed && status == 101;
        let begin = self.out.len();
        if owes_continue {
            self.out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n"); // RFC 9110, 7.8
        }
        let head = self.out.len();
        write_status(status, reason, &mut self.out);
        write_lines(fields, &mut self.out);
        let checked = self.proof(head, Kind::Response, |fields| {
            let framing = response_framing(status, asked, minor, fields)?;
            let persists = framing::persists(fields, 1) && (minor > 0 || keeps_alive(fields));
            Ok((framing, persists, has_close(fields)))
        });
        let (mut framing, persists, says_close) = self.or_unwrite(begin, checked)?;
        if framing == Writing::UntilClose && minor > 0 && !has(fields, b"transfer-encoding") {
            framing = Writing::Chunked;
            self.add_line(b"Transfer-Encoding: chunked\r\n");
        }
        let switches = status == 101 || framing::is_tunnel(status, asked);
        let closes = !switches && (must_close || !persists || framing == Writing::UntilClose);
        if closes && !says_close {
            self.add_line(b"Connection: close\r\n");
        }
        if let Some(exchange) = &mut self.exchange {
            exchange.must_close = closes;
            exchange.switches = switches;
            exchange.continue_owed = false;
        }
        self.writing = framing;
        Ok(())
    }

    /// Sends content; in a tunnel, octets as they are. Each call makes one chunk where chunked is used.
    ///
    /// # Errors
    /// Nothing was sent, for the reason given.
    pub fn send_data(&mut self, data: &[u8]) -> Result<(), Error> {
        match &mut self.writing {
            Writing::Length(left) => {
                *left = left.checked_sub(data.len() as u64).ok_or(local(Reason::WrongLength))?;
                self.out.extend_from_slice(data);
            }
            Writing::Chunked if data.is_empty() => {} // an empty chunk would be the last one
            Writing::Chunked => {
                write_hex(data.len(), &mut self.out);
                self.out.extend_from_slice(b"\r\n");
                self.out.extend_from_slice(data);
                self.out.extend_from_slice(b"\r\n");
            }
            Writing::UntilClose | Writing::Tunnel => self.out.extend_from_slice(data),
            Writing::NoContent if data.is_empty() => {}
            Writing::NoContent => return Err(local(Reason::WrongLength)),
            Writing::Idle | Writing::Done | Writing::Closed => return Err(local(Reason::OutOfTurn)),
        }
        Ok(())
    }

    /// Ends the message, with trailer fields where chunked is used.
    ///
    /// # Errors
    /// Nothing was sent, for the reason given.
    pub fn send_end(&mut self, trailers: Lines<'_>) -> Result<(), Error> {
        match self.writing {
            Writing::Length(0) | Writing::UntilClose | Writing::NoContent if trailers.is_empty() => {}
            Writing::Length(0) | Writing::UntilClose | Writing::NoContent => {
                return Err(local(Reason::TrailerNotAllowed));
            }
            Writing::Length(_) => return Err(local(Reason::WrongLength)),
            Writing::Chunked => {
                check_lines(trailers).and_then(|()| check_trailers(trailers)).map_err(local)?;
                self.out.extend_from_slice(b"0\r\n");
                write_lines(trailers, &mut self.out);
            }
            Writing::Idle | Writing::Done | Writing::Tunnel | Writing::Closed => return Err(local(Reason::OutOfTurn)),
        }
        self.writing = match self.role {
            Role::Server => Writing::Done,
            Role::Client => Writing::Idle,
        };
        Ok(())
    }

    /// Adds a field line to the head just written, before the empty line that ends it.
    fn add_line(&mut self, line: &[u8]) {
        self.out.truncate(self.out.len() - 2);
        self.out.extend_from_slice(line);
        self.out.extend_from_slice(b"\r\n");
    }

    /// Reads the head just written, from `begin` on, as a strict peer would.
    fn proof<T>(
        &mut self,
        begin: usize,
        kind: Kind,
        check: impl FnOnce(Fields<'_>) -> Result<T, Reason>,
    ) -> Result<T, Reason> {
        let written = &self.out[begin..];
        let scanner = &mut self.proofreader;
        scanner.restart(kind);
        match scanner.scan(written, &STRICT) {
            Err((reason, _)) => Err(reason),
            Ok(Some(end)) if end == written.len() => {
                check(Fields { spans: &scanner.spans, seen: scanner.seen, input: written, unfolded: &scanner.unfolded })
            }
            Ok(_) => Err(Reason::FieldValue),
        }
    }

    /// Takes back what was written where it may not be sent.
    fn or_unwrite<T>(&mut self, begin: usize, checked: Result<T, Reason>) -> Result<T, Error> {
        checked.map_err(|reason| {
            self.out.truncate(begin);
            local(reason)
        })
    }
}

fn local(reason: Reason) -> Error {
    Error { reason, blame: Blame::Local, offset: 0 }
}

/// RFC 9112, 3.2: the form of the target goes with the method; no octet of either can end the line.
fn check_request_line(method: &[u8], target: &[u8]) -> Result<(), Reason> {
    if !is_token_string(method) {
        return Err(Reason::Method);
    }
    target::check(method, target, false)
}

/// RFC 9110, 5.1 and 5.5: names are tokens; no value holds CR, LF, NUL or another control character.
fn check_lines(lines: Lines<'_>) -> Result<(), Reason> {
    if !lines.iter().all(|(name, _)| is_token_string(name)) {
        return Err(Reason::FieldName);
    }
    if lines.iter().all(|(_, value)| value_run(value) == value.len()) { Ok(()) } else { Err(Reason::FieldValue) }
}

fn check_reason(reason: &[u8]) -> Result<(), Reason> {
    if value_run(reason) == reason.len() { Ok(()) } else { Err(Reason::ReasonPhrase) }
}

/// RFC 9110, 6.5.1: fields that frame, route, authenticate or describe the content come before it or not at all.
fn check_trailers(lines: Lines<'_>) -> Result<(), Reason> {
    const NEVER: [&[u8]; 17] = [
        b"authorization",
        b"cache-control",
        b"connection",
        b"content-encoding",
        b"content-length",
        b"content-range",
        b"content-type",
        b"expect",
        b"host",
        b"keep-alive",
        b"max-forwards",
        b"proxy-authorization",
        b"set-cookie",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    ];
    let never = |name: &[u8]| NEVER.iter().any(|n| name.eq_ignore_ascii_case(n));
    if lines.iter().any(|(name, _)| never(name)) { Err(Reason::TrailerNotAllowed) } else { Ok(()) }
}

fn has(lines: Lines<'_>, name: &[u8]) -> bool {
    lines.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
}

fn has_option(fields: Fields<'_>, wanted: &[u8]) -> bool {
    Known::Connection.is_in(fields.seen)
        && fields.values(b"connection").flat_map(list).any(|option| option.eq_ignore_ascii_case(wanted))
}

fn has_close(fields: Fields<'_>) -> bool {
    has_option(fields, b"close")
}

fn keeps_alive(fields: Fields<'_>) -> bool {
    has_option(fields, b"keep-alive")
}

/// What a final status demands of the request and of the fields beside it.
fn check_status(status: u16, exchange: &Exchange, lines: Lines<'_>) -> Result<(), Reason> {
    if !(200..=999).contains(&status) && status != 101 {
        return Err(Reason::StatusCode);
    }
    // RFC 9110, 15.2.2 and 15.5.22: 101 and 426 name protocols.
    if matches!(status, 101 | 426) && !has(lines, b"upgrade") {
        return Err(Reason::NotAllowed);
    }
    if status != 101 {
        return Ok(());
    }
    // RFC 9110, 7.8: only to protocols that the client offered.
    let offered = |protocol: &[u8]| list(&exchange.upgrade).any(|o| o.eq_ignore_ascii_case(protocol));
    let mut chosen = lines.iter().filter(|(n, _)| n.eq_ignore_ascii_case(b"upgrade")).flat_map(|(_, v)| list(v));
    if chosen.all(offered) { Ok(()) } else { Err(Reason::NotAllowed) }
}

/// A request's framing, and what is to be known when its response comes.
fn request_framing(method: &[u8], fields: Fields<'_>) -> Result<(Framing, Exchange), Reason> {
    check_host(fields, 1)?;
    let coding = framing::transfer_encoding(fields)?;
    let length = framing::content_length(fields, &Leniency::NONE)?;
    let framing = match (coding, length) {
        (Some(_), Some(_)) => return Err(Reason::LengthBesideCoding), // RFC 9112, 6.2
        (Some(Coding::NotChunked), None) => return Err(Reason::ChunkedNotLast), // RFC 9112, 6.1
        (Some(Coding::Chunked | Coding::OthersThenChunked), None) => Framing::Chunked,
        (None, Some(length)) => Framing::Length(length),
        (None, None) => Framing::None,
    };
    let has_content = !matches!(framing, Framing::None | Framing::Length(0));
    let expects = framing::expects_continue(fields, 1);
    // RFC 9110, 9.3.6 and 9.3.8: CONNECT and TRACE have no content. 10.1.1: no expectation without content.
    let bodiless = matches!(method, b"CONNECT" | b"TRACE");
    if (has_content && bodiless) || (expects && !has_content) {
        return Err(Reason::NotAllowed);
    }
    check_options(fields)?;
    let exchange = Exchange {
        asked: asked(method),
        minor: 1,
        upgrade: join(fields, b"upgrade"),
        continue_owed: false,
        must_close: has_close(fields),
        switches: false,
    };
    Ok((framing, exchange))
}

/// RFC 9110, 7.8 and 10.1.4: Upgrade and TE are named in Connection.
fn check_options(fields: Fields<'_>) -> Result<(), Reason> {
    let judged = [Known::Connection, Known::Te, Known::TransferEncoding, Known::Upgrade];
    if !judged.iter().any(|known| known.is_in(fields.seen)) {
        return Ok(());
    }
    let named = |field: &'static [u8]| fields.values(field).next().is_none() || has_option(fields, field);
    // RFC 9112, 7.4: chunked is not sent in TE.
    let is_chunked = |coding: &[u8]| {
        strip_blank(coding.split(|&b| b == b';').next().unwrap_or_default()).eq_ignore_ascii_case(b"chunked")
    };
    let te_chunked = fields.values(b"te").flat_map(list).any(is_chunked);
    // RFC 9110, 7.6.1: Cache-Control is for all recipients, so it is no connection option.
    let for_all = has_option(fields, b"cache-control");
    // RFC 9110, 5.6.1.1 and 5.6.3: no empty list elements, no bad white space, in what is made anew on each hop.
    let made_here = || fields.values(b"connection").chain(fields.values(b"transfer-encoding"));
    let empty = made_here().any(|value| value.split(|&b| b == b',').any(|member| strip_blank(member).is_empty()));
    let spaced = fields.values(b"transfer-encoding").any(has_bad_space);
    if named(b"upgrade") && named(b"te") && !te_chunked && !for_all && !empty && !spaced {
        Ok(())
    } else {
        Err(Reason::NotAllowed)
    }
}

/// RFC 9110, 10.1.4: white space beside the "=" of a transfer-parameter, outside quoted strings.
fn has_bad_space(value: &[u8]) -> bool {
    let outside = value.split(|&b| b == b'"').step_by(2);
    outside.flat_map(|part| part.windows(2)).any(|pair| match pair {
        [b'=', after] => is_blank(*after),
        [before, b'='] => is_blank(*before),
        _ => false,
    })
}

/// RFC 9112, 3.2: Host is the authority of an absolute-form target.
fn check_authority(target: &[u8], fields: Fields<'_>) -> Result<(), Reason> {
    match target::authority(target) {
        Some(authority) if !fields.values(b"host").any(|host| host.eq_ignore_ascii_case(authority)) => {
            Err(Reason::HostInvalid)
        }
        Some(_) | None => Ok(()),
    }
}

/// How a response's content is written.
fn response_framing(status: u16, asked: Asked, minor: u8, fields: Fields<'_>) -> Result<Writing, Reason> {
    check_options(fields)?;
    let coding = framing::transfer_encoding(fields)?;
    let length = framing::content_length(fields, &Leniency::NONE)?;
    if coding.is_some() && length.is_some() {
        return Err(Reason::LengthBesideCoding); // RFC 9112, 6.2
    }
    if coding.is_some() && minor == 0 {
        return Err(Reason::CodingNotAllowed); // RFC 9112, 6.1
    }
    let framing_field = coding.is_some() || length.is_some();
    match status {
        // RFC 9112, 6.1 and RFC 9110, 8.6: neither field in 1xx, 204 and 2xx to CONNECT.
        101 | 204 if framing_field => Err(Reason::CodingNotAllowed),
        _ if framing::is_tunnel(status, asked) && framing_field => Err(Reason::CodingNotAllowed),
        101 | 204 | 304 => Ok(Writing::NoContent),
        _ if framing::is_tunnel(status, asked) || asked == Asked::Head => Ok(Writing::NoContent),
        // RFC 9110, 15.3.6: 205 has no content, and says so.
        205 if length != Some(0) => Err(Reason::WrongLength),
        _ => Ok(match (coding, length) {
            (Some(Coding::Chunked | Coding::OthersThenChunked), _) => Writing::Chunked,
            (None, Some(length)) => Writing::Length(length),
            (Some(Coding::NotChunked) | None, _) => Writing::UntilClose,
        }),
    }
}

fn write_status(status: u16, reason: &[u8], out: &mut Vec<u8>) {
    let digit = |n: u16| b'0' + (n % 10) as u8;
    let mut line = *b"HTTP/1.1 ddd "; // RFC 9112, 4: SP always
    (line[9], line[10], line[11]) = (digit(status / 100), digit(status / 10), digit(status));
    out.extend_from_slice(&line);
    out.extend_from_slice(reason);
    out.extend_from_slice(b"\r\n");
}

fn write_lines(lines: Lines<'_>, out: &mut Vec<u8>) {
    for (name, value) in lines {
        out.extend_from_slice(name);
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

fn write_hex(mut n: usize, out: &mut Vec<u8>) {
    let begin = out.len();
    loop {
        out.push(b"0123456789abcdef"[n & 15]);
        n >>= 4;
        if n == 0 {
            break;
        }
    }
    out[begin..].reverse();
}

/// The response to a request that cannot be read.
pub(crate) fn error_response(status: u16, out: &mut Vec<u8>) {
    let reason: &[u8] = match status {
        414 => b"URI Too Long",
        431 => b"Request Header Fields Too Large",
        501 => b"Not Implemented",
        505 => b"HTTP Version Not Supported",
        _ => b"Bad Request",
    };
    write_status(status, reason, out);
    out.extend_from_slice(b"Connection: close\r\nContent-Length: 0\r\n\r\n");
}
