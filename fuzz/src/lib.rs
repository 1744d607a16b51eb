//! The bodies of the fuzz targets, each a function of octets that panics only where something is to be mended. libFuzzer
//! calls them (`targets/`), and a test replays seeds and regressions through them.

mod children;
mod counters;
mod differential;
mod hpack;
mod laws;
mod mutation;
mod record;
pub mod seeds;
mod subjects;
mod vectors;

use std::cell::Cell;

pub use children::child_reader;
pub use differential::differential;
pub use hpack::hpack;
pub use laws::laws;
pub use mutation::{Own, crossed, mutated};
pub use vectors::vectors;
pub use wireproof_engine::Target;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Fuzzer {
    /// Its name: that of its program, its dictionary, its seeds and its regressions.
    pub name: &'static str,
    /// What it does with an input.
    pub body: fn(&[u8]),
    /// The protocol whose [`Input`](wireproof_engine::Input)s it takes; none if it takes plain octets.
    pub target: Option<Target>,
}

/// All of them.
pub const FUZZERS: [Fuzzer; 7] = [
    Fuzzer { name: "http1_laws", body: |octets| laws(Target::Http1, octets), target: Some(Target::Http1) },
    Fuzzer {
        name: "http1_differential",
        body: |octets| differential(Target::Http1, octets),
        target: Some(Target::Http1),
    },
    Fuzzer { name: "http2_laws", body: |octets| laws(Target::Http2, octets), target: Some(Target::Http2) },
    Fuzzer {
        name: "http2_differential",
        body: |octets| differential(Target::Http2, octets),
        target: Some(Target::Http2),
    },
    Fuzzer { name: "hpack", body: hpack, target: Some(Target::Hpack) },
    Fuzzer { name: "vectors", body: vectors, target: None },
    Fuzzer { name: "child_reader", body: child_reader, target: None },
];

thread_local! {
    /// Whether a panic is somebody's verdict, and not the end.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Lets panics of subjects reach who catches them: libFuzzer's hook ends the process at any panic. Called once, at the
/// start of a target.
pub fn hush() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !CAUGHT.get() {
            hook(panic);
        }
    }));
}

/// Does what may panic inside a subject, where the panic is caught.
fn caught<T>(act: impl FnOnce() -> T) -> T {
    CAUGHT.set(true);
    let done = act();
    CAUGHT.set(false);
    done
}

/// FNV-1a: a hash that is the same in every process.
fn fnv(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Puts every seed of a fuzz target to its body, every one under another shape too, and every regression.
    fn replay(name: &str, least: usize) {
        let fuzzer = FUZZERS.iter().find(|fuzzer| fuzzer.name == name).expect("a fuzz target");
        let seeds = seeds::seeds(fuzzer);
        assert!(seeds.len() > least, "{name}: {} seeds", seeds.len());
        for (at, seed) in seeds.iter().enumerate() {
            (fuzzer.body)(seed);
            if fuzzer.target.is_some() {
                (fuzzer.body)(&[&[(at * 37) as u8], &seed[1..]].concat());
            }
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions").join(name);
        for path in wireproof_engine::files::list(&folder) {
            (fuzzer.body)(&std::fs::read(&path).expect("a readable file"));
        }
    }

    #[test]
    fn http1_laws() {
        replay("http1_laws", 1000);
    }

    #[test]
    fn http1_differential() {
        replay("http1_differential", 1000);
    }

    #[test]
    fn http2_laws() {
        replay("http2_laws", 1000);
    }

    #[test]
    fn http2_differential() {
        replay("http2_differential", 1000);
    }

    #[test]
    fn hpack() {
        replay("hpack", 250);
    }

    #[test]
    fn vectors() {
        replay("vectors", 250);
    }

    #[test]
    fn child_reader() {
        replay("child_reader", 10);
    }

    #[test]
    fn every_fuzzer_has_a_target_of_its_name() {
        let targets = wireproof_engine::files::list(&Path::new(env!("CARGO_MANIFEST_DIR")).join("targets"));
        let names: Vec<_> = targets.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
        let mut known: Vec<_> = FUZZERS.iter().map(|fuzzer| fuzzer.name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
