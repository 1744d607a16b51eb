//! The vector run as the only test of the reference HTTP/1.1 core: strict, and with every option on.

#[path = "adapters/http1.rs"]
mod adapter;
mod vectors;

#[test]
fn every_case_has_its_outcome() {
    vectors::check(adapter::WireproofHttp1, adapter::Lenient, "http1.txt", include_str!("http1.txt"));
}
