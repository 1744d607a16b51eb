//! What goes wrong before the core sees octets.

use wireproof::http2::PREFACE;

use super::frames::{
    self, CONTINUATION, DATA, END_HEADERS, Frame, GOAWAY, HEADERS, Header, PADDED, PING, PUSH_PROMISE, RST_STREAM,
    SETTINGS, WINDOW_UPDATE,
};
use super::{Lines, Spoilt, Vice};

/// The octet that [`Vice::Panics`] does not survive, counted from 1.
const FATAL: usize = 60;

/// Fields that are for one connection (RFC 9113, 8.2.2), and names under which the core does not know them.
const HIDDEN: [(&[u8], &[u8]); 6] = [
    (b"connection", b"c0nnection"),
    (b"keep-alive", b"keep-al1ve"),
    (b"proxy-connection", b"proxy-c0nnection"),
    (b"transfer-encoding", b"transfer-enc0ding"),
    (b"upgrade", b"upgr4de"),
    (b"te", b"t3"),
];

/// The same for Content-Length.
const LENGTH: (&[u8], &[u8]) = (b"content-length", b"c0ntent-length");

impl Spoilt {
    /// What the core is to see of these octets.
    pub(super) fn spoil_input(&mut self, octets: &[u8]) -> Vec<u8> {
        let fed = self.fed;
        self.fed += octets.len();
        if self.vice == Vice::Panics && (fed + 1..=self.fed).contains(&FATAL) {
            std::panic::resume_unwind(Box::new("the fatal octet")); // a panic without its noise
        }
        let mut octets = octets.to_vec();
        if self.vice == Vice::TakesAnyPreface && self.server {
            let preface = PREFACE.get(fed..).unwrap_or_default();
            octets.iter_mut().zip(preface).for_each(|(octet, right)| *octet = *right);
        }
        self.inlet.feed(&octets);
        let mut out = Vec::new();
        while let Some(frame) = self.inlet.next(&mut out, |header| changes(self.vice, !self.block.is_empty(), header)) {
            self.spoil(frame, &mut out);
        }
        if self.vice == Vice::ForgetsAtCuts {
            self.inlet.rest();
        }
        out
    }

    /// What was held back when the input ends.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.block.drain(..).for_each(|held| held.write(&mut rest));
        rest.append(&mut self.inlet.rest());
        rest
    }

    /// Puts in a frame's place what the core is to see.
    fn spoil(&mut self, mut frame: Frame, out: &mut Vec<u8>) {
        match self.vice {
            Vice::IgnoresGoaway | Vice::ForgivesZeroIncrements if overlooked(self.vice, &frame) => return,
            Vice::IgnoresSettings => frame.payload.clear(),
            Vice::ForgivesFrameSizes => frame.payload.resize(size(frame.kind), 0),
            Vice::CountsNoPadding | Vice::ForgivesPadding => unpad(&mut frame, self.vice == Vice::CountsNoPadding),
            Vice::RefusesUnknownFrames => self.out.push(Frame::refusal(frame.stream, 1)),
            Vice::InterleavesBlocks
            | Vice::LowersNames
            | Vice::TrimsValues
            | Vice::SortsPseudoFields
            | Vice::PassesConnectionFields
            | Vice::IgnoresContentLength => return self.spoil_block(frame, out),
            _ => {}
        }
        frame.write(out);
    }

    /// Holds a field block back until it is complete.
    fn spoil_block(&mut self, frame: Frame, out: &mut Vec<u8>) {
        let open = self.block.first().map(|first| first.stream);
        let belongs = match frame.kind {
            CONTINUATION => open == Some(frame.stream),
            kind => open.is_none() && matches!(kind, HEADERS | PUSH_PROMISE),
        };
        if !belongs {
            self.block.drain(..).for_each(|held| held.write(out));
            return frame.write(out);
        }
        let ends = frame.flags & END_HEADERS != 0;
        self.block.push(frame);
        if ends {
            self.release_block(out);
        }
    }

    /// Gives the core the block, with other fields if they were changed.
    fn release_block(&mut self, out: &mut Vec<u8>) {
        let block = std::mem::take(&mut self.block);
        let fields = frames::fields(&mut self.decoder, &block);
        let changed = fields.map(|fields| (launder(self.vice, &fields), fields));
        match changed {
            Some((changed, fields)) if changed != fields => frames::with_fields(&block[0], &changed).write(out),
            _ => block.iter().for_each(|frame| frame.write(out)),
        }
    }
}

