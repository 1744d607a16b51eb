//! Field blocks in, fields out (RFC 7541, 3 and 6).
//!
//! ```text
//! 1 index(7)                              indexed                            6.1
//! 0 1 index(6) [ name ] value             literal with incremental indexing  6.2.1
//! 0 0 1 max-size(5)                       dynamic table size update          6.3
//! 0 0 0 1 index(4) [ name ] value         literal never indexed              6.2.3
//! 0 0 0 0 index(4) [ name ] value         literal without indexing           6.2.2
//! ```

use alloc::vec::Vec;

use super::error::{Error, Reason};
use super::integer::Input;
use super::table::{Name, Table};
use super::{DEFAULT_TABLE_SIZE, Field, Limits, string};

/// The decoding side of one direction of a connection.
#[derive(Debug)]
pub struct Decoder {
    table: Table,
    /// The greatest size that an update may set.
    limit: usize,
    /// The size to which the next block must reduce the table at its beginning.
    owed: Option<usize>,
    late_update: bool,
    /// Where names and values are Huffman-decoded.
    name: Vec<u8>,
    value: Vec<u8>,
}

/// What becomes of a literal field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Literal {
    Indexed,
    NotIndexed,
    NeverIndexed,
}

impl Decoder {
    /// A decoder with a table of that maximum size. In HTTP/2 a connection starts with [`DEFAULT_TABLE_SIZE`]
    /// (RFC 9113, 4.3.1), which is what `Decoder::default()` gives.
    pub fn new(max_table_size: usize) -> Decoder {
        Decoder {
            table: Table::new(max_table_size),
            limit: max_table_size,
            owed: None,
            late_update: false,
            name: Vec::new(),
            value: Vec::new(),
        }
    }

    /// Our SETTINGS_HEADER_TABLE_SIZE, to be told **when the peer acknowledges it** (RFC 9113, 4.3.1). The size in use
    /// changes only by the peer's updates. After a reduction below the size in use, the next block must begin with an
    /// update to the reduced size or less; after several, to the smallest of them (RFC 7541, 4.2).
    pub fn set_max_table_size(&mut self, acknowledged: usize) {
        self.limit = acknowledged;
        if acknowledged < self.table.max() {
            self.owed = Some(self.owed.map_or(acknowledged, |owed| owed.min(acknowledged)));
        }
    }

    /// Takes table size updates anywhere in a block. RFC 7541, 4.2 puts them at the beginning, but binds the encoder
    /// only; by default an update after a field is [`Reason::SizeUpdateLate`].
    pub fn lenient_late_update(&mut self, lenient: bool) {
        self.late_update = lenient;
    }

    /// Decodes one whole field block, and hands over its fields in order.
    ///
    /// `each` cannot stop it: a block must be decoded to its end, whatever becomes of the fields (RFC 9113, 4.3 and
    /// 10.5.1). Where the section is too large, `each` counts [`Field::size`] and keeps nothing more.
    ///
    /// # Errors
    ///
    /// The block breaks a rule. Fields before the break were handed over already, and the table is out of step with the
    /// peer's for good: the connection ends with COMPRESSION_ERROR.
    pub fn decode(&mut self, block: &[u8], limits: &Limits, mut each: impl FnMut(Field<'_>)) -> Result<(), Error> {
        let mut input = Input::new(block);
        self.updates(&mut input)?;
        while let Some(first) = input.peek() {
            match first {
                0x80..=0xff => each(self.indexed(&mut input)?),
                0x40..=0x7f => self.literal(Literal::Indexed, &mut input, limits, &mut each)?,
                0x20..=0x3f => self.late(&mut input)?,
                0x10..=0x1f => self.literal(Literal::NeverIndexed, &mut input, limits, &mut each)?,
                0x00..=0x0f => self.literal(Literal::NotIndexed, &mut input, limits, &mut each)?,
            }
        }
        Ok(())
    }

    /// The sum of the sizes of the table's entries (RFC 7541, 4.1).
    pub fn table_size(&self) -> usize {
        self.table.size()
    }

    /// The size that the peer set last, or the first one: what [`Decoder::table_size`] stays below.
    pub fn max_table_size(&self) -> usize {
        self.table.max()
    }

    /// Names and values in the dynamic table, the newest first.
    pub fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.table.entries()
    }

    /// The updates at the beginning of a block. 4.2 lets an encoder need two at most; more of them harm nothing, and no
    /// rule lets a decoder refuse them.
    fn updates(&mut self, input: &mut Input<'_>) -> Result<(), Error> {
        while let Some(0x20..=0x3f) = input.peek() {
            let offset = input.offset();
            let size = self.update(input)?;
            // RFC 9113, 4.3.1: "less than or equal to the reduced maximum".
            if self.owed.take().is_some_and(|owed| size > owed) {
                return Err(Error { reason: Reason::SizeUpdateMissing, offset });
            }
        }
        // RFC 9113, 4.3.1: a block that "does not start with a conformant Dynamic Table Size Update instruction".
        match self.owed {
            Some(_) => Err(Error { reason: Reason::SizeUpdateMissing, offset: input.offset() }),
            None => Ok(()),
        }
    }

    /// 4.2: an update "MUST occur at the beginning of the first header block following the change".
    fn late(&mut self, input: &mut Input<'_>) -> Result<(), Error> {
        if !self.late_update {
            return Err(Error { reason: Reason::SizeUpdateLate, offset: input.offset() });
        }
        self.update(input).map(drop)
    }

    /// 6.3.
    fn update(&mut self, input: &mut Input<'_>) -> Result<usize, Error> {
        let offset = input.offset();
        let size = input.integer(5)?;
        // 6.3: "A value that exceeds this limit MUST be treated as a decoding error."
        if size > self.limit {
            return Err(Error { reason: Reason::SizeUpdateTooLarge, offset });
        }
        self.table.set_max(size);
        Ok(size)
    }

    /// 6.1.
    #[inline]
    fn indexed(&self, input: &mut Input<'_>) -> Result<Field<'_>, Error> {
        let offset = input.offset();
        let index = input.integer(7)?;
        // 6.1: "The index value of 0 is not used. It MUST be treated as a decoding error".
        if index == 0 {
            return Err(Error { reason: Reason::IndexZero, offset });
        }
        let (name, value) = self.table.get(index).ok_or(Error { reason: Reason::IndexOutOfRange, offset })?;
        Ok(Field::new(name, value))
    }

    /// 6.2.
    fn literal(
        &mut self,
        kind: Literal,
        input: &mut Input<'_>,
        limits: &Limits,
        each: &mut impl FnMut(Field<'_>),
    ) -> Result<(), Error> {
        let offset = input.offset();
        let index = input.integer(if kind == Literal::Indexed { 6 } else { 4 })?;
        let literal = match index {
            0 => Some(string::decode(input, &mut self.name, limits.string)?),
            _ => None,
        };
        // 2.3.3: indices greater than both tables "MUST be treated as a decoding error".
        let known = self.table.get(index).map(|(name, _)| name);
        let name = literal.or(known).ok_or(Error { reason: Reason::IndexOutOfRange, offset })?;
        let value = string::decode(input, &mut self.value, limits.string)?;
        each(Field { name, value, never_indexed: kind == Literal::NeverIndexed });
        if kind == Literal::Indexed {
            self.table.insert(literal.map_or(Name::Index(index), Name::Literal), value);
        }
        Ok(())
    }
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder::new(DEFAULT_TABLE_SIZE)
    }
}
