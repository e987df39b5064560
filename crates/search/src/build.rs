//! Makes segments: out of a batch, and out of other segments.

use crate::SearchError;
use crate::batch::{Entry, Places};
use crate::names::Names;
use crate::postings::{field, pack};
use crate::segment::{ANYWHERE, NO_PRICE, Row, STEM, Segment, WORD, key};
use crate::words::{self, Term};
use commerce::id::{CategoryId, ProductId};
use commerce::text::Language;
use fst::map::OpBuilder;
use fst::{Map, MapBuilder, Streamer};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// Words of a description that are indexed, per language; what comes later says little about the goods.
const DESCRIPTION_WORDS_MAX: usize = 80;
/// Compounds have at least this many letters in their stem.
const COMPOUND_CHARS_MIN: usize = 7;
/// Products that share one code and are all found by it.
const SAME_CODE_MAX: u8 = 30;

/// A segment and which of its products are still what they were.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub segment: Arc<Segment>,
    /// A bit for each product that is gone or newer elsewhere.
    pub dead: Arc<Vec<u64>>,
    /// How many are not dead.
    pub live: usize,
}

impl Part {
    pub fn new(segment: Segment) -> Self {
        Self {
            dead: Arc::new(vec![0; segment.len().div_ceil(64)]),
            live: segment.len(),
            segment: Arc::new(segment),
        }
    }

    #[inline]
    pub fn is_dead(&self, doc: u32) -> bool {
        self.dead[doc as usize / 64] >> (doc % 64) & 1 == 1
    }

    /// Takes a product out, if it is there.
    pub fn bury(&mut self, id: ProductId) {
        if let Some(doc) = self.segment.find(id).filter(|doc| !self.is_dead(*doc)) {
            Arc::make_mut(&mut self.dead)[doc as usize / 64] |= 1 << (doc % 64);
            self.live -= 1;
        }
    }
}

/// Puts terms together and numbers them.
#[derive(Default)]
struct Dictionary {
    docs: Vec<u32>,
    starts: Vec<u32>,
    postings: Vec<u8>,
}

impl Dictionary {
    /// Takes in the next term's products; gives its number.
    fn push(&mut self, list: &[(u32, u8)]) -> u32 {
        let number = self.docs.len() as u32;
        self.starts
            .push(u32::try_from(self.postings.len()).expect("segments this long are not merged"));
        self.docs.push(list.len() as u32);
        pack(list, &mut self.postings);
        number
    }

    fn end(&mut self) {
        self.starts
            .push(u32::try_from(self.postings.len()).expect("segments this long are not merged"));
        self.postings.shrink_to_fit();
        self.starts.shrink_to_fit();
        self.docs.shrink_to_fit();
    }
}

/// The bits for where a product can be had.
pub(crate) fn place_bits(places: &Places, names: &mut Names) -> u64 {
    let bits = places.collect.iter().filter_map(|id| names.place(*id));
    bits.fold(if places.anywhere { ANYWHERE } else { 0 }, |all, bit| {
        all | bit
    })
}

/// A segment of these products. `columns` is to call [`columns`] with the names, which are needed only there.
pub(crate) fn segment(
    mut entries: Vec<Entry>,
    columns: impl FnOnce(&[Entry]) -> Segment,
) -> Result<Segment, SearchError> {
    entries.sort_by_key(|e| e.id);
    entries.dedup_by_key(|e| e.id);
    let mut terms: HashMap<Vec<u8>, Vec<(u32, u8)>> = HashMap::new();
    let mut compounds: Vec<(String, Vec<u8>)> = Vec::new();
    let mut codes: Vec<(Vec<u8>, u32)> = Vec::new();
    for (doc, entry) in (0_u32..).zip(&entries) {
        for (term, fields) in terms_of(entry, &mut compounds) {
            terms.entry(term).or_default().push((doc, fields));
        }
        codes.extend(
            entry
                .codes
                .iter()
                .filter_map(|c| Some((words::code(c)?.into_bytes(), doc))),
        );
    }
    let mut sorted: Vec<_> = terms.into_iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut dictionary = Dictionary::default();
    let mut map = MapBuilder::memory();
    for (term, list) in &sorted {
        map.insert(term, u64::from(dictionary.push(list)))?;
    }
    dictionary.end();
    let terms = Map::new(map.into_inner()?)?;
    let mut endings: Vec<(Vec<u8>, u64)> = compounds
        .into_iter()
        .filter_map(|(stem, key)| {
            Some((
                stem.chars().rev().collect::<String>().into_bytes(),
                terms.get(key)?,
            ))
        })
        .collect();
    endings.sort_unstable();
    endings.dedup_by(|a, b| a.0 == b.0);
    let endings = Map::from_iter(endings)?;
    let mut segment = columns(&entries);
    segment.terms = terms;
    segment.endings = endings;
    segment.codes = code_map(codes)?;
    (segment.docs, segment.starts, segment.postings) =
        (dictionary.docs, dictionary.starts, dictionary.postings);
    Ok(segment)
}

