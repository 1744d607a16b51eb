//! What a connection is told when it is made.

use crate::settings::Settings;

/// Everything that a connection is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// What it tells the peer.
    pub settings: Settings,
    /// How much it takes.
    pub limits: Limits,
}

/// Limits that no setting says, or that hold although a setting is only advice. They bound what is kept and done for
/// a peer (RFC 9113, 10.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of a field section (name + value + 32 each), where SETTINGS_MAX_HEADER_LIST_SIZE says nothing. Longer
    /// ones end the stream. nghttp2 takes 64 KiB, hyper 16 KiB.
    pub field_section: usize,
    /// Octets of a field block as it comes, all CONTINUATIONs together. Longer ones end the connection. Protects
    /// against blocks without an end (CVE-2024-27316 and its like).
    pub field_block: usize,
    /// CONTINUATION frames of one block.
    pub continuations: u32,
    /// Frames in a row that bring no message on: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones
    /// (CVE-2019-9511 to 9518). Any request, response or content begins anew.
    pub idle_frames: u32,
    /// Streams that the peer resets, less those that it lets end (CVE-2023-44487); and streams that we had to reset
    /// for its faults.
    pub resets: u32,
    /// Promised streams that are not yet used.
    pub promises: u32,
    /// Closed streams whose end is remembered, so that late frames are told from wrong ones.
    pub remembered: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            field_section: 64 << 10,
            field_block: 64 << 10,
            continuations: 32,
            idle_frames: 10_000,
            resets: 1000,
            promises: 100,
            remembered: 128,
        }
    }
}
