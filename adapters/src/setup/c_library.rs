//! C libraries: sources from a source package, compiled with a shim of ours into one shared object.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wireproof::InProcess;

use super::sdist::Sdist;
use super::{LIMIT, LibraryRecipe, Recipe, SetupError, run_command, write_files};
use crate::c;

/// How a library is compiled. A value of an enumeration that its shim does not know is an error.
const FLAGS: &[&str] =
    &["-std=c11", "-O2", "-g", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Werror=switch", "-DNDEBUG"];

const CC_REMEDY: &str = "install a C compiler (on Debian: gcc), or set CC to yours";

/// The recipe for a C library: a description, as the modules beside this one have it.
///
/// Paths are those within the source package.
#[derive(Debug)]
pub struct CLibraryRecipe {
    /// The name people call it by.
    pub name: &'static str,
    /// The version that its shim reports.
    pub version: &'static str,
    /// Where its sources come from.
    pub(super) package: Sdist,
    /// The files and folders of the package that are used, licences too.
    pub(super) wanted: &'static [&'static str],
    /// The folder of its headers.
    pub(super) include: &'static str,
    /// What is compiled.
    pub(super) sources: &'static [&'static str],
    /// Our shim.
    pub(super) shim: &'static str,
    /// A file, and whole lines of it by which the version is known; none if its sources do not tell.
    pub(super) marks: Option<(&'static str, &'static [&'static str])>,
}

impl CLibraryRecipe {
    /// The shared object, once set up.
    pub fn library(&self, home: &Path) -> PathBuf {
        self.place(home).join(self.file())
    }

    fn file(&self) -> String {
        format!("libwireproof-{}.so", self.name)
    }

    /// `cc`, or what `$CC` says (a program, and options after it), with everything to compile.
    fn compiler(&self, folder: &Path) -> Command {
        let named = std::env::var("CC").unwrap_or_default();
        let mut words = named.split_whitespace();
        let mut cc = Command::new(words.next().unwrap_or("cc"));
        let mut include = OsString::from("-I");
        include.push(folder.join(self.include));
        cc.args(words).args(FLAGS).arg(include).arg("-o").arg(folder.join(self.file()));
        cc.arg(folder.join("shim.c")).args(self.sources.iter().map(|file| folder.join(file)));
        cc
    }

    /// Checks that the sources are of the version that this recipe is named for.
    fn check_version(&self, folder: &Path) -> Result<(), SetupError> {
        let Some((file, marks)) = self.marks else { return Ok(()) };
        let path = folder.join(file);
        let text = fs::read_to_string(&path).map_err(SetupError::file("read", &path))?;
        match marks.iter().find(|mark| !text.lines().any(|line| line == **mark)) {
            None => Ok(()),
            Some(missing) => Err(SetupError::Contents {
                package: format!("{} {}", self.package.name, self.package.version),
                what: format!("its {} is not {}: {file} has no line {missing:?}", self.name, self.version),
            }),
        }
    }
}

impl LibraryRecipe for CLibraryRecipe {
    fn load(&self, home: &Path) -> Result<InProcess, String> {
        if !self.is_ready(home) {
            return Err(format!("not set up: run `wireproof setup {}`", self.name));
        }
        c::Library::load(&self.library(home))
    }
}

impl Recipe for CLibraryRecipe {
    fn name(&self) -> &str {
        self.name
    }

    fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    fn ingredients(&self) -> Vec<&[u8]> {
        let package = [self.package.name, self.package.version, self.package.sha256];
        let ours = [self.shim, c::HEADER, self.version, self.include];
        let lists = [FLAGS, self.wanted, self.sources].into_iter().flatten().copied();
        package.into_iter().chain(ours).chain(lists).map(str::as_bytes).collect()
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        let CLibraryRecipe { name, version, package, .. } = self;
        say(&format!("downloading {} {}, which carries the sources of {name}", package.name, package.version));
        let archive = package.fetch(folder)?;
        package.unpack(&archive, self.wanted, folder)?;
        self.check_version(folder)?;
        fs::remove_file(&archive).map_err(SetupError::file("remove", &archive))?;
        say(&format!("compiling {name} {version}"));
        write_files(folder, &[("wireproof.h", c::HEADER), ("shim.c", self.shim)])?;
        run_command(&mut self.compiler(folder), LIMIT, CC_REMEDY).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::super::llhttp::LLHTTP;
    use super::*;

    #[test]
    fn sources_of_another_version_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (file, marks) = LLHTTP.marks.unwrap();
        let header = folder.path().join(file);
        fs::create_dir_all(header.parent().unwrap()).unwrap();
        fs::write(&header, marks.join("\n")).unwrap();
        LLHTTP.check_version(folder.path()).unwrap();
        fs::write(&header, marks[1..].join("\n")).unwrap();
        let why = LLHTTP.check_version(folder.path()).unwrap_err().to_string();
        assert!(why.starts_with("httptools 0.9.0: its llhttp is not 9.4.3: vendor/"), "{why}");
    }
}
