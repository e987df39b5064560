//! What is sold: products with their variants, offers and prices.

use crate::campaign::price_in;
use crate::gtin::Gtin;
use crate::id::{CategoryId, ProductId, SellerId, VariantId};
use crate::limits;
use crate::money::{Currency, Money};
use crate::refusal::Refusal;
use crate::text::{Language, Text};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Whether a product or variant can be seen and bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being prepared: seen by operators alone.
    Draft,
    /// On sale.
    #[default]
    Active,
    /// No longer sold; kept for the orders that name it.
    Archived,
}

/// The tax category of goods; the rate follows from it and the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxCategory {
    /// The standard rate.
    #[default]
    Standard,
    /// The reduced rate: food, books.
    Reduced,
    /// No tax.
    Zero,
}

impl TaxCategory {
    /// The word used in files and interfaces.
    pub fn word(self) -> &'static str {
        match self {
            TaxCategory::Standard => "standard",
            TaxCategory::Reduced => "reduced",
            TaxCategory::Zero => "zero",
        }
    }
}

/// What a shopper sees: one page, one or more variants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The product's id.
    pub id: ProductId,
    /// Rises by one with each change.
    pub version: u32,
    /// The slug in its address; unique.
    pub handle: String,
    /// Its name.
    pub title: Text,
    /// What it is, in a few sentences.
    pub description: Text,
    /// The maker, or empty.
    pub brand: String,
    /// The leaf category it is listed in.
    pub category: Option<CategoryId>,
    /// The names of its options in order, such as `Colour`, `Size`.
    pub option_names: Vec<String>,
    /// What names and values of its options are called in other languages, by the word itself. A word
    /// that is not here is shown as it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub option_words: BTreeMap<String, Text>,
    /// The tax category of all its variants.
    pub tax_category: TaxCategory,
    /// Whether it can be seen.
    pub status: Status,
    /// What can be bought; numbered under the product.
    pub variants: Vec<Variant>,
    /// When it was first saved, in UTC milliseconds.
    pub created_at: i64,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
}

/// What is bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The variant's id.
    pub id: VariantId,
    /// The stock keeping unit; unique in the shop.
    pub sku: String,
    /// The trade item number, if it has one.
    pub gtin: Option<Gtin>,
    /// One value for each of the product's options.
    pub option_values: Vec<String>,
    /// Weight with packing, in grams; 0 when unknown.
    pub weight_grams: u32,
    /// The picture's path below the media folder, or empty.
    pub image: String,
    /// Whether it can be bought.
    pub status: Status,
    /// Who sells it at which prices.
    pub offers: Vec<Offer>,
}

/// One seller's offer of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Who sells.
    pub seller: SellerId,
    /// At most one price per currency. Whether tax is included follows from the currency's setting.
    pub prices: Vec<Money>,
    /// Prices before, the latest last, as long as a reduction may have to be measured by them. The core keeps them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<PastPrices>,
}

/// Prices that an offer had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastPrices {
    /// Until when, in UTC milliseconds.
    pub until: i64,
    /// At most one price per currency.
    pub prices: Vec<Money>,
}

/// How long prices before are kept, in milliseconds: the 30 days before a reduction that itself may last.
const PAST_KEPT_MS: i64 = 120 * 24 * 60 * 60 * 1_000;
/// Prices before that are kept of one offer: whoever changes it more often keeps the latest.
const PAST_MAX: usize = 64;

impl Offer {
    /// Takes over the prices that the offer had, as it is saved anew at `now`.
    pub fn remember(&mut self, before: &Offer, now: i64) {
        self.past.clone_from(&before.past);
        if before.prices != self.prices {
            self.past.push(PastPrices {
                until: now,
                prices: before.prices.clone(),
            });
        }
        self.past.retain(|p| p.until > now - PAST_KEPT_MS);
        let too_many = self.past.len().saturating_sub(PAST_MAX);
        self.past.drain(..too_many);
    }
}

