//! Which vectors, and which cases of them.

use globset::{Glob, GlobMatcher};
use wireproof::ProtocolSpec;
use wireproof::vectors::{Case, Defect, Suite, lint};

use crate::args::{Cli, Selection};
use crate::failure::Failure;

/// The vectors of `--vectors`, or the bundled ones.
pub(crate) fn suite(cli: &Cli) -> Result<Suite, Failure> {
    let loaded = match &cli.vectors {
        None => Suite::bundled(),
        Some(dir) if !dir.is_dir() => return Err(Failure::usage(format!("{}: no such folder", dir.display()))),
        Some(dir) => Suite::load(dir),
    };
    let suite = loaded.map_err(|defects| unusable(&defects))?;
    // A capability or option that nobody knows would make a case of one's own n/a for everybody.
    let strange: Vec<Defect> = match &cli.vectors {
        None => Vec::new(),
        Some(_) => lint(&suite).into_iter().filter(|d| ["needs", "config"].contains(&d.member.as_str())).collect(),
    };
    if strange.is_empty() { Ok(suite) } else { Err(unusable(&strange)) }
}

/// A protocol by name.
pub(crate) fn protocol(name: &str) -> Result<&'static ProtocolSpec, Failure> {
    let all = wireproof::protocols();
    all.iter().copied().find(|p| p.name == name).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|p| p.name).collect();
        Failure::usage(format!("unknown protocol {name:?}; known: {}", known.join(", ")))
    })
}

fn unusable(defects: &[Defect]) -> Failure {
    let lines: Vec<String> = defects.iter().map(ToString::to_string).collect();
    Failure::usage(format!("the vectors cannot be used:\n{}", lines.join("\n")))
}

/// The cases that a selection chooses. A glob that matches nothing is an error: it is likely a mistake.
pub(crate) fn cases<'a>(suite: &'a Suite, selection: &Selection) -> Result<Vec<&'a Case>, Failure> {
    if suite.cases.is_empty() {
        return Err(Failure::usage("the vectors hold no cases"));
    }
    let globs = |texts: &[String]| texts.iter().map(|t| glob(t)).collect::<Result<Vec<_>, _>>();
    let (only, skip) = (globs(&selection.only)?, globs(&selection.skip)?);
    for (glob, text) in only.iter().chain(&skip).zip(selection.only.iter().chain(&selection.skip)) {
        if !suite.cases.iter().any(|case| fits(case, glob)) {
            return Err(Failure::usage(format!(
                "{text:?} matches no id, suite, tag, level or requirement of any case; see: wireproof list cases"
            )));
        }
    }
    if let Some(name) = &selection.protocol {
        protocol(name)?;
    }
    let chosen = |case: &&Case| {
        selection.protocol.as_ref().is_none_or(|p| case.script.protocol.name == p)
            && (only.is_empty() || only.iter().any(|g| fits(case, g)))
            && !skip.iter().any(|g| fits(case, g))
    };
    let cases: Vec<&Case> = suite.cases.iter().filter(chosen).collect();
    if cases.is_empty() { Err(Failure::usage("no case is left by --protocol, --only and --skip")) } else { Ok(cases) }
}

fn glob(text: &str) -> Result<GlobMatcher, Failure> {
    Glob::new(text).map(|g| g.compile_matcher()).map_err(|e| Failure::usage(format!("{text:?} is no glob: {e}")))
}

fn fits(case: &Case, glob: &GlobMatcher) -> bool {
    let words = case.tags.iter().chain(&case.requirements).map(String::as_str);
    let own = [case.id.as_str(), case.suite.as_str(), case.level.name()];
    words.chain(own).any(|word| glob.is_match(word))
}

/// A case by id, with the nearest ids if there is none.
pub(crate) fn case<'a>(suite: &'a Suite, id: &str) -> Result<&'a Case, Failure> {
    suite.case(id).ok_or_else(|| {
        let last = id.rsplit('.').next().unwrap_or(id);
        let near: Vec<&str> = suite.cases.iter().map(|c| c.id.as_str()).filter(|c| c.contains(last)).take(5).collect();
        let hint = if near.is_empty() {
            "see: wireproof list cases".to_owned()
        } else {
            format!("near it: {}", near.join(", "))
        };
        Failure::usage(format!("there is no case {id:?}; {hint}"))
    })
}
