//! What keeps a child from harming the run: a process group of its own, limits, and death with its parent.

use std::os::unix::process::CommandExt;
use std::process::Command;

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

/// Kills a child's whole process group.
pub(super) fn kill_group(pid: u32) {
    if let Ok(pid) = libc::pid_t::try_from(pid) {
        // SAFETY: kill takes two integers; the group was made by `contain`, and a group that is gone gives ESRCH.
        unsafe {
            libc::kill(-pid, libc::SIGKILL);
        }
    }
}
