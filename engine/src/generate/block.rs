//! The choices of an HPACK encoder: any representation that stands for a field (RFC 7541). Strings are not Huffman-coded.

use std::rc::Rc;

use arbitrary::{Result, Unstructured};
use wireproof::hpack::STATIC;

use crate::hpack::{How, Item, Line, Table, Text};

/// A field: name and value.
pub(super) type Field = (Vec<u8>, Vec<u8>);

/// The encoder: its dynamic table.
#[derive(Debug, Default)]
pub(super) struct Encoder(Table);

impl Encoder {
    /// How many entries the dynamic table holds.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The size of the newest entries of the dynamic table.
    pub(super) fn size(&self, newest: usize) -> usize {
        self.0.size(newest)
    }

    /// Writes a size update, and evicts.
    pub(super) fn resize(&mut self, limit: u64, out: &mut Vec<u8>) {
        out.append(&mut self.0.write(&[Line::new(Item::Size(limit), None)]));
    }

    /// Writes a field by an index where there is one, else as a literal of some kind.
    pub(super) fn field(&mut self, field: &Field, choices: &mut Unstructured<'_>, out: &mut Vec<u8>) -> Result<()> {
        let kind: u8 = choices.int_in_range(0..=7)?;
        let held = Rc::new(field.clone());
        let item = match (self.0.find(&held), kind) {
            (Some(index), 2..) => Item::Indexed(index),
            (_, 0..4) => literal(How::Add, kind != 1, field),
            (_, 4) => literal(How::Never, true, field),
            _ => literal(How::Plain, true, field),
        };
        out.append(&mut self.0.write(&[Line::new(item, Some(held))]));
        Ok(())
    }
}

/// A literal whose name is written out, unless it may be the index of one in the static table.
fn literal(how: How, indexed: bool, field: &Field) -> Item {
    let known = STATIC.iter().position(|known| known.0.as_bytes() == field.0).filter(|_| indexed);
    let index = known.map_or(0, |at| at as u64 + 1);
    Item::Literal { how, index, name: Text::plain(&field.0), value: Text::plain(&field.1) }
}

/// Makes an integer that ends here, and has more octets than its first, longer by octets that add nothing.
pub(super) fn lengthen(out: &mut Vec<u8>, spare: usize) {
    for _ in 0..spare {
        if let Some(last) = out.last_mut() {
            *last |= 0x80;
        }
        out.push(0);
    }
}
