//! HPACK, decoding and encoding, ours and others' on the same blocks in the same run. Every codec shows each field to a
//! callback that adds up lengths, as cheaply as its interface allows; codecs live on, as those of a connection do, but
//! where a row says `first`.
//!
//! `cargo bench -p wireproof-http2 --bench hpack -- hpack/decode`; `--save-baseline` and `--baseline` compare runs.

mod inputs;
mod native;
mod others;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use inputs::{Blocks, Fields};
use others::{Decode, Encode, Fluke, Httlib, Ours, Shiguredo};

criterion_group!(benches, decode, encode);
criterion_main!(benches);

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("hpack/decode");
    for (name, blocks) in inputs::decoded() {
        let octets: usize = blocks.repeated.iter().map(Vec::len).sum();
        group.throughput(Throughput::Bytes(octets as u64));
        decode_with::<Ours>(&mut group, "wireproof", name, &blocks);
        decode_with::<native::Inflater>(&mut group, "nghttp2", name, &blocks);
        decode_with::<Fluke>(&mut group, "fluke", name, &blocks);
        decode_with::<Httlib>(&mut group, "httlib", name, &blocks);
        decode_with::<Shiguredo>(&mut group, "shiguredo", name, &blocks);
    }
    group.finish();
}

fn decode_with<D: Decode>(group: &mut BenchmarkGroup<'_, WallTime>, codec: &str, name: &str, blocks: &Blocks) {
    let warm = || {
        let mut decoder = D::new();
        for block in &blocks.before {
            decoder.decode(block);
        }
        decoder
    };
    let wanted: usize = Ours::octets_of(blocks);
    let mut decoder = warm();
    let octets: usize = blocks.repeated.iter().map(|block| decoder.decode(block)).sum();
    assert_eq!(octets, wanted, "{codec} reads {name} as we do");
    let id = format!("{name}/{codec}");
    if blocks.first {
        group.bench_function(id, |b| b.iter_batched_ref(warm, |d| run(d, blocks), BatchSize::SmallInput));
    } else {
        group.bench_function(id, |b| b.iter(|| run(&mut decoder, blocks)));
    }
}

fn run<D: Decode>(decoder: &mut D, blocks: &Blocks) -> usize {
    blocks.repeated.iter().map(|block| decoder.decode(black_box(block))).sum()
}

fn encode(c: &mut Criterion) {
    let mut group = c.benchmark_group("hpack/encode");
    for (name, sections) in inputs::encoded() {
        let octets: usize = sections.iter().flatten().map(|(name, value)| name.len() + value.len()).sum();
        group.throughput(Throughput::Bytes(octets as u64));
        encode_with::<Ours>(&mut group, "wireproof", name, &sections);
        encode_with::<native::Deflater>(&mut group, "nghttp2", name, &sections);
        encode_with::<Fluke>(&mut group, "fluke", name, &sections);
        encode_with::<Httlib>(&mut group, "httlib", name, &sections);
        encode_with::<Shiguredo>(&mut group, "shiguredo", name, &sections);
    }
    group.finish();
}

/// What codecs want owned is made before: only encoding is measured.
fn encode_with<E: Encode>(group: &mut BenchmarkGroup<'_, WallTime>, codec: &str, name: &str, sections: &[Fields]) {
    let sections: Vec<E::Section> = sections.iter().map(E::section).collect();
    let (mut encoder, mut out) = (E::new(), Vec::new());
    let mut all = || {
        out.clear();
        sections.iter().for_each(|section| encoder.encode(black_box(section), &mut out));
        out.len()
    };
    all();
    group.bench_function(format!("{name}/{codec}"), |b| b.iter(&mut all));
}
