//! Field sections and blocks that are measured.

use wireproof_http2::hpack::{Coding, Encoder, Field};

use crate::others::{Decode, Ours};

/// Names and values, in order.
pub(crate) type Fields = Vec<(String, String)>;

/// Blocks for a decoder.
pub(crate) struct Blocks {
    /// What comes before and is not measured.
    pub(crate) before: Vec<Vec<u8>>,
    /// What is measured, again and again.
    pub(crate) repeated: Vec<Vec<u8>>,
    /// Each time begins with a new decoder.
    pub(crate) first: bool,
}

impl Ours {
    /// Octets of all names and values of the measured blocks.
    pub(crate) fn octets_of(blocks: &Blocks) -> usize {
        let mut decoder = Ours::new();
        for block in &blocks.before {
            decoder.decode(block);
        }
        blocks.repeated.iter().map(|block| decoder.decode(block)).sum()
    }
}

fn fields(lines: &[(&str, &str)]) -> Fields {
    lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A browser's request.
pub(crate) fn browser() -> Fields {
    fields(&[
        (":method", "GET"),
        (":authority", "www.example.com"),
        (":scheme", "https"),
        (":path", "/articles/2026/november/a-page-with-a-long-name.html?from=index&page=3"),
        ("sec-ch-ua", "\"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\""),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-platform", "\"Linux\""),
        ("upgrade-insecure-requests", "1"),
        (
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        ),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-user", "?1"),
        ("sec-fetch-dest", "document"),
        ("referer", "https://www.example.com/articles/index.html"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("accept-language", "en-GB,en;q=0.9,de;q=0.8"),
        ("cookie", "session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=1.2.3"),
    ])
}

/// A response of thirty fields, some of which differ each time.
fn response(nth: usize) -> Fields {
    let mut all = fields(&[
        (":status", "200"),
        ("content-type", "text/html; charset=utf-8"),
        ("server", "nginx/1.28.0"),
        ("vary", "Accept-Encoding, Cookie"),
        ("cache-control", "private, max-age=0, must-revalidate"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-site"),
        ("alt-svc", "h3=\":443\"; ma=86400"),
        ("accept-ranges", "bytes"),
        ("content-language", "en"),
        ("via", "2 cache-fra-17, 2 cache-lon-3"),
        ("x-cache", "HIT, MISS"),
        ("x-served-by", "cache-fra-17"),
        ("x-powered-by", "an application server"),
        ("access-control-allow-origin", "*"),
        ("access-control-max-age", "600"),
        ("timing-allow-origin", "*"),
        ("nel", "{\"report_to\":\"default\",\"max_age\":604800}"),
    ]);
    all.push(("date".into(), format!("Mon, 23 Nov 2026 02:{:02}:{:02} GMT", nth / 60 % 60, nth % 60)));
    all.push(("last-modified".into(), format!("Sun, 22 Nov 2026 11:{:02}:07 GMT", nth % 60)));
    all.push(("etag".into(), format!("\"{:016x}\"", nth as u64 * 0x9e37_79b9_7f4a_7c15)));
    all.push(("content-length".into(), (1234 + 17 * nth).to_string()));
    all.push(("age".into(), (nth % 100).to_string()));
    all.push(("x-request-id".into(), format!("{:032x}", nth as u128 * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)));
    all.push(("set-cookie".into(), format!("id={nth:08x}; Path=/; Secure; HttpOnly; SameSite=Lax")));
    all
}

/// Twenty fields that no table has seen for long.
fn strangers(nth: usize) -> Fields {
    (0..20).map(|k| (format!("x-field-{}", nth * 20 + k), format!("value {} of {nth}", k * 7919))).collect()
}

/// Long values that no table should hold.
fn long() -> Fields {
    let text = "https://www.example.com/search?q=an+example+of+text+that+is+Huffman-coded&lang=en&start=";
    (0..8).map(|k| ("authorization".to_owned(), text.repeat(12) + &k.to_string())).collect()
}

fn encode(sections: &[Fields], coding: Coding) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new();
    encoder.coding(coding);
    let encode = |section: &Fields| {
        let mut out = Vec::new();
        encoder.encode(section.iter().map(|(n, v)| Field::new(n.as_bytes(), v.as_bytes())), &mut out);
        out
    };
    sections.iter().map(encode).collect()
}

/// The sections of each row.
pub(crate) fn encoded() -> Vec<(&'static str, Vec<Fields>)> {
    vec![
        ("browser-warm", vec![browser()]),
        ("response-30", (0..64).map(response).collect()),
        ("huffman", vec![long()]),
        ("churn", (0..64).map(strangers).collect()),
    ]
}

/// The blocks of each row.
pub(crate) fn decoded() -> Vec<(&'static str, Blocks)> {
    let whole = |repeated| Blocks { before: Vec::new(), repeated, first: false };
    // A new decoder each time: what the measured half of the blocks indexes is there then.
    let half = |sections: Vec<Fields>, coding| {
        let mut before = encode(&sections, coding);
        let repeated = before.split_off(sections.len() / 2);
        Blocks { before, repeated, first: true }
    };
    let first = |coding| Blocks { before: Vec::new(), repeated: encode(&[browser()], coding), first: true };
    vec![
        ("browser-first", first(Coding::Shorter)),
        ("browser-first-raw", first(Coding::Never)),
        ("browser-warm", Blocks { first: false, ..half(vec![browser(); 2], Coding::Shorter) }),
        ("response-30", half((0..128).map(response).collect(), Coding::Shorter)),
        ("huffman", whole(encode(&[long()], Coding::Always))),
        ("raw", whole(encode(&[long()], Coding::Never))),
        ("churn", half((0..128).map(strangers).collect(), Coding::Shorter)),
        ("churn-raw", half((0..128).map(strangers).collect(), Coding::Never)),
        ("rare-symbols", whole(vec![rare()])),
        ("indices", bomb()),
        ("empty-fields", whole(vec![[0x00, 0x01, b'a', 0x00].repeat(1000)])),
    ]
}

/// Symbols of the longest codes, which no table of few bits holds.
fn rare() -> Vec<u8> {
    let value: String = "\u{1}\r\n\u{16}\u{2}\u{7f}".repeat(200);
    encode(&[vec![("authorization".into(), value)]], Coding::Always).remove(0)
}

/// A block of indices, each of an entry as large as the table: the most octets that a block can become.
fn bomb() -> Blocks {
    let mut before = vec![0x40, 0x01, b'a', 0x7f, 0xcf, 0x1e]; // 127 + 0x4f + 0x1e * 128 = 4046
    before.resize(6 + 4046, b'b');
    Blocks { before: vec![before], repeated: vec![vec![0xbe; 1000]], first: false }
}
