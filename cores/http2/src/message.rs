//! What makes a message: the control data of requests and responses (RFC 9113, 8.3 and 8.5; RFC 8441, 4).

use crate::error::Reason;
use crate::section::{Pseudo, Section, is_token};

/// The control data of a response.
const RESPONSE: [Pseudo; 1] = [Pseudo::Status];
/// The control data of a request.
const REQUEST: [Pseudo; 5] = [Pseudo::Method, Pseudo::Scheme, Pseudo::Authority, Pseudo::Path, Pseudo::Protocol];

/// What decides how a message goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Head,
    /// CONNECT, also extended.
    Connect,
    Other,
}

/// Checks a request's field section (8.3.1, 8.5). `extended`: whether extended CONNECT was offered.
pub(crate) fn request(section: &Section, extended: bool) -> Result<Method, Reason> {
    let missing = |pseudo: &[Pseudo]| pseudo.iter().any(|p| section.pseudo(*p).is_none());
    flawless(section)?;
    if !section.lacks(&RESPONSE) {
        return Err(Reason::Pseudo);
    }
    let method = section.pseudo(Pseudo::Method).ok_or(Reason::PseudoMissing)?;
    if method.is_empty() || !method.iter().all(|b| is_token(*b)) {
        return Err(Reason::ControlData);
    }
    let extends = section.pseudo(Pseudo::Protocol).is_some();
    if extends && (!extended || method != b"CONNECT") {
        return Err(Reason::Pseudo);
    }
    if method == b"CONNECT" && !extends {
        // 8.5: :scheme and :path are left out; :authority is host and port.
        let extra = !section.lacks(&[Pseudo::Scheme, Pseudo::Path]);
        if extra || missing(&[Pseudo::Authority]) {
            return Err(Reason::PseudoMissing);
        }
    } else if missing(&[Pseudo::Scheme, Pseudo::Path]) || (extends && missing(&[Pseudo::Authority])) {
        return Err(Reason::PseudoMissing);
    } else {
        target(section, method)?;
    }
    authority(section)?;
    Ok(match method {
        b"HEAD" => Method::Head,
        b"CONNECT" => Method::Connect,
        _ => Method::Other,
    })
}

/// 8.3.1: the scheme's syntax; for http and https, an authority, and a path that begins with `/`, or `*` for OPTIONS.
fn target(section: &Section, method: &[u8]) -> Result<(), Reason> {
    let scheme = section.pseudo(Pseudo::Scheme).unwrap_or_default();
    let path = section.pseudo(Pseudo::Path).unwrap_or_default();
    let in_scheme = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
    if !scheme.first().is_some_and(u8::is_ascii_alphabetic) || !scheme.iter().all(in_scheme) {
        return Err(Reason::ControlData);
    }
    if !path.iter().all(|b| matches!(b, b'!'..=b'~') && *b != b'#') {
        return Err(Reason::ControlData);
    }
    let http = scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https");
    let named = section.pseudo(Pseudo::Authority).or(section.host());
    if http && named.is_none_or(<[u8]>::is_empty) {
        return Err(Reason::PseudoMissing); // these schemes have an authority, and it is not empty
    }
    let rooted = path.first() == Some(&b'/') || (method == b"OPTIONS" && path == b"*");
    if http && !rooted { Err(Reason::ControlData) } else { Ok(()) }
}

/// 8.3.1: no userinfo, and Host says nothing else.
fn authority(section: &Section) -> Result<(), Reason> {
    let Some(authority) = section.pseudo(Pseudo::Authority) else { return Ok(()) };
    if !authority.iter().all(|b| matches!(b, b'!'..=b'~') && !b"@/?#\\".contains(b)) {
        return Err(Reason::ControlData);
    }
    match section.host() {
        Some(host) if !host.eq_ignore_ascii_case(authority) => Err(Reason::Host),
        _ => Ok(()),
    }
}

/// Checks a response's field section and gives its status (8.3.2).
pub(crate) fn response(section: &Section) -> Result<u16, Reason> {
    flawless(section)?;
    without_te(section)?;
    if !section.lacks(&REQUEST) {
        return Err(Reason::Pseudo);
    }
    let status = section.pseudo(Pseudo::Status).ok_or(Reason::PseudoMissing)?;
    let digit = |b: u8| b.is_ascii_digit().then(|| u16::from(b - b'0'));
    let number = match *status {
        [a, b, c] => digit(a).zip(digit(b)).zip(digit(c)).map(|((a, b), c)| a * 100 + b * 10 + c),
        _ => None,
    };
    number.filter(|n| *n >= 100 && *n != 101).ok_or(Reason::Status) // 8.6: 101 has no meaning here
}

/// Checks a trailer section: no pseudo-header fields (8.1).
pub(crate) fn trailers(section: &Section) -> Result<(), Reason> {
    flawless(section)?;
    without_te(section)?;
    if section.lacks(&REQUEST) && section.lacks(&RESPONSE) { Ok(()) } else { Err(Reason::Pseudo) }
}

/// 8.2.2: TE may be in the field section of a request, and nowhere else.
fn without_te(section: &Section) -> Result<(), Reason> {
    if section.has_te() { Err(Reason::ConnectionField) } else { Ok(()) }
}

fn flawless(section: &Section) -> Result<(), Reason> {
    section.flaw().map_or(Ok(()), Err)
}
