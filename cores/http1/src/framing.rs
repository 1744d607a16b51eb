//! How a message's content is delimited: RFC 9112, 6.3, its steps in their order.

use crate::error::Reason;
use crate::event::Fields;
use crate::limits::Leniency;
use crate::names::Known;
use crate::octets::{decimal, is_token_string, list, strip_blank};

/// How content is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is none.
    None,
    /// So many octets.
    Length(u64),
    /// Chunks.
    Chunked,
    /// All until the stream ends.
    UntilClose,
}

/// What a response answers, as far as framing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing special.
    Plain,
    /// HEAD: no content, whatever the fields say.
    Head,
    /// CONNECT: a 2xx response makes a tunnel.
    Connect,
}

/// A request's framing, and whether the connection must close after the exchange.
pub(crate) fn of_request(fields: Fields<'_>, minor: u8, leniency: &Leniency) -> Result<(Framing, bool), Reason> {
    let mut suspicious = false;
    // Step 4: Transfer-Encoding; in a request it must end with chunked.
    if let Some(chunked) = transfer_encoding(fields)? {
        if minor == 0 {
            return Err(Reason::CodingNotAllowed); // 6.1: faulty framing
        }
        // Step 3: Content-Length beside it.
        if fields.values(b"content-length").next().is_some() {
            if !leniency.length_beside_coding {
                return Err(Reason::LengthBesideCoding);
            }
            suspicious = true;
        }
        return match chunked {
            Coding::Chunked => Ok((Framing::Chunked, suspicious)),
            Coding::OthersThenChunked => Err(Reason::UnknownCoding), // 6.1: 501
            Coding::NotChunked => Err(Reason::ChunkedNotLast),
        };
    }
    // Steps 5 and 6: Content-Length. Step 7: otherwise none.
    let length = content_length(fields, leniency)?;
    Ok((length.map_or(Framing::None, Framing::Length), false))
}

/// A response's framing.
pub(crate) fn of_response(
    fields: Fields<'_>,
    minor: u8,
    status: u16,
    asked: Asked,
    leniency: &Leniency,
) -> Result<(Framing, bool), Reason> {
    // Step 1: HEAD, 1xx, 204, 304. Step 2: 2xx to CONNECT; its framing fields are ignored.
    let bodiless = asked == Asked::Head || (100..200).contains(&status) || status == 204 || status == 304;
    if bodiless || is_tunnel(status, asked) {
        return Ok((Framing::None, false));
    }
    let mut suspicious = false;
    if let Some(coding) = transfer_encoding(fields)? {
        if minor == 0 {
            return Err(Reason::CodingNotAllowed);
        }
        if fields.values(b"content-length").next().is_some() {
            if !leniency.length_beside_coding {
                return Err(Reason::LengthBesideCoding);
            }
            suspicious = true;
        }
        return Ok(match coding {
            Coding::Chunked | Coding::OthersThenChunked => (Framing::Chunked, suspicious),
            Coding::NotChunked => (Framing::UntilClose, true),
        });
    }
    // Step 8: otherwise all until the stream ends.
    let length = content_length(fields, leniency)?;
    Ok(length.map_or((Framing::UntilClose, true), |length| (Framing::Length(length), false)))
}

/// Whether a response turns the connection into a tunnel (RFC 9110, 9.3.6).
pub(crate) fn is_tunnel(status: u16, asked: Asked) -> bool {
    asked == Asked::Connect && (200..300).contains(&status)
}

/// A list of transfer codings, as far as framing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Chunked,
    OthersThenChunked,
    NotChunked,
}

/// RFC 9112, 6.1: the codings of all lines, if there is a line. Chunked stands once, last, without parameters.
pub(crate) fn transfer_encoding(fields: Fields<'_>) -> Result<Option<Coding>, Reason> {
    if !Known::TransferEncoding.is_in(fields.seen) {
        return Ok(None);
    }
    let (mut present, mut others, mut chunked) = (false, false, false);
    for value in fields.values(b"transfer-encoding") {
        present = true;
        for coding in list(value) {
            if chunked {
                return Err(Reason::ChunkedNotLast);
            }
            let name = strip_blank(coding.split(|&b| b == b';').next().unwrap_or_default());
            if !is_token_string(name) {
                return Err(Reason::TransferEncoding);
            }
            let compression = [&b"gzip"[..], b"x-gzip", b"compress", b"x-compress", b"deflate"];
            if !name.eq_ignore_ascii_case(b"chunked") {
                if name.len() < coding.len() && compression.iter().any(|c| name.eq_ignore_ascii_case(c)) {
                    return Err(Reason::TransferEncoding); // 7.2: these have no parameters either
                }
                others = true;
            } else if name.len() == coding.len() {
                chunked = true;
            } else {
                return Err(Reason::TransferEncoding); // 7.1: chunked has no parameters; they are an error
            }
        }
    }
    Ok(match (present, chunked, others) {
        (false, _, _) => None,
        (true, true, false) => Some(Coding::Chunked),
        (true, true, true) => Some(Coding::OthersThenChunked),
        (true, false, _) => Some(Coding::NotChunked),
    })
}

/// RFC 9110, 8.6: one Content-Length, or (where allowed) the same several times.
pub(crate) fn content_length(fields: Fields<'_>, leniency: &Leniency) -> Result<Option<u64>, Reason> {
    let mut length = None;
    for value in fields.values(b"content-length") {
        if let (None, Some(only)) = (length, decimal(value)) {
            length = Some(only);
            continue;
        }
        let mut members = value.split(|&b| b == b',').map(strip_blank);
        let several = value.contains(&b',');
        let found = members.next().and_then(decimal).ok_or(Reason::ContentLength)?;
        let same = members.all(|m| decimal(m) == Some(found)) && length.is_none_or(|l| l == found);
        let repeated = several || length.is_some();
        if repeated && !(same && leniency.repeated_length) {
            return Err(Reason::ContentLengthRepeated);
        }
        length = Some(found);
    }
    Ok(length)
}

/// RFC 9112, 9.3: whether a message lets the connection go on.
pub(crate) fn persists(fields: Fields<'_>, minor: u8) -> bool {
    if !Known::Connection.is_in(fields.seen) {
        return minor > 0;
    }
    let option = |wanted: &'static [u8]| {
        fields.values(b"connection").flat_map(list).any(|option| option.eq_ignore_ascii_case(wanted))
    };
    !option(b"close") && (minor > 0 || option(b"keep-alive"))
}

/// RFC 9110, 7.8: whether a message asks for, or makes, a switch of protocols; only in HTTP/1.1.
pub(crate) fn offers_upgrade(fields: Fields<'_>, minor: u8) -> bool {
    minor > 0
        && fields.values(b"upgrade").flat_map(list).next().is_some()
        && fields.values(b"connection").flat_map(list).any(|o| o.eq_ignore_ascii_case(b"upgrade"))
}

/// RFC 9110, 10.1.1: whether a request waits for 100 (Continue); ignored in HTTP/1.0.
pub(crate) fn expects_continue(fields: Fields<'_>, minor: u8) -> bool {
    minor > 0 && fields.values(b"expect").flat_map(list).any(|e| e.eq_ignore_ascii_case(b"100-continue"))
}
