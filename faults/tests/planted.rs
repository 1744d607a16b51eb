//! Each planted fault is live: its witness tells it from the core. The core is told from itself by none.

use std::collections::HashSet;

use wireproof::compare::Severity;
use wireproof_engine::panel::{Member, Panel};
use wireproof_engine::{Input, Target};
use wireproof_faults::seeds::seeds;
use wireproof_faults::{Fault, faults, good};

fn all() -> Vec<Fault> {
    faults().expect("the table is well-formed")
}

/// The worst difference between the two members.
fn worst(panel: &mut Panel, input: &Input) -> Option<Severity> {
    panel.run(input, &|_, _| true);
    assert!(panel.members.iter().all(|m| m.reading().is_some()), "a member takes no part");
    panel.differences().first().map(|(_, difference)| difference.severity)
}

#[test]
fn each_fault_shows_on_its_witness() {
    let mut wrong = Vec::new();
    for fault in all() {
        let mut panel = fault.panel().expect("it was built");
        let severity = worst(&mut panel, &fault.witness().expect("it is escaped"));
        if severity.is_none_or(|severity| severity > Severity::S3) {
            let seen = panel.members.iter().map(|m| m.reading().map(|r| r.outcome())).collect::<Vec<_>>();
            wrong.push(format!("{}: {severity:?} {seen:?}", fault.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_plain_input_shows_a_fault() {
    for fault in all() {
        let mut panel = fault.panel().expect("it was built");
        for seed in seeds(fault.target()) {
            assert_eq!(worst(&mut panel, &seed), None, "{} on {seed:?}", fault.name);
        }
    }
}

#[test]
fn the_core_is_no_other_than_itself() {
    for target in Target::ALL {
        let member = || Member::here(target, good(target).expect("it was built"));
        let mut panel = Panel::new(target, vec![member(), member()]);
        let witnesses =
            all().into_iter().filter(|fault| fault.target() == target).map(|f| f.witness().expect("escaped"));
        for input in witnesses.chain(seeds(target)) {
            assert_eq!(worst(&mut panel, &input), None, "{input:?}");
        }
    }
}

#[test]
fn plain_inputs_are_taken_whole() {
    for target in Target::ALL {
        let member = || Member::here(target, good(target).expect("it was built"));
        let mut panel = Panel::new(target, vec![member()]);
        for seed in seeds(target) {
            panel.run(&seed, &|_, _| true);
            let reading = panel.members[0].reading().expect("it takes part");
            assert!(reading.refusal.is_none() && reading.messages.iter().all(|m| m.refused.is_none()), "{seed:?}");
        }
    }
}

#[test]
fn the_table_has_enough_of_each() {
    let faults = all();
    let names: HashSet<&str> = faults.iter().map(|fault| fault.name.as_str()).collect();
    assert_eq!(names.len(), faults.len(), "a name stands twice");
    for (core, least) in [("http1", 12), ("http2", 8), ("hpack", 4)] {
        let count = faults.iter().filter(|fault| fault.core == core).count();
        assert!(count >= least, "{core}: {count}");
    }
}
