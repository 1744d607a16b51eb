//! `wireproof adapter`: serve a bundled subject, check anybody's.

use std::io::{self, Write};

use wireproof::child::{Child, check, serve};

use crate::args::{Adapter, AdapterCommand, Cli};
use crate::failure::Failure;
use crate::registry::{ENTRIES, Entry, Home, shell};

pub(crate) fn run(_: &Cli, adapter: &Adapter) -> Result<bool, Failure> {
    match &adapter.command {
        AdapterCommand::Serve { subject } => serve_named(subject),
        AdapterCommand::Check { command } => check_command(command),
    }
}

fn serve_named(name: &str) -> Result<bool, Failure> {
    let entry = Entry::named(name).ok_or_else(|| {
        let known: Vec<&str> = ENTRIES.iter().map(|e| e.name).collect();
        Failure::usage(format!("unknown subject {name:?}; known: {}", known.join(", ")))
    })?;
    if let Home::Child(_) = entry.home {
        return exec(entry);
    }
    let subject = entry.in_process()?;
    // A panic is a fault in the answer; its message does not belong on standard error as well.
    std::panic::set_hook(Box::new(|_| {}));
    serve(&subject, wireproof::protocols(), io::stdin().lock(), io::stdout().lock())?;
    Ok(true)
}

/// Becomes the subject's own child.
fn exec(entry: &Entry) -> Result<bool, Failure> {
    use std::os::unix::process::CommandExt;
    let command = entry.command()?;
    let error = std::process::Command::new(&command[0]).args(&command[1..]).exec();
    Err(Failure::broken(format!("{}: {error}; run: wireproof setup {}", entry.name, entry.name)))
}

fn check_command(command: &str) -> Result<bool, Failure> {
    let lines = check(&Child::new("adapter", shell(command)), wireproof::protocols());
    let mut out = anstream::stdout().lock();
    for line in &lines {
        let mark = if line.ok { "ok  " } else { "MEND" };
        writeln!(out, "{mark}  {}{}{}", line.name, if line.what.is_empty() { "" } else { ": " }, line.what)?;
    }
    let bad = lines.iter().filter(|l| !l.ok).count();
    writeln!(out, "{} checks, {bad} to mend", lines.len())?;
    Ok(bad == 0)
}
