//! Deliberately bad subjects: each is caught by the bundled vectors, and which cases catch it is pinned.
//!
//! A pinned file lists the ids of the MUST-level cases that catch a subject, or, above forty, how many of each topic
//! do. After a change of the vectors rewrite them by
//! `WIREPROOF_BLESS=1 cargo test -p wireproof-adapters --test bad_subjects`, and read the difference: a subject that
//! fewer cases catch than before is a loss.
//!
//! A subject that never answers is caught by its process, not by a case: `harness/tests/child.rs`.

mod catch;
mod hpack;
mod http1;
mod http2;

use std::collections::BTreeSet;

use wireproof::InProcess;
use wireproof::judge::Verdict;
use wireproof::vectors::Level;
use wireproof_adapters::rust::{WireproofHpack, WireproofHttp1, WireproofHttp2};

use catch::{Vice, cases, catchers, run};

#[test]
fn bad_subjects_of_http1_are_caught() {
    catch::check::<http1::Vice>();
}

#[test]
fn bad_subjects_of_http2_are_caught() {
    catch::check::<http2::Vice>();
}

#[test]
fn bad_subjects_of_hpack_are_caught() {
    catch::check::<hpack::Vice>();
}

/// What silence passes only forbids something: nobody has to say anything to fulfil it. The pinned list is short, and
/// each case in it was read for that.
#[test]
fn silence_passes_nothing_that_is_demanded() {
    for silent in
        [http1::Vice::SaysNothing.subject(), http2::Vice::SaysNothing.subject(), hpack::Vice::SaysNothing.subject()]
    {
        let judged = run(&silent);
        let passed = judged.iter().filter(|(case, j)| catch::must(case) && j.verdict == Verdict::Pass);
        let ids: String = passed.map(|(case, _)| format!("{}\n", case.id)).collect();
        catch::pin(&format!("{}/passed-by-silence", protocol(&silent)), &ids).unwrap();
    }
}

/// `weak` is no pass: where the RFC lets a server refuse what is valid, a twin says so by it.
#[test]
fn refusing_everything_passes_no_valid_twin() {
    for refusing in [
        http1::Vice::RefusesEverything.subject(),
        http2::Vice::RefusesEverything.subject(),
        hpack::Vice::RefusesEverything.subject(),
    ] {
        let judged = run(&refusing);
        let twins: BTreeSet<&str> = judged.iter().filter_map(|(case, _)| case.twin.as_deref()).collect();
        assert!(twins.len() > 25, "twins: {twins:?}");
        // What may be done, nobody is obliged to do.
        let demanded = judged.iter().filter(|(case, _)| twins.contains(case.id.as_str()) && case.level != Level::May);
        let passing = demanded.filter(|(_, j)| j.verdict == Verdict::Pass);
        assert_eq!(passing.map(|(case, _)| case.id.as_str()).collect::<Vec<_>>(), [""; 0]);
    }
}

/// The protocol that it speaks, as the folders here are named.
fn protocol(subject: &InProcess) -> &str {
    subject.profile().endpoints[0].split('.').next().unwrap()
}

#[test]
fn the_good_cores_are_not_caught() {
    for core in [InProcess::new(WireproofHttp1), InProcess::new(WireproofHttp2), InProcess::new(WireproofHpack)] {
        assert!(cases(&core).len() > 500);
        assert_eq!(catchers(&run(&core)), [""; 0]);
    }
}
