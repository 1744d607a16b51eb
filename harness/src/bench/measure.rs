//! Measuring in this process.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Measured, Task};
use crate::drive::{Ending, Feeding, Observer, drive_fed, panic_text};
use crate::subject::InProcess;
use crate::value::EventRef;

/// Counts events and keeps nothing.
#[derive(Default)]
pub(super) struct Count(u64);

impl Observer for Count {
    fn event(&mut self, _: &EventRef<'_>, _: usize) {
        self.0 += 1;
    }

    fn output(&mut self, _: &[u8]) {}

    fn refused(&mut self, _: &str) {}
}

/// Runs a task so many times.
pub(crate) fn measure(subject: &InProcess, task: &Task, times: u64) -> Result<Measured, String> {
    let mut count = Count::default();
    let begun = processor_time()?;
    let ran = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..times {
            let mut engine = subject.engine(task.script.role, &task.script.config).map_err(|why| why.0)?;
            if let Ending::Cannot(why) = drive_fed(&mut *engine, &task.script, feeding(task), &mut count) {
                return Err(why);
            }
        }
        Ok(())
    }));
    let nanoseconds = processor_time()?.saturating_sub(begun);
    ran.map_err(|panic| format!("it broke: {}", panic_text(&*panic)))??;
    Ok(Measured { nanoseconds, events: count.0 })
}

/// How a task's octets are fed.
pub(super) fn feeding(task: &Task) -> Feeding<'_> {
    task.pieces.map_or(Feeding::At(&[]), Feeding::Every)
}

/// Nanoseconds that this thread has run.
///
/// # Errors
/// If the system does not tell.
pub fn processor_time() -> Result<u64, String> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec that lives through the call.
    match unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) } {
        0 => Ok(time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()),
        _ => Err(format!("no processor time: {}", std::io::Error::last_os_error())),
    }
}
