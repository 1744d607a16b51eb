//! Files that many processes share and that no kill tears.

use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Writes a file whole or not at all: beside it first, then renamed onto it.
///
/// # Errors
/// With the path in the message; a full disk leaves nothing behind.
pub fn write(path: &Path, octets: &[u8]) -> io::Result<()> {
    let told = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(told)?;
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder).map_err(told)?;
    file.write_all(octets).and_then(|()| file.flush()).map_err(told)?;
    file.persist(path).map_err(|e| told(e.error))?;
    Ok(())
}

/// The name of a file with these octets: the first 20 hexadecimal digits of their SHA-256.
pub fn name(octets: &[u8]) -> String {
    Sha256::digest(octets).iter().take(10).map(|octet| format!("{octet:02x}")).collect()
}

/// The files in a folder, sorted, without those that are being written; none if there is no folder.
pub fn list(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let hidden = |path: &std::path::PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
    let mut paths: Vec<_> = entries.map(|e| e.path()).filter(|p| p.is_file() && !hidden(p)).collect();
    paths.sort();
    paths
}
