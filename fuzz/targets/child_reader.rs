//! libFuzzer on [`wireproof_fuzz::child_reader`]; see fuzz/README.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wireproof_fuzz::child_reader(input));
