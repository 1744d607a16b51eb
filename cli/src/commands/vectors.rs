//! `wireproof vectors`: lint, layout, export, generated families.

use std::io::Write;
use std::path::{Path, PathBuf};

use wireproof::vectors::{Family, Suite, export, format_file, generate, lint};

use crate::args::{Cli, Vectors, VectorsCommand};
use crate::failure::Failure;
use crate::select::suite;

pub(crate) fn run(cli: &Cli, vectors: &Vectors) -> Result<bool, Failure> {
    match &vectors.command {
        VectorsCommand::Lint => check(cli),
        VectorsCommand::Fmt { check } => lay_out(cli, *check),
        VectorsCommand::Generate { check } => expand(cli, *check),
        VectorsCommand::Export => {
            std::io::stdout().lock().write_all(export(&suite(cli)?).as_bytes())?;
            Ok(true)
        }
    }
}

fn check(cli: &Cli) -> Result<bool, Failure> {
    let loaded = match &cli.vectors {
        Some(dir) => Suite::load(dir),
        None => Suite::bundled(),
    };
    let (summary, defects) = match loaded {
        Ok(suite) => (format!("{} cases, {} requirements", suite.cases.len(), suite.requirements.len()), lint(&suite)),
        Err(defects) => ("the vectors cannot be read".to_owned(), defects),
    };
    let mut out = anstream::stdout().lock();
    defects.iter().try_for_each(|defect| writeln!(out, "{defect}"))?;
    writeln!(out, "{summary}, {} defects", defects.len())?;
    Ok(defects.is_empty())
}

fn lay_out(cli: &Cli, check: bool) -> Result<bool, Failure> {
    let dir = folder(cli);
    let mut files = Vec::new();
    find(&dir, &mut files)
        .map_err(|e| Failure::usage(format!("{}: {e}; name the folder with --vectors", dir.display())))?;
    let mut same = true;
    let mut out = anstream::stdout().lock();
    for path in files {
        let text = std::fs::read_to_string(&path)?;
        let tidy = format_file(&text)
            .map_err(|e| Failure::usage(format!("{}:{}: not JSON: {e}", path.display(), e.line())))?;
        if tidy != text {
            same = false;
            writeln!(out, "{} {}", if check { "would change" } else { "changed" }, path.display())?;
            if !check {
                std::fs::write(&path, tidy)?;
            }
        }
    }
    Ok(same || !check)
}

/// Writes what the tables of `generate/` make; or says which files are not so, and which cells name no case.
fn expand(cli: &Cli, check: bool) -> Result<bool, Failure> {
    let dir = folder(cli);
    let families = tables(&dir)?;
    let mut wrong = Vec::new();
    for file in families.iter().flat_map(|family| &family.files) {
        let path = dir.join(&file.path);
        if std::fs::read_to_string(&path).ok().as_ref() == Some(&file.text) {
            continue;
        }
        wrong.push(format!("{} {}", if check { "would change" } else { "changed" }, path.display()));
        if !check {
            std::fs::create_dir_all(path.parent().unwrap_or(&dir))?;
            std::fs::write(&path, &file.text)?;
        }
    }
    let made = wrong.len();
    wrong.extend(orphans(&dir, &families)?);
    if let Ok(suite) = Suite::load(&dir) {
        let covered = families.iter().flat_map(|family| &family.covered);
        wrong
            .extend(covered.filter(|id| suite.case(id).is_none()).map(|id| format!("a cell names {id}: no such case")));
    }
    let mut out = anstream::stdout().lock();
    wrong.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    Ok(wrong.len() == if check { 0 } else { made })
}

/// What every table makes.
fn tables(dir: &Path) -> Result<Vec<Family>, Failure> {
    let mut paths = Vec::new();
    find(&dir.join("generate"), &mut paths)
        .map_err(|e| Failure::usage(format!("{}: {e}; name the folder with --vectors", dir.display())))?;
    let mut families = Vec::new();
    for path in paths {
        let name = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path)?;
        families.push(generate(&name, &text).map_err(|defect| Failure::usage(defect.to_string()))?);
    }
    Ok(families)
}

/// Files that say they are generated, and that no table makes.
fn orphans(dir: &Path, families: &[Family]) -> Result<Vec<String>, Failure> {
    let made: Vec<PathBuf> =
        families.iter().flat_map(|family| &family.files).map(|file| dir.join(&file.path)).collect();
    let mut files = Vec::new();
    find(dir, &mut files)?;
    let mut orphans = Vec::new();
    for path in files.into_iter().filter(|path| !made.contains(path)) {
        let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path)?).unwrap_or_default();
        if json.get("generated").is_some() {
            orphans.push(format!("{}: says that it is generated, and no table makes it", path.display()));
        }
    }
    Ok(orphans)
}

/// The folder of --vectors, or ./vectors.
fn folder(cli: &Cli) -> PathBuf {
    cli.vectors.clone().unwrap_or_else(|| PathBuf::from("vectors"))
}

/// The vector files below a folder.
fn find(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && !["schema", "captures", "requirements", "generate"].iter().any(|n| name == *n) {
            find(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "json") {
            files.push(path);
        }
    }
    Ok(())
}