/// Whether the vice is about such a frame, which is then held back until it is complete.
fn changes(vice: Vice, open: bool, header: &Header) -> bool {
    match vice {
        Vice::ForgetsAtCuts => true,
        Vice::IgnoresGoaway => header.kind == GOAWAY,
        Vice::IgnoresSettings => header.kind == SETTINGS && header.stream == 0 && header.length.is_multiple_of(6),
        Vice::ForgivesZeroIncrements => header.kind == WINDOW_UPDATE,
        Vice::ForgivesFrameSizes => matches!(header.kind, RST_STREAM | PING | WINDOW_UPDATE),
        Vice::CountsNoPadding | Vice::ForgivesPadding => header.kind == DATA,
        Vice::RefusesUnknownFrames => header.kind > CONTINUATION,
        Vice::InterleavesBlocks => matches!(header.kind, HEADERS | PUSH_PROMISE | CONTINUATION),
        Vice::LowersNames
        | Vice::TrimsValues
        | Vice::SortsPseudoFields
        | Vice::PassesConnectionFields
        | Vice::IgnoresContentLength => open || matches!(header.kind, HEADERS | PUSH_PROMISE),
        _ => false,
    }
}

fn overlooked(vice: Vice, frame: &Frame) -> bool {
    vice == Vice::IgnoresGoaway || frame.payload.len() == 4 && frame.payload.iter().all(|octet| *octet == 0)
}

/// Octets of the frames that have a fixed size (RFC 9113, 6.4, 6.7, 6.9).
fn size(kind: u8) -> usize {
    if kind == PING { 8 } else { 4 }
}

/// Takes padding away, if it fits or if it does not.
fn unpad(frame: &mut Frame, fitting: bool) {
    let unpadded = frame.unpadded().map(<[u8]>::to_vec);
    if unpadded.is_some() == fitting {
        frame.payload = unpadded.unwrap_or_default();
        frame.flags &= !PADDED;
    }
}

/// The fields as the vice has the core see them.
fn launder(vice: Vice, fields: &Lines) -> Lines {
    let mut fields = fields.clone();
    match vice {
        Vice::LowersNames => fields.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase()),
        Vice::TrimsValues => fields.iter_mut().for_each(|(_, value)| *value = value.trim_ascii().to_vec()),
        Vice::SortsPseudoFields => fields.sort_by_key(|(name, _)| !name.starts_with(b":")), // stable
        vice => fields.iter_mut().for_each(|(name, _)| rename(name, &hidden(vice))),
    }
    fields
}

/// The names that this vice hides from the core.
fn hidden(vice: Vice) -> Vec<(&'static [u8], &'static [u8])> {
    match vice {
        Vice::PassesConnectionFields => HIDDEN.to_vec(),
        Vice::IgnoresContentLength => vec![LENGTH],
        _ => Vec::new(),
    }
}

/// Shows a field by the name under which it came.
pub(super) fn restore(vice: Vice, name: &mut Vec<u8>) {
    rename(name, &hidden(vice).into_iter().map(|(shown, hidden)| (hidden, shown)).collect::<Vec<_>>());
}

fn rename(name: &mut Vec<u8>, names: &[(&[u8], &[u8])]) {
    if let Some((_, new)) = names.iter().find(|(old, _)| old == name) {
        *name = new.to_vec();
    }
}
