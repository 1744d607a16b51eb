//! What is normalised before transcripts are compared: these rules, and nothing else. The order of fields stays,
//! trailers stay apart, Content-Length and Transfer-Encoding are never dropped.

/// The rules, each of which can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// Field names are compared without case, where the protocol says so (RFC 9110, 5.1).
    pub fold_names: bool,
    /// SP and HTAB around field values are dropped, and nothing else (RFC 9112, 5.1).
    pub trim_values: bool,
    /// The settings of one SETTINGS frame are compared without order.
    pub sort_settings: bool,
}

/// Their names, with what they do, for people. Joining adjacent `data` and dropping empty `data` is part of what data
/// means here, and has no switch: content is compared as one string of octets.
pub const RULES: &[(&str, &str)] = &[
    ("fold-names", "field names are compared without case, where the protocol says so"),
    ("trim-values", "SP and HTAB around field values are dropped"),
    ("sort-settings", "the settings of one SETTINGS frame are compared without order"),
];

impl Default for Rules {
    fn default() -> Rules {
        Rules { fold_names: true, trim_values: true, sort_settings: true }
    }
}

impl Rules {
    /// These rules without the one of this name; none if there is no such rule.
    pub fn without(mut self, name: &str) -> Option<Rules> {
        let rule = match name {
            "fold-names" => &mut self.fold_names,
            "trim-values" => &mut self.trim_values,
            "sort-settings" => &mut self.sort_settings,
            _ => return None,
        };
        *rule = false;
        Some(self)
    }
}

/// The value without the white space around it.
pub(super) fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
