//! Rust implementations, called in this process.

mod h11r;
mod http_net;
mod httparse;
mod hyper;
mod milo;
mod ureq_proto;
mod wireproof_hpack;
mod wireproof_http1;
mod wireproof_http2;

pub use self::h11r::H11r;
pub use self::http_net::HttpNet;
pub use self::httparse::Httparse;
pub use self::hyper::Hyper;
pub use self::milo::MiloParser;
pub use self::ureq_proto::{UreqProto, ureq_proto};
pub use self::wireproof_hpack::WireproofHpack;
pub use self::wireproof_http1::WireproofHttp1;
pub use self::wireproof_http2::WireproofHttp2;

use wireproof::Profile;

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
