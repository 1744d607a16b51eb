//! State that leaks from one endpoint to another, found by repetition.

use crate::subject::{Answer, Job};
use crate::transcript::{Fault, FaultKind};

/// The first script that ran well in a process, run again now and then: another transcript means that endpoints of
/// one process share state.
#[derive(Default)]
pub(super) struct Canary {
    first: Option<(usize, Answer)>,
    since: usize,
    flying: bool,
    repeat: bool,
    leaked: bool,
}

impl Canary {
    /// The canary's job, if it is time to run it.
    pub(super) fn due(&mut self, every: usize) -> Option<usize> {
        let (index, _) = self.first.as_ref()?;
        if self.flying || self.leaked || self.since < every {
            return None;
        }
        self.flying = true;
        self.since = 0;
        Some(*index)
    }

    /// Whether there is a script that ran well.
    pub(super) fn is_set(&self) -> bool {
        self.first.is_some()
    }

    /// Takes note of a reply, if it is more than a judgement; true if it is a canary's that differs.
    pub(super) fn check(&mut self, index: usize, reply: Option<&Answer>, jobs: &[Job]) -> bool {
        self.since += 1;
        self.repeat = false;
        let Some(reply) = reply else { return false };
        match &self.first {
            None => {
                if matches!(reply, Answer::Ran { whole, .. } if whole.fault.is_none()) {
                    self.first = Some((index, reply.clone()));
                }
                false
            }
            Some((first, before)) if *first == index && self.flying => {
                self.flying = false;
                self.repeat = true;
                let whole = |answer: &Answer| match answer {
                    Answer::Ran { whole, .. } => Some(whole.canonical(jobs[index].script.protocol)),
                    _ => None,
                };
                self.leaked = whole(before) != whole(reply);
                self.leaked
            }
            Some(_) => false,
        }
    }

    /// Whether the reply just checked repeats one that was answered already.
    pub(super) fn is_repeat(&self) -> bool {
        self.repeat
    }

    pub(super) fn was(&self, index: usize) -> bool {
        self.first.as_ref().is_some_and(|(first, _)| *first == index)
    }

    /// A new process: the canary, if one was on its way, is lost.
    pub(super) fn forget(&mut self) {
        self.flying = false;
        self.since = 0;
    }

    pub(super) fn fault(&self) -> Fault {
        let text =
            "the same script gave another transcript later in the same process: endpoints share state".to_owned();
        Fault { kind: FaultKind::Leak, text }
    }
}
