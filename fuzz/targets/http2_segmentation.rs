//! libFuzzer on [`wireproof_fuzz::http2_segmentation`]; see fuzz/README.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wireproof_fuzz::http2_segmentation(input));
