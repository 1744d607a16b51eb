//! What parts are replaced by.

use super::parts::Kind;

/// Parts of a kind that are worth putting in; never empty.
pub(super) fn parts(kind: Kind) -> &'static [&'static [u8]] {
    match kind {
        Kind::Start => STARTS,
        Kind::Field | Kind::Trailer => FIELDS,
        Kind::Blank | Kind::DataEnd => LINE_ENDS,
        Kind::Size => SIZES,
        Kind::Body | Kind::Data | Kind::Raw => BODIES,
    }
}

/// What can stand where a line ends.
pub(super) const LINE_ENDS: &[&[u8]] = &[b"\r\n", b"\n", b"\r", b"", b"\r\r\n", b"\n\r", b"\r\n ", b"\r\n\r\n", b"\0"];

/// White space, right and wrong.
pub(super) const BLANKS: &[&[u8]] = &[b" ", b"\t", b"  ", b" \t", b"\x0b", b"\x0c", b"\r\n ", b"\xa0"];

/// Numbers at the edges of what implementations hold them in, in both bases.
pub(super) const NUMBERS: &[&[u8]] = &[
    b"0",
    b"1",
    b"00",
    b"+1",
    b"-1",
    b"0x1",
    b"1 1",
    b"1,1",
    b"1, 2",
    b"",
    b"2147483648",
    b"4294967295",
    b"4294967296",
    b"9223372036854775807",
    b"9223372036854775808",
    b"18446744073709551615",
    b"18446744073709551616",
    b"7fffffff",
    b"80000000",
    b"ffffffff",
    b"100000000",
    b"7fffffffffffffff",
    b"ffffffffffffffff",
    b"10000000000000000",
    b"00000000000000000000000000001",
];

const STARTS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\n",
    b"GET / HTTP/1.0\r\n",
    b"HEAD / HTTP/1.1\r\n",
    b"POST / HTTP/1.1\r\n",
    b"OPTIONS * HTTP/1.1\r\n",
    b"CONNECT a:80 HTTP/1.1\r\n",
    b"GET http://a/ HTTP/1.1\r\n",
    b"GET / HTTP/1.2\r\n",
    b"PRI * HTTP/2.0\r\n",
    b"GET /\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 \r\n",
    b"HTTP/1.1 200\r\n",
    b"HTTP/1.0 200 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 304 Not Modified\r\n",
    b"HTTP/1.1 099 X\r\n",
    b"HTTP/1.1 600 X\r\n",
];

const FIELDS: &[&[u8]] = &[
    b"Host: a\r\n",
    b"Host: b\r\n",
    b"Host:\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: 3, 3\r\n",
    b"Content-Length: +3\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding: chunked, identity\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Transfer-Encoding:\tchunked\r\n",
    b"Transfer-Encoding : chunked\r\n",
    b"Transfer-Encoding: chunked,\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: upgrade\r\n",
    b"Upgrade: websocket\r\n",
    b"Expect: 100-continue\r\n",
    b" folded\r\n",
    b": empty\r\n",
    b"A\r\n",
    b"A: \x80\r\n",
    b"A:\r\n",
    b"Trailer: A\r\n",
    b"TE: trailers\r\n",
];

const SIZES: &[&[u8]] = &[
    b"0\r\n",
    b"1\r\n",
    b"3\r\n",
    b"003\r\n",
    b"a\r\n",
    b"A\r\n",
    b"0x3\r\n",
    b"+3\r\n",
    b"-1\r\n",
    b"3 \r\n",
    b" 3\r\n",
    b"3;\r\n",
    b"3;a\r\n",
    b"3;a=b\r\n",
    b"3;a=\"b;\\\"\"\r\n",
    b"3 ; a = b\r\n",
    b"3;a=\"\n\"\r\n",
    b"3\n",
    b"ffffffffffffffff\r\n",
    b"10000000000000000\r\n",
    b"100000003\r\n",
];

const BODIES: &[&[u8]] = &[b"abc", b"", b"\r\n", b"0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\0"];
