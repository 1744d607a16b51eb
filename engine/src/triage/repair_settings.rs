//! Repairs of SETTINGS.

use std::collections::BTreeMap;

use super::frames::*;
use super::repair_frames::{each, is_client};
use super::repair_streams::WINDOW;
use crate::Input;

/// How many settings of one frame all take: nghttp2 allows 32.
const MOST: usize = 32;

pub(super) fn empty_ack(frame: &mut Frame) {
    if frame.kind == SETTINGS && frame.has(ACK) {
        frame.payload.clear();
    }
}

pub(super) fn whole_settings(frame: &mut Frame) {
    if frame.kind == SETTINGS {
        frame.payload.truncate(frame.payload.len() / 6 * 6);
    }
}

pub(super) fn few_settings(frame: &mut Frame) {
    if frame.kind == SETTINGS {
        frame.payload.truncate(MOST * 6);
    }
}

/// The identifier of a setting, and its value.
fn parts(setting: &[u8]) -> Option<(u16, u32)> {
    let (id, value) = setting.split_first_chunk()?;
    Some((u16::from_be_bytes(*id), u32::from_be_bytes(*value.first_chunk()?)))
}

pub(super) fn mend_settings(frame: &mut Frame) {
    if frame.kind != SETTINGS {
        return;
    }
    for setting in frame.payload.chunks_exact_mut(6) {
        let Some((id, value)) = parts(setting) else { continue };
        let mended = match id {
            2 | 8 | 9 => value.min(1), // 9: RFC 9218, 2.1
            4 => value.min(0x7fff_ffff),
            5 => value.clamp(1 << 14, (1 << 24) - 1),
            _ => value,
        };
        setting[2..].copy_from_slice(&mended.to_be_bytes());
    }
}

/// Of a setting that stands twice in a frame the last counts.
pub(super) fn settings_once(frame: &mut Frame) {
    if frame.kind == SETTINGS && frame.payload.len().is_multiple_of(6) {
        let settings: Vec<&[u8]> = frame.payload.chunks(6).collect();
        let is_last = |at: usize| settings[at + 1..].iter().all(|later| later[..2] != settings[at][..2]);
        frame.payload = (0..settings.len()).filter(|at| is_last(*at)).flat_map(|at| settings[at]).copied().collect();
    }
}

/// SETTINGS_ENABLE_PUSH of a server is not 1.
pub(super) fn no_push_by_server(input: &Input) -> Option<Input> {
    let clear = |frame: &mut Frame| {
        for setting in frame.payload.chunks_exact_mut(6) {
            if frame.kind == SETTINGS && parts(setting) == Some((2, 1)) {
                setting[5] = 0;
            }
        }
    };
    if is_client(input) { each(input, clear) } else { None }
}

/// SETTINGS_ENABLE_CONNECT_PROTOCOL is not 0 after it was 1.
pub(super) fn connect_protocol_stays(all: &mut Frames) {
    let mut is_on = false;
    for frame in all.frames.iter_mut().filter(|frame| frame.kind == SETTINGS) {
        for setting in frame.payload.chunks_exact_mut(6) {
            match parts(setting) {
                Some((8, 0)) if is_on => setting[5] = 1,
                Some((8, 1)) => is_on = true,
                _ => {}
            }
        }
    }
}

pub(super) fn known_settings(frame: &mut Frame) {
    if frame.kind == SETTINGS {
        let is_known = |setting: &&[u8]| parts(setting).is_none_or(|(id, _)| matches!(id, 1..=6 | 8 | 9));
        frame.payload = frame.payload.chunks(6).filter(is_known).flatten().copied().collect();
    }
}

/// Lowers each SETTINGS_INITIAL_WINDOW_SIZE with which a window that WINDOW_UPDATE has widened would become too large.
pub(super) fn fitting_windows(all: &mut Frames) {
    let mut widened: BTreeMap<u32, u64> = BTreeMap::new();
    for frame in &mut all.frames {
        match (frame.kind, frame.number(0)) {
            (WINDOW_UPDATE, Some(increment)) if frame.id() != 0 => {
                let sum = widened.entry(frame.id()).or_default();
                *sum += u64::from(increment & 0x7fff_ffff);
            }
            (SETTINGS, _) => {
                let most = WINDOW.1.saturating_sub(widened.values().copied().max().unwrap_or(0));
                for setting in frame.payload.chunks_exact_mut(6) {
                    if let Some((4, value)) = parts(setting)
                        && u64::from(value) <= WINDOW.1
                    {
                        let value = u64::from(value).min(most) as u32; // at most 2^31-1
                        setting[2..].copy_from_slice(&value.to_be_bytes());
                    }
                }
            }
            _ => {}
        }
    }
}

/// The value of SETTINGS_INITIAL_WINDOW_SIZE that a frame leaves.
pub(super) fn initial_window(frame: &Frame) -> Option<u32> {
    let values = frame.payload.chunks_exact(6).filter_map(parts).filter(|(id, _)| *id == 4);
    values.map(|(_, value)| value).next_back().filter(|_| frame.kind == SETTINGS)
}
