//! SETTINGS (RFC 9113, 6.5; RFC 8441, 3).

use crate::error::Reason;
use crate::frame::MAX_WINDOW;

/// The numbers of the settings that are known.
pub(crate) mod id {
    pub(crate) const HEADER_TABLE_SIZE: u16 = 0x1;
    pub(crate) const ENABLE_PUSH: u16 = 0x2;
    pub(crate) const MAX_CONCURRENT_STREAMS: u16 = 0x3;
    pub(crate) const INITIAL_WINDOW_SIZE: u16 = 0x4;
    pub(crate) const MAX_FRAME_SIZE: u16 = 0x5;
    pub(crate) const MAX_HEADER_LIST_SIZE: u16 = 0x6;
    pub(crate) const ENABLE_CONNECT_PROTOCOL: u16 = 0x8;
}

/// What one side tells the other. Both begin with the RFC's initial values (6.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Octets of its decoder's dynamic table.
    pub header_table_size: u32,
    /// Whether it accepts promises; means nothing from a server.
    pub enable_push: bool,
    /// Streams that the other side may have at once; none for no limit.
    pub max_concurrent_streams: Option<u32>,
    /// The initial window of its streams, in octets.
    pub initial_window_size: u32,
    /// The longest payload it takes, in octets.
    pub max_frame_size: u32,
    /// Octets of a field section that it takes (name + value + 32 each); none for no limit.
    pub max_header_list_size: Option<u32>,
    /// Whether a server takes extended CONNECT.
    pub enable_connect_protocol: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            header_table_size: 4096,
            enable_push: true,
            max_concurrent_streams: None,
            initial_window_size: 65_535,
            max_frame_size: 16_384,
            max_header_list_size: None,
            enable_connect_protocol: false,
        }
    }
}

impl Settings {
    /// Takes one setting; unknown ones are ignored (6.5.2).
    pub(crate) fn take(&mut self, id: u16, value: u32, from_server: bool) -> Result<(), Reason> {
        match id {
            id::HEADER_TABLE_SIZE => self.header_table_size = value,
            id::ENABLE_PUSH if value > 1 || (from_server && value == 1) => return Err(Reason::EnablePush),
            id::ENABLE_PUSH => self.enable_push = value == 1,
            id::MAX_CONCURRENT_STREAMS => self.max_concurrent_streams = Some(value),
            id::INITIAL_WINDOW_SIZE if value > MAX_WINDOW => return Err(Reason::InitialWindow),
            id::INITIAL_WINDOW_SIZE => self.initial_window_size = value,
            id::MAX_FRAME_SIZE if !(1 << 14..1 << 24).contains(&value) => return Err(Reason::MaxFrameSize),
            id::MAX_FRAME_SIZE => self.max_frame_size = value,
            id::MAX_HEADER_LIST_SIZE => self.max_header_list_size = Some(value),
            id::ENABLE_CONNECT_PROTOCOL if value > 1 || (self.enable_connect_protocol && value == 0) => {
                return Err(Reason::EnableConnect);
            }
            id::ENABLE_CONNECT_PROTOCOL => self.enable_connect_protocol = value == 1,
            _ => {}
        }
        Ok(())
    }

    /// Those that are not the initial values, with their numbers.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (u16, u32)> {
        let initial = Settings::default();
        let changed = |id, ours: u32, theirs: u32| (ours != theirs).then_some((id, ours));
        [
            changed(id::HEADER_TABLE_SIZE, self.header_table_size, initial.header_table_size),
            changed(id::ENABLE_PUSH, self.enable_push.into(), 1),
            self.max_concurrent_streams.map(|n| (id::MAX_CONCURRENT_STREAMS, n)),
            changed(id::INITIAL_WINDOW_SIZE, self.initial_window_size, initial.initial_window_size),
            changed(id::MAX_FRAME_SIZE, self.max_frame_size, initial.max_frame_size),
            self.max_header_list_size.map(|n| (id::MAX_HEADER_LIST_SIZE, n)),
            changed(id::ENABLE_CONNECT_PROTOCOL, self.enable_connect_protocol.into(), 0),
        ]
        .into_iter()
        .flatten()
    }
}

/// The pairs in the payload of a SETTINGS frame, in order.
#[derive(Clone, Copy, Debug)]
pub struct SettingsList<'a> {
    pub(crate) payload: &'a [u8],
}

impl<'a> SettingsList<'a> {
    /// Numbers and values, in order, unknown ones too.
    pub fn iter(&self) -> impl Iterator<Item = (u16, u32)> + use<'a> {
        self.payload
            .as_chunks::<6>()
            .0
            .iter()
            .map(|&[a, b, value @ ..]| (u16::from_be_bytes([a, b]), u32::from_be_bytes(value)))
    }
}
