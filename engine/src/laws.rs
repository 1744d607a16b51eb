//! Laws that hold for any input, of one subject against itself.

use wireproof::cuts::{Cut, units};

use crate::panel::{Member, Scripts};
use crate::{Input, Target};

/// A law that an input breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which law: `segmentation`, `determinism`, `no fault`.
    pub law: &'static str,
    /// What was seen.
    pub what: String,
}

/// Which laws are looked at, for every check costs runs.
#[derive(Clone, Copy, Debug)]
pub struct Laws {
    /// Cut octet by octet, by units, and at one position that the shape chooses.
    pub segmentation: bool,
    /// The same again.
    pub determinism: bool,
}

impl Laws {
    /// All of them.
    pub const ALL: Laws = Laws { segmentation: true, determinism: true };
}

/// The first law that a subject breaks on this input: it is fed whole, and then again in other ways.
pub fn check(member: &mut Member, scripts: &mut Scripts, input: &Input, laws: Laws) -> Option<Broken> {
    let script = scripts.of(input);
    let whole = member.run(script, &Cut::Whole)?.clone();
    if whole.fault.is_some() {
        return Some(Broken { law: "no fault", what: member.fault.clone().unwrap_or_default() });
    }
    let mut same = |law: &'static str, cut: &Cut| {
        let again = member.run(script, cut)?;
        let what = format!("{}: {} becomes {}", cut.name(), whole.outcome(), again.outcome());
        (*again != whole).then_some(Broken { law, what })
    };
    if laws.determinism
        && let Some(broken) = same("determinism", &Cut::Whole)
    {
        return Some(broken);
    }
    if !laws.segmentation || input.target == Target::Hpack {
        return None;
    }
    let length = input.octets.len() + input.front().iter().map(|f| f.len()).sum::<usize>();
    let one = Cut::At(1 + usize::from(input.shape >> 4) * length / 16);
    let cuts = [Some(Cut::Octets), units(script), Some(one)];
    cuts.iter().flatten().find_map(|cut| same("segmentation", cut))
}
