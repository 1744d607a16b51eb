//! Inputs worth coming back to. On disk a corpus is a folder of files named by their content, so that any number of
//! loops can share one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use wireproof::vectors::Suite;

use crate::{Input, Target, files};

/// No input of a corpus is longer, in octets.
pub const LONGEST: usize = 4096;

/// An input and the family that it was made for.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The input.
    pub input: Input,
    /// The index of its family; seeds have none.
    pub family: Option<usize>,
}

/// The inputs of one target.
#[derive(Debug, Default)]
pub struct Corpus {
    entries: Vec<Entry>,
    names: HashSet<String>,
    /// Where it is kept; nowhere if none.
    folder: Option<PathBuf>,
    /// Files that are no input: empty, too long, unreadable.
    pub rubbish: usize,
}

impl Corpus {
    /// A corpus that is kept in this folder, with what is there already. What is no input is counted and left alone.
    pub fn open(target: Target, folder: Option<&Path>) -> Corpus {
        let mut corpus = Corpus { folder: folder.map(Path::to_owned), ..Corpus::default() };
        corpus.refresh(target);
        corpus
    }

    /// Takes what others put into the folder since; gives how many inputs are new.
    pub fn refresh(&mut self, target: Target) -> usize {
        let before = self.entries.len();
        self.rubbish = 0;
        for path in self.folder.as_deref().map(files::list).unwrap_or_default() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if self.names.contains(&name) {
                continue;
            }
            let read = std::fs::metadata(&path).ok().filter(|m| m.len() <= LONGEST as u64 + 1);
            match read.and_then(|_| std::fs::read(&path).ok()).and_then(|octets| Input::parse(target, &octets)) {
                Some(input) => {
                    self.names.insert(name);
                    self.entries.push(Entry { input, family: None });
                }
                None => self.rubbish += 1,
            }
        }
        self.entries.len() - before
    }

    /// The inputs of the vectors, as far as an input can say what a case does; not written to disk.
    pub fn seed(&mut self, target: Target, suite: &Suite) {
        for case in suite.cases.iter().filter(|case| case.script.protocol.name == target.spec().name) {
            if let Some(input) = Input::of_script(&case.script, LONGEST / 4) {
                let name = files::name(&input.to_octets());
                if self.names.insert(name) {
                    self.entries.push(Entry { input, family: None });
                }
            }
        }
    }

    /// Keeps an input, if it is new and not too long.
    ///
    /// # Errors
    /// If it cannot be written; it is kept in memory all the same.
    pub fn keep(&mut self, input: &Input, family: Option<usize>) -> std::io::Result<bool> {
        let octets = input.to_octets();
        let name = files::name(&octets);
        if octets.len() > LONGEST || !self.names.insert(name.clone()) {
            return Ok(false);
        }
        self.entries.push(Entry { input: input.clone(), family });
        match &self.folder {
            Some(folder) => files::write(&folder.join(name), &octets).map(|()| true),
            None => Ok(true),
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All of them, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(octets: &[u8]) -> Input {
        Input { target: Target::Http1, shape: 0, octets: octets.to_vec() }
    }

    #[test]
    fn two_loops_share_a_folder_and_rubbish_is_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut one = Corpus::open(Target::Http1, Some(folder.path()));
        let mut two = Corpus::open(Target::Http1, Some(folder.path()));
        assert!(one.keep(&input(b"GET /"), None).expect("written"));
        assert!(!one.keep(&input(b"GET /"), None).expect("known"));
        std::fs::write(folder.path().join("empty"), b"").expect("written");
        std::fs::write(folder.path().join("long"), vec![0; LONGEST + 2]).expect("written");
        std::fs::write(folder.path().join(".writing-x"), b"half").expect("written");
        assert_eq!((two.refresh(Target::Http1), two.len(), two.rubbish), (1, 1, 2));
        assert_eq!(two.refresh(Target::Http1), 0);
        assert!(!one.keep(&input(&vec![0; LONGEST]), None).expect("too long"));
    }

    #[test]
    fn vectors_are_seeds() {
        let suite = Suite::bundled().expect("the bundled vectors load");
        for target in Target::ALL {
            let mut corpus = Corpus::default();
            corpus.seed(target, &suite);
            assert!(corpus.len() > 250, "{target:?}: {}", corpus.len());
        }
    }

    #[test]
    fn what_cannot_be_written_is_kept_in_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, b"").expect("written");
        let mut corpus = Corpus::open(Target::Http1, Some(&file.join("under")));
        assert!(corpus.keep(&input(b"x"), None).is_err());
        assert_eq!(corpus.len(), 1);
    }
}
