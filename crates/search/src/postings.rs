//! Which products a term stands in, packed: the step from the product before, in groups of seven bits, and a byte that
//! says in which of its texts.

/// The fields of a product, as bits.
pub(crate) mod field {
    /// The title, in the languages in their order.
    pub const TITLES: [u8; 3] = [1, 2, 4];
    pub const BRAND: u8 = 8;
    pub const CATEGORY: u8 = 16;
    pub const OPTION: u8 = 32;
    pub const DESCRIPTION: u8 = 64;
    /// A title begins with it.
    pub const START: u8 = 128;
}

/// Appends products, which come in rising order, with their fields.
pub(crate) fn pack(postings: &[(u32, u8)], out: &mut Vec<u8>) {
    let mut before = 0;
    for &(doc, fields) in postings {
        let mut step = doc - before;
        before = doc;
        while step >= 0x80 {
            out.push(step as u8 | 0x80);
            step >>= 7;
        }
        out.push(step as u8);
        out.push(fields);
    }
}

/// The products of a packed list.
pub(crate) struct Postings<'s> {
    bytes: &'s [u8],
    doc: u32,
}

impl<'s> Postings<'s> {
    pub fn new(bytes: &'s [u8]) -> Self {
        Self { bytes, doc: 0 }
    }
}

impl Iterator for Postings<'_> {
    type Item = (u32, u8);

    #[inline]
    fn next(&mut self) -> Option<(u32, u8)> {
        let (mut step, mut shift) = (0_u32, 0);
        loop {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            step |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
            shift += 7;
        }
        let (&fields, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        self.doc += step;
        Some((self.doc, fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_out() {
        for list in [
            vec![],
            vec![(0, 1)],
            vec![(3, 255), (4, 0), (131, 7), (u32::MAX, 64)],
        ] {
            let mut bytes = Vec::new();
            pack(&list, &mut bytes);
            assert_eq!(Postings::new(&bytes).collect::<Vec<_>>(), list);
        }
    }
}
