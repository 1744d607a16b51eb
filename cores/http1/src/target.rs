//! The request-target's four forms (RFC 9112, 3.2) and Host (RFC 9110, 7.2).
//!
//! ```text
//! request-target = origin-form / absolute-form / authority-form / asterisk-form
//! Host           = uri-host [ ":" port ]
//! ```

use crate::error::Reason;
use crate::octets::{is_host, is_plain_host, is_uri};

/// Checks a target against its method.
pub(crate) fn check(method: &[u8], target: &[u8], any_visible: bool) -> Result<(), Reason> {
    let well_formed = |octets: &[u8]| any_visible || octets.iter().all(|&b| is_uri(b)) && percent_encoded(octets);
    match (method, target) {
        // RFC 9112, 3.2.3: authority-form, only for CONNECT, which takes no other.
        (b"CONNECT", authority) => check_authority(authority),
        // RFC 9112, 3.2.4: asterisk-form, only for OPTIONS.
        (b"OPTIONS", b"*") => Ok(()),
        (_, b"*") => Err(Reason::TargetForm),
        // RFC 9112, 3.2.1: origin-form; brackets stand in IP literals only, which a path is not.
        (_, [b'/', ..]) if !any_visible && target.iter().any(|b| matches!(b, b'[' | b']')) => Err(Reason::Target),
        (_, [b'/', ..]) if well_formed(target) => Ok(()),
        // RFC 9112, 3.2.2: absolute-form.
        (_, absolute) if is_absolute(absolute) && well_formed(absolute) => Ok(()),
        (_, _) => Err(Reason::Target),
    }
}

/// RFC 3986, 3.1: scheme ":" and something; for http and https an authority with a host (RFC 9110, 4.2.1).
fn is_absolute(target: &[u8]) -> bool {
    let Some(colon) = target.iter().position(|&b| b == b':') else { return false };
    let (scheme, rest) = (&target[..colon], &target[colon + 1..]);
    let scheme_octet = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
    let scheme_fits = scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().all(scheme_octet);
    let is_http = scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https");
    if !is_http {
        // RFC 9110, 7.1: what reads as host ":" port is authority-form, which is for CONNECT alone.
        return scheme_fits && !rest.iter().all(u8::is_ascii_digit);
    }
    let Some(rest) = rest.strip_prefix(b"//") else { return false };
    let authority = rest.split(|b| matches!(b, b'/' | b'?')).next().unwrap_or_default();
    // RFC 9110, 4.2.4: userinfo is an error.
    !authority.is_empty() && authority[0] != b':' && is_host_and_port(authority)
}

/// The authority of an absolute-form target with an authority.
pub(crate) fn authority(target: &[u8]) -> Option<&[u8]> {
    let colon = target.iter().position(|&b| b == b':').filter(|_| target.first() != Some(&b'/'))?;
    let rest = target[colon + 1..].strip_prefix(b"//")?;
    rest.split(|b| matches!(b, b'/' | b'?')).next()
}

/// RFC 9112, 3.2.3 and RFC 9110, 9.3.6: host ":" port, neither empty.
fn check_authority(target: &[u8]) -> Result<(), Reason> {
    let Some(colon) = target.iter().rposition(|&b| b == b':') else { return Err(Reason::Target) };
    let (host, port) = (&target[..colon], &target[colon + 1..]);
    let number = crate::octets::decimal(port).filter(|n| (1..=65535).contains(n));
    if host.is_empty() || !is_uri_host(host) || number.is_none() { Err(Reason::Target) } else { Ok(()) }
}

/// The value of Host: uri-host [ ":" port ]; both may be empty.
pub(crate) fn is_host_and_port(value: &[u8]) -> bool {
    if is_plain_host(value) {
        return true; // most are a name without more
    }
    let literal_end = if value.first() == Some(&b'[') { value.iter().position(|&b| b == b']') } else { None };
    let from = literal_end.unwrap_or(0);
    let colon = value[from..].iter().position(|&b| b == b':').map_or(value.len(), |at| from + at);
    let (host, port) = value.split_at(colon);
    is_uri_host(host) && port.iter().skip(1).all(u8::is_ascii_digit)
}

/// RFC 3986, 3.2.2: IP-literal, IPv4address or reg-name.
fn is_uri_host(host: &[u8]) -> bool {
    match host {
        [b'[', inside @ .., b']'] => is_ip_literal(inside),
        name => name.iter().all(|&b| is_host(b)) && percent_encoded(name),
    }
}

/// IPv6address or IPvFuture: hexadecimal digits, colons and dots with at least two colons, or `v` HEXDIG `.` and more.
fn is_ip_literal(inside: &[u8]) -> bool {
    match inside {
        [b'v' | b'V', rest @ ..] => {
            let dot = rest.iter().position(|&b| b == b'.').unwrap_or(0);
            let after = rest.get(dot + 1..).unwrap_or_default();
            let octet = |&b: &u8| b == b':' || (is_host(b) && b != b'%');
            dot > 0 && rest[..dot].iter().all(u8::is_ascii_hexdigit) && !after.is_empty() && after.iter().all(octet)
        }
        address => core::str::from_utf8(address).is_ok_and(|text| text.parse::<core::net::Ipv6Addr>().is_ok()),
    }
}

/// RFC 3986, 2.1: "%" HEXDIG HEXDIG.
fn percent_encoded(octets: &[u8]) -> bool {
    let mut rest = octets;
    while let Some(at) = rest.iter().position(|&b| b == b'%') {
        match &rest[at + 1..] {
            [a, b, after @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => rest = after,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_go_with_methods() {
        for (method, target, fits) in [
            ("GET", "/", true),
            ("GET", "/a?b=%20[", false),
            ("GET", "/a%2", false),
            ("GET", "*", false),
            ("OPTIONS", "*", true),
            ("OPTIONS", "**", false),
            ("GET", "http://a:80/b?c", true),
            ("GET", "http://[::1]/", true),
            ("GET", "http:///a", false),
            ("GET", "http:a", false),
            ("GET", "urn:a:b", true),
            ("GET", "a:80", false), // authority-form
            ("GET", "http://u@a/", false),
            ("GET", "1a:80", false),
            ("GET", "a", false),
            ("CONNECT", "a:80", true),
            ("CONNECT", "[::1]:443", true),
            ("CONNECT", "a", false),
            ("CONNECT", "a:", false),
            ("CONNECT", ":80", false),
            ("CONNECT", "a:0", false),
            ("CONNECT", "a:65536", false),
            ("CONNECT", "/", false),
            ("GET", "/{}", false),
        ] {
            assert_eq!(check(method.as_bytes(), target.as_bytes(), false).is_ok(), fits, "{method} {target}");
        }
    }

    #[test]
    fn host_values() {
        for (value, fits) in [
            ("", true),
            ("a", true),
            ("a:", true),
            ("a:80", true),
            ("[::1]:80", true),
            ("[v1.a]", true),
            ("a:b", false),
            ("a b", false),
            ("a,b", true), // sub-delims
            ("a/b", false),
            ("[::1", false),
            ("[::g]", false),
            ("a%4", false),
            ("u@a", false),
        ] {
            assert_eq!(is_host_and_port(value.as_bytes()), fits, "{value}");
        }
    }
}
