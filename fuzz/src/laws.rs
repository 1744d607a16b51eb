//! One subject against itself.

use std::cell::RefCell;

use wireproof_engine::laws::{Laws, check};
use wireproof_engine::panel::{Member, Scripts};
use wireproof_engine::{Input, Target};

use crate::{caught, counters, fnv, subjects};

/// One input in so many is also cut octet by octet, one fed again as it is.
const DEAR: u64 = 4;

/// One input in so many is also held to the laws that need whole transcripts.
const COSTLY: u64 = 16;

/// The subjects of one target that are held to the laws.
struct Bench {
    members: Vec<Member>,
    scripts: Scripts,
}

thread_local! {
    static BENCHES: RefCell<[Option<Bench>; 3]> = const { RefCell::new([const { None }; 3]) };
}

/// The laws: however the octets are cut, and however often they are fed, a subject shows the same; what it shows of a
/// prefix is a prefix of that; after a refusal it shows nothing. The subject is our core, or what the environment names.
///
/// # Panics
/// If a law is broken, or the subject breaks; libFuzzer then keeps the input.
pub fn laws(target: Target, octets: &[u8]) {
    let Some(input) = Input::parse(target, octets) else { return };
    BENCHES.with_borrow_mut(|benches| {
        let bench = benches[target as usize].get_or_insert_with(|| Bench {
            members: subjects::members(target, &[subjects::ours(target)]),
            scripts: Scripts::default(),
        });
        for member in &mut bench.members {
            if let Some(broken) = caught(|| check(member, &mut bench.scripts, &input, chosen(octets))) {
                panic!("{}: {}: {}", member.title(), broken.law, broken.what);
            }
            counters::seen(member.reading().map_or(0, |reading| reading.tuple()));
        }
    });
}

/// The laws that this input is held to: it says so itself, for any run of it must do the same. All are held to the cut
/// at one position.
fn chosen(octets: &[u8]) -> Laws {
    let chance = fnv(octets) >> 32;
    let costly = chance.is_multiple_of(COSTLY);
    Laws { octets: chance % DEAR == 1, determinism: chance % DEAR == 2, prefix: costly, finality: costly, ..Laws::ALL }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FUZZERS, seeds};

    #[test]
    fn our_cores_hold_all_laws_on_all_seeds() {
        for fuzzer in FUZZERS.iter().filter(|fuzzer| fuzzer.name.ends_with("laws")) {
            let target = fuzzer.target.expect("laws are about a protocol");
            let (mut members, mut scripts) = (subjects::members(target, &[subjects::ours(target)]), Scripts::default());
            for (at, seed) in seeds::seeds(fuzzer).iter().enumerate() {
                let mut input = Input::parse(target, seed).expect("seeds are not empty");
                input.shape ^= (at as u8) << 4; // another cut
                let broken = check(&mut members[0], &mut scripts, &input, Laws::ALL);
                assert_eq!(broken, None, "{}", wireproof_engine::findings::text(&input));
            }
        }
    }
}
