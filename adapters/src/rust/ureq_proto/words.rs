//! What both sides do with octets, fields and refusals.

use ::ureq_proto::Error;
use http::{HeaderMap, StatusCode, Version};
use wireproof::http1::{Event, FieldText};
use wireproof::{FieldList, SendError};

/// Octets for which a call has room at once.
pub(super) const ROOM: usize = 4096;

/// A buffer that any line of a head fits into.
pub(super) fn room_for(fields: &FieldText) -> Vec<u8> {
    vec![0; ROOM + fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()]
}

/// Reads content until nothing more comes of the octets.
pub(super) fn read_content(
    input: &mut Vec<u8>,
    events: &mut dyn FnMut(Event<'_>),
    mut read: impl FnMut(&[u8], &mut [u8]) -> Result<(usize, usize), Error>,
) -> Result<(), Error> {
    let (mut all, mut content) = (0, [0; ROOM]);
    loop {
        let (used, got) = read(&input[all..], &mut content)?;
        if got > 0 {
            events(Event::Data(&content[..got]));
        }
        if used == 0 {
            input.drain(..all);
            return Ok(());
        }
        all += used;
    }
}

/// Writes content. Its calls take none of it for the end of the content, which an action without octets is not.
pub(super) fn write_content(
    mut data: &[u8],
    out: &mut Vec<u8>,
    mut write: impl FnMut(&[u8], &mut [u8]) -> Result<(usize, usize), Error>,
) -> Result<(), SendError> {
    let mut room = [0; ROOM];
    loop {
        let (used, wrote) = write(data, &mut room).map_err(refused)?;
        out.extend_from_slice(&room[..wrote]);
        data = &data[used..];
        if data.is_empty() {
            return Ok(());
        }
    }
}

/// After it took a response: it writes the registered reason phrase, and has no way to say another.
pub(super) fn check_reason(status: u16, reason: &[u8]) -> Result<(), SendError> {
    let registered = StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).map(str::as_bytes);
    if reason.is_empty() || Some(reason) == registered {
        return Ok(());
    }
    cannot("it writes the registered reason phrase")
}

pub(super) fn refused(why: impl std::fmt::Display) -> SendError {
    SendError::Refused(why.to_string())
}

pub(super) fn cannot(why: &str) -> Result<(), SendError> {
    Err(SendError::Cannot(format!("ureq-proto: {why}")))
}

/// Content where its next state is not the one that sends content.
pub(super) fn no_content(data: &[u8]) -> Result<(), SendError> {
    if data.is_empty() { Ok(()) } else { Err(refused("this message has no content: its state takes none")) }
}

/// What follows a head that was refused.
pub(super) fn no_head() -> Result<(), SendError> {
    Err(refused("the head was refused"))
}

/// An end where its state says that it must not be left.
pub(super) fn unfinished() -> Result<(), SendError> {
    Err(refused("the content is not finished"))
}

pub(super) fn minor(version: Version) -> Option<u8> {
    match version {
        Version::HTTP_10 => Some(0),
        Version::HTTP_11 => Some(1),
        _ => None,
    }
}

/// The map's fields in its own order; its names are lower case already.
pub(super) struct Lines<'a>(pub(super) &'a HeaderMap);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.0.iter().for_each(|(name, value)| each(name.as_str().as_bytes(), value.as_bytes()));
    }
}
