//! The bundled subjects as commands start them.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use wireproof::Subject;
use wireproof::child::{Child, Limits};
use wireproof_adapters::setup;
use wireproof_engine::Target;
use wireproof_engine::panel::Member;

use crate::args::Subjects;
use crate::bundled::{Bundled, unpinned};
use crate::failure::Failure;

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
                child.judges = bundled.is_served_here();
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
