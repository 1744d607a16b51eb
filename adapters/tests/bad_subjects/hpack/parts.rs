//! The representations of a field block (RFC 7541, 6).

/// One representation, and the octets it was read from.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) shape: Shape,
    pub(super) octets: Vec<u8>,
}

#[derive(Clone)]
pub(super) enum Shape {
    /// 6.1.
    Indexed(u128),
    /// 6.2; `first` is the bits before the index, which has so many bits of `prefix`.
    Literal { first: u8, prefix: u8, index: u128, name: Option<Text>, value: Text },
    /// 6.3.
    SizeUpdate(u128),
}

/// A string literal (5.2).
#[derive(Clone, PartialEq)]
pub(super) struct Text {
    pub(super) huffman: bool,
    pub(super) octets: Vec<u8>,
}

/// Takes a block apart, as far as it can be; the rest is what is no representation.
pub(super) fn parts(block: &[u8]) -> (Vec<Part>, &[u8]) {
    let (mut parts, mut rest) = (Vec::new(), block);
    while let Some((shape, next)) = shape(rest) {
        parts.push(Part { shape, octets: rest[..rest.len() - next.len()].to_vec() });
        rest = next;
    }
    (parts, rest)
}

fn shape(input: &[u8]) -> Option<(Shape, &[u8])> {
    let (first, prefix) = match input.first()? {
        0x80.. => return integer(input, 7).map(|(index, rest)| (Shape::Indexed(index), rest)),
        0x40..=0x7f => (0x40, 6),
        0x20..=0x3f => return integer(input, 5).map(|(size, rest)| (Shape::SizeUpdate(size), rest)),
        other => (other & 0x10, 4),
    };
    let (index, rest) = integer(input, prefix)?;
    let (name, rest) = if index == 0 { text(rest).map(|(name, rest)| (Some(name), rest))? } else { (None, rest) };
    let (value, rest) = text(rest)?;
    Some((Shape::Literal { first, prefix, index, name, value }, rest))
}

/// 5.1, up to 128 bits.
fn integer(input: &[u8], prefix: u8) -> Option<(u128, &[u8])> {
    let mask = (1_u8 << prefix) - 1;
    let (first, mut rest) = input.split_first()?;
    let mut value = u128::from(first & mask);
    if first & mask < mask {
        return Some((value, rest));
    }
    for shift in (0..112).step_by(7) {
        let (octet, next) = rest.split_first()?;
        rest = next;
        value += u128::from(octet & 0x7f) << shift;
        if octet & 0x80 == 0 {
            return Some((value, rest));
        }
    }
    None
}

fn text(input: &[u8]) -> Option<(Text, &[u8])> {
    let huffman = input.first()? & 0x80 != 0;
    let (length, rest) = integer(input, 7)?;
    let (octets, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((Text { huffman, octets: octets.to_vec() }, rest))
}

impl Shape {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Shape::Indexed(index) => write_integer(*index, 0x80, 7, out),
            Shape::SizeUpdate(size) => write_integer(*size, 0x20, 5, out),
            Shape::Literal { first, prefix, index, name, value } => {
                write_integer(*index, *first, *prefix, out);
                name.iter().chain([value]).for_each(|text| text.write(out));
            }
        }
    }
}

impl Text {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        write_integer(self.octets.len() as u128, if self.huffman { 0x80 } else { 0 }, 7, out);
        out.extend_from_slice(&self.octets);
    }
}

fn write_integer(value: u128, first: u8, prefix: u8, out: &mut Vec<u8>) {
    let most = (1_u128 << prefix) - 1;
    if value < most {
        return out.push(first | value as u8); // below 2^7
    }
    out.push(first | most as u8);
    let mut rest = value - most;
    while rest >= 0x80 {
        out.push(rest as u8 & 0x7f | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}
