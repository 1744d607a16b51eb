//! Laws that hold for any input, of one subject against itself.

use wireproof::compare::{Common, Severity, differ};
use wireproof::cuts::{Cut, units};

use crate::panel::{Member, Scripts};
use crate::{Input, Target};

/// A law that an input breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which law: `segmentation`, `late` (a lesser breach of it: the same verdict in other words, or later),
    /// `determinism`, `no fault`.
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
    let common = Common::of(input.target.spec(), &member.profile, &member.profile);
    let mut same = |law: &'static str, cut: &Cut| {
        let again = member.run(script, cut)?;
        if *again == whole {
            return None;
        }
        let what = format!("{}: {} becomes {}", cut.name(), whole.outcome(), again.outcome());
        // The same verdict by another word, or later, is a lesser matter than another verdict.
        let lesser = differ(&common, &whole, again).is_none_or(|d| d.severity > Severity::S3);
        let law = if law == "segmentation" && lesser { "late" } else { law };
        Some(Broken { law, what })
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
