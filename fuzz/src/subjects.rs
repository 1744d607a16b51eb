//! Who is fuzzed in which target.

use wireproof_adapters::registry::{ENTRIES, Entry, Home};
use wireproof_engine::Target;
use wireproof_engine::panel::Member;

/// The variable that names other subjects than the usual ones, with commas between them.
const CHOICE: &str = "WIREPROOF_SUBJECTS";

/// Our own subject of a target.
pub(crate) fn ours(target: Target) -> &'static str {
    match target {
        Target::Http1 => "wireproof-http1",
        Target::Http2 => "wireproof-http2",
        Target::Hpack => "wireproof-hpack",
    }
}

/// The bundled subject of this name, if it speaks the target's protocol and runs in this process.
fn entry(target: Target, name: &str) -> Option<&'static Entry> {
    let fits = |entry: &&Entry| entry.protocol == target.spec().name && !matches!(entry.home, Home::Child(_));
    Entry::named(name).filter(fits)
}

/// The `usual` subjects of a target, or those that the environment names, in the order of the registry; those that are
/// not set up are left out.
///
/// # Panics
/// If a name is not that of a subject which can be fuzzed here.
pub(crate) fn members(target: Target, usual: &[&str]) -> Vec<Member> {
    let choice = std::env::var(CHOICE).unwrap_or_default();
    let named: Vec<&str> = choice.split(',').filter(|name| !name.is_empty()).collect();
    let names = if named.is_empty() { usual } else { &named };
    let unknown: Vec<_> = names.iter().filter(|name| entry(target, name).is_none()).collect();
    assert!(unknown.is_empty(), "{CHOICE}: {unknown:?} cannot be fuzzed here");
    let chosen = ENTRIES.iter().filter(|entry| names.contains(&entry.name));
    chosen.filter_map(|entry| Some(Member::here(target, entry.in_process().ok()??))).collect()
}

/// Whether a subject is one of ours, so that what it breaks is ours to mend.
pub(crate) fn is_ours(name: &str) -> bool {
    name.starts_with("wireproof-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_subjects_of_the_protocol_that_run_in_this_process_can_be_fuzzed() {
        let known = |target, name| entry(target, name).is_some();
        assert!(known(Target::Http1, "httparse") && known(Target::Http1, "llhttp"));
        assert!(!known(Target::Http2, "httparse"), "another protocol");
        assert!(!known(Target::Http1, "h11"), "a child process");
        assert!(!known(Target::Http1, "nobody"));
    }

    #[test]
    fn our_own_subject_comes_first() {
        for target in [Target::Http1, Target::Http2, Target::Hpack] {
            let all: Vec<&str> = ENTRIES.iter().map(|e| e.name).filter(|name| entry(target, name).is_some()).collect();
            assert_eq!(all.first(), Some(&ours(target)));
        }
    }
}
