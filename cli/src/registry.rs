//! The bundled subjects, one line each, and the ways to start them.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use wireproof::child::{Child, Limits};
use wireproof::{InProcess, Subject};
use wireproof_adapters::node::{HTTP_PARSER_JS, NODE_HTTP_PARSER};
use wireproof_adapters::python::{GUNICORN, H11, HPACK_PYTHON, HTTPTOOLS, HYPER_H2, WAITRESS};
use wireproof_adapters::rust::{
    FlukeHpack, H2, H11r, HttlibHpack, HttpNet, Httparse, Hyper, MiloParser, Nghttp2, Nghttp2Hpack, Shiguredo,
    ShiguredoHpack, WireproofHpack, WireproofHttp1, WireproofHttp2, ureq_proto,
};
use wireproof_adapters::setup::llhttp::LLHTTP;
use wireproof_adapters::setup::picohttpparser::PICOHTTPPARSER;
use wireproof_adapters::setup::{self, ChildRecipe, LibraryRecipe};
use wireproof_engine::Target;
use wireproof_engine::panel::Member;

use crate::args::Subjects;
use crate::bundled::{Bundled, unpinned};
use crate::failure::Failure;

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
        name: "ureq-proto",
        protocol: "http1",
        about: "sans-I/O HTTP/1.1 of ureq (Rust)",
        home: Home::Here(ureq_proto),
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
        name: "wireproof-http2",
        protocol: "http2",
        about: "the reference HTTP/2 core (Rust)",
        home: Home::Here(|| InProcess::new(WireproofHttp2)),
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
        name: "hyper-h2",
        protocol: "http2",
        about: "sans-I/O HTTP/2 (Python, installed by setup)",
        home: Home::Child(&HYPER_H2),
    },
    Entry {
        name: "wireproof-hpack",
        protocol: "hpack",
        about: "the HPACK codec of the reference core (Rust)",
        home: Home::Here(|| InProcess::new(WireproofHpack)),
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
    Entry {
        name: "hpack-python",
        protocol: "hpack",
        about: "the HPACK codec of hyper-h2 (Python, installed by setup)",
        home: Home::Child(&HPACK_PYTHON),
    },
];

impl Entry {
    /// The bundled subject of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Entry> {
        ENTRIES.iter().find(|e| e.name == name)
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
    let given: Vec<&str> = external.iter().map(|c| c.name.as_str()).collect();
    let mut subjects: Vec<Arc<dyn Subject>> = Vec::new();
    for bundled in Bundled::chosen(names, protocols, &given)? {
        subjects.push(match ready(&bundled, options.no_setup)? {
            None => {
                let mut child = child(&bundled.name, bundled.command()?, options);
                child.limits.memory = bundled.memory();
                Arc::new(child)
            }
            Some(why) => Arc::new(Absent { name: bundled.name, why }),
        });
    }
    let wanted = |name: &String| names.is_empty() || names.contains(name);
    subjects.extend(external.into_iter().filter(|c| wanted(&c.name)).map(|c| Arc::new(c) as Arc<dyn Subject>));
    Ok(subjects)
}

/// A subject that cannot take part, and why.
pub(crate) type Missing = (String, String);

/// The subjects asked for as members of a panel: in this process if they can be, else over a session. Those that cannot
/// take part come with the reason.
pub(crate) fn members(
    target: Target,
    names: &[String],
    options: &Subjects,
) -> Result<(Vec<Member>, Vec<Missing>), Failure> {
    let external = external(options)?;
    let given: Vec<&str> = external.iter().map(|c| c.name.as_str()).collect();
    let (mut members, mut absent) = (Vec::new(), Vec::new());
    let protocol = target.spec().name;
    for bundled in Bundled::chosen(names, &[protocol], &given)? {
        if let Some(why) = ready(&bundled, options.no_setup)? {
            absent.push((bundled.name.clone(), why));
        } else if let Some(subject) = bundled.in_process()? {
            members.push(Member::here(target, subject));
        } else {
            let mut child = child(&bundled.name, bundled.command()?, options);
            child.limits.memory = bundled.memory();
            start(target, child, &mut members, &mut absent);
        }
    }
    let wanted = |child: &Child| names.is_empty() || names.contains(&child.name);
    external.into_iter().filter(wanted).for_each(|child| start(target, child, &mut members, &mut absent));
    if let Some((name, why)) = absent.iter().find(|(name, _)| is_asked_for(name, names, options)) {
        return Err(Failure::broken(format!("{name} could not start: {why}")));
    }
    Ok((members, absent))
}

/// Starts a child that is fuzzed.
fn start(target: Target, mut child: Child, members: &mut Vec<Member>, absent: &mut Vec<(String, String)>) {
    child.limits.deaths = 20;
    child.limits.run = child.limits.run.min(Duration::from_secs(3));
    let name = child.name.clone();
    match Member::session(target, Arc::new(child)) {
        Ok(member) => members.push(member),
        Err(unavailable) => absent.push((name, unavailable.0)),
    }
}

/// Whether a subject was asked for by name, or is an adapter of the command line: it must then start.
pub(crate) fn is_asked_for(name: &str, names: &[String], options: &Subjects) -> bool {
    let given = |adapter: &String| adapter.split_once('=').is_some_and(|(given, _)| given == name);
    names.iter().any(|n| n == name) || options.adapters.iter().any(given)
}

/// Sets a subject up if it needs to be; gives why it cannot run.
fn ready(bundled: &Bundled, no_setup: bool) -> Result<Option<String>, Failure> {
    let (Some(recipe), name) = (bundled.recipe(), &bundled.name) else { return Ok(None) };
    let home = home()?;
    if recipe.is_ready(&home) {
        return Ok(None);
    }
    if no_setup {
        return Ok(Some(format!("not set up; run: wireproof setup {name}")));
    }
    let done = bundled.set_up(recipe, &home);
    if let (Ok(()), Some(note)) = (&done, unpinned(recipe, &home)) {
        anstream::eprintln!("wireproof: {name}: {note}");
    }
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
