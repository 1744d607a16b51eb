//! Set-up: what bundled subjects need beyond this binary is fetched, checked and built into a private environment.
//!
//! A [`Recipe`] makes one folder of the environment. Its sources are pinned by version and hash, and nothing of a third
//! party is part of this project. [`Recipe::set_up`] works in a sibling folder and renames it when all is done, so a
//! set-up that was killed leaves nothing half-made; a lock keeps two runs from making the same folder at once; a stamp
//! in the folder says what it was made from, so a changed pin or shim is made anew.

pub mod c_library;
mod command;
mod error;
pub mod llhttp;
pub mod node;
pub mod picohttpparser;
mod sdist;
pub mod venv;
pub mod version;

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub use command::{LIMIT, run_command};
pub use error::SetupError;
pub use version::Version;

/// The file in a finished folder that says what it was made from.
const STAMP: &str = "wireproof-stamp";

/// The root of the private environment: `$WIREPROOF_HOME`; else `wireproof` in the nearest folder above this program
/// that is named `target`, so that a checkout keeps everything to itself; else `wireproof` in the user's cache folder.
pub fn home() -> Result<PathBuf, SetupError> {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(home) = variable("WIREPROOF_HOME") {
        return Ok(home);
    }
    if let Some(target) = std::env::current_exe().ok().as_deref().and_then(target_above) {
        return Ok(target.join("wireproof"));
    }
    let cache = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|h| h.join(".cache")));
    cache.map(|c| c.join("wireproof")).ok_or(SetupError::NoHome)
}

/// The nearest folder above `program` that is named `target`.
fn target_above(program: &Path) -> Option<&Path> {
    program.ancestors().skip(1).find(|folder| folder.file_name().is_some_and(|n| n == "target"))
}

/// How one folder of the private environment is made.
pub trait Recipe: Send + Sync {
    /// The name people call it by, as in `wireproof setup NAME`.
    fn name(&self) -> &str;

    /// The folder's name: name and version, `llhttp-9.4.3`.
    fn folder(&self) -> String;

    /// Everything the result depends on: pins, and the texts of our own files.
    fn ingredients(&self) -> Vec<&[u8]>;

    /// Makes everything in `folder`, which is empty, and is renamed to its sibling [`Recipe::folder`] when this returns.
    /// `say` is told what is going on, a short sentence at a time.
    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError>;

    /// Where it is recorded what a package registry gave, if this project does not pin that.
    fn record(&self, _home: &Path) -> Option<PathBuf> {
        None
    }

    /// Where the finished folder is.
    fn place(&self, home: &Path) -> PathBuf {
        home.join(self.folder())
    }

    /// Whether the folder is there, and made from what this recipe says now.
    fn is_ready(&self, home: &Path) -> bool {
        fs::read_to_string(self.place(home).join(STAMP)).is_ok_and(|stamp| stamp == hash(&self.ingredients()))
    }

    /// Makes the folder unless it is ready. Waits for another process that is making it.
    fn set_up(&self, home: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        if self.is_ready(home) {
            return Ok(());
        }
        fs::create_dir_all(home).map_err(SetupError::file("create", home))?;
        let _held = lock(&home.join(format!(".{}.lock", self.folder())), say)?;
        if self.is_ready(home) {
            return Ok(()); // the one we waited for made it
        }
        let making = home.join(format!(".{}.making", self.folder()));
        remove(&making)?; // of a set-up that was killed
        fs::create_dir(&making).map_err(SetupError::file("create", &making))?;
        let made = self.make(&making, say).and_then(|()| finish(&making, &self.place(home), &self.ingredients()));
        if made.is_err() {
            let _ = remove(&making); // what went wrong matters more than what is left of it
        }
        made
    }
}

/// A recipe for a subject that runs as a child process.
pub trait ChildRecipe: Recipe {
    /// The program and its arguments, once the folder is ready.
    fn command(&self, home: &Path) -> Vec<OsString>;

    /// The recipe for another version of the same, in a folder beside this one; if there can be none, why not.
    fn at(&self, _version: &Version) -> Result<Box<dyn ChildRecipe + '_>, &'static str> {
        Err("it does not come from a package registry")
    }

    /// Octets of address space it may take; none if it cannot live under such a limit.
    fn memory(&self) -> Option<u64> {
        wireproof::child::Limits::default().memory
    }
}

/// A recipe for a subject that is loaded in process, through the C ABI.
pub trait LibraryRecipe: Recipe {
    /// The subject, once the folder is ready. Errors are for people.
    fn load(&self, home: &Path) -> Result<wireproof::InProcess, String>;
}

/// Stamps a folder that was made and puts it in its place. The old one goes first: a set-up killed in between leaves
/// none, which is not ready.
fn finish(making: &Path, place: &Path, ingredients: &[&[u8]]) -> Result<(), SetupError> {
    let stamp = making.join(STAMP);
    fs::write(&stamp, hash(ingredients)).map_err(SetupError::file("write", &stamp))?;
    remove(place)?;
    fs::rename(making, place).map_err(SetupError::file("rename", making))
}

/// Takes the lock, which ends with the file or the process that holds it.
fn lock(path: &Path, say: &mut dyn FnMut(&str)) -> Result<File, SetupError> {
    let file = File::create(path).map_err(SetupError::file("create", path))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => say("waiting for another set-up of the same"),
        Err(TryLockError::Error(error)) => return Err(SetupError::file("lock", path)(error)),
    }
    file.lock().map_err(SetupError::file("lock", path))?;
    Ok(file)
}

/// Removes a folder with all that is in it, if it is there.
fn remove(folder: &Path) -> Result<(), SetupError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(SetupError::file("remove", folder)(error)),
        _ => Ok(()),
    }
}

/// Writes files into `folder`.
fn write_files(folder: &Path, files: &[(&str, &str)]) -> Result<(), SetupError> {
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(SetupError::file("write", &path))?;
    }
    Ok(())
}

/// SHA-256 of all parts, each with its length, in hex.
fn hash(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    wireproof::bytes::to_hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_target_above_the_program_is_the_root() {
        assert_eq!(target_above(Path::new("/a/target/b/target/debug/deps/x")), Some(Path::new("/a/target/b/target")));
        assert_eq!(target_above(Path::new("/usr/bin/target")), None);
    }

    #[test]
    fn parts_that_join_to_the_same_text_hash_apart() {
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
    }
}