/// All terms of a product with the fields that they stand in; German compounds are noted.
fn terms_of(entry: &Entry, compounds: &mut Vec<(String, Vec<u8>)>) -> BTreeMap<Vec<u8>, u8> {
    let mut found: BTreeMap<Vec<u8>, u8> = BTreeMap::new();
    let mut put = |term: Term<'_>, fields: u8| {
        let key = match term {
            Term::Word(word) => key(WORD, word),
            Term::Stem(stem) => key(STEM, stem),
        };
        *found.entry(key).or_default() |= fields;
    };
    for (language, own) in Language::ALL.into_iter().zip(field::TITLES) {
        let title = entry.title.exact(language).unwrap_or("");
        let mut start = field::START;
        words::terms(title, Some(language), &mut |term| {
            put(term, own | start);
            start = 0;
            if language == Language::De {
                compounds.extend(compound(term));
            }
        });
        let texts = entry
            .category_titles
            .iter()
            .filter_map(|t| t.exact(language));
        for text in texts {
            words::terms(text, Some(language), &mut |term| put(term, field::CATEGORY));
        }
        let mut left = DESCRIPTION_WORDS_MAX;
        let description = entry.description.exact(language).unwrap_or("");
        words::terms(description, Some(language), &mut |term| {
            left = left.saturating_sub(1);
            if left > 0 {
                put(term, field::DESCRIPTION);
            }
        });
    }
    words::terms(&entry.brand, None, &mut |term| put(term, field::BRAND));
    for word in entry.options.iter().flat_map(|(name, value)| [name, value]) {
        words::terms(&word.word, None, &mut |term| put(term, field::OPTION));
        for (language, called) in Language::ALL.into_iter().zip(&word.called) {
            let called = called.as_deref().unwrap_or("");
            words::terms(called, Some(language), &mut |term| put(term, field::OPTION));
        }
    }
    found
}

/// The stem by which a long German word is found from its end, and the key of its term.
fn compound(term: Term<'_>) -> Option<(String, Vec<u8>)> {
    let (stem, key) = match term {
        Term::Word(word) => (
            words::stem(word, Language::De).filter(|s| s == word)?,
            key(WORD, word),
        ),
        Term::Stem(stem) => (stem.to_string(), key(STEM, stem)),
    };
    (stem.len() >= COMPOUND_CHARS_MIN).then_some((stem, key))
}

/// Codes to products; of those that share a code, each further one gets a byte more.
fn code_map(mut codes: Vec<(Vec<u8>, u32)>) -> Result<Map<Vec<u8>>, SearchError> {
    codes.sort_unstable();
    codes.dedup();
    let mut map = MapBuilder::memory();
    let mut before: (Vec<u8>, u8) = (Vec::new(), 0);
    for (code, doc) in codes {
        before = if before.0 == code {
            (code, before.1.saturating_add(1))
        } else {
            (code, 0)
        };
        if before.1 > SAME_CODE_MAX {
            continue;
        }
        let mut key = before.0.clone();
        key.extend((before.1 > 0).then_some(before.1));
        map.insert(key, u64::from(doc))?;
    }
    Ok(Map::new(map.into_inner()?)?)
}

