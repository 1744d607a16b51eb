//! HPACK, the field compression of HTTP/2 (RFC 7541).
//!
//! A field block is a run of *representations*. Each gives a field, by index into a table or literally, or sets the size
//! of the dynamic table. Encoder and decoder hold that table each, and keep it in step by nothing but the blocks, in
//! their order. So one block that is lost, or not decoded to its end, spoils all that follow.
//!
//! **Every block goes through the one decoder of its direction, whole and in the order of arrival, also where its fields
//! are to be thrown away.**
//!
//! 1. Make a [`Decoder`] for what comes and an [`Encoder`] for what goes.
//! 2. Join the fragments of HEADERS or PUSH_PROMISE and its CONTINUATIONs; give them to [`Decoder::decode`]. Bound what
//!    you join: a block is no longer than you let it be.
//! 3. Count [`Field::size`] in the callback. Beyond your SETTINGS_MAX_HEADER_LIST_SIZE, keep on counting and keep
//!    nothing (RFC 9113, 10.5.1): the decoder's table stays right.
//! 4. When the peer acknowledges your SETTINGS_HEADER_TABLE_SIZE, call [`Decoder::set_max_table_size`]. When you
//!    acknowledge the peer's, call [`Encoder::set_max_table_size`].
//! 5. On an [`Error`], end the connection with COMPRESSION_ERROR (RFC 9113, 4.3).
//!
//! Names and values are octets without meaning here; what may stand in them is for the caller to check (RFC 9113,
//! 8.2.1). Once the tables and buffers have had their largest size, nothing is allocated.
//!
//! ```
//! use wireproof_http2::hpack::{Decoder, Encoder, Field, Limits};
//!
//! let (mut encoder, mut decoder) = (Encoder::new(), Decoder::default());
//! let fields = [Field::new(b":method", b"GET"), Field::new(b"user-agent", b"wireproof")];
//! let mut lengths = Vec::new();
//! for _ in 0..2 {
//!     let mut block = Vec::new();
//!     encoder.encode(fields, &mut block);
//!     lengths.push(block.len());
//!
//!     let mut sizes = 0;
//!     decoder.decode(&block, &Limits::default(), |field| sizes += field.size()).unwrap();
//!     assert_eq!(sizes, (7 + 3 + 32) + (10 + 9 + 32));
//! }
//! assert_eq!(lengths, [10, 2]); // the second block is two indices
//! assert_eq!(encoder.table_size(), decoder.table_size());
//! ```

mod decode;
mod encode;
mod error;
mod huffman;
mod integer;
mod lookup;
mod string;
mod table;

pub use decode::Decoder;
pub use encode::Encoder;
pub use error::{Error, Reason};

/// The size of both tables of a new connection, in octets as 7541, 4.1 counts them: the initial value of
/// SETTINGS_HEADER_TABLE_SIZE (RFC 9113, 4.3.1 and 6.5.2).
pub const DEFAULT_TABLE_SIZE: usize = 4096;

/// A field line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Field<'a> {
    /// The name; a pseudo-header field's begins with a colon.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
    /// Whether it came, or is to go, as a literal that no hop may index (RFC 7541, 6.2.3). It has to be kept when a
    /// field is forwarded.
    pub never_indexed: bool,
}

impl<'a> Field<'a> {
    /// A field that may be indexed.
    pub fn new(name: &'a [u8], value: &'a [u8]) -> Field<'a> {
        Field { name, value, never_indexed: false }
    }

    /// What it counts in a table (RFC 7541, 4.1) and in a field section (RFC 9113, 6.5.2): its octets, and 32.
    #[inline]
    pub fn size(&self) -> usize {
        self.name.len() + self.value.len() + table::OVERHEAD
    }
}

/// What a decoder takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of a name or of a value, decoded. Protects the buffers in which they are Huffman-decoded, and is demanded
    /// by RFC 7541, 7.4. A longer one ends the connection: set it no lower than the largest field section that is to be
    /// answered with 431. nghttp2 takes 64 KiB.
    pub string: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { string: 64 << 10 }
    }
}

/// When strings are Huffman-encoded (RFC 7541, 5.2 leaves it to the encoder).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Where it is shorter.
    #[default]
    Shorter,
    /// Always.
    Always,
    /// Never.
    Never,
}
