//! Inputs as proptest strategies, built on the generators.

use arbitrary::Unstructured;
use proptest::prelude::*;
use wireproof_engine::{Input, Target, generate, mutate};

/// Inputs of any family of a target. They shrink as the choices that made them do.
fn strategy(target: Target) -> impl Strategy<Value = Input> {
    let family = prop::sample::select(generate::families(target).to_vec());
    (family, prop::collection::vec(any::<u8>(), 0..256)).prop_filter_map("choices ran out", move |(family, choices)| {
        generate::generate(target, family, &mut Unstructured::new(&choices)).ok()
    })
}

/// Offers all octets to a core, as they are. What was consumed and whether it was refused.
fn offer(input: &Input) -> (usize, bool) {
    use wireproof_http1::{Config, Connection, Received};
    let server = input.shape & 1 == 0;
    let mut core = if server { Connection::server(Config::default()) } else { Connection::client(Config::default()) };
    if !server {
        core.send_request(b"GET", b"/", &[(b"Host", b"a")]).expect("a request");
        core.send_end(&[]).expect("its end");
    }
    let mut at = 0;
    loop {
        match core.receive(&input.octets[at..]) {
            Ok(Received::Event { consumed, .. }) => at += consumed,
            Ok(Received::NeedMore { consumed }) => return (at + consumed, false),
            Ok(Received::Paused) => return (at, false),
            Err(_) => return (at, true),
        }
    }
}

proptest! {
    // The choices in a failure's report are enough to replay it.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn inputs_are_what_corpus_files_hold(input in strategy(Target::Http1)) {
        prop_assert_eq!(Input::parse(Target::Http1, &input.to_octets()), Some(input));
    }

    #[test]
    fn the_core_takes_mutants_without_panic(
        input in strategy(Target::Http1),
        other in strategy(Target::Http1),
        choices in prop::collection::vec(any::<u8>(), 32..64),
    ) {
        let (mut mutant, mut choices) = (input, Unstructured::new(&choices));
        mutate::cross(&mut mutant, &other, &mut choices).expect("choices");
        // Edits may find the choices run out; what they did until then stays.
        mutate::mutate(&mut mutant, &mut choices).ok();
        let (consumed, _) = offer(&mutant);
        prop_assert!(consumed <= mutant.octets.len());
    }
}
