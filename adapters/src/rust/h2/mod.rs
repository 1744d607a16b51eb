//! The `h2` crate, server and client, over memory instead of a socket.
//!
//! h2 is made of futures. [`endpoint`] is their executor: it polls them when octets or actions come and again for as
//! long as one of them was woken, in this thread. A piece of the script is what one read of the socket gives. h2 handles
//! all frames of a read before it shows anything: if one of them breaks the connection, what it had not shown is lost,
//! and of several streams it does not show whose frame was first; they are told in the order of their numbers, a
//! request after what came before it on lower ones.
//!
//! It runs as it comes; capacity is never released. Handles of a stream are let go when both halves are done, as an
//! application does, unless it had content, whose capacity h2 would then release by itself. A GOAWAY with NO_ERROR is
//! asked for as `graceful_shutdown`, any other as `abrupt_shutdown`.

mod client;
mod endpoint;
mod message;
mod pipe;
mod server;
mod shown;
mod stream;

use std::sync::LazyLock;

use wireproof::http2::Http2;
use wireproof::{Config, Endpoint, Implementation, Profile, Role, Unsupported};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "0.4.20";

/// The `h2` crate's server and client.
pub struct H2;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT".to_owned(),
    home: "https://github.com/hyperium/h2".to_owned(),
    ..Profile::rust::<Http2>("h2", VERSION, CAN, CANNOT)
});

const CAN: &[&str] = &[
    "output",
    "goaway-written",
    "messages",
    "content-length",
    "flow",
    "send-flow",
    "eof",
    "close",
    "trailers",
    "interim",
    "push",
    "enhanced-connect",
    "reset",
    "error-code",
    "error-stream",
];

const CANNOT: &[(&str, &str)] = &[
    ("goaway", "one without an error ends the connection in silence, others come as an error after the last stream"),
    ("goaway-last", "it is not shown"),
    ("goaway-debug", "it is shown only within an error's words"),
    ("settings", "handled within"),
    ("settings-values", "handled within"),
    ("settings-acknowledged", "handled within"),
    ("ping", "answered within; of its own PING it chooses the octets"),
    ("window", "handled within"),
    ("field-order", "http::HeaderMap groups field lines by name and promises no order of the groups"),
];

/// What a script sets; h2 announces a setting only if it is told to.
struct Options {
    header_table_size: Option<u32>,
    enable_push: Option<u32>,
    max_concurrent_streams: Option<u32>,
    initial_window_size: Option<u32>,
    max_frame_size: Option<u32>,
    max_header_list_size: Option<u32>,
    enable_connect_protocol: Option<u32>,
}

impl Options {
    fn read(config: &Config) -> Result<Options, Unsupported> {
        let within = |name: &str, least: u64, most: u32| match config.get(name) {
            Some(n) if n < least || n > most.into() => Err(Unsupported(format!("h2 takes no {name} of {n}"))),
            value => Ok(value.map(|n| n as u32)), // at most `most`
        };
        Ok(Options {
            header_table_size: within("header-table-size", 0, u32::MAX)?,
            enable_push: within("enable-push", 0, 1)?,
            max_concurrent_streams: within("max-concurrent-streams", 0, u32::MAX)?,
            initial_window_size: within("initial-window-size", 0, (1 << 31) - 1)?,
            max_frame_size: within("max-frame-size", 1 << 14, (1 << 24) - 1)?,
            max_header_list_size: within("max-header-list-size", 0, u32::MAX)?,
            enable_connect_protocol: within("enable-connect-protocol", 0, 1)?,
        })
    }
}

impl Implementation<Http2> for H2 {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http2>>, Unsupported> {
        super::only_http2(config)?;
        let options = Options::read(config)?;
        match role {
            Role::Server => Ok(Box::new(server::open(&options)?)),
            Role::Client => Ok(Box::new(client::open(&options)?)),
            Role::Decoder | Role::Encoder => Err(Unsupported(format!("HTTP/2 has no {role}"))),
        }
    }
}
