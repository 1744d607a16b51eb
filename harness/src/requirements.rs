//! The requirement catalogue: one record per normative RFC sentence that a sans-I/O core can be judged by.

use serde::{Deserialize, Serialize};

/// One normative sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// `RFC-SECTION-N`, stable: `9112-6.3-4`.
    pub id: String,
    /// The keyword, or `IMPLIED` for a rule without one.
    pub level: String,
    /// `receive`, `send`, `both` or `no`.
    pub testable: String,
    /// Whom it binds.
    pub role: Vec<String>,
    /// The sentence, quoted from the RFC.
    pub text: String,
    /// Why it cannot be tested, where it cannot.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why_not: String,
}

impl Requirement {
    /// The RFC's number: `9112`.
    pub fn rfc(&self) -> &str {
        self.id.split('-').next().unwrap_or_default()
    }

    /// The section: `6.3`.
    pub fn section(&self) -> &str {
        self.id.split('-').nth(1).unwrap_or_default()
    }

    /// Where to read it.
    pub fn url(&self) -> String {
        format!("https://www.rfc-editor.org/rfc/rfc{}.html#section-{}", self.rfc(), self.section())
    }

    /// Whether a case can exercise it.
    pub fn is_testable(&self) -> bool {
        self.testable != "no"
    }

    /// Whether it is a MUST or MUST NOT (REQUIRED and SHALL are the same words in BCP 14).
    pub fn is_must(&self) -> bool {
        matches!(self.level.as_str(), "MUST" | "MUST NOT" | "REQUIRED" | "SHALL" | "SHALL NOT")
    }
}
