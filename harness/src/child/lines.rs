//! Reads what a child writes: lines, each an answer or noise. No text can make it panic; a fuzz target holds it to that.

use std::io::{BufRead, Read};

use serde_json::Value as Json;

use super::translate::to_answer;
use super::wire::{Judged, Ran};
use crate::bytes::escape;
use crate::subject::{Answer, Job};

/// A line of a child.
pub(super) enum Line {
    Text(Vec<u8>),
    TooLong,
}

/// An answer to a run.
pub(super) struct Reply {
    /// The run.
    pub(super) id: u64,
    /// What came of it, or why that cannot be read.
    pub(super) said: Result<Said, String>,
}

/// What came of a run.
pub(super) enum Said {
    Ran(Ran),
    Judged(Judged),
}

impl Said {
    /// The transcripts of a run; a judgement is none.
    pub(super) fn ran(self) -> Result<Ran, String> {
        match self {
            Said::Ran(ran) => Ok(ran),
            Said::Judged(_) => Err("a judgement that was not asked for".to_owned()),
        }
    }
}

/// How the program itself, which alone is asked for judgements, begins them.
const JUDGED: &[u8] = b"{\"judged\":";

/// Any JSON object; reading one keeps nothing.
type AnyObject = std::collections::HashMap<String, serde::de::IgnoredAny>;

/// The next line, not longer than `most` octets; none at the end.
pub(super) fn next(output: &mut impl BufRead, most: usize) -> Option<Line> {
    let mut line = Vec::new();
    match output.by_ref().take(most as u64 + 1).read_until(b'\n', &mut line) {
        Ok(0) | Err(_) => None,
        Ok(n) if n > most => Some(Line::TooLong),
        Ok(_) => Some(Line::Text(line)),
    }
}

/// Whether the line holds a JSON object; others are noise: libraries print.
pub(super) fn is_object(line: &[u8]) -> bool {
    serde_json::from_slice::<AnyObject>(line).is_ok()
}

/// Reads a line as an answer to a run; none if it is noise. The error says what the object is instead.
pub(super) fn reply(line: &[u8]) -> Option<Result<Reply, String>> {
    if line.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    if line.starts_with(JUDGED)
        && let Ok(judged) = serde_json::from_slice::<Judged>(line)
    {
        return Some(Ok(Reply { id: judged.judged, said: Ok(Said::Judged(judged)) }));
    }
    match serde_json::from_slice::<Ran>(line) {
        Ok(ran) => Some(Ok(Reply { id: ran.ran, said: Ok(Said::Ran(ran)) })),
        Err(_) if !is_object(line) => None,
        Err(e) => Some(Reply::unread(line, &e)),
    }
}

impl Reply {
    /// An object that cannot be read as an answer.
    fn unread(line: &[u8], e: &serde_json::Error) -> Result<Reply, String> {
        let shown: String = escape(&line[..line.len().min(200)]);
        let json: Json = serde_json::from_slice(line).unwrap_or_default();
        match json.get("ran").or_else(|| json.get("judged")).and_then(Json::as_u64) {
            Some(id) => Ok(Reply { id, said: Err(format!("an answer that cannot be read ({e}): {shown}")) }),
            None => Err(format!("answered what is no answer: {shown}")),
        }
    }
}

/// Reads all that a child wrote as answers for this job, one for each line that is no noise, until a line is too long;
/// errors say what is wrong with an answer.
pub fn read_answers(mut output: impl BufRead, most: usize, job: &Job) -> Vec<Result<Answer, String>> {
    let mut answers = Vec::new();
    while let Some(Line::Text(line)) = next(&mut output, most) {
        if let Some(reply) = reply(&line) {
            let ran = reply.and_then(|reply| reply.said?.ran());
            answers.push(ran.and_then(|ran| to_answer(ran, job)));
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cuts::Cut;
    use crate::http1::Http1;
    use crate::protocol::{Protocol, Role};
    use crate::script::Script;

    fn read(output: &str) -> Vec<Result<Answer, String>> {
        let script = Script::of_bytes(Http1::SPEC, Role::Server, b"GET".to_vec(), false);
        read_answers(output.as_bytes(), 100, &Job { script, cuts: vec![Cut::Whole] })
    }

    #[test]
    fn answers_stand_between_noise() {
        let read = read("warning: old\n{\"ran\": 1, \"cannot\": \"no\"}\n[]\n{\"ran\": 2, \"steps\": [{}]}");
        assert_eq!(read.len(), 2);
        assert_eq!(read[0], Ok(Answer::Cannot("no".to_owned())));
        assert!(matches!(&read[1], Ok(Answer::Ran { whole, .. }) if whole.steps.len() == 1), "{read:?}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let check = |line: &str, begins: &str| {
            let read = read(line);
            assert!(matches!(&read[..], [Err(why)] if why.starts_with(begins)), "{line}: {read:?}");
        };
        check("{}", "answered what is no answer: {}");
        check(r#"{"ran": 1, "steps": 7}"#, "an answer that cannot be read (");
        check(r#"{"ran": 1, "steps": []}"#, "a transcript of 0 steps for a script of 1");
        check(r#"{"ran": 1, "steps": [{}], "cuts": {"7": {}}}"#, "a cut that was not asked for");
        assert_eq!(read(&format!("{{\"ran\": {:0>100}}}\n{{}}", 1)), [], "too long a line ends it");
    }
}