/// A segment without terms.
pub(crate) fn columns(entries: &[Entry], names: &mut Names) -> Segment {
    let mut segment = empty(entries.len());
    let mut leaves: BTreeMap<Option<CategoryId>, u32> = BTreeMap::new();
    for (doc, entry) in (0_u32..).zip(entries) {
        let leaf = entry.categories.first().copied();
        let next = leaves.len() as u32;
        segment.rows.push(Row {
            created_at: entry.created_at,
            brand: names.brands.number(&entry.brand),
            choices: segment.choices.len() as u32,
            leaf: *leaves.entry(leaf).or_insert(next),
        });
        segment.title_words.push(title_words(entry));
        if segment.leaves.len() < leaves.len() {
            segment.leaves.push(leaf);
        }
        segment.ids.push(entry.id.0);
        segment.choices.extend(
            entry
                .options
                .iter()
                .map(|(name, value)| names.choice(name, value)),
        );
        for category in &entry.categories {
            segment.members.entry(*category).or_default().push(doc);
        }
        for price in &entry.prices {
            let number = names.currencies.number(&price.currency) as usize;
            set_price(
                &mut segment.prices,
                number,
                doc as usize,
                price.minor,
                entries.len(),
            );
        }
        segment
            .places
            .push(AtomicU64::new(place_bits(&entry.places, names)));
        segment.popularity.push(AtomicU8::new(0));
    }
    segment
}

fn title_words(entry: &Entry) -> u8 {
    let titles = Language::ALL
        .into_iter()
        .filter_map(|l| entry.title.exact(l));
    let words = titles.map(words::count).min().unwrap_or(0);
    u8::try_from(words).unwrap_or(u8::MAX)
}

fn set_price(prices: &mut Vec<Vec<i64>>, currency: usize, doc: usize, minor: i64, products: usize) {
    while prices.len() <= currency {
        prices.push(vec![NO_PRICE; products]);
    }
    prices[currency][doc] = minor;
}

fn empty(products: usize) -> Segment {
    Segment {
        ids: Vec::with_capacity(products),
        terms: Map::default(),
        docs: Vec::new(),
        starts: Vec::new(),
        postings: Vec::new(),
        endings: Map::default(),
        codes: Map::default(),
        rows: Vec::with_capacity(products),
        choices: Vec::new(),
        leaves: Vec::new(),
        prices: Vec::new(),
        members: BTreeMap::new(),
        places: Vec::with_capacity(products),
        popularity: Vec::with_capacity(products),
        title_words: Vec::with_capacity(products),
    }
}

/// Whether segments may become one: places in postings are of 32 bits.
pub(crate) fn fit_together(parts: &[Part]) -> bool {
    let bytes: usize = parts.iter().map(|p| p.segment.postings.len()).sum();
    // A product's step may grow by some bytes as products of another segment come between.
    u32::try_from(bytes.saturating_mul(3)).is_ok()
}

/// Where products of a part are in the merged segment.
type Moved = Vec<u32>;
/// A product that is not in the merged segment.
const LEFT_BEHIND: u32 = u32::MAX;

