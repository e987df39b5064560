//! Indexes behind the hot tables: which groups a buyer has, which movement blocks a variant is in, which
//! answer a key got. Entries are pairs of a key and a value. Each batch leaves its entries packed in one
//! row of `unindexed`; when enough have gathered they are sorted into a *run*, which is never changed
//! again: pages of [`PAGE_ENTRIES`] sorted entries, the first entry of each page (the fences) and a filter
//! that says which keys are surely not in it. So no write ever touches a random place.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Entries in one page of a run.
pub const PAGE_ENTRIES: usize = 1_024;
/// Entries that wait to be indexed before a run is made of them.
pub const RUN_ENTRIES: usize = 262_144;
/// Pages are numbered under their run.
pub const PAGES_PER_RUN: u64 = 1 << 20;
/// Bits of the filter per key: about one key in two thousand that is not there passes. Each that does costs a read of
/// the database, and there is a filter for every run of the day.
const FILTER_BITS_PER_KEY: usize = 20;
/// Bits set per key, all within one line of the filter.
const FILTER_PROBES: u32 = 6;
/// Bytes of a filter's line: one line of the processor's cache.
const FILTER_LINE: usize = 64;
/// Bytes of an entry in a page.
const ENTRY_BYTES: usize = 16;

/// What is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A buyer's e-mail address, hashed, to the order group.
    Buyer,
    /// A variant to the first number of a block of movements it is in.
    Movement,
    /// An idempotency key, cut, to the number of the answer.
    Answer,
    /// A waybill's number, hashed, to the fulfillment it was booked for.
    Waybill,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 4] = [Kind::Buyer, Kind::Movement, Kind::Answer, Kind::Waybill];

    /// The kind as a column.
    pub fn column(self) -> i64 {
        match self {
            Kind::Buyer => 1,
            Kind::Movement => 2,
            Kind::Answer => 3,
            Kind::Waybill => 4,
        }
    }
}

/// Entries by kind, in no order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries([Vec<(u64, u64)>; Kind::ALL.len()]);

impl Entries {
    /// Adds an entry.
    pub fn add(&mut self, kind: Kind, key: u64, value: u64) {
        self.0[kind as usize].push((key, value));
    }

    /// The entries of a kind.
    pub fn of(&self, kind: Kind) -> &[(u64, u64)] {
        &self.0[kind as usize]
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Takes in others.
    pub fn extend(&mut self, others: &Entries) {
        for (own, other) in self.0.iter_mut().zip(&others.0) {
            own.extend_from_slice(other);
        }
    }
}

/// The values of some keys.
#[derive(Debug)]
pub struct Found(BTreeMap<u64, Vec<u64>>);

impl Found {
    /// Of these keys, before any value.
    pub fn of(keys: &[u64]) -> Self {
        Self(keys.iter().map(|key| (*key, Vec::new())).collect())
    }

    /// A value of a key; of one that was not asked for, nothing is kept.
    pub fn note(&mut self, key: u64, value: u64) {
        if let Some(values) = self.0.get_mut(&key) {
            values.push(value);
        }
    }

    /// The least of each key that has any.
    pub fn least(self) -> BTreeMap<u64, u64> {
        let found = self.0.into_iter();
        found
            .filter_map(|(key, values)| Some((key, values.into_iter().min()?)))
            .collect()
    }

    /// All of them, rising and each once.
    pub fn all(self) -> BTreeSet<u64> {
        self.0.into_values().flatten().collect()
    }
}

/// A text as a key. Different texts may share one, so who reads compares the text.
pub fn text_key(text: &str) -> u64 {
    commerce::text::key(text)
}

/// An idempotency key, which is a hash already, as a key. Who reads compares the whole.
pub fn answer_key(key: u128) -> u64 {
    (key as u64) >> 1
}

/// Entries as the body of a row: per kind the count, then the pairs.
pub fn pack(entries: &Entries) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * ENTRY_BYTES + 24);
    for list in &entries.0 {
        out.extend_from_slice(&(list.len() as u64).to_le_bytes());
        put_entries(&mut out, list);
    }
    out
}

