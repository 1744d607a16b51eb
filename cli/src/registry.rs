//! The bundled subjects, one line each, and the ways to start them.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use wireproof::child::{Child, Limits};
use wireproof::{InProcess, Subject};
use wireproof_adapters::node::{HTTP_PARSER_JS, NODE_HTTP_PARSER};
use wireproof_adapters::python::{GUNICORN, H11, HTTPTOOLS, WAITRESS};
use wireproof_adapters::rust::{
    FlukeHpack, H2, H11r, HttlibHpack, HttpNet, Httparse, Hyper, MiloParser, Nghttp2, Nghttp2Hpack, Shiguredo,
    ShiguredoHpack, WireproofHttp1,
};
use wireproof_adapters::setup::llhttp::LLHTTP;
use wireproof_adapters::setup::picohttpparser::PICOHTTPPARSER;
use wireproof_adapters::setup::{self, ChildRecipe, LibraryRecipe, Recipe};

use crate::args::Subjects;
use crate::failure::Failure;
use crate::show::Spinner;

/// Where a subject lives.
pub(crate) enum Home {
    /// Compiled in; a worker process contains it.
    Here(fn() -> InProcess),
    /// A shared object that set-up builds; a worker process contains it.
    Library(&'static dyn LibraryRecipe),
    /// A child process that set-up installs.
    Child(&'static dyn ChildRecipe),
}

/// A bundled subject.
pub(crate) struct Entry {
    /// Its name.
    pub(crate) name: &'static str,
    /// The protocol it speaks; a library that speaks two is two subjects.
    pub(crate) protocol: &'static str,
    /// What it is, for lists.
    pub(crate) about: &'static str,
    /// Where it lives.
    pub(crate) home: Home,
}

/// All bundled subjects.
pub(crate) static ENTRIES: &[Entry] = &[
    Entry {
        name: "wireproof-http1",
        protocol: "http1",
        about: "the reference HTTP/1.1 core (Rust)",
        home: Home::Here(|| InProcess::new(WireproofHttp1)),
    },
    Entry {
        name: "httparse",
        protocol: "http1",
        about: "head parser of hyper (Rust)",
        home: Home::Here(|| InProcess::new(Httparse)),
    },
    Entry {
        name: "hyper",
        protocol: "http1",
        about: "HTTP library, over memory (Rust)",
        home: Home::Here(|| InProcess::new(Hyper)),
    },
    Entry {
        name: "h11r",
        protocol: "http1",
        about: "sans-I/O HTTP/1.1 (Rust)",
        home: Home::Here(|| InProcess::new(H11r)),
    },
    Entry {
        name: "http-net",
        protocol: "http1",
        about: "sans-I/O HTTP/1.1 (Rust)",
        home: Home::Here(|| InProcess::new(HttpNet)),
    },
    Entry {
        name: "milo-parser",
        protocol: "http1",
        about: "generated HTTP/1.1 parser, its event buffer (Rust)",
        home: Home::Here(|| InProcess::new(MiloParser)),
    },
    Entry {
        name: "llhttp",
        protocol: "http1",
        about: "parser of Node.js (C, built by setup)",
        home: Home::Library(&LLHTTP),
    },
    Entry {
        name: "picohttpparser",
        protocol: "http1",
        about: "head parser of H2O (C, built by setup)",
        home: Home::Library(&PICOHTTPPARSER),
    },
    Entry {
        name: "h11",
        protocol: "http1",
        about: "sans-I/O HTTP/1.1 (Python, installed by setup)",
        home: Home::Child(&H11),
    },
    Entry {
        name: "httptools",
        protocol: "http1",
        about: "llhttp for Python, as uvicorn uses it (installed by setup)",
        home: Home::Child(&HTTPTOOLS),
    },
    Entry {
        name: "waitress",
        protocol: "http1",
        about: "request parser of a WSGI server (Python, installed by setup)",
        home: Home::Child(&WAITRESS),
    },
    Entry {
        name: "gunicorn",
        protocol: "http1",
        about: "request parser of a WSGI server (Python, installed by setup)",
        home: Home::Child(&GUNICORN),
    },
    Entry {
        name: "node-http-parser",
        protocol: "http1",
        about: "llhttp as Node.js binds it (JavaScript, your Node)",
        home: Home::Child(&NODE_HTTP_PARSER),
    },
    Entry {
        name: "http-parser-js",
        protocol: "http1",
        about: "parser in plain JavaScript (Node.js, installed by setup)",
        home: Home::Child(&HTTP_PARSER_JS),
    },
    Entry {
        name: "nghttp2",
        protocol: "http2",
        about: "HTTP/2 library of curl and others (C, compiled in)",
        home: Home::Here(|| InProcess::new(Nghttp2)),
    },
    Entry {
        name: "h2",
        protocol: "http2",
        about: "HTTP/2 of hyper, over memory (Rust)",
        home: Home::Here(|| InProcess::new(H2)),
    },
    Entry {
        name: "shiguredo-http2",
        protocol: "http2",
        about: "sans-I/O HTTP/2 (Rust)",
        home: Home::Here(|| InProcess::new(Shiguredo)),
    },
    Entry {
        name: "nghttp2-hpack",
        protocol: "hpack",
        about: "HPACK codec of nghttp2 (C, compiled in)",
        home: Home::Here(|| InProcess::new(Nghttp2Hpack)),
    },
    Entry {
        name: "shiguredo-hpack",
        protocol: "hpack",
        about: "HPACK codec of shiguredo_http2 (Rust)",
        home: Home::Here(|| InProcess::new(ShiguredoHpack)),
    },
    Entry {
        name: "fluke-hpack",
        protocol: "hpack",
        about: "HPACK codec of fluke (Rust)",
        home: Home::Here(|| InProcess::new(FlukeHpack)),
    },
    Entry {
        name: "httlib-hpack",
        protocol: "hpack",
        about: "HPACK codec (Rust)",
        home: Home::Here(|| InProcess::new(HttlibHpack)),
    },
];

impl Entry {
    /// The bundled subject of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Entry> {
        ENTRIES.iter().find(|e| e.name == name)
    }

    /// How it is set up, if it needs to be.
    pub(crate) fn recipe(&self) -> Option<&'static dyn Recipe> {
        match &self.home {
            Home::Here(_) => None,
            Home::Library(recipe) => Some(*recipe),
            Home::Child(recipe) => Some(*recipe),
        }
    }

