//! Cutting for a child that cannot: each piece is a step of its own, joined again afterwards.

use std::borrow::Cow;

use super::translate::{check_transcript, message};
use super::wire::{Ran, Run};
use crate::cuts::pieces;
use crate::script::Step;
use crate::subject::{Answer, Job, run_cuts};
use crate::transcript::{StepRecord, Transcript};

/// Why there is no answer for a job.
pub(super) enum Stop<E> {
    /// The exchange failed.
    Lost(E),
    /// A reply was not in the vocabulary.
    Garbage(String),
}

/// A reply, or why it cannot be read; or why there is none.
type Exchanged<E> = Result<Result<Ran, String>, E>;

/// Runs all cuts of a job, each by one `exchange` of a message for its reply.
pub(super) fn cut_for_it<E>(job: &Job, exchange: &mut dyn FnMut(Run<'_>) -> Exchanged<E>) -> Result<Answer, Stop<E>> {
    let mut stop = None;
    let answer = run_cuts(job, &mut |splits, _| {
        let (steps, origin, fed) = split_steps(&job.script.steps, splits);
        let mut stop_with = |why| {
            stop = Some(why);
            String::new() // ends `run_cuts`; its answer is then not looked at
        };
        let ran =
            exchange(Run { steps: Cow::Owned(steps), ..message(0, job, &[]) }).map_err(|e| stop_with(Stop::Lost(e)))?;
        let ran = ran.map_err(|what| stop_with(Stop::Garbage(what)))?;
        if let Some(why) = ran.cannot {
            return Err(why);
        }
        check_transcript(join_steps(ran.transcripts().0, &origin, &fed), job)
            .map(Some)
            .map_err(|what| stop_with(Stop::Garbage(what)))
    });
    stop.map_or(Ok(answer), Err)
}

/// The steps with every piece as a step; for each, the step it came from and how many octets were fed after it.
fn split_steps(steps: &[Step], splits: &[usize]) -> (Vec<Step>, Vec<usize>, Vec<u64>) {
    let (mut cut, mut origin, mut fed, mut base) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (index, step) in steps.iter().enumerate() {
        let Step::Receive(octets) = step else {
            cut.push(step.clone());
            origin.push(index);
            fed.push(base as u64);
            continue;
        };
        let start = base;
        for piece in pieces(octets, start, splits) {
            base += piece.len();
            cut.push(Step::Receive(piece.to_vec()));
            origin.push(index);
            fed.push(base as u64);
        }
    }
    (cut, origin, fed)
}

/// The inverse of [`split_steps`] for a transcript.
fn join_steps(cut: Transcript, origin: &[usize], fed: &[u64]) -> Transcript {
    let mut steps: Vec<StepRecord> = Vec::new();
    for ((step, &origin), &fed) in cut.steps.into_iter().zip(origin).zip(fed) {
        if steps.len() <= origin {
            steps.push(StepRecord::default());
        }
        let last = &mut steps[origin]; // origin grows by at most one from 0, so it is in range
        last.events.extend(step.events.into_iter().map(|mut seen| {
            seen.fed.get_or_insert(fed);
            seen
        }));
        last.output.extend(step.output);
        last.refused = last.refused.take().or(step.refused);
    }
    Transcript { steps, fault: cut.fault }
}
