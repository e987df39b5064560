//! Writes values in the compact format of hot rows, which is postcard's: numbers in as many bytes as they need
//! (seven bits in each, the lowest first; signed ones folded), lengths before lists and texts, fields without names.
//! postcard reads it.
//!
//! Each order passes here with some hundred and fifty fields while everybody waits for the commit. Nothing can
//! fail, so no field needs a look at how the one before it went, and all of it becomes one piece of code.

use serde::Serialize;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt;

/// Appends values in the compact format to a buffer.
pub struct Compact<'b>(pub &'b mut Vec<u8>);

impl Compact<'_> {
    /// Appends one value.
    ///
    /// # Panics
    /// When a list does not know its length, which rows do.
    #[inline]
    pub fn append<T: Serialize + ?Sized>(mut self, value: &T) {
        let Ok(()) = value.serialize(&mut self);
    }

    #[inline]
    fn varint(&mut self, number: u64) {
        if number < 0x80 {
            self.0.push(number as u8);
        } else if number < 0x4000 {
            // Most amounts.
            let both = [number as u8 | 0x80, (number >> 7) as u8];
            self.0.extend_from_slice(&both);
        } else {
            self.long_varint(number);
        }
    }

    /// A number of more than fourteen bits. Ids have sixty, so they are not taken apart byte by byte.
    fn long_varint(&mut self, number: u64) {
        let bytes = (u64::BITS - number.leading_zeros()).div_ceil(7) as usize;
        let eighths = eighths(number);
        if bytes > 8 {
            self.0.extend_from_slice(&(eighths | GOES_ON).to_le_bytes());
            self.varint(number >> 56);
        } else {
            let before_last = (1 << (8 * (bytes - 1))) - 1;
            let spread = (eighths | GOES_ON & before_last).to_le_bytes();
            let end = self.0.len() + bytes;
            self.0.extend_from_slice(&spread);
            self.0.truncate(end);
        }
    }

    #[inline]
    fn length(&mut self, length: Option<usize>) {
        self.varint(length.expect("rows have a known length") as u64);
    }
}

/// Says in each of eight bytes that another one follows.
const GOES_ON: u64 = 0x8080_8080_8080_8080;
/// How many bits [`eighths`] takes.
const EIGHTHS_BITS: u32 = 56;

/// The low 56 bits, seven in each byte.
#[inline]
fn eighths(number: u64) -> u64 {
    // As two times 28, four times 14, eight times 7.
    let halves = (number & 0x0fff_ffff) | ((number & 0x00ff_ffff_f000_0000) << 4);
    let quarters = (halves & 0x0000_3fff_0000_3fff) | ((halves & 0x0fff_c000_0fff_c000) << 2);
    (quarters & 0x007f_007f_007f_007f) | ((quarters & 0x3f80_3f80_3f80_3f80) << 1)
}

/// No value: writing a row does not fail.
#[derive(Debug)]
pub enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl Error for Never {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        panic!("a row cannot be written: {reason}")
    }
}

