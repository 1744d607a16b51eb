//! libFuzzer's changes to inputs: the engine's, which know the structure, and now and then its own.

use arbitrary::Unstructured;
use fastrand::Rng;
use wireproof_engine::generate::{families, generate};
use wireproof_engine::mutate::{cross, mutate};
use wireproof_engine::{Input, Target};

/// libFuzzer's own mutation: the buffer, how much of it is the input, and how much it may become.
pub type Own = fn(&mut [u8], usize, usize) -> usize;

/// Changes the input in the first `size` octets of the buffer; gives its size afterwards, at most `max`. One in eight
/// changes is libFuzzer's own, for its dictionary and for what it learns from comparisons in the code.
pub fn mutated(target: Target, buffer: &mut [u8], size: usize, max: usize, seed: u32, own: Own) -> usize {
    let mut rng = Rng::with_seed(seed.into());
    if rng.u8(..8) == 0 {
        return own(buffer, size, max);
    }
    let changed = changed(target, &buffer[..size], &mut rng).map(|input| input.to_octets());
    match changed.filter(|octets| octets.len() <= max && octets != &buffer[..size]) {
        Some(octets) => put(buffer, &octets),
        None => own(buffer, size, max),
    }
}

/// A changed input; sometimes a new one.
fn changed(target: Target, octets: &[u8], rng: &mut Rng) -> Option<Input> {
    let mut chance = [0; 512];
    rng.fill(&mut chance);
    let mut choices = Unstructured::new(&chance);
    let Some(mut input) = Input::parse(target, octets).filter(|_| rng.u8(..32) > 0) else {
        return generate(target, *rng.choice(families(target))?, &mut choices).ok();
    };
    if rng.u8(..16) == 0 {
        input.shape = rng.u8(..);
    }
    mutate(&mut input, &mut choices).ok()?;
    Some(input)
}

/// Makes an input of parts of two others in `out`; gives its size, 0 if there is none that fits.
pub fn crossed(target: Target, one: &[u8], other: &[u8], out: &mut [u8], seed: u32) -> usize {
    let (Some(mut input), Some(other)) = (Input::parse(target, one), Input::parse(target, other)) else { return 0 };
    let mut chance = [0; 512];
    Rng::with_seed(seed.into()).fill(&mut chance);
    let crossed = cross(&mut input, &other, &mut Unstructured::new(&chance));
    let octets = input.to_octets();
    if crossed.is_err() || octets.len() > out.len() { 0 } else { put(out, &octets) }
}

fn put(buffer: &mut [u8], octets: &[u8]) -> usize {
    buffer[..octets.len()].copy_from_slice(octets);
    octets.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stands for libFuzzer's own mutation, to be told from ours.
    fn own(buffer: &mut [u8], _: usize, _: usize) -> usize {
        buffer[0] = 0xee;
        1
    }

    #[test]
    fn changes_fit_and_are_the_same_for_the_same_seed() {
        let input = b"\0GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let (mut ours, mut sizes) = (0, std::collections::HashSet::new());
        for seed in 0..1000 {
            let change = || {
                let mut buffer = [0; 64];
                put(&mut buffer, input);
                let size = mutated(Target::Http1, &mut buffer, input.len(), 40, seed, own);
                buffer[..size].to_vec()
            };
            let changed = change();
            assert_eq!(changed, change());
            assert!(changed.len() <= 40 && changed != input, "{changed:?}");
            ours += usize::from(changed != [0xee]);
            sizes.insert(changed.len());
        }
        assert!((600..950).contains(&ours) && sizes.len() > 20, "{ours} of 1000 are ours, {} sizes", sizes.len());
    }

    #[test]
    fn what_is_crossed_fits() {
        let (one, other) = (b"\0GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x02POST /x HTTP/1.1\r\nHost: b\r\n\r\n");
        let mut made = std::collections::HashSet::new();
        for seed in 0..100 {
            let mut out = [0; 80];
            let size = crossed(Target::Http1, one, other, &mut out, seed);
            made.insert(out[..size].to_vec());
        }
        assert!(made.len() > 10, "{}", made.len());
        assert_eq!(crossed(Target::Http1, b"", other, &mut [0; 80], 1), 0);
    }
}
