//! Between the harness's jobs and answers and the protocol's messages.

use std::borrow::Cow;

use super::wire::{CutSpec, Ran, Run};
use crate::cuts::Cut;
use crate::protocol::ProtocolSpec;
use crate::subject::{Answer, Job};
use crate::transcript::{Fault, FaultKind, StepRecord, Transcript};
use crate::value::Record;

/// The message for one job under some cuts.
pub(super) fn message<'a>(run: u64, job: &'a Job, cuts: &[Cut]) -> Run<'a> {
    Run {
        run,
        endpoint: job.script.endpoint(),
        answer: job.script.answer,
        config: Cow::Borrowed(&job.script.config),
        steps: Cow::Borrowed(&job.script.steps),
        cuts: cuts.iter().map(CutSpec::from).collect(),
    }
}

/// Checks a reply against the protocol's vocabulary and puts it in the harness's form.
pub(super) fn to_answer(ran: Ran, job: &Job) -> Result<Answer, String> {
    if let Some(why) = ran.cannot {
        return Ok(Answer::Cannot(why));
    }
    let (whole, cuts) = ran.transcripts();
    let whole = check_transcript(whole, job)?;
    let (mut octets, mut differing) = (None, Vec::new());
    let canonical = (!cuts.is_empty()).then(|| whole.canonical(job.script.protocol));
    for (index, transcript) in cuts {
        let index = index.parse::<usize>().ok().map(|i| i + 1).filter(|i| *i < job.cuts.len());
        let index = index.ok_or_else(|| "a cut that was not asked for".to_owned())?;
        let transcript = check_transcript(transcript.into(), job)?;
        if Some(transcript.canonical(job.script.protocol)) != canonical {
            differing.push((index, transcript.clone()));
        }
        if job.cuts[index] == Cut::Octets {
            octets = Some(transcript);
        }
    }
    differing.sort_by_key(|(index, _)| *index);
    if octets.is_none() && job.cuts.contains(&Cut::Octets) && whole.fault.is_none() {
        return Err("no transcript of the cut \"octets\"".to_owned());
    }
    Ok(Answer::Ran { whole, octets, differing })
}

pub(super) fn check_transcript(mut transcript: Transcript, job: &Job) -> Result<Transcript, String> {
    let protocol: &ProtocolSpec = job.script.protocol;
    transcript.events().try_for_each(|(_, seen)| protocol.check_record(&seen.record))?;
    transcript.steps.iter_mut().flat_map(|s| &mut s.events).for_each(|seen| put_in_order(&mut seen.record, protocol));
    let (got, steps) = (transcript.steps.len(), job.script.steps.len());
    if got > steps || (got < steps && transcript.fault.is_none()) {
        return Err(format!("a transcript of {got} steps for a script of {steps}"));
    }
    Ok(transcript)
}

/// Members in the order of the vocabulary: that of a JSON object says nothing.
fn put_in_order(record: &mut Record, protocol: &ProtocolSpec) {
    let members = protocol.event(&record.event).map_or(&[][..], |event| event.members);
    record.members.sort_by_key(|(name, _)| members.iter().position(|m| m.name == name));
}

/// The answer for a script that broke its subject, or whose answer is none.
pub(super) fn broken(kind: FaultKind, text: String) -> Answer {
    let whole = Transcript { steps: vec![StepRecord::default()], fault: Some(Fault { kind, text }) };
    Answer::Ran { whole, octets: None, differing: Vec::new() }
}
