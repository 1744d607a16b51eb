//! Octets to measure with. Sizes are in the names or arguments; nothing is random.

/// A load generator's request, so many times in a row.
pub(crate) fn tiny_gets(times: usize) -> Vec<u8> {
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(times)
}

/// A browser's request for a page: a dozen fields, about 700 octets.
pub(crate) fn browser_get() -> Vec<u8> {
    let lines = [
        "GET /articles/2026/11/how-parsers-differ?page=2&sort=date HTTP/1.1",
        "Host: www.example.com",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: en-GB,en;q=0.7,de;q=0.3",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Referer: https://www.example.com/articles/2026/11/index.html",
        "Connection: keep-alive",
        "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=necessary; seen=1763860200",
        "Upgrade-Insecure-Requests: 1",
        "Sec-Fetch-Dest: document",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Site: same-origin",
        "Priority: u=0, i",
    ];
    (lines.join("\r\n") + "\r\n\r\n").into_bytes()
}

/// A response without content and with so many fields.
pub(crate) fn response(fields: usize) -> Vec<u8> {
    let mut out = String::from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    for i in 1..fields {
        out += &format!("X-Backend-Field-{i}: a value of ordinary length, number {i}\r\n");
    }
    (out + "\r\n").into_bytes()
}

/// An API's POST with a JSON document.
pub(crate) fn json_post() -> Vec<u8> {
    let content =
        r#"{"customer":4711,"items":[{"sku":"A-100","count":2},{"sku":"B-7","count":1}],"note":"leave at the door"}"#;
    let head = [
        "POST /v2/orders HTTP/1.1",
        "Host: api.example.com",
        "Accept: application/json",
        "Authorization: Bearer 0123456789abcdef0123456789abcdef0123456789abcdef",
        "Content-Type: application/json",
        "User-Agent: example-client/3.1",
    ];
    format!("{}\r\nContent-Length: {}\r\n\r\n{content}", head.join("\r\n"), content.len()).into_bytes()
}

/// An upload with Content-Length.
pub(crate) fn upload(octets: usize) -> Vec<u8> {
    let mut out = format!("PUT /file HTTP/1.1\r\nHost: a\r\nContent-Length: {octets}\r\n\r\n").into_bytes();
    out.resize(out.len() + octets, b'x');
    out
}

/// So many chunks of one size, each with this behind its chunk-size.
pub(crate) fn chunked(chunks: usize, size: usize, extension: &str) -> Vec<u8> {
    let mut out = b"POST /file HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..chunks {
        out.extend_from_slice(format!("{size:x}{extension}\r\n").as_bytes());
        out.resize(out.len() + size, b'x');
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

/// A request whose one long field fills the default limit of a head.
pub(crate) fn long_field() -> Vec<u8> {
    format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "v".repeat(65_000)).into_bytes()
}

/// A request with so many empty lines before it; the default limit of a request line allows 8000.
pub(crate) fn empty_lines(lines: usize) -> Vec<u8> {
    ("\r\n".repeat(lines) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()
}

/// A request with as many of the shortest fields as the default limit takes.
pub(crate) fn short_fields() -> Vec<u8> {
    ("GET / HTTP/1.1\r\nHost: a\r\n".to_owned() + &"a:\r\n".repeat(127) + "\r\n").into_bytes()
}
