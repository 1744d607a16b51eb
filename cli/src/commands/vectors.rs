//! `wireproof vectors`: lint, layout, export.

use std::io::Write;
use std::path::{Path, PathBuf};

use wireproof::vectors::{Suite, export, format_file, lint};

use crate::args::{Cli, Vectors, VectorsCommand};
use crate::failure::Failure;
use crate::select::suite;

pub(crate) fn run(cli: &Cli, vectors: &Vectors) -> Result<bool, Failure> {
    match &vectors.command {
        VectorsCommand::Lint => check(cli),
        VectorsCommand::Fmt { check } => lay_out(cli, *check),
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
    let dir = cli.vectors.clone().unwrap_or_else(|| PathBuf::from("vectors"));
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

/// The vector files below a folder.
fn find(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && !["schema", "captures", "requirements"].iter().any(|n| name == *n) {
            find(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "json") {
            files.push(path);
        }
    }
    Ok(())
}