/// Folds the sign into the lowest bit.
fn folded(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

macro_rules! numbers {
    ($($name:ident($ty:ty) $number:ident => $folded:expr;)*) => {$(
        #[inline]
        fn $name(self, $number: $ty) -> Result<(), Never> {
            self.varint($folded);
            Ok(())
        }
    )*};
}

impl<'c, 'b> Serializer for &'c mut Compact<'b> {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fn is_human_readable(&self) -> bool {
        false
    }

    numbers! {
        serialize_u16(u16) n => u64::from(n);
        serialize_u32(u32) n => u64::from(n);
        serialize_u64(u64) n => n;
        serialize_i16(i16) n => folded(i64::from(n));
        serialize_i32(i32) n => folded(i64::from(n));
        serialize_i64(i64) n => folded(n);
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), Never> {
        self.0.push(u8::from(value));
        Ok(())
    }

    #[inline]
    fn serialize_u8(self, byte: u8) -> Result<(), Never> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn serialize_i8(self, byte: i8) -> Result<(), Never> {
        self.0.push(byte as u8);
        Ok(())
    }

    fn serialize_u128(self, mut number: u128) -> Result<(), Never> {
        while number >= 1 << EIGHTHS_BITS {
            let spread = eighths(number as u64) | GOES_ON;
            self.0.extend_from_slice(&spread.to_le_bytes());
            number >>= EIGHTHS_BITS;
        }
        self.varint(number as u64);
        Ok(())
    }

    fn serialize_i128(self, number: i128) -> Result<(), Never> {
        self.serialize_u128(((number << 1) ^ (number >> 127)) as u128)
    }

    fn serialize_f32(self, number: f32) -> Result<(), Never> {
        self.0.extend_from_slice(&number.to_le_bytes());
        Ok(())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Never> {
        self.0.extend_from_slice(&number.to_le_bytes());
        Ok(())
    }

    fn serialize_char(self, letter: char) -> Result<(), Never> {
        self.serialize_str(letter.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, text: &str) -> Result<(), Never> {
        self.serialize_bytes(text.as_bytes())
    }

    #[inline]
    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Never> {
        self.varint(bytes.len() as u64);
        if !bytes.is_empty() {
            self.0.extend_from_slice(bytes);
        }
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Never> {
        self.0.push(0);
        Ok(())
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        self.0.push(1);
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Never> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _: &'static str,
        place: u32,
        _: &'static str,
    ) -> Result<(), Never> {
        self.varint(u64::from(place));
        Ok(())
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        place: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        self.varint(u64::from(place));
        value.serialize(self)
    }

    #[inline]
    fn serialize_seq(self, length: Option<usize>) -> Result<Self, Never> {
        self.length(length);
        Ok(self)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        place: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Never> {
        self.varint(u64::from(place));
        Ok(self)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self, Never> {
        self.length(length);
        Ok(self)
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        _: &'static str,
        place: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Never> {
        self.varint(u64::from(place));
        Ok(self)
    }
}

macro_rules! elements {
    ($($trait:ident::$name:ident;)*) => {$(
        impl $trait for &mut Compact<'_> {
            type Ok = ();
            type Error = Never;

            #[inline]
            fn $name<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
                value.serialize(&mut **self)
            }

            #[inline]
            fn end(self) -> Result<(), Never> {
                Ok(())
            }
        }
    )*};
}

elements! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

macro_rules! fields {
    ($($trait:ident;)*) => {$(
        impl $trait for &mut Compact<'_> {
            type Ok = ();
            type Error = Never;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                _: &'static str,
                value: &T,
            ) -> Result<(), Never> {
                value.serialize(&mut **self)
            }

            #[inline]
            fn end(self) -> Result<(), Never> {
                Ok(())
            }
        }
    )*};
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

impl SerializeMap for &mut Compact<'_> {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Never> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Unit,
        One(u64),
        Two(i8, String),
        Named { a: Option<bool>, b: char },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Nothing;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Pair(i16, f64);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        kinds: Vec<Kind>,
        map: BTreeMap<String, u16>,
        unsigned: (u8, u32, u64, u128),
        signed: (i8, i16, i32, i64, i128),
        nothing: Nothing,
        pair: Pair,
        small: f32,
    }

    fn sample(unsigned: u64, signed: i64) -> Sample {
        Sample {
            kinds: vec![
                Kind::Unit,
                Kind::One(unsigned),
                Kind::Two(signed as i8, "ä€".repeat(100)),
                Kind::Named {
                    a: Some(true),
                    b: '€',
                },
                Kind::Named { a: None, b: 'x' },
            ],
            map: [("k".to_string(), unsigned as u16)].into(),
            unsigned: (
                unsigned as u8,
                unsigned as u32,
                unsigned,
                u128::from(unsigned) << (unsigned % 65),
            ),
            signed: (
                signed as i8,
                signed as i16,
                signed as i32,
                signed,
                i128::from(signed) << 60,
            ),
            nothing: Nothing,
            pair: Pair(signed as i16, 0.5),
            small: -1.25,
        }
    }

    #[test]
    fn it_writes_what_postcard_writes_and_postcard_reads_it() {
        // Both sides of each length, and what all bits in between look like.
        let edges =
            (0..64).flat_map(|bits| [(1 << bits) - 1, 1 << bits, 0x5aa5_c33c_9669_f00f >> bits]);
        for unsigned in edges.chain([u64::MAX]) {
            let signed = folded(unsigned as i64) as i64;
            let sample = sample(unsigned, signed);
            let mut body = Vec::new();
            Compact(&mut body).append(&sample);
            assert_eq!(
                body,
                postcard::to_stdvec(&sample).expect("it can be written")
            );
            assert_eq!(postcard::from_bytes::<Sample>(&body), Ok(sample));
        }
    }
}
