//! What the edge keeps with a checkout and its order. The core carries it without reading it.

use alloc::string::String;
use alloc::sync::Arc;
use core::any::Any;
use core::fmt;
use core::ops::Deref;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text of the edge, with what the edge read in it: as long as it stays in memory, nobody reads it twice. Cloning
/// copies neither. Two are the same if their texts are.
#[derive(Clone, Default)]
pub struct Extension(Option<Arc<Kept>>);

struct Kept {
    text: String,
    reading: Option<Arc<dyn Any + Send + Sync>>,
}

impl Extension {
    /// A text that says what `reading` holds; the caller answers for that.
    #[must_use]
    pub fn with_reading(text: String, reading: Arc<dyn Any + Send + Sync>) -> Self {
        let reading = Some(reading);
        Self(Some(Arc::new(Kept { text, reading })))
    }

    /// What was read in the text, if it is here and of this type.
    #[must_use]
    pub fn reading<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let reading = self.0.as_ref()?.reading.as_ref()?;
        reading.clone().downcast().ok()
    }

    /// The text; empty if nothing is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", |kept| &kept.text)
    }
}

impl From<String> for Extension {
    fn from(text: String) -> Self {
        let reading = None;
        let kept = (!text.is_empty()).then(|| Arc::new(Kept { text, reading }));
        Self(kept)
    }
}

impl Deref for Extension {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Extension {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Extension {}

impl fmt::Debug for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl Serialize for Extension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_goes_with_the_text_and_makes_no_difference() {
        let read = Extension::with_reading("7".into(), Arc::new(7_u32));
        let unread = Extension::from(String::from("7"));
        assert_eq!(read, unread);
        assert_eq!(read.clone().reading::<u32>(), Some(Arc::new(7)));
        assert_eq!(read.reading::<u64>(), None);
        assert_eq!(unread.reading::<u32>(), None);
        assert_eq!((&*Extension::default(), unread.len()), ("", 1));
    }
}
