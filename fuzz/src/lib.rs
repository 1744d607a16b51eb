//! The bodies of the fuzz targets. Each is called by its libFuzzer target and replayed by a test over the captures.

use wireproof::cuts::Cut;
use wireproof::http1::Http1;
use wireproof::{InProcess, Protocol, Role, Script};
use wireproof_adapters::rust::WireproofHttp1;

/// The law of segmentation on the reference core: any cut of the same octets gives the same transcript. The first
/// octet of the input chooses role, end of stream and cut; the rest is fed.
///
/// # Panics
/// If a cut changes the transcript, or the core panics; libFuzzer then keeps the input.
pub fn segmentation(input: &[u8]) {
    let Some((&choice, octets)) = input.split_first() else { return };
    let role = if choice & 1 == 0 { Role::Server } else { Role::Client };
    let mut script = Script::of_bytes(Http1::SPEC, role, octets.to_vec(), choice & 2 != 0);
    if role == Role::Client {
        script.steps.splice(0..0, wireproof::http1::asked(&[["GET", "HEAD", "CONNECT"][usize::from(choice >> 2) % 3]]));
    }
    let subject = InProcess::new(WireproofHttp1);
    let run = |cut: &Cut| subject.transcribe(&script, &cut.splits(octets.len())).map(|t| t.canonical(Http1::SPEC));
    let whole = run(&Cut::Whole);
    assert!(whole.as_ref().is_ok_and(|t| t.fault.is_none()), "{whole:?}");
    for cut in [Cut::Octets, Cut::At(usize::from(choice) * octets.len() / 256)] {
        assert_eq!(whole, run(&cut), "cut {}", cut.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_hold_under_every_choice() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/captures/http1");
        let mut replayed = 0;
        for entry in std::fs::read_dir(folder).expect("the captures are part of the checkout") {
            let path = entry.expect("a readable folder").path();
            if path.extension().is_some_and(|e| e == "bin") {
                let octets = std::fs::read(&path).expect("a readable file");
                (0..=255).step_by(17).for_each(|choice| segmentation(&[&[choice], &octets[..]].concat()));
                replayed += 1;
            }
        }
        assert!(replayed > 40, "{replayed} captures");
    }
}
