//! The harness's reader of what children say.

use wireproof::Job;
use wireproof::child::read_answers;
use wireproof::cuts::{Cut, Cuts, plan};
use wireproof_engine::{Input, Target};

/// Lines from a child, which the first octet makes answers for one of the protocols.
///
/// # Panics
/// If the reader does.
pub fn child_reader(octets: &[u8]) {
    let Some((kind, lines)) = octets.split_first() else { return };
    let target = Target::ALL[usize::from(kind % 3)];
    let input = match target {
        Target::Hpack => Input::of_blocks(&[&b"\x82"[..]]),
        _ => Input { target, shape: kind >> 4, octets: b"ab".to_vec() },
    };
    let script = input.script();
    let cuts = if kind & 8 == 0 { plan(Cuts::All, &script, 0) } else { vec![Cut::Whole] };
    drop(read_answers(lines, 4096, &Job { script, cuts }));
}
