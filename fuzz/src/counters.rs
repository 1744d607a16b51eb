//! What guides libFuzzer beside coverage: one octet for each outcome, or class of outcomes, of an input.

use std::sync::atomic::{AtomicU8, Ordering};

/// How many.
const SIZE: usize = 4096;

/// libFuzzer clears them before each input, and keeps an input that sets one for the first time. Their places are hashes
/// and no running numbers, so that all processes that share a corpus mean the same by them.
#[cfg_attr(target_os = "linux", unsafe(link_section = "__libfuzzer_extra_counters"))]
#[used]
static COUNTERS: [AtomicU8; SIZE] = [const { AtomicU8::new(0) }; SIZE];

/// Says that this outcome was seen.
pub(crate) fn seen(outcome: u64) {
    let place = outcome.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52; // twelve bits: below SIZE
    COUNTERS[place as usize].store(1, Ordering::Relaxed);
}
