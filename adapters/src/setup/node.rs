//! Folders for adapters that run as child processes of Node.js.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use super::{ChildRecipe, LIMIT, Recipe, SetupError, run_command, write_files};

/// What to do when Node.js is missing or fails.
const NODE_REMEDY: &str = "this needs Node.js 18 or later (on Debian: nodejs)";

/// What to do when npm is missing or fails.
const NPM_REMEDY: &str = "this needs npm (on Debian: npm), and a reachable package registry";

/// The heap that Node.js gives a child, in MiB; it stands in for the limit of the address space.
const HEAP: &str = "--max-old-space-size=1024";

/// Fails unless Node.js is new enough, and, if that is what is judged, has the part that is pinned.
const PROBE: &str = "
const [part, version] = process.argv.slice(2);
const { versions } = process;
const fail = (why) => (console.error(why), process.exit(1));
if (parseInt(versions.node, 10) < 18) fail(`this is Node.js ${versions.node}`);
if (part && versions[part] !== version) fail(`this Node.js has ${part} ${versions[part]}, not ${version}`);
";

/// A folder with files of ours and, if any, pinned npm packages.
///
/// The lock pins every package with `integrity` and names no address (`resolved`), so that packages come from the
/// registry that npm is set to. Scripts of packages are not run.
#[derive(Clone, Copy, Debug)]
pub struct NodeRecipe<'a> {
    /// The name people call it by.
    pub name: &'a str,
    /// The version of what it is for.
    pub version: &'a str,
    /// If a part of Node.js is what is judged: its name in `process.versions`. It must be there in that version.
    pub part: Option<&'a str>,
    /// The texts of `package.json` and `package-lock.json`.
    pub packages: Option<(&'a str, &'a str)>,
    /// Names and texts of files that go into the folder; `adapter.js` is the one that is run.
    pub files: &'a [(&'a str, &'a str)],
}

impl ChildRecipe for NodeRecipe<'_> {
    fn command(&self, home: &Path) -> Vec<OsString> {
        vec!["node".into(), HEAP.into(), self.place(home).join("adapter.js").into()]
    }

    /// V8 reserves far more address space than it uses: 10 GiB for each memory of WebAssembly alone.
    fn memory(&self) -> Option<u64> {
        None
    }
}

impl Recipe for NodeRecipe<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    fn ingredients(&self) -> Vec<&[u8]> {
        let files = self.files.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]);
        let packages = self.packages.iter().flat_map(|(json, lock)| [json.as_bytes(), lock.as_bytes()]);
        let part = self.part.unwrap_or_default().as_bytes();
        [b"node 1", part, self.version.as_bytes()].into_iter().chain(packages).chain(files).collect()
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        write_files(folder, self.files)?;
        say("looking at Node.js");
        write_files(folder, &[("probe.js", PROBE)])?;
        let mut probe = Command::new("node");
        probe.arg(folder.join("probe.js")).args(self.part.map(|part| [part, self.version]).into_iter().flatten());
        run_command(&mut probe, LIMIT, NODE_REMEDY)?;
        let Some((json, lock)) = self.packages else { return Ok(()) };
        write_files(folder, &[("package.json", json), ("package-lock.json", lock)])?;
        say("installing packages");
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]);
        run_command(npm.current_dir(folder), LIMIT, NPM_REMEDY).map(drop)
    }
}