/// Entries from the body of a row; `None` if it is cut or too long. One that was written before there were waybills ends
/// before them.
pub fn unpack(mut body: &[u8]) -> Option<Entries> {
    let mut entries = Entries::default();
    for (kind, list) in Kind::ALL.into_iter().zip(&mut entries.0) {
        if body.is_empty() && kind == Kind::Waybill {
            break;
        }
        let (count, rest) = body.split_first_chunk::<8>()?;
        let bytes = usize::try_from(u64::from_le_bytes(*count))
            .ok()?
            .checked_mul(ENTRY_BYTES)?;
        let (own, rest) = rest.split_at_checked(bytes)?;
        list.extend(entries_in(own));
        body = rest;
    }
    body.is_empty().then_some(entries)
}

fn put_entries(out: &mut Vec<u8>, entries: &[(u64, u64)]) {
    for (key, value) in entries {
        out.extend_from_slice(&key.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    }
}

fn entries_in(bytes: &[u8]) -> impl DoubleEndedIterator<Item = (u64, u64)> + ExactSizeIterator {
    bytes.chunks_exact(ENTRY_BYTES).map(|entry| {
        let half = |from: usize| {
            let bytes: [u8; 8] = entry[from..from + 8].try_into().expect("eight bytes");
            u64::from_le_bytes(bytes)
        };
        (half(0), half(8))
    })
}

/// A run that was just made.
#[derive(Debug)]
pub struct Run {
    /// The first entry of each page.
    pub fences: Vec<u8>,
    /// Which keys are surely not in it.
    pub filter: Filter,
    /// The pages.
    pub pages: Vec<Vec<u8>>,
}

impl Run {
    /// Sorts entries into a run.
    pub fn of(mut entries: Vec<(u64, u64)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let mut run = Run {
            fences: Vec::new(),
            filter: Filter::for_keys(entries.len()),
            pages: Vec::new(),
        };
        for page in entries.chunks(PAGE_ENTRIES) {
            put_entries(&mut run.fences, &page[..1]);
            let mut body = Vec::with_capacity(page.len() * ENTRY_BYTES);
            put_entries(&mut body, page);
            run.pages.push(body);
            page.iter().for_each(|(key, _)| run.filter.add(*key));
        }
        run
    }
}

/// The pages of a run, by their place, that may hold entries of a key.
pub fn pages_of(fences: &[u8], key: u64) -> std::ops::Range<usize> {
    let firsts: Vec<u64> = entries_in(fences).map(|(first, _)| first).collect();
    let end = firsts.partition_point(|first| *first <= key);
    let begin = firsts.partition_point(|first| *first < key);
    begin.saturating_sub(1).min(end)..end
}

/// The values of a key in a page.
pub fn values_in(page: &[u8], key: u64) -> Vec<u64> {
    entries_in(page)
        .filter(|(k, _)| *k == key)
        .map(|(_, value)| value)
        .collect()
}

/// Says of a key that it is surely not in a run, or that it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(Vec<u8>);

impl Filter {
    fn for_keys(keys: usize) -> Self {
        let lines = (keys * FILTER_BITS_PER_KEY)
            .div_ceil(FILTER_LINE * 8)
            .max(1);
        Self(vec![0; lines * FILTER_LINE])
    }

    /// From its bytes; `None` if they are no filter.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let whole = !bytes.is_empty() && bytes.len().is_multiple_of(FILTER_LINE);
        whole.then_some(Self(bytes))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The line of a key, and bits to take places in it from.
    fn place(&self, key: u64) -> (usize, u64) {
        let mixed = mix(key);
        let lines = (self.0.len() / FILTER_LINE) as u64;
        let line = ((u128::from(mixed) * u128::from(lines)) >> 64) as usize;
        (line * FILTER_LINE, mix(mixed))
    }

    fn add(&mut self, key: u64) {
        let (line, bits) = self.place(key);
        for probe in 0..FILTER_PROBES {
            let bit = (bits >> (9 * probe)) as usize & 0x1ff;
            self.0[line + bit / 8] |= 1 << (bit % 8);
        }
    }

    /// Whether the key may be in the run.
    pub fn may_have(&self, key: u64) -> bool {
        let (line, bits) = self.place(key);
        (0..FILTER_PROBES).all(|probe| {
            let bit = (bits >> (9 * probe)) as usize & 0x1ff;
            self.0[line + bit / 8] & (1 << (bit % 8)) != 0
        })
    }
}

/// Spreads a key's bits (the finalizer of MurmurHash3, public domain).
fn mix(mut key: u64) -> u64 {
    key = (key ^ (key >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    key = (key ^ (key >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    key ^ (key >> 33)
}

/// Hashes keys that are hashes already.
#[derive(Default)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = mix(self.0 ^ key);
    }
}

/// What the writing side keeps in memory to say at once that a key is new: the entries that wait to be
/// indexed, and the filters of the runs.
#[derive(Default)]
pub struct AnswerIndex {
    recent: HashMap<u64, Vec<u64>, BuildHasherDefault<Mixed>>,
    /// By run, oldest first.
    filters: Vec<(u64, Filter)>,
}

impl AnswerIndex {
    /// Takes in the answers of a durable batch.
    pub fn add(&mut self, entries: &Entries) {
        for (key, number) in entries.of(Kind::Answer) {
            self.recent.entry(*key).or_default().push(*number);
        }
    }

    /// A run was made of all that waited.
    pub fn ran(&mut self, run: u64, filter: Filter) {
        self.recent.clear();
        self.filters.push((run, filter));
    }

    /// A run that was there already at the start.
    pub fn known(&mut self, run: u64, filter: Filter) {
        self.filters.push((run, filter));
    }

    /// A run is gone.
    pub fn forget(&mut self, run: u64) {
        self.filters.retain(|(known, _)| *known != run);
    }

    /// Numbers of recent answers under a key.
    pub fn recent(&self, key: u64) -> &[u64] {
        self.recent.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Runs that may have one of these keys. Runs outside, keys inside: a filter stays in the cache.
    pub fn runs(&self, keys: &[u64]) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        for (run, filter) in &self.filters {
            let here = keys.iter().filter(|key| filter.may_have(**key));
            found.extend(here.map(|key| (*run, *key)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: u64) -> Vec<(u64, u64)> {
        (0..count).map(|n| (mix(n) >> 1, n)).collect()
    }

    #[test]
    fn a_run_gives_back_every_entry_and_nothing_else() {
        let entries = sample(5_000);
        let run = Run::of(entries.clone());
        let values = |key| -> Vec<u64> {
            let pages = pages_of(&run.fences, key);
            pages
                .flat_map(|page| values_in(&run.pages[page], key))
                .collect()
        };
        for (key, value) in &entries {
            assert!(run.filter.may_have(*key));
            assert_eq!(values(*key), [*value]);
        }
        assert!(values(3).is_empty());
        let strangers = (0..10_000u64).filter(|n| run.filter.may_have(mix(n + 1_000_000) >> 1));
        assert!(strangers.count() < 400);
    }

    #[test]
    fn a_key_with_many_values_goes_over_pages() {
        let many: Vec<(u64, u64)> = (0..3_000).map(|n| (7, n)).chain(sample(2_000)).collect();
        let run = Run::of(many);
        let pages = pages_of(&run.fences, 7);
        let found: usize = pages.map(|page| values_in(&run.pages[page], 7).len()).sum();
        assert_eq!(found, 3_000);
    }

    #[test]
    fn entries_are_packed_and_unpacked() {
        let mut entries = Entries::default();
        entries.add(Kind::Buyer, 1, 2);
        entries.add(Kind::Answer, 3, u64::MAX >> 1);
        let body = pack(&entries);
        assert_eq!(unpack(&body), Some(entries));
        assert_eq!(unpack(&body[..body.len() - 1]), None);
        assert_eq!(unpack(&[]), None);
    }

    #[test]
    fn recent_answers_are_found_until_their_run_is_made() {
        let mut entries = Entries::default();
        entries.add(Kind::Answer, 5, 9);
        let mut index = AnswerIndex::default();
        index.add(&entries);
        assert_eq!(index.recent(5), [9]);
        assert!(index.runs(&[5]).is_empty());
        let run = Run::of(entries.of(Kind::Answer).to_vec());
        index.ran(1, run.filter);
        assert!(index.recent(5).is_empty());
        assert_eq!(index.runs(&[5]), [(1, 5)]);
        index.forget(1);
        assert!(index.runs(&[5]).is_empty());
    }
}
