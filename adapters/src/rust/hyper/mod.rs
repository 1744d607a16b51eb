//! hyper 1.x, server and client, over memory instead of a socket.
//!
//! hyper is made of futures. [`endpoint`] is their executor: it polls them when octets or actions come and again for
//! as long as one of them was woken, in this thread, with no clock. What they show is kept as [`shown::Shown`] until
//! the harness asks. [`server`] and [`client`] start hyper's two sides.
//!
//! hyper runs as it comes, but for three options: `half_close` (without it the end of the stream cancels the answer
//! that is owed), no `Date` (it would tell the time of the run), and the limits that a script sets.

mod client;
mod endpoint;
mod outgoing;
mod pipe;
mod server;
mod shown;

use std::sync::LazyLock;

use wireproof::http1::Http1;
use wireproof::{Config, Endpoint, Implementation, Profile, Role, Unsupported};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "1.12.0";

/// The `hyper` crate's HTTP/1 server and client.
pub struct Hyper;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT".to_owned(),
    home: "https://hyper.rs".to_owned(),
    ..Profile::rust::<Http1>("hyper", VERSION, CAN, CANNOT)
});

const CAN: &[&str] = &[
    "head",
    "framing",
    "pipeline",
    "eof",
    "close",
    "trailers",
    "interim",
    "upgrade",
    "output",
    "version",
    "continue",
    "error-status",
];

const CANNOT: &[(&str, &str)] = &[
    ("target", "http::Uri drops a fragment and adds the path / to a target in absolute form"),
    ("reason", "hidden for interim responses, and empty if it holds octets beyond ASCII"),
    ("field-order", "http::HeaderMap groups field lines by name and promises no order of the groups"),
    ("host", "hyper leaves Host to the application"),
    ("error-class", "hyper::Error tells apart limits, status lines and truncation, and nothing else"),
];

impl Implementation<Http1> for Hyper {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        config.only(&["max-head", "max-fields"])?;
        let limits = Limits { head: limit(config, "max-head")?, fields: limit(config, "max-fields")? };
        match role {
            Role::Server => Ok(Box::new(server::open(limits))),
            Role::Client => Ok(Box::new(client::open(limits)?)),
            Role::Decoder | Role::Encoder => Err(Unsupported(format!("HTTP/1 has no {role}"))),
        }
    }
}

/// The limits hyper can be told. They hold for trailer sections too.
struct Limits {
    /// `max_header_size`: octets in a head, start-line and all.
    head: Option<usize>,
    /// `max_headers`: field lines in a head.
    fields: Option<usize>,
}

/// An option's value. hyper makes room for so many fields at each head, so that large numbers are no use.
fn limit(config: &Config, name: &str) -> Result<Option<usize>, Unsupported> {
    const MOST: u64 = 1 << 20;
    match config.get(name) {
        Some(n) if n > MOST => Err(Unsupported(format!("the adapter sets {name} to at most {MOST}"))),
        other => Ok(other.map(|n| n as usize)),
    }
}
