//! Source packages from PyPI, which is where current C sources of some parsers are published in a checkable form.

use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::venv::{PYTHON_REMEDY, python};
use super::{LIMIT, SetupError, run_command, write_files};

/// More octets than any package unpacks to that is used here: against a broken archive.
const UNPACKED: u64 = 64 * 1024 * 1024;

/// A source package, pinned.
#[derive(Debug)]
pub(super) struct Sdist {
    /// The package's name.
    pub(super) name: &'static str,
    /// Its version.
    pub(super) version: &'static str,
    /// The SHA-256 of `name-version.tar.gz`, in hex.
    pub(super) sha256: &'static str,
}

impl Sdist {
    /// Downloads the package into `folder` with pip, and checks it.
    ///
    /// pip asks a source package for its metadata even if it only downloads it, and that runs the package's build
    /// script: so the hash is given to pip too, which checks it first.
    pub(super) fn fetch(&self, folder: &Path) -> Result<PathBuf, SetupError> {
        let Sdist { name, version, sha256 } = self;
        let requirements = format!("{name}=={version} --hash=sha256:{sha256}\n");
        write_files(folder, &[("requirements.txt", &requirements)])?;
        let mut pip = python();
        pip.args(["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"]);
        pip.args(["--require-hashes", "--no-binary", name, "--dest"]).arg(folder);
        pip.arg("--requirement").arg(folder.join("requirements.txt"));
        run_command(&mut pip, LIMIT, PYTHON_REMEDY)?;
        let archive = folder.join(format!("{name}-{version}.tar.gz"));
        self.check(&archive)?;
        Ok(archive)
    }

    fn check(&self, archive: &Path) -> Result<(), SetupError> {
        let octets = fs::read(archive).map_err(SetupError::file("read", archive))?;
        let found = wireproof::bytes::to_hex(&Sha256::digest(&octets));
        if found == self.sha256 {
            return Ok(());
        }
        let file = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Err(SetupError::WrongHash { file, expected: self.sha256.to_owned(), found })
    }

    /// Unpacks the files whose path within the package begins with one of `wanted` into `folder`, without the
    /// package's own top folder. Each of `wanted` must bring at least one file.
    pub(super) fn unpack(&self, archive: &Path, wanted: &[&str], folder: &Path) -> Result<(), SetupError> {
        let unreadable = |e: std::io::Error| SetupError::file("unpack", archive)(e);
        let file = fs::File::open(archive).map_err(unreadable)?;
        let mut tar = tar::Archive::new(GzDecoder::new(file).take(UNPACKED));
        let mut found = vec![false; wanted.len()];
        for entry in tar.entries().map_err(unreadable)? {
            let mut entry = entry.map_err(unreadable)?;
            let path = entry.path().map_err(unreadable)?.into_owned();
            let Some(inner) = inner_path(&path).filter(|_| entry.header().entry_type().is_file()) else { continue };
            let Some(index) = wanted.iter().position(|w| inner.starts_with(w)) else { continue };
            found[index] = true; // `index` is a position in `wanted`
            let to = folder.join(&inner);
            let parent = to.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(SetupError::file("create", parent))?;
            entry.unpack(&to).map_err(SetupError::file("write", &to))?;
        }
        match found.iter().zip(wanted).find(|(found, _)| !**found) {
            Some((_, missing)) => Err(SetupError::Contents {
                package: format!("{} {}", self.name, self.version),
                what: format!("it has no {missing}"),
            }),
            None => Ok(()),
        }
    }
}

/// A path without its first part; none if anything in it leads elsewhere.
fn inner_path(path: &Path) -> Option<PathBuf> {
    let plain = path.components().all(|c| matches!(c, Component::Normal(_)));
    plain.then(|| path.components().skip(1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_of_the_folder_are_not_unpacked() {
        assert_eq!(inner_path(Path::new("p-1/a/b")), Some(PathBuf::from("a/b")));
        assert_eq!(inner_path(Path::new("p-1/../../etc/x")), None);
        assert_eq!(inner_path(Path::new("/etc/x")), None);
    }

    #[test]
    fn another_file_than_the_pinned_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("p-1.tar.gz");
        fs::write(&archive, "not it").unwrap();
        let error = Sdist { name: "p", version: "1", sha256: "00" }.check(&archive).unwrap_err();
        assert!(error.to_string().starts_with("p-1.tar.gz is not the pinned file: SHA-256 "), "{error}");
    }
}
