//! A part of the index: some products, their terms, and what lists are narrowed down and sorted by. A segment is built
//! once and never changed, except for what is stock's and the best sellers' (atomics); changed products go to a newer
//! one.

use crate::postings::Postings;
use commerce::id::{CategoryId, ProductId};
use fst::{IntoStreamer, Map, Streamer};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// First bytes of keys: which kind of term it is.
pub(crate) const WORD: u8 = b'w';
pub(crate) const STEM: u8 = b's';

/// The bit of [`Segment::places`] for goods that can be had at all.
pub(crate) const ANYWHERE: u64 = 1;
/// No price in a currency.
pub(crate) const NO_PRICE: i64 = i64::MIN;

/// What lists ask of each product.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub created_at: i64,
    /// A number of [`crate::names::Names::brands`].
    pub brand: u32,
    /// Where its choices begin; they end where those of the next one begin.
    pub choices: u32,
    /// The category it is listed in, as a place in [`Segment::leaves`].
    pub leaf: u32,
}

/// A part of the index. Products are known by their place in it, in the order of their ids.
#[derive(Debug)]
pub(crate) struct Segment {
    pub ids: Vec<u64>,
    /// Terms to their numbers, which rise with them.
    pub terms: Map<Vec<u8>>,
    /// Per term, how many products have it.
    pub docs: Vec<u32>,
    /// Per term, where its postings begin; one more for the end.
    pub starts: Vec<u32>,
    pub postings: Vec<u8>,
    /// Stems of long German words, written backwards, to their terms.
    pub endings: Map<Vec<u8>>,
    /// Codes to products; a code's second product has a further byte.
    pub codes: Map<Vec<u8>>,
    pub rows: Vec<Row>,
    /// Numbers of option values, all products' one after the other.
    pub choices: Vec<u32>,
    pub leaves: Vec<Option<CategoryId>>,
    /// Per number of a currency, the least prices.
    pub prices: Vec<Vec<i64>>,
    /// Products in a category and below it.
    pub members: BTreeMap<CategoryId, Vec<u32>>,
    /// Where each can be had now, as bits.
    pub places: Vec<AtomicU64>,
    /// How well each sells; 0 for what is not known.
    pub popularity: Vec<AtomicU8>,
    /// Words of each title: a shorter one says more of the same thing.
    pub title_words: Vec<u8>,
}

impl Segment {
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The place of a product.
    pub fn find(&self, id: ProductId) -> Option<u32> {
        self.ids.binary_search(&id.0).ok().map(|at| at as u32)
    }

    /// The postings of a term.
    pub fn postings(&self, term: u32) -> Postings<'_> {
        Postings::new(self.packed(term))
    }

    /// Whether two terms stand in the same texts.
    pub fn is_same(&self, a: u32, b: u32) -> bool {
        self.packed(a) == self.packed(b)
    }

    fn packed(&self, term: u32) -> &[u8] {
        let at = term as usize;
        &self.postings[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The number of a term.
    pub fn term(&self, kind: u8, text: &str) -> Option<u32> {
        self.terms.get(key(kind, text)).map(|n| n as u32)
    }

    /// The numbers of the terms that begin with `prefix`: as terms are sorted, they follow each other.
    pub fn terms_from(&self, kind: u8, prefix: &str) -> Range<u32> {
        let from = key(kind, prefix);
        // No text has the byte 0xff.
        let mut to = from.clone();
        to.push(0xff);
        let first = |bound: &[u8]| {
            let mut found = self.terms.range().ge(bound).into_stream();
            found
                .next()
                .map_or(self.docs.len() as u32, |(_, n)| n as u32)
        };
        first(&from)..first(&to)
    }

    /// The terms whose stem ends with `stem` and is longer.
    pub fn terms_ending(&self, stem: &str, most: usize) -> Vec<u32> {
        let backwards: String = stem.chars().rev().collect();
        let mut to = backwards.clone().into_bytes();
        to.push(0xff);
        let mut found = self.endings.range().gt(&backwards).lt(&to).into_stream();
        let mut terms = Vec::new();
        while let Some((_, term)) = found.next().filter(|_| terms.len() < most) {
            terms.push(term as u32);
        }
        terms
    }

    /// Products with this code, then those whose code begins with it.
    pub fn coded(&self, code: &str, most: usize) -> (Vec<u32>, Vec<u32>) {
        let mut to = code.as_bytes().to_vec();
        to.push(0xff);
        let mut found = self.codes.range().ge(code).lt(&to).into_stream();
        let (mut exact, mut longer) = (Vec::new(), Vec::new());
        while let Some((key, doc)) = found.next().filter(|_| exact.len() + longer.len() < most) {
            // What tells two of the same code apart is no character of a code.
            let same = key.get(code.len()).is_none_or(|b| *b < b' ');
            if same { &mut exact } else { &mut longer }.push(doc as u32);
        }
        (exact, longer)
    }

    /// The numbers of a product's option values.
    pub fn choices_of(&self, doc: u32) -> &[u32] {
        let at = doc as usize;
        let end = self
            .rows
            .get(at + 1)
            .map_or(self.choices.len(), |r| r.choices as usize);
        &self.choices[self.rows[at].choices as usize..end]
    }

    /// A product's least price in the currency of this number.
    pub fn price(&self, doc: u32, currency: Option<u32>) -> Option<i64> {
        let prices = self.prices.get(currency? as usize)?;
        prices.get(doc as usize).copied().filter(|p| *p != NO_PRICE)
    }

    /// Where a product can be had.
    pub fn places(&self, doc: u32) -> u64 {
        self.places[doc as usize].load(Ordering::Relaxed)
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let maps = [&self.terms, &self.endings, &self.codes];
        let maps: usize = maps.iter().map(|m| m.as_fst().as_bytes().len()).sum();
        let words = self.docs.len() + self.starts.len() + self.choices.len();
        let members: usize = self.members.values().map(Vec::len).sum();
        let prices: usize = self.prices.iter().map(Vec::len).sum();
        let rows = size_of::<Row>() + 8 + 8 + 1 + 1;
        maps + self.postings.len() + 4 * (words + members) + 8 * prices + rows * self.len()
    }
}

/// The key of a term.
pub(crate) fn key(kind: u8, text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() + 2);
    key.push(kind);
    key.extend_from_slice(text.as_bytes());
    key
}
