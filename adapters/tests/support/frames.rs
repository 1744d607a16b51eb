//! HTTP/2 frames as octets.

pub(crate) const END_STREAM: u8 = 0x1;
pub(crate) const ACK: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// HEADERS with all fields literal.
pub(crate) fn headers(flags: u8, stream: u32, fields: &[(&str, &str)]) -> Vec<u8> {
    let string = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let line = |(name, value): &(&str, &str)| [vec![0], string(name), string(value)].concat();
    frame(1, flags | END_HEADERS, stream, &fields.iter().flat_map(line).collect::<Vec<u8>>())
}

/// SETTINGS, and the acknowledgement of the other side's.
pub(crate) fn start() -> Vec<u8> {
    [frame(4, 0, 0, &[]), frame(4, ACK, 0, &[])].concat()
}
