//! Where in the grammar an octet stands.

use crate::Input;

/// Where an octet stands, and what kind of octet it is: part of a signature, and of what a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The grammar's state, in the RFC's words: `method`, `field-value`, `chunk-size`, `HEADERS length`.
    pub state: &'static str,
    /// The octet's class: `SP`, `CR`, `digit`, `obs-text`; `end` behind the last octet.
    pub class: &'static str,
}

/// The place of the octet at this offset in the input's octets, as a lenient reader understands what comes before it.
pub fn place(input: &Input, at: usize) -> Place {
    match input.target {
        crate::Target::Http1 => Place { state: "unknown", class: "octet" },
        crate::Target::Http2 | crate::Target::Hpack => super::place_h2::place(input, at),
    }
}
