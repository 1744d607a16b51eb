//! Messages of seeds put together: whole ones behind one another, or the lines of one with the lines of another.

use arbitrary::{Result, Unstructured};

use crate::{Input, Target};

/// The shape of a client that has asked twice.
const TWICE: u8 = 0b1101;

/// What servers receive.
const REQUESTS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n",
    b"HEAD http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2;a=\"b\"\r\nab\r\n00\r\nX: 1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
    b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
];

/// What clients receive; none of them ends its connection or has no end.
const RESPONSES: &[&[u8]] = &[
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 404 \r\nContent-Length: 0\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1;a\r\nx\r\n0\r\nX: 1\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
];

pub(super) fn generate(choices: &mut Unstructured<'_>) -> Result<Input> {
    let mut shape: u8 = choices.arbitrary()?;
    let seeds = if shape & 1 == 0 { REQUESTS } else { RESPONSES };
    let mut octets = Vec::new();
    if choices.ratio(2, 5)? {
        let (first, second) = (*choices.choose(seeds)?, *choices.choose(seeds)?);
        octets.extend_from_slice(&first[..line(first, choices)?]);
        octets.extend_from_slice(&second[line(second, choices)?..]);
    } else {
        if shape & 1 != 0 {
            shape |= TWICE;
        }
        let count = if shape & 1 == 0 { choices.int_in_range(1..=4)? } else { 2 };
        for _ in 0..count {
            octets.extend_from_slice(choices.choose(seeds)?);
        }
    }
    Ok(Input { target: Target::Http1, shape, octets })
}

/// Where some line begins.
fn line(seed: &[u8], choices: &mut Unstructured<'_>) -> Result<usize> {
    let lines = seed.iter().filter(|&&b| b == b'\n').count();
    let skipped = choices.int_in_range(0..=lines)?;
    let ends = seed.iter().enumerate().filter(|&(_, &b)| b == b'\n').map(|(at, _)| at + 1);
    Ok(std::iter::once(0).chain(ends).nth(skipped).unwrap_or(seed.len()))
}
