//! The bodies of the fuzz targets. Each is called by its libFuzzer target and replayed by a test over the captures.

use serde_json::json;
use wireproof::cuts::Cut;
use wireproof::http1::Http1;
use wireproof::http2::{Http2, PREFACE};
use wireproof::{InProcess, Protocol, ProtocolSpec, Role, Script, Step};
use wireproof_adapters::rust::{WireproofHttp1, WireproofHttp2};
use wireproof_http2::hpack::{Decoder, Encoder, Field, Limits};

/// The law of segmentation on the reference HTTP/1.1 core: any cut of the same octets gives the same transcript. The
/// first octet of the input chooses role, end of stream and cut; the rest is fed.
///
/// # Panics
/// If a cut changes the transcript, or the core panics; libFuzzer then keeps the input.
pub fn segmentation(input: &[u8]) {
    let Some((&choice, octets)) = input.split_first() else { return };
    let mut script = script(Http1::SPEC, choice, octets.to_vec());
    if script.role == Role::Client {
        script.steps.splice(0..0, wireproof::http1::asked(&[["GET", "HEAD", "CONNECT"][usize::from(choice >> 2) % 3]]));
    }
    every_cut_means_the_same(&InProcess::new(WireproofHttp1), &script, choice);
}

/// The same on the reference HTTP/2 core. What is fed comes behind a preface and SETTINGS, unless the choice says
/// otherwise; a client has asked for one thing.
///
/// # Panics
/// As [`segmentation`].
pub fn http2_segmentation(input: &[u8]) {
    let Some((&choice, octets)) = input.split_first() else { return };
    let settings = *b"\0\0\0\x04\0\0\0\0\0\0\0\0\x04\x01\0\0\0\0"; // and their acknowledgement
    let begin: &[&[u8]] = match (choice & 4 == 0, choice & 1 == 0) {
        (false, _) => &[],
        (true, true) => &[PREFACE, &settings],
        (true, false) => &[&settings],
    };
    let mut script = script(Http2::SPEC, choice, [&begin.concat(), octets].concat());
    if script.role == Role::Client {
        let fields = json!([[":method", "GET"], [":scheme", "http"], [":authority", "a"], [":path", "/"]]);
        let request = json!({"request": {"stream": 1, "fields": fields, "end": choice & 8 == 0}});
        script.steps.insert(0, Step::Send(request));
    }
    every_cut_means_the_same(&InProcess::new(WireproofHttp2), &script, choice);
}

/// An HPACK block, or several of up to 255 octets, each behind its length: the codec does not panic, and what it reads
/// it writes so that it reads the same again.
///
/// # Panics
/// If it does not.
pub fn hpack(mut input: &[u8]) {
    let (mut decoder, mut encoder, mut again) = (Decoder::default(), Encoder::new(), Decoder::default());
    while let Some((&length, rest)) = input.split_first() {
        let (block, rest) = rest.split_at(rest.len().min(length.into()));
        input = rest;
        let mut fields = Vec::new();
        let read = decoder.decode(block, &Limits::default(), |field| fields.push(owned(field)));
        if read.is_err() {
            return;
        }
        let mut written = Vec::new();
        let list = fields.iter().map(|(n, v, never)| Field { never_indexed: *never, ..Field::new(n, v) });
        encoder.encode(list, &mut written);
        let mut echoed = Vec::new();
        again.decode(&written, &Limits::default(), |field| echoed.push(owned(field))).expect("it reads what it writes");
        let plain = |list: &[Owned]| list.iter().map(|(n, v, _)| (n.clone(), v.clone())).collect::<Vec<_>>();
        assert_eq!(plain(&fields), plain(&echoed));
    }
}

type Owned = (Vec<u8>, Vec<u8>, bool);

fn owned(field: Field<'_>) -> Owned {
    (field.name.to_vec(), field.value.to_vec(), field.never_indexed)
}

/// A script that feeds these octets; the first bits of the choice are the role and the end of the stream.
fn script(protocol: &'static ProtocolSpec, choice: u8, octets: Vec<u8>) -> Script {
    let role = if choice & 1 == 0 { Role::Server } else { Role::Client };
    Script { answer: true, ..Script::of_bytes(protocol, role, octets, choice & 2 != 0) }
}

fn every_cut_means_the_same(subject: &InProcess, script: &Script, choice: u8) {
    let len = script.received().len();
    let run = |cut: &Cut| subject.transcribe(script, &cut.splits(len)).map(|t| t.canonical(script.protocol));
    let whole = run(&Cut::Whole);
    assert!(whole.as_ref().is_ok_and(|t| t.fault.is_none()), "{whole:?}");
    let one = Cut::At(usize::from(choice) * len / 256);
    for cut in [Cut::Octets, one].into_iter().chain(wireproof::cuts::units(script)) {
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

    /// What the vectors feed, as seeds.
    fn seeds(protocol: &str) -> Vec<Vec<u8>> {
        let suite = wireproof::vectors::Suite::bundled().expect("the bundled vectors load");
        let short = |octets: &Vec<u8>| !octets.is_empty() && octets.len() < 600;
        let cases = suite.cases.iter().filter(|c| c.script.protocol.name == protocol);
        cases.map(|c| c.script.received()).filter(short).collect()
    }

    #[test]
    fn vectors_of_http2_hold_under_some_choices() {
        let seeds = seeds("http2");
        assert!(seeds.len() > 1000, "{}", seeds.len());
        for (at, seed) in seeds.iter().enumerate() {
            let choice = (at * 37) as u8;
            http2_segmentation(&[&[choice | 4], &seed[..]].concat());
        }
    }

    #[test]
    fn vectors_of_hpack_are_written_as_they_are_read() {
        let seeds = seeds("hpack");
        assert!(seeds.len() > 500, "{}", seeds.len());
        seeds.iter().for_each(|seed| hpack(&[&[255], &seed[..]].concat()));
    }
}
