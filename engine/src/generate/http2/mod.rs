//! The generator of HTTP/2: conversations that an endpoint receives, valid by default, with none to three faults.
//!
//! [`valid`] makes frames, [`tables`] is what can be wrong in each family.

mod tables;
#[cfg(test)]
mod tests;
mod valid;

use arbitrary::{Result, Unstructured};

use super::Family;
use crate::frames::{Frame, join};
use crate::mutate::raw;
use crate::{Input, Target};
pub(super) use tables::DICTIONARY;

pub(super) const FAMILIES: &[Family] = &[
    Family("frames"),
    Family("streams"),
    Family("fields"),
    Family("continuation"),
    Family("settings"),
    Family("flow"),
    Family("connection"),
    Family("push"),
    Family("blocks"),
    Family("splice"),
    Family("raw"),
];

pub(super) fn generate(family: Family, choices: &mut Unstructured<'_>) -> Result<Input> {
    Ok(faulty(family, choices)?.0)
}

/// A conversation with none to three faults, and their names.
fn faulty(family: Family, choices: &mut Unstructured<'_>) -> Result<(Input, Vec<&'static str>)> {
    let (mut shape, mut frames) = valid::conversation(family, choices)?;
    let mut names = Vec::new();
    match family.0 {
        "splice" => {
            let (_, theirs) = valid::conversation(family, choices)?;
            let at = choices.int_in_range(0..=frames.len())?;
            let from = choices.int_in_range(0..=theirs.len())?;
            frames.splice(at.., theirs[from..].iter().cloned());
        }
        "raw" => {}
        _ => {
            let faults = tables::faults(family);
            for _ in 0..*choices.choose(&[0, 0, 0, 1, 1, 1, 1, 2, 2, 3])? {
                let (name, fault) = choices.choose(faults)?;
                let at = choices.int_in_range(0..=frames.len())?;
                let stream = match frames.get(at.saturating_sub(1)).map_or(0, |frame| frame.stream) {
                    0 => 1,
                    stream => stream,
                };
                frames.insert(at, fault.frame(stream, shape & 1 == 1));
                names.push(*name);
            }
        }
    }
    let mut octets = join(&frames, &[]);
    if family.0 == "raw" {
        for _ in 0..choices.int_in_range(0..=3)? {
            raw::mutate(&mut octets, choices)?;
        }
        shape ^= if choices.ratio(1, 12)? { 4 } else { 0 };
    }
    Ok((Input { target: Target::Http2, shape, octets }, names))
}

/// A frame that is put in: where, and what. A length of `None` is the true one.
struct Fault {
    kind: u8,
    flags: u8,
    on: On,
    length: Option<usize>,
    payload: &'static [u8],
}

/// The stream of a fault.
enum On {
    /// That of the frame before.
    Same,
    /// This one.
    Stream(u32),
}

impl Fault {
    fn frame(&self, stream: u32, client: bool) -> Frame {
        let stream = match self.on {
            On::Same => stream,
            On::Stream(9) if client => 1, // the one stream that a client has opened
            On::Stream(stream) => stream,
        };
        let mut frame = Frame::new(self.kind, self.flags, stream, self.payload);
        self.length.into_iter().for_each(|length| frame.say(length));
        frame
    }
}
