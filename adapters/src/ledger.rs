//! The reviewed failures of the bundled subjects, one book each.

/// Every book: its file's name and its text.
pub const BOOKS: &[(&str, &str)] = &[
    ("adapters/ledger/h11.json", include_str!("../ledger/h11.json")),
    ("adapters/ledger/h11r.json", include_str!("../ledger/h11r.json")),
    ("adapters/ledger/http-net.json", include_str!("../ledger/http-net.json")),
    ("adapters/ledger/http-parser-js.json", include_str!("../ledger/http-parser-js.json")),
    ("adapters/ledger/httparse.json", include_str!("../ledger/httparse.json")),
    ("adapters/ledger/httptools.json", include_str!("../ledger/httptools.json")),
    ("adapters/ledger/hyper.json", include_str!("../ledger/hyper.json")),
    ("adapters/ledger/llhttp.json", include_str!("../ledger/llhttp.json")),
    ("adapters/ledger/waitress.json", include_str!("../ledger/waitress.json")),
    ("adapters/ledger/node-http-parser.json", include_str!("../ledger/node-http-parser.json")),
];
