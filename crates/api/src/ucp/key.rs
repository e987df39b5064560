//! Ids that can't be guessed.
//!
//! Our ids are numbers in time order: whoever has one can guess its neighbors. A shopper's platform has no
//! login, so the id that it holds must itself be the key: `checkout_…` followed by the access key that was
//! drawn when the checkout was opened. An id with another key is answered as if nothing were there.

use crate::hex;
use commerce::id::{CartId, CheckoutId, GroupId};

/// An id with its access key, as platforms know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed<Id> {
    /// The thing's own id.
    pub id: Id,
    /// The secret that opens it.
    pub access_key: u64,
}

/// The ids that are handed out with a key.
pub trait Printed: Sized + std::fmt::Display {
    /// Reads the id's own printed form.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! printed {
    ($($id:ty),*) => {$(
        impl Printed for $id {
            fn read(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    )*};
}
printed!(CartId, CheckoutId, GroupId);

impl<Id: Printed> Keyed<Id> {
    /// Reads the printed form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('-')?;
        if key.len() != 16 {
            return None;
        }
        Some(Self {
            id: Id::read(id)?,
            access_key: u64::from_str_radix(key, 16).ok()?,
        })
    }

    /// Whether this is the key to something that was locked with `access_key`.
    #[must_use]
    pub const fn opens(&self, access_key: u64) -> bool {
        self.access_key == access_key
    }
}

impl<Id: Printed> std::fmt::Display for Keyed<Id> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.id.fmt(formatter)?;
        formatter.write_str("-")?;
        Secret(self.access_key).fmt(formatter)
    }
}

/// An access key in its printed form: 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub u64);

impl std::fmt::Display for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = hex::digits(self.0);
        formatter.write_str(std::str::from_utf8(&digits).expect("digits are ASCII"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyed_ids_are_read_as_they_were_written() {
        let keyed = Keyed {
            id: CheckoutId(1 << 40),
            access_key: 0xab,
        };
        let text = keyed.to_string();
        assert!(text.ends_with("-00000000000000ab"), "{text}");
        assert_eq!(Keyed::<CheckoutId>::parse(&text), Some(keyed));
        assert_eq!(Secret(u64::MAX - 0xe).to_string(), "fffffffffffffff1");
        assert!(keyed.opens(0xab) && !keyed.opens(0xac));
        assert_eq!(
            Keyed::<GroupId>::parse(&text),
            None,
            "another kind of thing"
        );
        for wrong in [
            "",
            "checkout_",
            &text[..text.len() - 1],
            "checkout_0000000000000",
            "x-1",
        ] {
            assert_eq!(Keyed::<CheckoutId>::parse(wrong), None, "{wrong}");
        }
    }
}
