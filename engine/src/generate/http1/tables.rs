//! Words of valid messages, and the dictionary.

pub(super) const METHODS: &[&[u8]] = &[
    b"GET",
    b"GET",
    b"POST",
    b"POST",
    b"PUT",
    b"HEAD",
    b"OPTIONS",
    b"DELETE",
    b"CONNECT",
    b"M-SEARCH",
    b"x!#$%&'*+-.^_`|~",
];

pub(super) const TARGETS: &[&[u8]] =
    &[b"/", b"/", b"/a?b=c", b"/%20", b"//", b"http://a/", b"http://a", b"https://[::1]:8/?q", b"/a;b@c:d"];

pub(super) const HOSTS: &[&[u8]] = &[b"a", b"a", b"example.com:80", b"[::1]", b"", b"127.0.0.1"];

/// Field lines that stand in any request.
pub(super) const FIELDS: &[(&[u8], &[u8])] = &[
    (b"Accept", b"*/*"),
    (b"X", b""),
    (b"x-tab", b"a\tb"),
    (b"Cookie", b"a=b; c=\"d\""),
    (b"!#$%&'*+-.^_`|~", b"1"),
    (b"X-Obs", b"\x80\xff"),
    (b"TE", b"trailers"),
    (b"Expect", b"100-continue"),
    (b"X-Trailing", b"a \t "),
    (b"Upgrade", b"websocket"),
    (b"Connection", b"Upgrade"),
];

pub(super) const RESPONSE_FIELDS: &[(&[u8], &[u8])] = &[
    (b"Server", b"a/1 (b)"),
    (b"X", b""),
    (b"x-tab", b"a\tb"),
    (b"Set-Cookie", b"a=b"),
    (b"Set-Cookie", b"c=d"),
    (b"X-Obs", b"\x80\xff"),
    (b"Trailer", b"X"),
    (b"Date", b"Sun, 06 Nov 1994 08:49:37 GMT"),
    (b"Location", b"/"),
];

pub(super) const TRAILERS: &[(&[u8], &[u8])] =
    &[(b"X", b"1"), (b"Digest", b"a=b"), (b"X-Empty", b""), (b"X", b"2"), (b"x-obs", b"\x80")];

pub(super) const STATUSES: &[&[u8]] =
    &[b"200", b"200", b"200", b"404", b"204", b"304", b"201", b"205", b"206", b"400", b"500", b"599"];

pub(super) const REASONS: &[&[u8]] = &[b"OK", b"OK", b"", b"Not Found", b"a\tb", b"\x80\xff", b" two  spaces "];

pub(super) const CONTENTS: &[&[u8]] =
    &[b"abc", b"", b"hello, world", b"\r\n", b"0\r\n\r\n", b"x", b"\0\xff", b"GET / HTTP/1.1\r\nHost: b\r\n\r\n"];

pub(super) const EXTENSIONS: &[&[u8]] =
    &[b"", b"", b"", b";a", b";a=b", b";a=\"b\"", b";a=\"b;\\\"c\\\\\"", b" ; a = b ; c", b";a=\"\";b=\"\t\x80\""];

/// Octets that decide something.
pub(super) const TELLING: &[u8] = b"\0\x01\t\n\x0b\x0c\r\x1f \"#(),/:;<=>?@[\\]{}\x7f\x80\xa0\xff";

/// Tokens for the dictionary of a fuzzer that knows no structure.
pub(super) const DICTIONARY: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\n",
    b"HEAD / HTTP/1.1\r\n",
    b"POST / HTTP/1.1\r\n",
    b"CONNECT a:80 HTTP/1.1\r\n",
    b"OPTIONS * HTTP/1.1\r\n",
    b"GET http://a/ HTTP/1.1\r\n",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"HTTP/2.0",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 304 Not Modified\r\n",
    b"Host: a\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: 3, 3\r\n",
    b"Content-Length: ",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: ",
    b"chunked",
    b"identity",
    b"gzip, chunked",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: upgrade\r\n",
    b"Upgrade: websocket\r\n",
    b"Expect: 100-continue\r\n",
    b"Trailer: X\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b"\r\n ",
    b"3\r\nabc\r\n",
    b"0\r\n\r\n",
    b"0\r\nX: 1\r\n\r\n",
    b";a=b",
    b";a=\"b\"",
    b"0x",
    b"+",
    b"-",
    b"4294967296",
    b"18446744073709551616",
    b"ffffffffffffffff",
    b"10000000000000000",
    b" :",
    b":\t",
];
