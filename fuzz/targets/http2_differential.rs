//! libFuzzer on [`wireproof_fuzz::differential`]; see fuzz/README.md.
#![no_main]

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};
use wireproof_fuzz::{Target::Http2, crossed, differential, hush, mutated};

fuzz_target!(init: hush(), |input: &[u8]| differential(Http2, input));
fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    mutated(Http2, data, size, max, seed, fuzzer_mutate)
});
fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| { crossed(Http2, one, other, out, seed) });
