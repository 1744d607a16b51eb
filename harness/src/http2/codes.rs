//! The registries of RFC 9113, as words.

/// Frame types (6), by number.
pub(super) const FRAMES: [&str; 10] = [
    "DATA",
    "HEADERS",
    "PRIORITY",
    "RST_STREAM",
    "SETTINGS",
    "PUSH_PROMISE",
    "PING",
    "GOAWAY",
    "WINDOW_UPDATE",
    "CONTINUATION",
];

/// Error codes (7), by number.
pub const CODES: [&str; 14] = [
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
];

/// Settings (6.5.2, and RFC 8441, 3), with their numbers.
pub(super) const SETTINGS: [(u16, &str); 7] = [
    (1, "HEADER_TABLE_SIZE"),
    (2, "ENABLE_PUSH"),
    (3, "MAX_CONCURRENT_STREAMS"),
    (4, "INITIAL_WINDOW_SIZE"),
    (5, "MAX_FRAME_SIZE"),
    (6, "MAX_HEADER_LIST_SIZE"),
    (8, "ENABLE_CONNECT_PROTOCOL"),
];

/// An error code's word; codes without one are hex: `0x1f`.
pub fn code_name(code: u32) -> String {
    CODES.get(code as usize).map_or_else(|| format!("0x{code:x}"), |name| (*name).to_owned())
}

/// The inverse of [`code_name`].
pub fn code_number(name: &str) -> Option<u32> {
    let known = CODES.iter().position(|n| *n == name).map(|at| at as u32);
    known.or_else(|| u32::from_str_radix(name.strip_prefix("0x")?, 16).ok())
}

/// A setting's word; settings without one are hex: `0xf0f0`.
pub fn setting_name(id: u16) -> String {
    let known = SETTINGS.iter().find(|(number, _)| *number == id);
    known.map_or_else(|| format!("0x{id:x}"), |(_, name)| (*name).to_owned())
}

/// The inverse of [`setting_name`], in any case of letters.
pub fn setting_number(name: &str) -> Option<u16> {
    let known = SETTINGS.iter().find(|(_, n)| n.eq_ignore_ascii_case(name)).map(|(number, _)| *number);
    known.or_else(|| u16::from_str_radix(name.strip_prefix("0x")?, 16).ok())
}

/// The flags that a type of frame defines (6), with their bits.
pub(super) fn flags(kind: u8) -> &'static [(&'static str, u8)] {
    match kind {
        0 => &[("END_STREAM", 0x1), ("PADDED", 0x8)],
        1 => &[("END_STREAM", 0x1), ("END_HEADERS", 0x4), ("PADDED", 0x8), ("PRIORITY", 0x20)],
        4 | 6 => &[("ACK", 0x1)],
        5 => &[("END_HEADERS", 0x4), ("PADDED", 0x8)],
        9 => &[("END_HEADERS", 0x4)],
        _ => &[],
    }
}
