use std::collections::HashSet;

use arbitrary::Unstructured;
use wireproof_http2::{Config, Connection, Event, Received};

use super::{FAMILIES, faulty, generate, tables};
use crate::Input;

fn noise(seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..512).map(|_| random.u8(..)).collect()
}

/// Whether the reference core takes everything without an error or a refused stream.
fn accepted(input: &Input) -> bool {
    let client = input.shape & 1 == 1;
    let mut core = if client { Connection::client(Config::default()) } else { Connection::server(Config::default()) };
    if client {
        let fields: [(&[u8], &[u8]); 4] =
            [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"a"), (b":path", b"/")];
        core.send_request(&fields, input.shape & 8 == 0).expect("a request");
    }
    core.transmit(&mut Vec::new());
    let octets = [&input.front().concat()[..], &input.octets].concat();
    let mut rest = &octets[..];
    loop {
        rest = match core.receive(rest) {
            Err(_) | Ok(Received::Event { event: Event::Refused { .. }, .. }) => return false,
            Ok(Received::Event { consumed, .. }) => &rest[consumed..],
            Ok(_) => return true,
        };
    }
}

#[test]
fn conversations_without_faults_are_taken_and_every_fault_occurs() {
    for family in &FAMILIES[..9] {
        let (mut seen, mut taken) = (HashSet::new(), 0);
        for seed in 0..1000 {
            let octets = noise(seed);
            let (input, names) = faulty(*family, &mut Unstructured::new(&octets)).expect("choices");
            assert_eq!(input, generate(*family, &mut Unstructured::new(&octets)).expect("choices"));
            let fine = accepted(&input);
            assert!(fine || !names.is_empty(), "{family:?} {seed}: {} {:02x?}", input.shape, input.octets);
            taken += usize::from(fine);
            seen.extend(names);
        }
        assert_eq!(seen.len(), tables::faults(*family).len(), "{family:?}");
        println!("{family:?}: {taken} of 1000 accepted");
        assert!((250..=850).contains(&taken), "{family:?}: {taken}");
    }
}
