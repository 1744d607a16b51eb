//! Whole connections of a server: ours, nghttp2's and the h2 crate's, fed with the same octets of a client in the same
//! pieces. Each run opens a connection, takes all pieces, reads every field and all content, gives credit, answers every
//! request when it is complete, collects what is to be written, and closes.
//!
//! `cargo bench -p wireproof-http2 --bench http2 -- http2/connection`

mod hyperium;
mod native;
mod ours;
mod scripts;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use scripts::Script;

criterion_group!(benches, frames, connection);
criterion_main!(benches);

/// A server's side of a connection, with an application that answers as the script says.
pub(crate) trait Server<'s> {
    fn new(script: &'s Script) -> Self;
    /// Takes a piece of the client's octets, and appends what is to be written.
    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>);
    /// What it has seen.
    fn seen(&self) -> Seen;
}

/// What an application has seen of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) requests: usize,
    /// Octets of names and values, but for pseudo-header fields, which h2 shows as types.
    pub(crate) fields: usize,
    pub(crate) content: usize,
}

#[inline(never)] // so that callgrind names it
fn serve<'s, S: Server<'s>>(script: &'s Script, out: &mut Vec<u8>) -> Seen {
    let mut server = S::new(script);
    for piece in &script.pieces {
        out.clear();
        server.take(black_box(piece), out);
    }
    server.seen()
}

fn bench(c: &mut Criterion, group: &str, scripts: Vec<Script>) {
    let mut group = c.benchmark_group(group);
    for script in &scripts {
        group.throughput(Throughput::Bytes(script.pieces.iter().map(Vec::len).sum::<usize>() as u64));
        let mut out = Vec::new();
        let wanted = serve::<ours::Ours<'_>>(script, &mut out);
        assert_eq!(serve::<native::Session>(script, &mut out), wanted, "nghttp2: {}", script.name);
        assert_eq!(serve::<hyperium::H2>(script, &mut out), wanted, "h2: {}", script.name);
        let id = |server| BenchmarkId::new(&script.name, server);
        group.bench_function(id("wireproof"), |b| b.iter(|| serve::<ours::Ours<'_>>(script, &mut out)));
        group.bench_function(id("nghttp2"), |b| b.iter(|| serve::<native::Session>(script, &mut out)));
        group.bench_function(id("h2"), |b| b.iter(|| serve::<hyperium::H2>(script, &mut out)));
    }
    group.finish();
}

fn frames(c: &mut Criterion) {
    bench(c, "http2/frames", scripts::frames());
}

fn connection(c: &mut Criterion) {
    bench(c, "http2/connection", scripts::connection());
}
