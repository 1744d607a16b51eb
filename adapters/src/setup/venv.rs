//! Python environments for adapters that run as child processes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{ChildRecipe, LIMIT, Recipe, SetupError, run_command, write_files};

/// What to do when Python or pip is missing or fails.
pub(super) const PYTHON_REMEDY: &str = "this needs Python 3.9 or later with venv and pip (on Debian: python3-venv and \
     python3-pip), and a reachable package index";

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
}

impl ChildRecipe for VenvRecipe<'_> {
    fn command(&self, home: &Path) -> Vec<OsString> {
        vec![self.python(home).into(), self.file(home, "adapter.py").into()]
    }
}

fn interpreter(folder: &Path) -> PathBuf {
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    folder.join("venv").join(inside)
}

impl Recipe for VenvRecipe<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    fn ingredients(&self) -> Vec<&[u8]> {
        let files = self.files.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]);
        [b"venv 1", self.requirements_txt.as_bytes()].into_iter().chain(files).collect()
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        write_files(folder, self.files)?;
        write_files(folder, &[("requirements.txt", self.requirements_txt)])?;
        say("making a Python environment");
        run_command(python().args(["-m", "venv"]).arg(folder.join("venv")), LIMIT, PYTHON_REMEDY)?;
        say("installing packages");
        let mut pip = Command::new(interpreter(folder));
        pip.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]);
        pip.arg("--requirement").arg(folder.join("requirements.txt"));
        run_command(&mut pip, LIMIT, PYTHON_REMEDY).map(drop)
    }
}
