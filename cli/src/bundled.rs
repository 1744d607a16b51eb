//! Bundled subjects as they are asked for: `h11` at the version that is judged by default, `h11@0.14.0` at another.

use std::ffi::OsString;
use std::path::Path;

use wireproof::InProcess;
use wireproof::child::Limits;
use wireproof_adapters::registry::{ENTRIES, Entry, Home};
use wireproof_adapters::setup::{ChildRecipe, Recipe, SetupError, Version};

use crate::failure::Failure;
use crate::registry::home;
use crate::show::Spinner;

/// A bundled subject at some version.
pub(crate) struct Bundled {
    /// What it was asked for as: `NAME`, or `NAME@VERSION`.
    pub(crate) name: String,
    entry: &'static Entry,
    /// How its version is set up, if one was asked for.
    other: Option<Box<dyn ChildRecipe>>,
}

impl Bundled {
    /// The bundled subjects of these names, each once, in the order of the registry and then of the names; all that speak
    /// one of `protocols` if none is named. A name that is among `given` is somebody else's.
    pub(crate) fn chosen(names: &[String], protocols: &[&str], given: &[&str]) -> Result<Vec<Bundled>, Failure> {
        let mut chosen: Vec<Bundled> = Vec::new();
        if names.is_empty() {
            let speaking = ENTRIES.iter().filter(|entry| protocols.contains(&entry.protocol));
            chosen.extend(speaking.map(Bundled::current));
            chosen.retain(|bundled| !given.contains(&bundled.name.as_str()));
        }
        for name in names.iter().filter(|name| !given.contains(&name.as_str())) {
            let bundled = Bundled::named(name)?.ok_or_else(|| unknown(name, given))?;
            bundled.check_speaks(protocols)?;
            if !chosen.iter().any(|other| other.name == *name) {
                chosen.push(bundled);
            }
        }
        chosen.sort_by_key(|bundled| ENTRIES.iter().position(|entry| std::ptr::eq(entry, bundled.entry)));
        Ok(chosen)
    }

    fn check_speaks(&self, protocols: &[&str]) -> Result<(), Failure> {
        let protocol = self.protocol();
        if protocols.contains(&protocol) {
            return Ok(());
        }
        let what = format!("{} speaks {protocol}, and nothing of that is chosen", self.name);
        Err(Failure::usage(format!("{what}; see: wireproof list subjects")))
    }

    /// The protocol it speaks.
    pub(crate) fn protocol(&self) -> &'static str {
        self.entry.protocol
    }

    /// The bundled subject of this name.
    pub(crate) fn one(name: &str) -> Result<Bundled, Failure> {
        Bundled::named(name)?.ok_or_else(|| unknown(name, &[]))
    }

    /// A subject at the version that is judged by default.
    pub(crate) fn current(entry: &'static Entry) -> Bundled {
        Bundled { name: entry.name.to_owned(), entry, other: None }
    }

    /// None if nothing bundled has this name, whatever the version.
    fn named(name: &str) -> Result<Option<Bundled>, Failure> {
        let Some((base, version)) = name.split_once('@') else { return Ok(Entry::named(name).map(Bundled::current)) };
        let Some(entry) = Entry::named(base) else { return Ok(None) };
        let version = version.parse().map_err(|why| Failure::usage(format!("{name:?}: {why}")))?;
        Ok(Some(Bundled { name: name.to_owned(), entry, other: Some(other(entry, &version)?) }))
    }

    /// How it is set up, if it needs to be.
    pub(crate) fn recipe(&self) -> Option<&dyn Recipe> {
        match (&self.other, &self.entry.home) {
            (Some(recipe), _) => Some(recipe.as_ref()),
            (None, Home::Here(_)) => None,
            (None, Home::Library(recipe)) => Some(*recipe),
            (None, Home::Child(recipe)) => Some(*recipe),
        }
    }

    /// Sets it up by this recipe of its own, and shows what goes on.
    pub(crate) fn set_up(&self, recipe: &dyn Recipe, home: &Path) -> Result<(), SetupError> {
        let spinner = Spinner::start(&format!("setting up {}", self.name));
        recipe.set_up(home, &mut |what| spinner.say(&format!("setting up {}: {what}", self.name)))
    }

    /// The subject in this process, for `adapter serve`; none if it is a child process already.
    pub(crate) fn in_process(&self) -> Result<Option<InProcess>, Failure> {
        self.entry.in_process().map_err(Failure::broken)
    }

    /// Octets of address space that its process may take.
    pub(crate) fn memory(&self) -> Option<u64> {
        match self.child() {
            Some(recipe) => recipe.memory(),
            None => Limits::default().memory,
        }
    }

    /// The command that starts it as a child.
    pub(crate) fn command(&self) -> Result<Vec<OsString>, Failure> {
        if let Some(recipe) = self.child() {
            return Ok(recipe.command(&home()?));
        }
        let this = std::env::current_exe().map_err(|e| Failure::broken(format!("where is this program? {e}")))?;
        Ok(vec![this.into(), "adapter".into(), "serve".into(), self.entry.name.into()])
    }

    /// Whether the process that runs it is one of this program.
    pub(crate) fn is_served_here(&self) -> bool {
        self.child().is_none()
    }

    /// The recipe of a child process.
    fn child(&self) -> Option<&dyn ChildRecipe> {
        match (&self.other, &self.entry.home) {
            (Some(recipe), _) => Some(recipe.as_ref()),
            (None, Home::Child(recipe)) => Some(*recipe),
            (None, Home::Here(_) | Home::Library(_)) => None,
        }
    }
}

/// The recipe for another version of a subject, or why there can be none and what to do instead.
fn other(entry: &Entry, version: &Version) -> Result<Box<dyn ChildRecipe>, Failure> {
    let why = match &entry.home {
        Home::Child(recipe) => match recipe.at(version) {
            Ok(recipe) => return Ok(recipe),
            Err(why) => why,
        },
        Home::Library(_) => "its sources are pinned at one version",
        Home::Here(_) => {
            "it is compiled in, and two versions of a crate with the same major version cannot share a binary"
        }
    };
    let name = entry.name;
    Err(Failure::usage(format!(
        "{name} cannot be had at version {version}: {why}; give an adapter that is built with that version: \
         --adapter '{name}@{version}=COMMAND'"
    )))
}

/// The protocols that the subjects of these names speak; none if that is not known of all, or nobody is named.
pub(crate) fn protocols_of(names: &[String]) -> Option<Vec<&'static str>> {
    let protocols: Option<Vec<_>> = names.iter().map(|name| Some(Bundled::one(name).ok()?.protocol())).collect();
    protocols.filter(|protocols| !protocols.is_empty())
}

/// Whether a subject can be had at other versions.
pub(crate) fn has_others(entry: &Entry) -> bool {
    "0".parse().is_ok_and(|version| other(entry, &version).is_ok())
}

/// What to know of a subject that was set up, if its version is not pinned.
pub(crate) fn unpinned(recipe: &dyn Recipe, home: &Path) -> Option<String> {
    let record = recipe.record(home)?;
    Some(format!(
        "wireproof does not pin this version; what the registry gave is recorded, with hashes, in {}",
        record.display()
    ))
}

fn unknown(name: &str, given: &[&str]) -> Failure {
    let all: Vec<&str> = ENTRIES.iter().map(|e| e.name).chain(given.iter().copied()).collect();
    Failure::usage(format!("unknown subject {name:?}; known: {}", all.join(", ")))
}