    /// The subject in this process, for `adapter serve`.
    pub(crate) fn in_process(&self) -> Result<InProcess, Failure> {
        match &self.home {
            Home::Here(make) => Ok(make()),
            Home::Library(recipe) => recipe.load(&home()?).map_err(Failure::broken),
            Home::Child(_) => Err(Failure::usage(format!("{} is a child process already", self.name))),
        }
    }

    /// Octets of address space that its process may take.
    fn memory(&self) -> Option<u64> {
        match &self.home {
            Home::Child(recipe) => recipe.memory(),
            Home::Here(_) | Home::Library(_) => Limits::default().memory,
        }
    }

    /// The command that starts it as a child.
    pub(crate) fn command(&self) -> Result<Vec<OsString>, Failure> {
        if let Home::Child(recipe) = &self.home {
            return Ok(recipe.command(&home()?));
        }
        let this = std::env::current_exe().map_err(|e| Failure::broken(format!("where is this program? {e}")))?;
        Ok(vec![this.into(), "adapter".into(), "serve".into(), self.name.into()])
    }
}

/// The private environment.
pub(crate) fn home() -> Result<std::path::PathBuf, Failure> {
    setup::home().map_err(|e| Failure::broken(e.to_string()))
}

/// A subject that cannot run.
struct Absent {
    name: String,
    why: String,
}

impl Subject for Absent {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self) -> Result<Box<dyn wireproof::Session>, wireproof::Unavailable> {
        Err(wireproof::Unavailable(self.why.clone()))
    }
}

