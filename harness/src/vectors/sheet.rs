//! The vectors compiled into this program, and single cases of them, for who needs few of many.

use std::collections::BTreeMap;

use super::load::File;
use super::model::Case;
use crate::protocol::ProtocolSpec;

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// Tells the vectors compiled into this program from those in another.
pub(crate) fn mark() -> String {
    format!("{MARK:016x}")
}

/// Bundled files, each read when a case of it is first asked for. They are not checked again: [`Suite::bundled`](super::Suite::bundled) did that
/// in the program that asks.
#[derive(Default)]
pub(crate) struct Sheets(BTreeMap<String, File>);

impl Sheets {
    /// A case, by its place ([`Case::place`]) and id.
    ///
    /// # Errors
    /// Why there is no such case.
    pub(crate) fn case(&mut self, place: &str, id: &str, protocols: &[&'static ProtocolSpec]) -> Result<Case, String> {
        let name = place.rsplit_once(':').map_or(place, |(name, _)| name);
        if !self.0.contains_key(name) {
            let text = BUNDLED.iter().find_map(|(bundled, text)| (*bundled == name).then_some(text));
            let text = text.ok_or_else(|| format!("there is no file {name:?}"))?;
            let file = serde_json::from_str(text).map_err(|e| format!("{name}: {e}"))?;
            self.0.insert(name.to_owned(), file);
        }
        let file = &self.0[name];
        let raw = file.cases.iter().find(|case| case.id == id).ok_or_else(|| format!("{name} has no case {id:?}"))?;
        let protocol = protocols.iter().find(|protocol| protocol.name == file.protocol);
        let protocol = protocol.ok_or_else(|| format!("{name}: unknown protocol"))?;
        file.case(protocol, raw, place).map_err(|(member, what)| format!("{place}: {member}: {what}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::protocols;
    use crate::vectors::{Suite, digest};

    #[test]
    fn cases_one_by_one_are_those_of_the_suite() {
        let suite = Suite::bundled().expect("the vectors are sound");
        let mut sheets = Sheets::default();
        let mut alone = |case: &Case| sheets.case(&case.place, &case.id, protocols()).expect("it is bundled");
        let cases: Vec<Case> = suite.cases.iter().map(&mut alone).collect();
        assert!(cases.iter().zip(&suite.cases).all(|(one, other)| one.place == other.place));
        assert_eq!(digest(&Suite { cases, ..Suite::default() }), digest(&suite));
    }

    #[test]
    fn what_is_not_there_is_said() {
        let check = |place: &str, id: &str, why: &str| {
            assert_eq!(Sheets::default().case(place, id, protocols()).expect_err("none"), why);
        };
        check("http1/none.json:1", "h1.simple.get", "there is no file \"http1/none.json\"");
        check("http1/simple.json:1", "h1.none", "http1/simple.json has no case \"h1.none\"");
    }
}
