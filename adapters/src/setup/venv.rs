//! Python environments for adapters that run as child processes.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::version::{Version, pins, recorded};
use super::{ChildRecipe, LIMIT, Recipe, SetupError, remove, run_command, write_files};

/// What to do when Python or pip is missing or fails.
pub(super) const PYTHON_REMEDY: &str = "this needs Python 3.9 or later with venv and pip (on Debian: python3-venv and \
     python3-pip), and a reachable package index";

/// The file in the folder that says what is installed.
const REQUIREMENTS: &str = "requirements.txt";

/// The Python that set-ups run, without what the caller's environment would add to its modules.
pub(super) fn python() -> Command {
    let mut python = Command::new("python3");
    python.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    python
}

/// A Python environment with pinned packages, and files of ours beside it.
///
/// `requirements_txt` pins every package, dependencies too, with `--hash`. Run the adapter with
/// [`VenvRecipe::python`]; the other programs in the environment's `bin` do not survive the rename.
#[derive(Clone, Copy, Debug)]
pub struct VenvRecipe<'a> {
    /// The name people call it by.
    pub name: &'a str,
    /// The version of what it is for.
    pub version: &'a str,
    /// What is installed: lines such as `h11==0.16.0 --hash=sha256:…`.
    pub requirements_txt: &'a str,
    /// Names and texts of files that go into the folder.
    pub files: &'a [(&'a str, &'a str)],
}

impl VenvRecipe<'_> {
    /// The environment's interpreter.
    pub fn python(&self, home: &Path) -> PathBuf {
        interpreter(&self.place(home))
    }

    /// One of the recipe's files.
    pub fn file(&self, home: &Path, name: &str) -> PathBuf {
        self.place(home).join(name)
    }

    /// The package that the version is of: the first one that is pinned at it.
    fn package(&self) -> Option<&str> {
        let first_words = self.requirements_txt.lines().filter_map(|line| line.split_whitespace().next());
        first_words.filter_map(|word| word.split_once("==")).find(|(_, at)| *at == self.version).map(|(name, _)| name)
    }

    /// What a folder with these packages depends on.
    fn ingredients_with<'a>(&'a self, packages: &'a str) -> Vec<&'a [u8]> {
        let files = self.files.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]);
        [b"venv 1", packages.as_bytes()].into_iter().chain(files).collect()
    }

    /// Makes everything but the packages.
    fn make_bare(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        write_files(folder, self.files)?;
        say("making a Python environment");
        run_command(python().args(["-m", "venv"]).arg(folder.join("venv")), LIMIT, PYTHON_REMEDY).map(drop)
    }
}

impl ChildRecipe for VenvRecipe<'_> {
    fn command(&self, home: &Path) -> Vec<OsString> {
        vec![self.python(home).into(), self.file(home, "adapter.py").into()]
    }

    fn at(&self, version: &Version) -> Result<Box<dyn ChildRecipe + '_>, &'static str> {
        if version.as_str() == self.version {
            return Ok(Box::new(*self));
        }
        let package = self.package().ok_or("none of its packages has its version")?;
        Ok(Box::new(OtherVenv {
            of: *self,
            name: format!("{}@{version}", self.name),
            folder: format!("{}-{version}", self.name),
            package,
            requirement: format!("{package}=={version}"),
            pins: pins(self.name, version),
        }))
    }
}

impl Recipe for VenvRecipe<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    fn ingredients(&self) -> Vec<&[u8]> {
        self.ingredients_with(self.requirements_txt)
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        self.make_bare(folder, say)?;
        install(folder, self.requirements_txt, say)
    }
}

/// The same with another version of the package.
struct OtherVenv<'a> {
    of: VenvRecipe<'a>,
    name: String,
    folder: String,
    package: &'a str,
    /// The package at the version, `h11==0.14.0`.
    requirement: String,
    pins: Option<&'static str>,
}

impl ChildRecipe for OtherVenv<'_> {
    fn command(&self, home: &Path) -> Vec<OsString> {
        let place = self.place(home);
        vec![interpreter(&place).into(), place.join("adapter.py").into()]
    }

    fn memory(&self) -> Option<u64> {
        self.of.memory()
    }
}

