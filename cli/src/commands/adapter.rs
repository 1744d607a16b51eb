//! `wireproof adapter`: serve a bundled subject, check anybody's.

use std::io::{self, Write};

use wireproof::child::{Child, check, serve};

use crate::args::{Adapter, AdapterCommand, Cli};
use crate::bundled::Bundled;
use crate::failure::Failure;
use crate::registry::shell;

pub(crate) fn run(_: &Cli, adapter: &Adapter) -> Result<bool, Failure> {
    match &adapter.command {
        AdapterCommand::Serve { subject } => serve_named(subject),
        AdapterCommand::Check { command } => check_command(command),
    }
}

fn serve_named(name: &str) -> Result<bool, Failure> {
    let bundled = Bundled::one(name)?;
    let Some(subject) = bundled.in_process()? else { return exec(&bundled) };
    // A panic is a fault in the answer; its message does not belong on standard error as well.
    std::panic::set_hook(Box::new(|_| {}));
    serve(&subject, wireproof::protocols(), io::stdin().lock(), io::stdout().lock())?;
    Ok(true)
}

/// Becomes the subject's own child.
fn exec(bundled: &Bundled) -> Result<bool, Failure> {
    use std::os::unix::process::CommandExt;
    let (command, name) = (bundled.command()?, &bundled.name);
    let error = std::process::Command::new(&command[0]).args(&command[1..]).exec();
    Err(Failure::broken(format!("{name}: {error}; run: wireproof setup {name}")))
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
