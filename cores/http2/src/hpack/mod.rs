//! HPACK, the field compression of HTTP/2 (RFC 7541).
mod decode;
mod error;
mod huffman;
mod integer;
mod string;
mod table;

pub use decode::Decoder;
pub use error::{Error, Reason};

/// doc
pub const DEFAULT_TABLE_SIZE: usize = 4096;
/// doc
pub struct Limits {
    /// doc
    pub string: usize,
}
/// doc
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Coding {
    /// x
    #[default]
    Shorter,
    /// x
    Always,
    /// x
    Never,
}
/// doc
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// doc
    pub name: &'a [u8],
    /// doc
    pub value: &'a [u8],
    /// doc
    pub never_indexed: bool,
}
impl<'a> Field<'a> {
    /// doc
    pub fn new(name: &'a [u8], value: &'a [u8]) -> Field<'a> {
        Field { name, value, never_indexed: false }
    }
}
