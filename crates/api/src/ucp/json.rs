//! How answers become JSON: what `serde_json` would write, byte for byte, for less work.
//!
//! Answers are mostly names of members and short texts. Names are written as they are, since none of ours needs an
//! escape; texts are looked at eight bytes at a time, and nearly all are copied whole. What messages of this door do
//! not have, such as enum variants with several values, is refused.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Error as _, Impossible};
use serde_json::Error;

/// Appends a message.
///
/// # Errors
/// It has something that JSON or this writer has no form for. What was appended up to then stays.
pub fn append(out: &mut Vec<u8>, message: &impl Serialize) -> Result<(), Error> {
    message.serialize(Json(out))
}

/// A place in a text where a value is written.
struct Json<'o>(&'o mut Vec<u8>);

/// A list or an object that is being written. Each part is followed by a comma; the last comma gives way to the end.
struct Parts<'o> {
    out: &'o mut Vec<u8>,
    end: u8,
}

impl<'o> Json<'o> {
    #[inline]
    fn list(self) -> Parts<'o> {
        self.0.push(b'[');
        Parts {
            out: self.0,
            end: b']',
        }
    }

    #[inline]
    fn object(self) -> Parts<'o> {
        self.0.push(b'{');
        Parts {
            out: self.0,
            end: b'}',
        }
    }

    /// What is too rare to have a way of its own.
    fn rare(self, value: impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(self.0, &value)
    }
}

impl Parts<'_> {
    #[inline(always)]
    fn part(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        value.serialize(Json(self.out))?;
        self.out.push(b',');
        Ok(())
    }

    #[inline(always)]
    fn name(&mut self, name: &'static str) {
        debug_assert!(is_plain(name.as_bytes()), "{name} needs an escape");
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    #[inline]
    fn close(self) {
        match self.out.last_mut() {
            Some(last) if *last == b',' => *last = self.end,
            _ => self.out.push(self.end),
        }
    }
}

impl<'o> ser::Serializer for Json<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Parts<'o>;
    type SerializeTuple = Parts<'o>;
    type SerializeTupleStruct = Parts<'o>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Parts<'o>;
    type SerializeStruct = Parts<'o>;
    type SerializeStructVariant = Impossible<(), Error>;

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        let text: &[u8] = if value { b"true" } else { b"false" };
        self.0.extend_from_slice(text);
        Ok(())
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i64(i64::from(value))
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i64(i64::from(value))
    }

    #[inline]
    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_i64(i64::from(value))
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        if value < 0 {
            self.0.push(b'-');
        }
        append_number(self.0, value.unsigned_abs());
        Ok(())
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_u64(u64::from(value))
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_u64(u64::from(value))
    }

    #[inline]
    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_u64(u64::from(value))
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        append_number(self.0, value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.rare(value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.rare(value)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.rare(value)
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.0.push(b'"');
        append_escaped(self.0, value);
        self.0.push(b'"');
        Ok(())
    }

    /// What is shown goes into the answer piece by piece.
    #[inline]
    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        self.0.push(b'"');
        fmt::write(&mut Shown(self.0), format_args!("{value}")).map_err(Error::custom)?;
        self.0.push(b'"');
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.rare(value)
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Error> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut object = self.object();
        object.name(variant);
        object.part(value)?;
        object.close();
        Ok(())
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'o>, Error> {
        Ok(self.list())
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Parts<'o>, Error> {
        Ok(self.list())
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'o>, Error> {
        Ok(self.list())
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(without_form(name, variant))
    }

    #[inline]
    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'o>, Error> {
        Ok(self.object())
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'o>, Error> {
        Ok(self.object())
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(without_form(name, variant))
    }
}

fn without_form(name: &str, variant: &str) -> Error {
    Error::custom(format!("{name}::{variant} has no form in an answer"))
}

