//! Subjects against each other.

use std::cell::RefCell;

use wireproof_engine::panel::Panel;
use wireproof_engine::{Input, Target};

use crate::record::Recorder;
use crate::{caught, counters, fnv, subjects};

/// A panel and where its divergences go.
struct Bench {
    panel: Panel,
    recorder: Recorder,
}

thread_local! {
    static BENCHES: RefCell<[Option<Bench>; 3]> = const { RefCell::new([const { None }; 3]) };
}

/// The subjects of a target that are compared, if the environment names none: those that are quick, and that do not
/// break again and again, as fluke-hpack and httlib-hpack do.
fn usual(target: Target) -> &'static [&'static str] {
    match target {
        Target::Http1 => &["wireproof-http1", "httparse", "llhttp", "picohttpparser"],
        Target::Http2 => &["wireproof-http2", "nghttp2", "h2", "shiguredo-http2"],
        Target::Hpack => &["wireproof-hpack", "nghttp2-hpack", "shiguredo-hpack"],
    }
}

/// Puts the input to all subjects of a target and compares them. A divergence is no crash, for a quarter of all inputs
/// has one: it is recorded as a finding, if the environment names a folder for that, and guides the search.
///
/// # Panics
/// If a subject breaks; with a folder for findings only if it is ours.
pub fn differential(target: Target, octets: &[u8]) {
    let Some(input) = Input::parse(target, octets) else { return };
    BENCHES.with_borrow_mut(|benches| {
        let Bench { panel, recorder } = benches[target as usize].get_or_insert_with(|| Bench {
            panel: Panel::new(target, subjects::members(target, usual(target))),
            recorder: Recorder::of_environment(),
        });
        caught(|| panel.run(&input, &|_, _| true));
        counters::seen(panel.tuple());
        recorder.breaks(panel, &input);
        let differences = panel.differences();
        for ((a, b), difference) in &differences {
            counters::seen(fnv(difference.what.as_bytes()) ^ (difference.severity as u64) << 8 ^ (a * 16 + b) as u64);
        }
        caught(|| recorder.divergences(panel, &input, differences));
    });
}
