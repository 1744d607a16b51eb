//! What keeps a child from harming the run: a process group of its own, limits, and death with its parent.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Puts the command into its own process group (so that Ctrl-C reaches the harness first, and a kill reaches all its
/// descendants), limits its address space, forbids core files, and lets it die with the thread that started it.
pub(super) fn contain(command: &mut Command, memory: Option<u64>) {
    command.process_group(0);
    let limits = move || {
        set_limit(libc::RLIMIT_CORE, 0)?;
        if let Some(octets) = memory {
            set_limit(libc::RLIMIT_AS, octets)?;
        }
        die_with_parent()
    };
    // SAFETY: the closure runs between fork and exec. It calls only setrlimit and prctl, which are async-signal-safe,
    // and allocates nothing.
    unsafe {
        command.pre_exec(limits);
    }
}

fn set_limit(resource: libc::__rlimit_resource_t, octets: u64) -> std::io::Result<()> {
    let limit = libc::rlimit { rlim_cur: octets, rlim_max: octets };
    // SAFETY: `limit` is a valid rlimit that lives through the call.
    match unsafe { libc::setrlimit(resource, &raw const limit) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

#[cfg(target_os = "linux")]
fn die_with_parent() -> std::io::Result<()> {
    // SAFETY: PR_SET_PDEATHSIG takes one integer argument and touches no memory.
    match unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent() -> std::io::Result<()> {
    Ok(())
}

/// The process groups that are alive; none once all is over. The death signal of [`contain`] reaches a child and not
/// its descendants.
static ALIVE: Mutex<Option<Vec<u32>>> = Mutex::new(Some(Vec::new()));

fn alive() -> MutexGuard<'static, Option<Vec<u32>>> {
    ALIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes note of a child, so that [`kill_all`] finds it.
pub(super) fn note_started(pid: u32) {
    match alive().as_mut() {
        Some(groups) => groups.push(pid),
        None => kill_group(pid),
    }
}

/// Kills every child of this process with all its descendants, and every one that is started later: for programs about
/// to end while threads still run sessions. What those then report is no verdict.
pub fn kill_all() {
    alive().take().unwrap_or_default().into_iter().for_each(kill_group);
}

/// Kills a child's whole process group.
pub(super) fn kill_one(pid: u32) {
    if let Some(groups) = alive().as_mut() {
        groups.retain(|one| *one != pid);
    }
    kill_group(pid);
}

/// Kills a process group.
fn kill_group(pid: u32) {
    if let Ok(pid) = libc::pid_t::try_from(pid) {
        // SAFETY: kill takes two integers; the group was made by `contain`, and a group that is gone gives ESRCH.
        unsafe {
            libc::kill(-pid, libc::SIGKILL);
        }
    }
}
