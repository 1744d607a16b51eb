//! Compiles the vectors into the crate, so that an installed `wireproof` needs no checkout.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    // Asked now, not when this is compiled: `cargo mutants` builds copies of the tree with one target folder.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let vectors = Path::new(&manifest).join("../vectors");
    println!("cargo::rerun-if-changed={}", vectors.display());
    let mut files = Vec::new();
    let mut open = vec![vectors.clone()];
    while let Some(folder) = open.pop() {
        println!("cargo::rerun-if-changed={}", folder.display());
        for entry in std::fs::read_dir(&folder).expect("the vectors folder is part of the checkout") {
            let path = entry.expect("a readable folder").path();
            let below = path.strip_prefix(&vectors).expect("below vectors").to_path_buf();
            if path.is_dir() && !["schema", "captures", "generate"].iter().any(|n| below.starts_with(n)) {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "json") {
                files.push((below, path));
            }
        }
    }
    files.sort();
    write(&files);
}

/// Writes the table of names and texts.
fn write(files: &[(PathBuf, PathBuf)]) {
    let mut table = String::from("/// Every vector file by name.\npub(super) static BUNDLED: &[(&str, &str)] = &[\n");
    for (below, path) in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let _ =
            writeln!(table, "    ({:?}, include_str!({:?})),", below.display().to_string(), path.display().to_string());
    }
    table.push_str("];\n");
    let mut hash = DefaultHasher::new();
    for (below, path) in files {
        (below, std::fs::read(path).expect("a readable file")).hash(&mut hash);
    }
    let _ = writeln!(table, "/// Tells these files from others.\nstatic MARK: u64 = {:#x};", hash.finish());
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("bundled.rs"), table).expect("OUT_DIR is writable");
}
