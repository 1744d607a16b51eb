//! Deliberately bad subjects: each is caught by the bundled vectors, and which cases catch it is pinned.
//!
//! Each folder is a protocol: its vices, each the reference core with one thing broken in what it receives, reports or
//! writes, and a pinned file for each. What looks like a vice and is permitted by the RFC is there too, and must not be
//! caught.
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

/// What silence passes forbids: do not write this, report no request of a stream that ends in the middle. How many
/// there are is pinned, so that a demand among them is seen in review.
#[test]
fn silence_passes_nothing_that_is_demanded() {
    for silent in
        [http1::Vice::SaysNothing.subject(), http2::Vice::SaysNothing.subject(), hpack::Vice::SaysNothing.subject()]
    {
        let judged = run(&silent);
        let passed = judged.iter().filter(|(case, j)| catch::must(case) && j.verdict == Verdict::Pass);
        let ids: Vec<&str> = passed.map(|(case, _)| case.id.as_str()).collect();
        catch::pin(&format!("{}/passed-by-silence", protocol(&silent)), &catch::pinned(&ids)).unwrap();
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
        assert!(cases(&core).count() > 500);
        assert_eq!(catchers(&run(&core)), [""; 0]);
    }
}
