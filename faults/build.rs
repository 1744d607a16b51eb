//! Copies the reference cores, once as they are and once for each planted fault, and makes modules of the copies.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// A core: its name in the table, its sources, its adapter, how the adapter calls it, the adapter's subject.
struct Core {
    name: &'static str,
    sources: &'static str,
    adapter: &'static str,
    path: &'static str,
    subject: &'static str,
}

const CORES: [Core; 3] = [
    Core {
        name: "http1",
        sources: "cores/http1/src",
        adapter: "wireproof_http1.rs",
        path: "::wireproof_http1::",
        subject: "WireproofHttp1",
    },
    Core {
        name: "http2",
        sources: "cores/http2/src",
        adapter: "wireproof_http2.rs",
        path: "::wireproof_http2::",
        subject: "WireproofHttp2",
    },
    Core {
        name: "hpack",
        sources: "cores/http2/src/hpack",
        adapter: "wireproof_hpack.rs",
        path: "::wireproof_http2::hpack::",
        subject: "WireproofHpack",
    },
];

/// One textual replacement in one file.
struct Change<'f> {
    file: &'f str,
    find: &'f str,
    replace: &'f str,
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let table = std::fs::read_to_string("faults.json").expect("faults.json is read");
    let table: Vec<Json> = serde_json::from_str(&table).expect("faults.json is a list");
    println!("cargo::rerun-if-changed=faults.json");
    let mut copies = Copies { root, out, modules: String::new(), arms: String::new() };
    for core in &CORES {
        println!("cargo::rerun-if-changed={}", copies.root.join(core.sources).display());
        println!("cargo::rerun-if-changed={}", copies.adapter(core).display());
        copies.add(core, core.name, None);
    }
    for fault in &table {
        let text = |member: &str| fault[member].as_str().unwrap_or_else(|| panic!("{fault} has no text {member:?}"));
        let core = CORES.iter().find(|core| core.name == text("core")).expect("the core is http1, http2 or hpack");
        copies.add(
            core,
            text("name"),
            Some(&Change { file: text("file"), find: text("find"), replace: text("replace") }),
        );
    }
    let Copies { modules, arms, out, .. } = copies;
    let subject = format!(
        "fn subject(name: &str) -> Option<InProcess> {{\n    Some(match name {{\n{arms}        _ => return None,\n    }})\n}}\n"
    );
    std::fs::write(out.join("copies.rs"), modules + &subject).expect("copies.rs is written");
}

struct Copies {
    root: PathBuf,
    out: PathBuf,
    modules: String,
    arms: String,
}

impl Copies {
    fn adapter(&self, core: &Core) -> PathBuf {
        self.root.join("adapters/src/rust").join(core.adapter)
    }

    /// A copy of a core and its adapter under a name, with one change or none.
    fn add(&mut self, core: &Core, name: &str, change: Option<&Change<'_>>) {
        let module = format!("copy_{}", name.replace('-', "_"));
        let folder = self.out.join(&module);
        copy(&self.root.join(core.sources), &folder.join("planted"), &module, name, change);
        let adapter = std::fs::read_to_string(self.adapter(core)).expect("the adapter is read");
        let adapter = adapter.replace(core.path, &format!("crate::{module}::planted::"));
        write(&folder.join("adapter.rs"), &adapter);
        write(&folder.join("mod.rs"), "pub(crate) mod adapter;\nmod planted;\n");
        let path = folder.join("mod.rs");
        let _ = writeln!(self.modules, "#[path = {path:?}]\n#[allow(warnings, clippy::all)]\nmod {module};");
        let _ = writeln!(self.arms, "        {name:?} => InProcess::new({module}::adapter::{}),", core.subject);
    }
}

/// Copies a folder of sources; `lib.rs` becomes the module's own file.
fn copy(from: &Path, to: &Path, module: &str, name: &str, change: Option<&Change<'_>>) {
    let mut changed = change.is_none();
    for path in files(from) {
        let within = path.strip_prefix(from).expect("it was listed below it");
        let mut text = std::fs::read_to_string(&path).expect("a source is read");
        if let Some(change) = change.filter(|change| Path::new(change.file) == within) {
            let times = text.matches(change.find).count();
            assert!(times == 1, "{name}: {:?} stands {times} times in {}, not once", change.find, path.display());
            text = text.replace(change.find, change.replace);
            changed = true;
        }
        let of_a_crate = |line: &&str| line.starts_with("#![") || *line == "extern crate alloc;";
        let lines: Vec<&str> = text.lines().filter(|line| !of_a_crate(line)).collect();
        let text = lines.join("\n").replace("crate::", &format!("crate::{module}::planted::"));
        let within = if within == Path::new("lib.rs") { Path::new("mod.rs") } else { within };
        write(&to.join(within), &text);
    }
    assert!(changed, "{name}: its file is not below {}", from.display());
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry is read").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Writes a file unless it says the same already.
fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder is made");
    if std::fs::read_to_string(path).ok().as_deref() != Some(text) {
        std::fs::write(path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
}
