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

use http::{HeaderMap, HeaderName, HeaderValue};
use wireproof::bytes::Octets;
use wireproof::http2::Http2;
use wireproof::{Config, Protocol, SendError, Unsupported};

/// Fails for options that HTTP/2 does not have.
fn only_http2(config: &Config) -> Result<(), Unsupported> {
    config.only(&Http2::SPEC.options.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}

/// An action's fields in the type of the `http` crate, which lower-cases names and checks octets.
fn header_map<'a>(fields: impl IntoIterator<Item = &'a (Octets, Octets)>) -> Result<HeaderMap, SendError> {
    let refused = |why: &dyn std::fmt::Display| SendError::Refused(why.to_string());
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name).map_err(|e| refused(&e))?;
        let value = HeaderValue::from_bytes(value).map_err(|e| refused(&e))?;
        map.try_append(name, value).map_err(|e| refused(&e))?;
    }
    Ok(map)
}
