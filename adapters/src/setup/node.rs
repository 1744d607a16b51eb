//! Folders for adapters that run as child processes of Node.js.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use super::version::{Version, pins, recorded};
use super::{ChildRecipe, LIMIT, Recipe, SetupError, run_command, write_files};

/// What to do when Node.js is missing or fails.
const NODE_REMEDY: &str = "this needs Node.js 18 or later (on Debian: nodejs)";

/// What to do when npm is missing or fails.
const NPM_REMEDY: &str = "this needs npm (on Debian: npm), and a reachable package registry";

/// The file that says what a folder is for.
const PACKAGE: &str = "package.json";

/// The file that pins every package.
const LOCK: &str = "package-lock.json";

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

impl NodeRecipe<'_> {
    /// What a folder with these packages depends on.
    fn ingredients_with<'a>(&'a self, packages: impl IntoIterator<Item = &'a str>) -> Vec<&'a [u8]> {
        let files = self.files.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]);
        let part = self.part.unwrap_or_default().as_bytes();
        let packages = packages.into_iter().map(str::as_bytes);
        [b"node 1", part, self.version.as_bytes()].into_iter().chain(packages).chain(files).collect()
    }

    /// Makes everything but the packages.
    fn make_bare(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        write_files(folder, self.files)?;
        say("looking at Node.js");
        write_files(folder, &[("probe.js", PROBE)])?;
        let mut probe = Command::new("node");
        probe.arg(folder.join("probe.js")).args(self.part.map(|part| [part, self.version]).into_iter().flatten());
        run_command(&mut probe, LIMIT, NODE_REMEDY).map(drop)
    }
}

impl ChildRecipe for NodeRecipe<'_> {
    fn command(&self, home: &Path) -> Vec<OsString> {
        node(&self.place(home))
    }

    fn at(&self, version: &Version) -> Result<Box<dyn ChildRecipe + '_>, &'static str> {
        let (json, _) = self.packages.ok_or("it is part of the Node.js that is installed")?;
        if version.as_str() == self.version {
            return Ok(Box::new(*self));
        }
        let none = "none of its packages has its version";
        let (package, json) = package_at(json, self.version, version).ok_or(none)?;
        Ok(Box::new(OtherNode {
            of: *self,
            name: format!("{}@{version}", self.name),
            folder: format!("{}-{version}", self.name),
            package,
            version: version.clone(),
            json,
            pins: pins(self.name, version),
        }))
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
        self.ingredients_with(self.packages.into_iter().flat_map(|(json, lock)| [json, lock]))
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        self.make_bare(folder, say)?;
        let Some((json, lock)) = self.packages else { return Ok(()) };
        write_files(folder, &[(PACKAGE, json), (LOCK, lock)])?;
        install(folder, say)
    }
}

/// The same with another version of the package.
struct OtherNode<'a> {
    of: NodeRecipe<'a>,
    name: String,
    folder: String,
    package: String,
    version: Version,
    /// `package.json` with that version.
    json: String,
    pins: Option<&'static str>,
}

impl ChildRecipe for OtherNode<'_> {
    fn command(&self, home: &Path) -> Vec<OsString> {
        node(&self.place(home))
    }

    fn memory(&self) -> Option<u64> {
        self.of.memory()
    }
}

impl Recipe for OtherNode<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn folder(&self) -> String {
        self.folder.clone()
    }

    fn ingredients(&self) -> Vec<&[u8]> {
        self.of.ingredients_with([self.json.as_str()].into_iter().chain(self.pins))
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        self.of.make_bare(folder, say)?;
        write_files(folder, &[(PACKAGE, &self.json)])?;
        match self.pins {
            Some(pins) => write_files(folder, &[(LOCK, pins)])?,
            None => match recorded(&folder.with_file_name(&self.folder).join(LOCK))? {
                Some(record) => write_files(folder, &[(LOCK, &record)])?,
                None => self.resolve(folder, say)?,
            },
        }
        install(folder, say)
    }

    fn record(&self, home: &Path) -> Option<PathBuf> {
        self.pins.is_none().then(|| self.place(home).join(LOCK))
    }
}

impl OtherNode<'_> {
    /// Has npm write the lock, and checks that it is of this version: npm takes `1` for the newest of all `1.x`.
    fn resolve(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        let OtherNode { package, version, .. } = self;
        say(&format!("asking the package registry for {package}@{version}"));
        let remedy =
            format!("look whether https://www.npmjs.com/package/{package}?activeTab=versions has it; {NPM_REMEDY}");
        let mut npm = npm(folder, "install");
        npm.args(["--package-lock-only", "--omit-lockfile-registry-resolved"]);
        run_command(&mut npm, LIMIT, &remedy)?;
        let lock = recorded(&folder.join(LOCK))?.unwrap_or_default();
        let found = locked(&lock, package).unwrap_or_else(|| "none".to_owned());
        if found == version.as_str() {
            return Ok(());
        }
        let what = format!("{version} is no exact version of it; what npm took it for: {found}");
        Err(SetupError::Contents { package: package.clone(), what })
    }
}

/// The dependency of a `package.json` that is at version `from`, and the file with that at version `to`.
fn package_at(json: &str, from: &str, to: &Version) -> Option<(String, String)> {
    let mut json: Json = serde_json::from_str(json).ok()?;
    let dependencies = json.get_mut("dependencies")?.as_object_mut()?;
    let (package, at) = dependencies.iter_mut().find(|(_, at)| **at == from)?;
    let package = package.clone();
    *at = to.as_str().into();
    Some((package, format!("{json:#}\n")))
}

/// The version of a package in a lock.
fn locked(lock: &str, package: &str) -> Option<String> {
    let lock: Json = serde_json::from_str(lock).ok()?;
    Some(lock["packages"][format!("node_modules/{package}")]["version"].as_str()?.to_owned())
}

/// The command that starts the adapter in a finished folder.
fn node(place: &Path) -> Vec<OsString> {
    vec!["node".into(), HEAP.into(), place.join("adapter.js").into()]
}

/// A command of npm's that runs no scripts of packages.
fn npm(folder: &Path, command: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.args([command, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]);
    npm.current_dir(folder);
    npm
}

/// Installs what the lock says.
fn install(folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
    say("installing packages");
    run_command(&mut npm(folder, "ci"), LIMIT, NPM_REMEDY).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dependency_that_has_the_version_gets_the_other_one() {
        let json = r#"{"private": true, "dependencies": {"a": "1.0.0", "b": "2.0.0"}}"#;
        let (package, json) = package_at(json, "2.0.0", &"3.1.0".parse().unwrap()).unwrap();
        let read: Json = serde_json::from_str(&json).unwrap();
        assert_eq!((package.as_str(), &read["dependencies"]["b"]), ("b", &Json::from("3.1.0")));
        assert_eq!(read["dependencies"]["a"], "1.0.0");
        assert_eq!(package_at(&json, "9.0.0", &"3.1.0".parse().unwrap()), None);
    }

    #[test]
    fn the_lock_says_which_version_came() {
        let lock = r#"{"packages": {"": {}, "node_modules/b": {"version": "3.1.0"}}}"#;
        assert_eq!(locked(lock, "b").as_deref(), Some("3.1.0"));
        assert_eq!(locked(lock, "a"), None);
    }
}
