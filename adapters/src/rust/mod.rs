//! Rust implementations, called in this process.

mod fluke_hpack;
mod h11r;
mod h2;
mod httlib_hpack;
mod http_net;
mod httparse;
mod hyper;
mod milo;
mod nghttp2;
mod resized;
mod shiguredo;
mod ureq_proto;
mod wireproof_hpack;
mod wireproof_http1;
mod wireproof_http2;

pub use self::fluke_hpack::FlukeHpack;
pub use self::h2::H2;
pub use self::h11r::H11r;
pub use self::httlib_hpack::HttlibHpack;
pub use self::http_net::HttpNet;
pub use self::httparse::Httparse;
pub use self::hyper::Hyper;
pub use self::milo::MiloParser;
pub use self::nghttp2::{Nghttp2, Nghttp2Hpack};
pub use self::shiguredo::{Shiguredo, ShiguredoHpack};
pub use self::ureq_proto::{UreqProto, ureq_proto};
pub use self::wireproof_hpack::WireproofHpack;
pub use self::wireproof_http1::WireproofHttp1;
pub use self::wireproof_http2::WireproofHttp2;

use wireproof::http2::Http2;
use wireproof::{Config, Profile, Protocol, Unsupported};

/// The endpoints of an HTTP/2 library.
const HTTP2: [&str; 2] = ["http2.server", "http2.client"];

/// The endpoints of an HPACK codec.
const HPACK: [&str; 2] = ["hpack.decoder", "hpack.encoder"];

/// The profile of a Rust crate that can play both sides of HTTP/1.
fn profile(name: &str, version: &str, can: &[&str], cannot: &[(&str, &str)]) -> Profile {
    Profile {
        name: name.to_owned(),
        version: version.to_owned(),
        language: "rust".to_owned(),
        endpoints: vec!["http1.server".to_owned(), "http1.client".to_owned()],
        can: can.iter().map(|c| (*c).to_owned()).collect(),
        cannot: cannot.iter().map(|(c, why)| ((*c).to_owned(), (*why).to_owned())).collect(),
        ..Profile::default()
    }
}

/// Fails for options that HTTP/2 does not have.
fn only_http2(config: &Config) -> Result<(), Unsupported> {
    config.only(&Http2::SPEC.options.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}
