//! One page with everything.

use wireproof::bench::BenchResults;

/// A self-contained HTML page.
pub fn page(_: &BenchResults, _: Option<&str>) -> String {
    String::new()
}