/// One segment of what lives in several.
pub(crate) fn merge(parts: &[Part]) -> Result<Segment, SearchError> {
    let (mut segment, moved) = merge_columns(parts);
    let mut dictionary = Dictionary::default();
    let mut map = MapBuilder::memory();
    let mut renumbered: Vec<Vec<u32>> = parts
        .iter()
        .map(|p| vec![LEFT_BEHIND; p.segment.docs.len()])
        .collect();
    let mut union = parts
        .iter()
        .map(|p| &p.segment.terms)
        .collect::<OpBuilder<'_>>()
        .union();
    let mut list = Vec::new();
    while let Some((term, sources)) = union.next() {
        list.clear();
        for source in sources {
            let places = &moved[source.index];
            let postings = parts[source.index].segment.postings(source.value as u32);
            let kept = postings.map(|(doc, fields)| (places[doc as usize], fields));
            list.extend(kept.filter(|(doc, _)| *doc != LEFT_BEHIND));
        }
        if list.is_empty() {
            continue;
        }
        if sources.len() > 1 {
            list.sort_unstable();
        }
        let number = dictionary.push(&list);
        map.insert(term, u64::from(number))?;
        for source in sources {
            renumbered[source.index][source.value as usize] = number;
        }
    }
    dictionary.end();
    segment.terms = Map::new(map.into_inner()?)?;
    (segment.docs, segment.starts, segment.postings) =
        (dictionary.docs, dictionary.starts, dictionary.postings);
    segment.endings = merge_map(
        parts,
        |s| &s.endings,
        |part, term| renumbered[part][term as usize],
    )?;
    let mut codes = Vec::new();
    for (part, places) in parts.iter().zip(&moved) {
        let mut all = part.segment.codes.stream();
        while let Some((code, doc)) = all.next() {
            let end = code.iter().position(|b| *b < b' ').unwrap_or(code.len());
            codes.push((code[..end].to_vec(), places[doc as usize]));
        }
    }
    codes.retain(|(_, doc)| *doc != LEFT_BEHIND);
    segment.codes = code_map(codes)?;
    Ok(segment)
}

fn merge_map(
    parts: &[Part],
    of: impl Fn(&Segment) -> &Map<Vec<u8>>,
    renumber: impl Fn(usize, u64) -> u32,
) -> Result<Map<Vec<u8>>, SearchError> {
    let mut union = parts
        .iter()
        .map(|p| of(&p.segment))
        .collect::<OpBuilder<'_>>()
        .union();
    let mut map = MapBuilder::memory();
    while let Some((key, sources)) = union.next() {
        let new = sources.iter().map(|s| renumber(s.index, s.value));
        if let Some(number) = new.filter(|n| *n != LEFT_BEHIND).min() {
            map.insert(key, u64::from(number))?;
        }
    }
    Ok(Map::new(map.into_inner()?)?)
}

fn merge_columns(parts: &[Part]) -> (Segment, Vec<Moved>) {
    let mut order: Vec<(u64, usize, u32)> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let live = (0_u32..)
            .zip(&part.segment.ids)
            .filter(|(doc, _)| !part.is_dead(*doc));
        order.extend(live.map(|(doc, id)| (*id, at, doc)));
    }
    order.sort_unstable();
    let mut moved: Vec<Moved> = parts
        .iter()
        .map(|p| vec![LEFT_BEHIND; p.segment.len()])
        .collect();
    let mut merged = empty(order.len());
    let mut leaves: BTreeMap<Option<CategoryId>, u32> = BTreeMap::new();
    for (new, &(id, at, doc)) in (0_u32..).zip(&order) {
        let (old, place) = (&parts[at].segment, doc as usize);
        moved[at][place] = new;
        let leaf = old.leaves[old.rows[place].leaf as usize];
        let next = leaves.len() as u32;
        merged.rows.push(Row {
            choices: merged.choices.len() as u32,
            leaf: *leaves.entry(leaf).or_insert(next),
            ..old.rows[place]
        });
        if merged.leaves.len() < leaves.len() {
            merged.leaves.push(leaf);
        }
        merged.title_words.push(old.title_words[place]);
        merged.ids.push(id);
        merged.choices.extend(old.choices_of(doc));
        for (currency, prices) in old.prices.iter().enumerate() {
            set_price(
                &mut merged.prices,
                currency,
                new as usize,
                prices[place],
                order.len(),
            );
        }
        merged.places.push(AtomicU64::new(old.places(doc)));
        merged
            .popularity
            .push(AtomicU8::new(old.popularity[place].load(Ordering::Relaxed)));
    }
    for (part, places) in parts.iter().zip(&moved) {
        for (category, members) in &part.segment.members {
            let new = members.iter().map(|doc| places[*doc as usize]);
            merged
                .members
                .entry(*category)
                .or_default()
                .extend(new.filter(|d| *d != LEFT_BEHIND));
        }
    }
    merged.members.values_mut().for_each(|m| m.sort_unstable());
    merged.members.retain(|_, m| !m.is_empty());
    (merged, moved)
}
