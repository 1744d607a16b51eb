//! The vector run as the only test of the reference HTTP/1.1 core: strict, and with every option on.

#[path = "adapters/http1.rs"]
mod adapter;
mod vectors;

use vectors::{Pair, all, check};
use wireproof::InProcess;

#[test]
fn every_case_has_its_outcome() {
    let strict = InProcess::new(adapter::WireproofHttp1);
    let pair = Pair { strict, lenient: Some(InProcess::new(adapter::Lenient)), cuts: all };
    check(&[pair], "http1.txt", include_str!("http1.txt"));
}