/// The subjects asked for, set up; those that cannot be are there and say why. Without names: all that speak one of
/// `protocols`, and those of the command line.
pub(crate) fn subjects(
    names: &[String],
    protocols: &[&str],
    options: &Subjects,
) -> Result<Vec<Arc<dyn Subject>>, Failure> {
    let external = external(options)?;
    let given = |name: &str| external.iter().any(|c| c.name == name);
    let known = |name: &str| Entry::named(name).is_some() || given(name);
    if let Some(name) = names.iter().find(|n| !known(n)) {
        let all: Vec<&str> = ENTRIES.iter().map(|e| e.name).chain(external.iter().map(|c| c.name.as_str())).collect();
        return Err(Failure::usage(format!("unknown subject {name:?}; known: {}", all.join(", "))));
    }
    let silent = |entry: &&Entry| !protocols.contains(&entry.protocol) && !given(entry.name);
    if let Some(entry) = names.iter().filter_map(|n| Entry::named(n)).find(silent) {
        let what = format!("{} speaks {}, and nothing of that is chosen", entry.name, entry.protocol);
        return Err(Failure::usage(format!("{what}; see: wireproof list subjects")));
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|n| n == name);
    let speaking = ENTRIES.iter().filter(|e| protocols.contains(&e.protocol));
    let mut subjects: Vec<Arc<dyn Subject>> = Vec::new();
    for entry in speaking.filter(|e| wanted(e.name) && !given(e.name)) {
        subjects.push(match ready(entry, options.no_setup)? {
            None => {
                let mut child = child(entry.name, entry.command()?, options);
                child.limits.memory = entry.memory();
                Arc::new(child)
            }
            Some(why) => Arc::new(Absent { name: entry.name.to_owned(), why }),
        });
    }
    subjects.extend(external.into_iter().filter(|c| wanted(&c.name)).map(|c| Arc::new(c) as Arc<dyn Subject>));
    Ok(subjects)
}

/// Whether a subject was asked for by name, or is an adapter of the command line: it must then start.
pub(crate) fn is_asked_for(name: &str, names: &[String], options: &Subjects) -> bool {
    let given = |adapter: &String| adapter.split_once('=').is_some_and(|(given, _)| given == name);
    names.iter().any(|n| n == name) || options.adapters.iter().any(given)
}

/// Sets an entry up if it needs to be; gives why it cannot run.
fn ready(entry: &Entry, no_setup: bool) -> Result<Option<String>, Failure> {
    let Some(recipe) = entry.recipe() else { return Ok(None) };
    let home = home()?;
    if recipe.is_ready(&home) {
        return Ok(None);
    }
    if no_setup {
        return Ok(Some(format!("not set up; run: wireproof setup {}", entry.name)));
    }
    let spinner = Spinner::start(&format!("setting up {}", entry.name));
    let done = recipe.set_up(&home, &mut |what| spinner.say(&format!("setting up {}: {what}", entry.name)));
    Ok(done.err().map(|e| e.to_string()))
}

fn child(name: &str, command: Vec<OsString>, options: &Subjects) -> Child {
    let mut child = Child::new(name, command);
    child.limits = Limits { run: Duration::from_secs_f64(options.deadline), ..Limits::default() };
    child
}

/// The adapters of the command line.
fn external(options: &Subjects) -> Result<Vec<Child>, Failure> {
    let mut children: Vec<Child> = Vec::new();
    for given in &options.adapters {
        let (name, command) = given
            .split_once('=')
            .filter(|(name, command)| !name.is_empty() && !command.trim().is_empty())
            .ok_or_else(|| Failure::usage(format!("--adapter {given:?}: expected NAME=COMMAND")))?;
        if children.iter().any(|c| c.name == name) {
            return Err(Failure::usage(format!("--adapter {name}: given twice")));
        }
        children.push(child(name, shell(command), options));
    }
    Ok(children)
}

/// A command line for the shell.
pub(crate) fn shell(command: &str) -> Vec<OsString> {
    vec!["/bin/sh".into(), "-c".into(), format!("exec {command}").into()]
}
