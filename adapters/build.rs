//! Compiles the ledger into the crate: every file of `ledger/` is a book, so that a new subject needs no list.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let ledger = Path::new(env!("CARGO_MANIFEST_DIR")).join("ledger");
    println!("cargo::rerun-if-changed={}", ledger.display());
    let mut names: Vec<String> = std::fs::read_dir(&ledger)
        .expect("the ledger folder is part of the checkout")
        .map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    let mut table =
        String::from("/// Every book: its file's name and its text.\npub const BOOKS: &[(&str, &str)] = &[\n");
    for name in names {
        let path = ledger.join(&name).display().to_string();
        println!("cargo::rerun-if-changed={path}");
        let _ = writeln!(table, "    ({:?}, include_str!({path:?})),", format!("adapters/ledger/{name}"));
    }
    table.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("books.rs"), table).expect("OUT_DIR is writable");
}
