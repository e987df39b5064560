//! Short ASCII codes with a fixed length: countries and currencies.

macro_rules! ascii_code {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Reads the code; lower case is raised, anything but letters of the right number is `None`.
            pub const fn parse(text: &str) -> Option<Self> {
                let bytes = text.as_bytes();
                if bytes.len() != $len {
                    return None;
                }
                let mut code = [0u8; $len];
                let mut i = 0;
                while i < $len {
                    if !bytes[i].is_ascii_alphabetic() {
                        return None;
                    }
                    code[i] = bytes[i].to_ascii_uppercase();
                    i += 1;
                }
                Some(Self(code))
            }

            /// The code in upper case.
            pub fn as_str(&self) -> &str {
                core::str::from_utf8(&self.0).unwrap_or("")
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Letters;

                impl serde::de::Visitor<'_> for Letters {
                    type Value = $name;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("a letter code")
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::parse(text).ok_or_else(|| E::custom("not a letter code"))
                    }
                }

                deserializer.deserialize_str(Letters)
            }
        }
    };
}

ascii_code!(
    /// A country as ISO 3166-1 alpha-2.
    Country, 2
);
ascii_code!(
    /// A currency as ISO 4217.
    CurrencyCode, 3
);
