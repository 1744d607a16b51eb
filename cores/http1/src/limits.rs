//! What a connection is told when it is made: its limits, and where it may be lenient.

/// Everything that a connection is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// How much it takes.
    pub limits: Limits,
    /// Where it departs from the grammar.
    pub leniency: Leniency,
    /// Leaves the `100 Continue` to the application. Otherwise a server writes it when the application asks for the
    /// content of a request that expects it, by calling [`crate::Connection::receive`] after the head.
    pub manual_continue: bool,
}

/// Limits, in octets unless they say otherwise. They bound what a caller must keep and what this crate keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A request line or status line. Protects the caller's buffer. RFC 9112, 3 recommends 8000 at least; nginx and
    /// Apache take 8 KiB.
    pub start_line: usize,
    /// A head, or a trailer section. Protects the caller's buffer. Node takes 16 KiB, nginx 32 KiB, Go 1 MiB.
    pub head: usize,
    /// Field lines in a head or trailer section. Protects the table of fields. Apache and hyper take 100.
    pub fields: usize,
    /// A chunk-size with its extensions. Protects against endless lines. Go takes 4 KiB.
    pub chunk_line: usize,
    /// All chunk extensions of one message together. They carry nothing, so that many are an attack
    /// (CVE-2023-39326 in Go).
    pub chunk_extensions: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { start_line: 16 << 10, head: 64 << 10, fields: 128, chunk_line: 4 << 10, chunk_extensions: 16 << 10 }
    }
}

/// Departures from the grammar, each off by default. A proxy in front of other software wants none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leniency {
    /// A lone LF ends a start-line or a field line (permitted by RFC 9112, 2.2; never in chunk framing).
    pub bare_lf: bool,
    /// A server replaces obsolete line folding by SP instead of answering 400 (permitted by RFC 9112, 5.2; clients
    /// always replace it, as they must).
    pub obs_fold: bool,
    /// A status line may lack the SP after its status code, where there is no reason phrase (RFC 9112, 4 demands it).
    pub status_without_space: bool,
    /// A request-target may hold any visible ASCII octet, as browsers send `{|}` (RFC 3986 demands percent-encoding).
    pub target_octets: bool,
    /// Repeats of one Content-Length, as lines or as a list, count as one (permitted by RFC 9112, 6.3).
    pub repeated_length: bool,
    /// Transfer-Encoding wins over a Content-Length beside it, and the connection closes after the exchange
    /// (permitted by RFC 9112, 6.1 and 6.3).
    pub length_beside_coding: bool,
}

impl Leniency {
    /// No departure: the default, as a constant.
    pub const NONE: Leniency = Leniency {
        bare_lf: false,
        obs_fold: false,
        status_without_space: false,
        target_octets: false,
        repeated_length: false,
        length_beside_coding: false,
    };
}
