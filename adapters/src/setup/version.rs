//! Other versions of what comes from a package registry, beside the one that is judged by default.
//!
//! A version of `python/NAME/versions/` or `node/NAME/versions/` is pinned there. Any other is what the registry gives
//! on the first set-up; that is recorded, with hashes, in the version's folder, and used ever after.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use super::SetupError;

include!(concat!(env!("OUT_DIR"), "/versions.rs"));

/// A version that can stand in a folder's name and on a command line: a digit, then letters, digits and `.+_-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Version, String> {
        let fits = |octet: u8| octet.is_ascii_alphanumeric() || b".+_-".contains(&octet);
        if text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(fits) {
            return Ok(Version(text.to_owned()));
        }
        Err(format!("{text:?} is no version: expected a digit, then letters, digits and . + _ -"))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The other versions of a subject that are pinned with this project.
pub fn pinned(subject: &str) -> impl Iterator<Item = &'static str> {
    PINNED.iter().filter(move |(name, _, _)| *name == subject).map(|(_, version, _)| *version)
}

/// The pins of a subject's other version.
pub(super) fn pins(subject: &str, version: &Version) -> Option<&'static str> {
    PINNED.iter().find(|(name, at, _)| *name == subject && *at == version.as_str()).map(|(_, _, pins)| *pins)
}

/// What an earlier set-up recorded in this file, if there was one.
pub(super) fn recorded(file: &Path) -> Result<Option<String>, SetupError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SetupError::file("read", file)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        for text in ["0.14.0", "9", "1.0rc1", "1.0.0-beta.2", "2.1.2+local_1"] {
            assert_eq!(text.parse::<Version>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_is_no_version_or_leads_elsewhere_is_refused() {
        for text in ["", "latest", ".", "..", "../../x", "1/../../x", "1 2", "1*", "1;x", "-1", "1\0", "1\u{661}"] {
            let error = text.parse::<Version>().unwrap_err();
            assert!(error.contains("is no version: expected a digit"), "{error}");
        }
    }

    #[test]
    fn every_pinned_version_is_one_and_its_pins_are_hashes_of_it() {
        assert!(pinned("h11").any(|version| version == "0.14.0"));
        for (subject, version, text) in PINNED {
            let parsed: Version = version.parse().unwrap();
            assert_eq!(pins(subject, &parsed), Some(*text));
            assert!(text.contains(version) && (text.contains("--hash=sha256:") || text.contains("\"integrity\"")));
        }
    }
}
