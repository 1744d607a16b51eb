//! What goes wrong before the codec sees a block.

use wireproof_http2::hpack::{Decoder, Limits};

use super::parts::{Part, Shape, Text, parts};
use super::{Vice, resized};

/// An index that no table here has an entry for.
const BEYOND: u128 = 200;

/// The block that the codec is to see in the place of this one.
pub(super) fn spoil(vice: Vice, block: &[u8]) -> Vec<u8> {
    let (parts, rest) = parts(block);
    let mut out = Vec::new();
    let mut fields = 0;
    for part in parts {
        let late = fields > 0 && matches!(part.shape, Shape::SizeUpdate(_));
        fields += usize::from(!matches!(part.shape, Shape::SizeUpdate(_)));
        match spoil_part(vice, &part, late) {
            Change::None => out.extend_from_slice(&part.octets),
            Change::Gone => {}
            Change::To(shape) => shape.write(&mut out),
        }
    }
    if vice != Vice::ForgivesTruncation {
        out.extend_from_slice(rest);
    }
    out
}

enum Change {
    None,
    Gone,
    To(Shape),
}

fn spoil_part(vice: Vice, part: &Part, late: bool) -> Change {
    match (vice, &part.shape) {
        (Vice::IgnoresSizeUpdates | Vice::NeverEvicts, Shape::SizeUpdate(_)) => Change::Gone,
        (Vice::ForgivesLateSizeUpdates, _) if late => Change::Gone,
        (Vice::ForgivesIndexZero, Shape::Indexed(0)) => Change::Gone,
        (Vice::ForgivesLargeIndices, Shape::Indexed(BEYOND..)) => Change::Gone,
        (Vice::MiscountsLongIndices, shape) => miscount(shape),
        (Vice::TableTooLarge | Vice::TableTooSmall, Shape::SizeUpdate(size)) => resize(vice, *size),
        (Vice::WrapsIntegers, shape) => wrap(shape),
        (Vice::ForgivesLongPadding | Vice::ForgivesPaddingBits, shape) => forgive(vice, shape),
        _ => Change::None,
    }
}

fn resize(vice: Vice, size: u128) -> Change {
    u64::try_from(size).map_or(Change::None, |size| Change::To(Shape::SizeUpdate(resized(vice, size).into())))
}

/// Integers of more than 32 bits lose those above.
fn wrap(shape: &Shape) -> Change {
    let wrapped = |integer: u128| integer & u128::from(u32::MAX);
    match shape {
        Shape::Indexed(index @ 0x1_0000_0000..) => Change::To(Shape::Indexed(wrapped(*index))),
        Shape::SizeUpdate(size @ 0x1_0000_0000..) => Change::To(Shape::SizeUpdate(wrapped(*size))),
        _ => Change::None,
    }
}

/// An index that does not fit its prefix (RFC 7541, 5.1) is one too high.
fn miscount(shape: &Shape) -> Change {
    match shape.clone() {
        Shape::Indexed(index) if index >= 0x7f => Change::To(Shape::Indexed(index + 1)),
        Shape::Literal { first, prefix, index, name, value } if index + 1 >= 1 << prefix => {
            Change::To(Shape::Literal { first, prefix, index: index + 1, name, value })
        }
        _ => Change::None,
    }
}

/// The strings of a literal as the vice has them.
fn forgive(vice: Vice, shape: &Shape) -> Change {
    let Shape::Literal { first, prefix, index, name: old_name, value: old_value } = shape else { return Change::None };
    let (first, prefix, index) = (*first, *prefix, *index);
    let name = old_name.as_ref().map(|name| forgiven(vice, name));
    let value = forgiven(vice, old_value);
    match name == *old_name && value == *old_value {
        true => Change::None,
        false => Change::To(Shape::Literal { first, prefix, index, name, value }),
    }
}

/// A string as the vice has it, if it can be decoded only so.
fn forgiven(vice: Vice, text: &Text) -> Text {
    let mut forgiven = text.clone();
    for bit in 0..8 {
        if decodes(&forgiven) {
            return forgiven;
        }
        match (vice, forgiven.octets.last_mut()) {
            (Vice::ForgivesPaddingBits, Some(last)) => *last |= 1 << bit,
            (_, Some(0xff)) => drop(forgiven.octets.pop()),
            _ => break,
        }
    }
    text.clone()
}

fn decodes(text: &Text) -> bool {
    let mut block = vec![0x00, 0x00]; // a literal with an empty name
    text.write(&mut block);
    Decoder::default().decode(&block, &Limits::default(), |_| ()).is_ok()
}