impl ser::SerializeSeq for Parts<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.part(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeTuple for Parts<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.part(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeTupleStruct for Parts<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.part(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let place = self.out.len();
        key.serialize(Json(self.out))?;
        if self.out.get(place) != Some(&b'"') {
            return Err(Error::custom("the name of a member must be a text"));
        }
        self.out.push(b':');
        Ok(())
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.part(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeStruct for Parts<'_> {
    type Ok = ();
    type Error = Error;

    // The name is known where it is written only if this is part of the caller.
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.name(name);
        self.part(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

/// Takes what is shown into a text between quotes.
struct Shown<'o>(&'o mut Vec<u8>);

impl fmt::Write for Shown<'_> {
    #[inline]
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        append_escaped(self.0, piece);
        Ok(())
    }
}

#[inline]
fn append_number(out: &mut Vec<u8>, mut number: u64) {
    // As many digits as the largest number has.
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

#[inline]
fn append_escaped(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    if is_plain(bytes) {
        out.extend_from_slice(bytes);
    } else {
        append_with_escapes(out, bytes);
    }
}

#[cold]
fn append_with_escapes(out: &mut Vec<u8>, bytes: &[u8]) {
    const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";
    for &byte in bytes {
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0c => b'f',
            b'\r' => b'r',
            0x00..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX_DIGITS[usize::from(byte >> 4)]);
                out.push(HEX_DIGITS[usize::from(byte & 15)]);
                continue;
            }
            _ => {
                out.push(byte);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
}

/// Whether a text stands for itself between quotes.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    // The last eight bytes overlap the words before them, which spares looking at a rest byte by byte.
    match bytes.last_chunk::<8>() {
        Some(last) => words.iter().chain([last]).all(|word| is_plain_word(*word)),
        None => rest
            .iter()
            .all(|byte| !matches!(byte, 0x00..0x20 | b'"' | b'\\')),
    }
}

/// The same of eight bytes: each test leaves a byte's highest bit where it finds what it looks for. A borrow can
/// leave more of them, but only behind a find.
#[inline]
fn is_plain_word(word: [u8; 8]) -> bool {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    let word = u64::from_le_bytes(word);
    let is_zero = |word: u64| word.wrapping_sub(EACH) & !word;
    let control = word.wrapping_sub(EACH * 0x20) & !word;
    let quote = is_zero(word ^ (EACH * u64::from(b'"')));
    let backslash = is_zero(word ^ (EACH * u64::from(b'\\')));
    (control | quote | backslash) & (EACH * 0x80) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[track_caller]
    fn check(message: &impl Serialize) {
        let mut ours = Vec::new();
        append(&mut ours, message).expect("it has a form");
        let theirs = serde_json::to_vec(message).expect("it has a form");
        assert_eq!(
            String::from_utf8(ours).expect("text"),
            String::from_utf8(theirs).expect("text")
        );
    }

    #[test]
    fn texts_are_escaped_wherever_it_is_needed() {
        // Every character that may need an escape, and some that do not, at every place in texts of every length
        // around the eight bytes that are looked at together.
        let special = (0..0x80u8).map(char::from).chain(['ß', '爱', '🦀']);
        for character in special {
            for length in 0..20 {
                for place in 0..=length {
                    let mut text = "x".repeat(length);
                    text.insert(place, character);
                    check(&text);
                }
            }
        }
        check(&"\u{1f}\u{1f}\u{7f}!# \"\"\\\\\u{0}");
    }

    #[test]
    fn numbers_are_written_in_full() {
        for number in [0, 1, 9, 10, 99, 100, i64::MAX, i64::MIN, -1, -10] {
            check(&number);
        }
        check(&(
            u64::MAX,
            u32::MAX,
            u8::MAX,
            i8::MIN,
            1.5,
            f32::MIN,
            f64::NAN,
        ));
    }

    #[test]
    fn values_of_every_kind_are_written_as_elsewhere() {
        check(&json!({
            "a \"name\"": [null, true, false, 1, -2, 3.25, "x", [], {}, [[]], [{}]],
            "": {"": ""},
        }));
        check(&BTreeMap::from([('a', Some(1)), ('b', None)]));
        check(&((), Some('"'), Vec::<u8>::new(), [","; 2]));
    }

    #[derive(Serialize)]
    struct Inner {
        #[serde(skip_serializing_if = "Option::is_none")]
        absent: Option<u8>,
        list: [&'static str; 1],
    }

    #[derive(Serialize)]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Tagged {
        OneOf { content: &'static str },
    }

    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Plain {
        UnitVariant,
        NewType(u8),
        Several(u8, u8),
        Named { value: u8 },
    }

    #[derive(Serialize)]
    struct Wrapped(Inner);

    #[derive(Serialize)]
    struct Outer {
        first: Wrapped,
        #[serde(flatten)]
        inner: Inner,
        tagged: Tagged,
        plain: [Plain; 2],
        nothing: Option<()>,
    }

    #[test]
    fn derived_shapes_are_written_as_elsewhere() {
        let inner = |absent| Inner {
            absent,
            list: ["a,"],
        };
        check(&Outer {
            first: Wrapped(inner(None)),
            inner: inner(Some(3)),
            tagged: Tagged::OneOf { content: "\n" },
            plain: [Plain::UnitVariant, Plain::NewType(7)],
            nothing: None,
        });
    }

    #[test]
    fn what_has_no_form_is_refused() {
        let refused = |message: &dyn Fn(&mut Vec<u8>) -> Result<(), Error>| {
            message(&mut Vec::new())
                .expect_err("it has no form")
                .to_string()
        };
        assert_eq!(
            refused(&|out| append(out, &Plain::Several(1, 2))),
            "Plain::several has no form in an answer"
        );
        assert_eq!(
            refused(&|out| append(out, &Plain::Named { value: 1 })),
            "Plain::named has no form in an answer"
        );
        assert_eq!(
            refused(&|out| append(out, &BTreeMap::from([(1, 2)]))),
            "the name of a member must be a text"
        );
    }

    #[test]
    fn what_is_shown_is_escaped_piece_by_piece() {
        struct Displayed;
        impl fmt::Display for Displayed {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                writeln!(formatter, "a \"{}\"", 3)
            }
        }
        impl Serialize for Displayed {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        check(&Displayed);
    }
}
