//! The core's own adapters, compiled here, so that no mutant costs a build of the other subjects.

#[allow(unreachable_pub)] // they are public where they live
#[path = "../../../adapters/src/rust/wireproof_hpack.rs"]
mod wireproof_hpack;
#[allow(unreachable_pub)]
#[path = "../../../adapters/src/rust/wireproof_http2.rs"]
mod wireproof_http2;

pub(crate) use self::wireproof_hpack::WireproofHpack;
pub(crate) use self::wireproof_http2::WireproofHttp2;

use wireproof::Profile;

/// What the adapters call their parent for.
fn profile(name: &str, version: &str, can: &[&str], _cannot: &[(&str, &str)]) -> Profile {
    Profile {
        name: name.to_owned(),
        version: version.to_owned(),
        language: "rust".to_owned(),
        can: can.iter().map(|c| (*c).to_owned()).collect(),
        ..Profile::default()
    }
}
