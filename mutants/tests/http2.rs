//! The vector run as the only test of the reference HTTP/2 core and its HPACK: as the subjects are, the codec also with
//! its options on, and connections also with the lowest limits that the cases allow.

#[path = "adapters/http2.rs"]
mod adapter;
mod vectors;

use vectors::{Pair, check, frames};
use wireproof::InProcess;

#[test]
fn every_case_has_its_outcome() {
    let connections = Pair {
        strict: InProcess::new(adapter::WireproofHttp2),
        lenient: Some(InProcess::new(adapter::Tight)),
        cuts: frames,
    };
    let codec = Pair {
        strict: InProcess::new(adapter::WireproofHpack),
        lenient: Some(InProcess::new(adapter::Lenient)),
        cuts: frames,
    };
    check(&[codec, connections], "http2.txt", include_str!("http2.txt"));
}
