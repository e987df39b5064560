//! What the protocol keeps with a cart, a checkout and its order, and the core carries without reading.
//!
//! The platform's own names for lines and destinations, its choices, its webhook. Never a credential.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use commerce::extension::Extension;
use commerce::id::{CheckoutId, VariantId};

use super::json;
use super::shape::{Address, Consent};
use super::version::Version;
use super::view::{Instrument, MethodType};

/// What most notes fit into, in bytes.
const NOTE_BYTES: usize = 1_024;

/// A line's name within its checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineName {
    /// `li_1`
    pub id: String,
    /// What it is a line of.
    pub variant: VariantId,
}

/// A destination that the platform named or was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAddress {
    /// Its id within the checkout.
    pub id: String,
    /// The address as sent.
    pub address: Address,
}

/// The fulfillment method and the choices in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodNote {
    /// Its id within the checkout.
    pub id: String,
    /// Shipping or pickup.
    pub method_type: MethodType,
    /// The addresses, if any were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destinations: Option<Vec<NamedAddress>>,
    /// The chosen address or shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_destination_id: Option<String>,
    /// The chosen option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_option_id: Option<String>,
    /// What the chosen option was called when it was chosen: the promise on the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option_title: Option<String>,
}

impl MethodNote {
    /// The chosen address, if an address is chosen.
    #[must_use]
    pub fn selected_address(&self) -> Option<&NamedAddress> {
        let selected = self.selected_destination_id.as_deref()?;
        self.destinations
            .as_deref()?
            .iter()
            .find(|destination| destination.id == selected)
    }
}

/// The platform behind a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformNote {
    /// The address of its profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Where it wants to hear about the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    /// What it speaks.
    pub version: Version,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Arc<PlatformNote>>,
    /// One per item, in the items' order.
    #[serde(default)]
    pub lines: Vec<LineName>,
    /// The highest number that a line ever had.
    #[serde(default)]
    pub last_line: u32,
    /// How the goods leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<MethodNote>,
    /// What the buyer agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// The buyer's whole name, where only that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// The instruments that the platform showed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instruments: Vec<Instrument>,
    /// Which of them is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_instrument_id: Option<String>,
    /// A cart's access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_key: Option<u64>,
    /// The checkout that a cart became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_checkout: Option<CheckoutId>,
    /// A cart that was given up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub canceled: bool,
    /// A cart's buyer; a checkout has a place of its own for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<commerce::checkout::Buyer>,
    /// A cart's discount codes; a checkout has a place of its own for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
}

/// The envelope in the core's extension, so that other doors can keep something beside it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Envelope<N> {
    #[serde(default = "Option::default")]
    ucp: Option<N>,
}

impl Note {
    /// Reads the note out of an extension; `None` if this door never wrote one.
    #[must_use]
    pub fn read(extension: &str) -> Option<Self> {
        serde_json::from_str::<Envelope<Self>>(extension).ok()?.ucp
    }

    /// The extension with this note.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = Vec::with_capacity(NOTE_BYTES);
        let written = json::append(&mut text, &Envelope { ucp: Some(self) });
        let text = written.ok().and_then(|()| String::from_utf8(text).ok());
        text.unwrap_or_default()
    }

    /// The note in an extension, as it was read before or read now; an empty one if there is none.
    #[must_use]
    pub fn of(extension: &Extension) -> Arc<Self> {
        extension
            .reading()
            .unwrap_or_else(|| Self::read(extension).unwrap_or_default().into())
    }

    /// The extension with this note, which nobody has to read again.
    #[must_use]
    pub fn keep(self) -> Extension {
        Extension::with_reading(self.write(), Arc::new(self))
    }

    /// Whether no platform wants to hear what becomes of the order.
    #[must_use]
    pub fn is_unheard(&self) -> bool {
        let platform = self.platform.as_ref();
        platform.is_none_or(|platform| platform.webhook_url.is_none())
    }

    /// The name of the `index`-th line.
    #[must_use]
    pub fn line_id(&self, index: usize) -> String {
        self.lines
            .get(index)
            .map_or_else(|| format!("li_{}", index + 1), |line| line.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_survives_its_extension() {
        let note = Note {
            lines: vec![LineName {
                id: "li_1".into(),
                variant: VariantId(257),
            }],
            last_line: 1,
            platform: Some(Arc::new(PlatformNote {
                profile: None,
                webhook_url: None,
                version: Version::CURRENT,
            })),
            ..Note::default()
        };
        assert_eq!(Note::read(&note.write()), Some(note.clone()));
        assert_eq!(*Note::of(&note.write().into()), note);
        assert_eq!(*Note::of(&note.clone().keep()), note);
        assert_eq!(*note.clone().keep(), note.write());
        assert_eq!(Note::read(""), None);
        assert_eq!(Note::read("{\"web\":{}}"), None);
    }
}
