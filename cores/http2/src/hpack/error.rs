//! What can be wrong with a field block: one reason a broken rule, and where.

use core::fmt;

/// A decoding error. It is the peer's fault, and the connection is over: the tables of both sides are no longer in step
/// (RFC 9113, 4.3: a connection error of type COMPRESSION_ERROR).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    /// The rule that was broken.
    pub reason: Reason,
    /// The offset in the block of the octet at which it was noticed; the length of the block, where octets lack.
    pub offset: usize,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// The rules that can be broken, one variant each. Sections are those of RFC 7541 unless they say otherwise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            fn text(self) -> &'static str {
                match self { $(Reason::$name => $text,)* }
            }
        }
    };
}

reasons! {
    /// 6.1: "The index value of 0 is not used."
    IndexZero = "an indexed field with the index 0";
    /// 2.3.3: an index greater than the lengths of both tables.
    IndexOutOfRange = "an index beyond both tables";
    /// 5.1 and 7.4: an integer above 2^32-1, or of more than six octets.
    IntegerOverflow = "an integer beyond the limit, in value or in octets";
    /// 6: the block ends inside a representation.
    Truncated = "the block ends inside a representation";
    /// 5.2: "A padding strictly longer than 7 bits".
    HuffmanPaddingTooLong = "Huffman padding of more than seven bits";
    /// 5.2: "A padding not corresponding to the most significant bits of the code for the EOS symbol".
    HuffmanPaddingNotEos = "Huffman padding that does not begin EOS";
    /// 5.2: "A Huffman-encoded string literal containing the EOS symbol".
    HuffmanEos = "EOS inside a Huffman-encoded string";
    /// 7.4: a string, decoded, that is longer than the limit.
    StringTooLong = "a string longer than the limit";
    /// 6.3: a table size above the one that was acknowledged.
    SizeUpdateTooLarge = "a table size above the acknowledged setting";
    /// 4.2: a table size update that does not stand at the beginning of its block.
    SizeUpdateLate = "a table size update after a field";
    /// RFC 9113, 4.3.1: no update to the reduced size, or below, at the beginning of the block.
    SizeUpdateMissing = "no table size update after the setting was reduced";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (octet {} of the field block)", self.reason.text(), self.offset)
    }
}

impl core::error::Error for Error {}