impl Recipe for OtherVenv<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn folder(&self) -> String {
        self.folder.clone()
    }

    fn ingredients(&self) -> Vec<&[u8]> {
        self.of.ingredients_with(self.pins.unwrap_or(&self.requirement))
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        self.of.make_bare(folder, say)?;
        let requirements_txt = match self.pins {
            Some(pins) => pins.to_owned(),
            None => match recorded(&folder.with_file_name(&self.folder).join(REQUIREMENTS))? {
                Some(record) => record,
                None => self.resolve(folder, say)?,
            },
        };
        install(folder, &requirements_txt, say)
    }

    fn record(&self, home: &Path) -> Option<PathBuf> {
        self.pins.is_none().then(|| self.place(home).join(REQUIREMENTS))
    }
}

impl OtherVenv<'_> {
    /// Downloads the version and what it depends on, and pins what came.
    fn resolve(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<String, SetupError> {
        let OtherVenv { requirement, package, .. } = self;
        say(&format!("asking the package index for {requirement}"));
        let came = folder.join("came");
        let mut pip = pip(folder, "download");
        pip.arg("--dest").arg(&came).arg(requirement);
        let remedy = format!("look whether https://pypi.org/project/{package}/#history has it; {PYTHON_REMEDY}");
        run_command(&mut pip, LIMIT, &remedy)?;
        let mut files: Vec<PathBuf> = fs::read_dir(&came)
            .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
            .map_err(SetupError::file("read", &came))?;
        files.sort();
        let lines = files.iter().map(|file| pin(file)).collect::<Result<Vec<String>, SetupError>>()?;
        remove(&came)?;
        Ok(format!("# What the package index gave for {requirement}; wireproof does not pin it.\n{}", lines.concat()))
    }
}

/// The requirement that exactly this file meets.
fn pin(file: &Path) -> Result<String, SetupError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let Some((package, version)) = package_and_version(&name) else {
        return Err(SetupError::Contents {
            package: name.into_owned(),
            what: "neither a wheel nor an archive".to_owned(),
        });
    };
    let octets = fs::read(file).map_err(SetupError::file("read", file))?;
    let sha256 = wireproof::bytes::to_hex(&Sha256::digest(&octets));
    Ok(format!("{package}=={version} --hash=sha256:{sha256}\n"))
}

/// What the name of a wheel or of a source archive says.
fn package_and_version(file: &str) -> Option<(&str, &str)> {
    if let Some(wheel) = file.strip_suffix(".whl") {
        let (package, rest) = wheel.split_once('-')?;
        return Some((package, rest.split('-').next()?));
    }
    [".tar.gz", ".zip", ".tar.bz2"].iter().find_map(|suffix| file.strip_suffix(suffix))?.rsplit_once('-')
}

fn interpreter(folder: &Path) -> PathBuf {
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    folder.join("venv").join(inside)
}

/// A command of the environment's pip.
fn pip(folder: &Path, command: &str) -> Command {
    let mut pip = Command::new(interpreter(folder));
    pip.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    pip.args(["-m", "pip", command, "--quiet", "--no-input", "--disable-pip-version-check"]);
    pip
}

/// Installs pinned packages.
fn install(folder: &Path, requirements_txt: &str, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
    write_files(folder, &[(REQUIREMENTS, requirements_txt)])?;
    say("installing packages");
    let mut pip = pip(folder, "install");
    pip.arg("--require-hashes").arg("--requirement").arg(folder.join(REQUIREMENTS));
    run_command(&mut pip, LIMIT, PYTHON_REMEDY).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_say_package_and_version() {
        for (file, expected) in [
            ("h11-0.14.0-py3-none-any.whl", Some(("h11", "0.14.0"))),
            ("a_b-1.0rc1-cp311-cp311-linux_x86_64.whl", Some(("a_b", "1.0rc1"))),
            ("some-name-2.0.tar.gz", Some(("some-name", "2.0"))),
            ("name-2.0.zip", Some(("name", "2.0"))),
            ("name.tar.gz", None),
            ("name-2.0.txt", None),
        ] {
            assert_eq!(package_and_version(file), expected, "{file}");
        }
    }

    #[test]
    fn the_package_is_the_one_that_has_the_version() {
        let requirements_txt = "# x==2.0\ndep==1.0 --hash=a\nthe-one==2.0 \\\n    --hash=b\n";
        let recipe = VenvRecipe { name: "s", version: "2.0", requirements_txt, files: &[] };
        assert_eq!(recipe.package(), Some("the-one"));
        assert_eq!(VenvRecipe { version: "3.0", ..recipe }.package(), None);
    }
}
