//! libFuzzer on [`wireproof_fuzz::hpack`]; see fuzz/README.md.
#![no_main]

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};
use wireproof_fuzz::{Target::Hpack, crossed, hpack, hush, mutated};

fuzz_target!(init: hush(), |input: &[u8]| hpack(input));
fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
    mutated(Hpack, data, size, max, seed, fuzzer_mutate)
});
fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| { crossed(Hpack, one, other, out, seed) });
