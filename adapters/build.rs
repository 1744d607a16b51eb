//! Compiles into the crate what folders hold, so that a new file needs no list: the ledger, every file of `ledger/` a
//! book; and the pinned other versions of subjects, every file of `python/NAME/versions/` and `node/NAME/versions/`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    books(&here.join("ledger"), "BOOKS", "books.rs");
    books(&here.join("differences"), "DIFFERENCES", "differences.rs");
    versions(&[here.join("python"), here.join("node")]);
}

fn books(folder: &Path, constant: &str, file: &str) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut table =
        format!("/// Every book: its file's name and its text.\npub const {constant}: &[(&str, &str)] = &[\n");
    for path in sorted(folder).iter().filter(|p| p.extension().is_some_and(|e| e == "json")) {
        let name = format!("adapters/{}/{}", name_of(folder), name_of(path));
        let _ = writeln!(table, "    ({name:?}, include_str!({path:?})),");
    }
    write_table(file, table);
}

fn versions(languages: &[PathBuf]) {
    let mut table = String::from(
        "/// Every pinned other version: the subject, the version, and what a registry client needs to check it.\n\
         const PINNED: &[(&str, &str, &str)] = &[\n",
    );
    for language in languages {
        println!("cargo::rerun-if-changed={}", language.display());
        for subject in sorted(language) {
            for path in sorted(&subject.join("versions")) {
                let (name, file) = (name_of(&subject), name_of(&path));
                let version = file.rsplit_once('.').map_or(&*file, |(version, _)| version);
                let _ = writeln!(table, "    ({name:?}, {version:?}, include_str!({path:?})),");
            }
        }
    }
    write_table("versions.rs", table);
}

/// What is in a folder, by name; nothing if there is none.
fn sorted(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn write_table(name: &str, mut table: String) {
    table.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join(name), table).expect("OUT_DIR is writable");
}
