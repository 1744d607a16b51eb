//! Fields in one buffer.

use crate::FieldList;

/// Fields copied into one buffer, for implementations that lend them one at a time or in parts. It can be cleared and
/// filled again without another allocation, so that a comparison of speeds measures the implementation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldBuffer {
    octets: Vec<u8>,
    /// Where each name and each value ends; a name begins where the value before it ends.
    ends: Vec<(usize, usize)>,
}

impl FieldBuffer {
    /// Adds a field.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        self.octets.extend_from_slice(name);
        self.ends.push((self.octets.len(), self.octets.len()));
        self.extend_value(value);
    }

    /// Adds octets to the value of the last field; does nothing if there is none.
    pub fn extend_value(&mut self, octets: &[u8]) {
        if let Some((_, end)) = self.ends.last_mut() {
            self.octets.extend_from_slice(octets);
            *end = self.octets.len();
        }
    }

    /// Removes all fields, and keeps the memory.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.ends.clear();
    }

    /// The fields, in order: name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut from = 0;
        self.ends.iter().map(move |&(name, value)| {
            let start = std::mem::replace(&mut from, value);
            (&self.octets[start..name], &self.octets[name..value])
        })
    }
}

impl FieldList for FieldBuffer {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.iter().for_each(|(name, value)| each(name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_out_as_they_went_in() {
        let mut buffer = FieldBuffer::default();
        for _ in 0..2 {
            buffer.clear();
            buffer.extend_value(b"nothing to add to");
            buffer.push(b"host", b"a");
            buffer.push(b"", b"");
            buffer.push(b"cookie", b"b");
            buffer.extend_value(b"c");
            let shown: Vec<_> = buffer.iter().collect();
            assert_eq!(shown, [(&b"host"[..], &b"a"[..]), (b"", b""), (b"cookie", b"bc")]);
        }
    }
}
