//! How a fault goes into a conversation: as frames of its own, or as a change of frames that were well.

use arbitrary::{Result, Unstructured};

use crate::frames::*;

/// What a fault does to a conversation.
pub(super) enum Fault {
    /// Puts frames in, one behind the other.
    Put(&'static [Put]),
    /// Changes a frame of which the first says yes.
    Change(fn(&Frame) -> bool, fn(&mut Frame)),
    /// Puts these octets behind the field block that ends in some frame.
    Behind(&'static [u8]),
}

/// A frame that is put in. A length of `None` is the true one.
pub(super) struct Put {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) on: On,
    pub(super) length: Option<usize>,
    pub(super) payload: &'static [u8],
}

/// The stream of a frame that is put in.
pub(super) enum On {
    /// That of the frame before.
    Same,
    /// This one.
    Stream(u32),
}

impl Fault {
    /// Plants it, and tells whether there was a place for it.
    pub(super) fn plant(&self, frames: &mut Vec<Frame>, client: bool, choices: &mut Unstructured<'_>) -> Result<bool> {
        match self {
            Fault::Put(puts) => {
                let at = choices.int_in_range(0..=frames.len())?;
                let stream = match frames.get(at.saturating_sub(1)).map_or(0, |frame| frame.stream) {
                    0 => 1,
                    stream => stream,
                };
                frames.splice(at..at, puts.iter().map(|put| put.frame(stream, client)));
                Ok(true)
            }
            Fault::Change(fits, change) => some(frames, fits, change, choices),
            Fault::Behind(octets) => {
                some(frames, &ends_a_block, &|frame| frame.payload.extend_from_slice(octets), choices)
            }
        }
    }
}

impl Put {
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

/// Changes one of the frames that fit, if there are any.
fn some(
    frames: &mut [Frame],
    fits: &dyn Fn(&Frame) -> bool,
    change: &dyn Fn(&mut Frame),
    choices: &mut Unstructured<'_>,
) -> Result<bool> {
    let mut fitting: Vec<&mut Frame> = frames.iter_mut().filter(|frame| fits(frame)).collect();
    if fitting.is_empty() {
        return Ok(false);
    }
    let at = choices.choose_index(fitting.len())?;
    change(fitting[at]);
    Ok(true)
}

/// Whether a field block ends with it, without padding behind.
fn ends_a_block(frame: &Frame) -> bool {
    matches!(frame.kind, HEADERS | PUSH_PROMISE | CONTINUATION) && frame.has(END_HEADERS) && !frame.is_padded()
}
