//! The bundled subjects, one line each, and the ways to start them.

use wireproof::InProcess;

use crate::node::{HTTP_PARSER_JS, NODE_HTTP_PARSER};
use crate::python::{GUNICORN, H11, HPACK_PYTHON, HTTPTOOLS, HYPER_H2, WAITRESS};
use crate::rust::{
    FlukeHpack, H2, H11r, HttlibHpack, HttpNet, Httparse, Hyper, MiloParser, Nghttp2, Nghttp2Hpack, Shiguredo,
    ShiguredoHpack, WireproofHpack, WireproofHttp1, WireproofHttp2, ureq_proto,
};
use crate::setup::llhttp::LLHTTP;
use crate::setup::picohttpparser::PICOHTTPPARSER;
use crate::setup::{ChildRecipe, LibraryRecipe, home};

/// Where a subject lives.
pub enum Home {
    /// Compiled in; a worker process contains it.
    Here(fn() -> InProcess),
    /// A shared object that set-up builds; a worker process contains it.
    Library(&'static dyn LibraryRecipe),
    /// A child process that set-up installs.
    Child(&'static dyn ChildRecipe),
}

/// A bundled subject.
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// The protocol it speaks; a library that speaks two is two subjects.
    pub protocol: &'static str,
    /// What it is, for lists.
    pub about: &'static str,
    /// Where it lives.
    pub home: Home,
}

/// All bundled subjects.
pub static ENTRIES: &[Entry] = &[
    Entry {
        name: "wireproof-http1",
        protocol: "http1",
        about: "the reference HTTP/1.1 core (Rust)",
        home: Home::Here(|| InProcess::new(WireproofHttp1)),
    },
    Entry {
        name: "httparse",
        protocol: "http1",
        about: "head parser of hyper (Rust)",
        home: Home::Here(|| InProcess::new(Httparse)),
    },
    Entry {
        name: "hyper",
        protocol: "http1",
        about: "HTTP library, over memory (Rust)",
        home: Home::Here(|| InProcess::new(Hyper)),
    },
    Entry {
        name: "h11r",
        protocol: "http1",
        about: "sans-I/O HTTP/1.1 (Rust)",
        home: Home::Here(|| InProcess::new(H11r)),
    },
    Entry {
        name: "http-net",
        protocol: "http1",
        about: "sans-I/O HTTP/1.1 (Rust)",
        home: Home::Here(|| InProcess::new(HttpNet)),
    },
    Entry {
        name: "milo-parser",
        protocol: "http1",
        about: "generated HTTP/1.1 parser, its event buffer (Rust)",
        home: Home::Here(|| InProcess::new(MiloParser)),
    },
    Entry {
        name: "ureq-proto",
        protocol: "http1",
        about: "sans-I/O HTTP/1.1 of ureq (Rust)",
        home: Home::Here(ureq_proto),
    },
    Entry {
        name: "llhttp",
        protocol: "http1",
        about: "parser of Node.js (C, built by setup)",
        home: Home::Library(&LLHTTP),
    },
    Entry {
        name: "picohttpparser",
        protocol: "http1",
        about: "head parser of H2O (C, built by setup)",
        home: Home::Library(&PICOHTTPPARSER),
    },
    Entry {
        name: "h11",
        protocol: "http1",
        about: "sans-I/O HTTP/1.1 (Python, installed by setup)",
        home: Home::Child(&H11),
    },
    Entry {
        name: "httptools",
        protocol: "http1",
        about: "llhttp for Python, as uvicorn uses it (installed by setup)",
        home: Home::Child(&HTTPTOOLS),
    },
    Entry {
        name: "waitress",
        protocol: "http1",
        about: "request parser of a WSGI server (Python, installed by setup)",
        home: Home::Child(&WAITRESS),
    },
    Entry {
        name: "gunicorn",
        protocol: "http1",
        about: "request parser of a WSGI server (Python, installed by setup)",
        home: Home::Child(&GUNICORN),
    },
    Entry {
        name: "node-http-parser",
        protocol: "http1",
        about: "llhttp as Node.js binds it (JavaScript, your Node)",
        home: Home::Child(&NODE_HTTP_PARSER),
    },
    Entry {
        name: "http-parser-js",
        protocol: "http1",
        about: "parser in plain JavaScript (Node.js, installed by setup)",
        home: Home::Child(&HTTP_PARSER_JS),
    },
    Entry {
        name: "wireproof-http2",
        protocol: "http2",
        about: "the reference HTTP/2 core (Rust)",
        home: Home::Here(|| InProcess::new(WireproofHttp2)),
    },
    Entry {
        name: "nghttp2",
        protocol: "http2",
        about: "HTTP/2 library of curl and others (C, compiled in)",
        home: Home::Here(|| InProcess::new(Nghttp2)),
    },
    Entry {
        name: "h2",
        protocol: "http2",
        about: "HTTP/2 of hyper, over memory (Rust)",
        home: Home::Here(|| InProcess::new(H2)),
    },
    Entry {
        name: "shiguredo-http2",
        protocol: "http2",
        about: "sans-I/O HTTP/2 (Rust)",
        home: Home::Here(|| InProcess::new(Shiguredo)),
    },
    Entry {
        name: "hyper-h2",
        protocol: "http2",
        about: "sans-I/O HTTP/2 (Python, installed by setup)",
        home: Home::Child(&HYPER_H2),
    },
    Entry {
        name: "wireproof-hpack",
        protocol: "hpack",
        about: "the HPACK codec of the reference core (Rust)",
        home: Home::Here(|| InProcess::new(WireproofHpack)),
    },
    Entry {
        name: "nghttp2-hpack",
        protocol: "hpack",
        about: "HPACK codec of nghttp2 (C, compiled in)",
        home: Home::Here(|| InProcess::new(Nghttp2Hpack)),
    },
    Entry {
        name: "shiguredo-hpack",
        protocol: "hpack",
        about: "HPACK codec of shiguredo_http2 (Rust)",
        home: Home::Here(|| InProcess::new(ShiguredoHpack)),
    },
    Entry {
        name: "fluke-hpack",
        protocol: "hpack",
        about: "HPACK codec of fluke (Rust)",
        home: Home::Here(|| InProcess::new(FlukeHpack)),
    },
    Entry {
        name: "httlib-hpack",
        protocol: "hpack",
        about: "HPACK codec (Rust)",
        home: Home::Here(|| InProcess::new(HttlibHpack)),
    },
    Entry {
        name: "hpack-python",
        protocol: "hpack",
        about: "the HPACK codec of hyper-h2 (Python, installed by setup)",
        home: Home::Child(&HPACK_PYTHON),
    },
];

impl Entry {
    /// The bundled subject of this name.
    pub fn named(name: &str) -> Option<&'static Entry> {
        ENTRIES.iter().find(|e| e.name == name)
    }

    /// The subject in this process; none if it is a child process already.
    ///
    /// # Errors
    /// If it is a library that set-up has not built, or that does not load.
    pub fn in_process(&self) -> Result<Option<InProcess>, String> {
        match &self.home {
            Home::Here(make) => Ok(Some(make())),
            Home::Library(recipe) => recipe.load(&home().map_err(|e| e.to_string())?).map(Some),
            Home::Child(_) => Ok(None),
        }
    }
}
