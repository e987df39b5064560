//! Words that many products share, each kept once: brands, option values, currencies, places. Segments hold numbers.

use crate::batch::OptionWord;
use commerce::id::LocationId;
use commerce::money::Currency;
use commerce::text::Language;
use std::collections::BTreeMap;

/// Places of collection that are told apart: a bit each, beside the one for all. Shops beyond it cannot be chosen as
/// a filter.
pub(crate) const PLACES_MAX: usize = 63;

/// Numbers for values, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Numbered<T> {
    values: Vec<T>,
    numbers: BTreeMap<T, u32>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }
}

impl<T: Clone + Ord> Numbered<T> {
    /// The number of a value, a new one for a new value.
    pub fn number(&mut self, value: &T) -> u32 {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let number = u32::try_from(self.values.len()).expect("fewer than 4 billion names");
        self.values.push(value.clone());
        self.numbers.insert(value.clone(), number);
        number
    }

    /// The number of a value that is known.
    pub fn find(&self, value: &T) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    /// All values, by number.
    pub fn values(&self) -> &[T] {
        &self.values
    }
}

/// A name of an option with a value.
pub(crate) type Choice = (String, String);

/// What is numbered. It only grows; the next refill begins anew.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub brands: Numbered<String>,
    pub choices: Numbered<Choice>,
    pub currencies: Numbered<Currency>,
    pub places: Numbered<LocationId>,
    /// What words of options are called in other languages.
    called: BTreeMap<String, [Option<String>; 3]>,
}

impl Names {
    /// The number of an option's value.
    pub fn choice(&mut self, name: &OptionWord, value: &OptionWord) -> u32 {
        for word in [name, value] {
            if word.called.iter().any(Option::is_some) && !self.called.contains_key(&word.word) {
                self.called.insert(word.word.clone(), word.called.clone());
            }
        }
        self.choices
            .number(&(name.word.clone(), value.word.clone()))
    }

    /// The bit of a place of collection, if there is one left.
    pub fn place(&mut self, id: LocationId) -> Option<u64> {
        let full = self.places.values().len() >= PLACES_MAX;
        match self.places.find(&id) {
            None if full => None,
            _ => Some(2 << self.places.number(&id)),
        }
    }

    /// What a word of an option is called.
    pub fn called<'n>(&'n self, word: &'n str, language: Language) -> &'n str {
        let known = self
            .called
            .get(word)
            .and_then(|c| c[language as usize].as_deref());
        known.unwrap_or(word)
    }
}
