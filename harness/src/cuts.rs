//! Cuts: how the octets of `receive` steps are split before they are fed.
//!
//! A cut is a list of split points, offsets into all octets that a script receives, ascending. Steps stay apart: a
//! split only divides the step it falls into. Cuts never change what is fed, only in how many calls.

use serde::{Deserialize, Serialize};

use crate::protocol::Transport;
use crate::script::Script;

/// How many cuts a case is run under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cuts {
    /// As written, octet by octet, and at every single position (a seeded sample of 512 above 2,048 octets).
    #[default]
    All,
    /// As written, octet by octet, and at 8 seeded positions.
    Some,
    /// As written only.
    None,
}

/// One cut by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// As the script is written.
    Whole,
    /// Every octet in a call of its own.
    Octets,
    /// Once, before the octet at this offset.
    At(usize),
    /// A unit of the protocol (a frame) in each call: before the octets at these offsets.
    Units(Vec<usize>),
}

impl Cut {
    /// Its split points for a script that receives `len` octets.
    pub fn splits(&self, len: usize) -> Vec<usize> {
        match self {
            Cut::Whole => Vec::new(),
            Cut::Octets => (1..len).collect(),
            Cut::At(offset) => vec![*offset],
            Cut::Units(starts) => starts.clone(),
        }
    }

    /// Its name in results: `whole`, `octets`, `at 17`, `units`.
    pub fn name(&self) -> String {
        match self {
            Cut::Whole => "whole".to_owned(),
            Cut::Octets => "octets".to_owned(),
            Cut::At(offset) => format!("at {offset}"),
            Cut::Units(_) => "units".to_owned(),
        }
    }
}

/// Above this many octets the two-way cuts are a sample.
const EXHAUSTIVE: usize = 2048;

/// The cuts for one script; the first is [`Cut::Whole`], the second, if any, is [`Cut::Octets`].
pub fn plan(cuts: Cuts, script: &Script, seed: u64) -> Vec<Cut> {
    let len = script.length();
    let mut planned = vec![Cut::Whole];
    if cuts == Cuts::None || len < 2 || script.protocol.transport == Transport::Datagram {
        return planned;
    }
    planned.push(Cut::Octets);
    planned.extend(units(script));
    let sample = match cuts {
        Cuts::All if len <= EXHAUSTIVE => len,
        Cuts::All => 512,
        Cuts::Some | Cuts::None => 8,
    };
    if sample >= len - 1 {
        planned.extend((1..len).map(Cut::At));
    } else {
        let mut state = seed ^ len as u64;
        let mut chosen: Vec<usize> = (0..sample).map(|_| 1 + splitmix(&mut state) as usize % (len - 1)).collect();
        chosen.sort_unstable();
        chosen.dedup();
        planned.extend(chosen.into_iter().map(Cut::At));
    }
    planned
}

/// A unit in each call, if the protocol has units and the script more than one of them.
pub fn units(script: &Script) -> Option<Cut> {
    let starts = (script.protocol.units?)(script.role, &script.received());
    (!starts.is_empty()).then_some(Cut::Units(starts))
}

/// The pieces of one `receive` step whose first octet has offset `base` among all received octets.
pub fn pieces<'a>(step: &'a [u8], base: usize, splits: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let inside = splits.iter().map(move |s| s.wrapping_sub(base)).filter(move |s| (1..step.len()).contains(s));
    let mut from = 0;
    inside.chain(std::iter::once(step.len())).map(move |to| {
        let piece = &step[from.min(to)..to];
        from = to;
        piece
    })
}

/// SplitMix64: the harness's only source of chance, always seeded.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::Http1;
    use crate::protocol::{Protocol, Role};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_add_up_and_respect_splits(step: Vec<u8>, base in 0usize..40, mut splits: Vec<u16>) {
            splits.sort_unstable();
            splits.dedup();
            let splits: Vec<usize> = splits.into_iter().map(|s| usize::from(s) % 80).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            let parts: Vec<&[u8]> = pieces(&step, base, &splits).collect();
            prop_assert_eq!(parts.concat(), step.clone());
            let inside = splits.iter().filter(|&&s| s > base && s < base + step.len()).count();
            prop_assert_eq!(parts.len(), inside + 1);
        }
    }

    #[test]
    fn plans_are_whole_then_octets_then_positions() {
        let script = Script::of_bytes(Http1::SPEC, Role::Server, b"abc".to_vec(), false);
        assert_eq!(plan(Cuts::All, &script, 0), [Cut::Whole, Cut::Octets, Cut::At(1), Cut::At(2)]);
        assert_eq!(plan(Cuts::None, &script, 0), [Cut::Whole]);
        let long = Script::of_bytes(Http1::SPEC, Role::Server, vec![b'a'; 100_000], false);
        assert_eq!(plan(Cuts::All, &long, 7), plan(Cuts::All, &long, 7));
        assert!(plan(Cuts::All, &long, 7).len() > 400);
        assert!(plan(Cuts::Some, &long, 7).len() <= 10);
    }
}