impl Product {
    /// The variant with this id.
    pub fn variant(&self, id: VariantId) -> Option<&Variant> {
        self.variants.iter().find(|v| v.id == id)
    }

    /// The name or value of an option as readers of `language` know it.
    pub fn option_word<'w>(&'w self, word: &'w str, language: Language) -> &'w str {
        let known = self.option_words.get(word);
        known.and_then(|text| text.exact(language)).unwrap_or(word)
    }

    /// The names and values of a variant's options in `language`: `Colour: Red, Size: L`, or empty.
    pub fn options_line(&self, variant: &Variant, language: Language) -> String {
        let mut line = String::new();
        for (name, value) in self.option_names.iter().zip(&variant.option_values) {
            if !line.is_empty() {
                line.push_str(", ");
            }
            line.push_str(self.option_word(name, language));
            line.push_str(": ");
            line.push_str(self.option_word(value, language));
        }
        line
    }

    /// Checks what must hold of any saved product, in the order of the fields.
    pub fn check(&self) -> Result<(), Refusal> {
        check_code("handle", &self.handle)?;
        if self.title.is_empty() || self.title.chars_max() > limits::NAME_CHARS_MAX {
            return Err(Refusal::FieldInvalid { field: "title" });
        }
        if self.description.chars_max() > limits::NOTE_CHARS_MAX {
            return Err(Refusal::FieldInvalid {
                field: "description",
            });
        }
        if self.variants.is_empty() || self.variants.len() > limits::VARIANTS_MAX {
            return Err(Refusal::FieldInvalid { field: "variants" });
        }
        let too_long = |text: &Text| text.chars_max() > limits::NAME_CHARS_MAX;
        if self.option_words.values().any(too_long) {
            return Err(Refusal::FieldInvalid { field: "options" });
        }
        let mut seen = BTreeSet::new();
        for variant in &self.variants {
            check_code("sku", &variant.sku)?;
            // An archived variant keeps its options, which a newer one may have taken over.
            let is_second =
                variant.status != Status::Archived && !seen.insert(&variant.option_values);
            if variant.option_values.len() != self.option_names.len() || is_second {
                return Err(Refusal::FieldInvalid { field: "options" });
            }
            variant.check_prices()?;
        }
        Ok(())
    }
}

impl Variant {
    /// The price of one piece from `seller` in `currency`, in minor units.
    pub fn price(&self, seller: SellerId, currency: Currency) -> Option<i64> {
        let offer = self.offers.iter().find(|o| o.seller == seller)?;
        price_in(&offer.prices, currency)
    }

    /// The cheapest offer in `currency`; the earlier one on a tie.
    pub fn best_offer(&self, currency: Currency) -> Option<(SellerId, i64)> {
        self.offers
            .iter()
            .filter_map(|o| Some((o.seller, price_in(&o.prices, currency)?)))
            .min_by_key(|&(_, minor)| minor)
    }

    fn check_prices(&self) -> Result<(), Refusal> {
        let prices = self
            .offers
            .iter()
            .flat_map(|o| o.prices.iter().map(move |p| (o.seller, p.currency)));
        let mut seen = BTreeSet::new();
        for key in prices {
            if !seen.insert(key) {
                return Err(Refusal::FieldInvalid { field: "prices" });
            }
        }
        let amounts = self.offers.iter().flat_map(|o| &o.prices);
        if amounts
            .into_iter()
            .any(|p| !(0..=limits::AMOUNT_MAX).contains(&p.minor))
        {
            return Err(Refusal::FieldInvalid { field: "prices" });
        }
        Ok(())
    }
}

/// A code names a record to people and files: no blanks at its ends, no control characters, bounded.
pub fn check_code(field: &'static str, code: &str) -> Result<(), Refusal> {
    let plain = !code.is_empty()
        && code.trim() == code
        && code.chars().count() <= limits::CODE_CHARS_MAX
        && !code.chars().any(char::is_control);
    if plain {
        Ok(())
    } else {
        Err(Refusal::FieldInvalid { field })
    }
}
