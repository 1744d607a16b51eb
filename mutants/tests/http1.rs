//! The vector run as the only test of the reference HTTP/1.1 core: strict, and with every option on.

mod adapters;
mod vectors;

#[test]
fn every_case_has_its_outcome() {
    vectors::check(adapters::WireproofHttp1, adapters::Lenient, "http1.txt", include_str!("http1.txt"));
}
