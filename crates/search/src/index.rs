//! The index itself: parts that are searched together, and how changes get into them.

use crate::batch::{self, Batch, Entry};
use crate::build::{self, Part};
use crate::expand::Effort;
use crate::list::{self, Ask, Facets};
use crate::names::Names;
use crate::query::{self, Correction, Found, Match, Scored};
use crate::synonyms::Synonyms;
use crate::words;
use commerce::World;
use commerce::catalog::Product;
use commerce::id::{CategoryId, LocationId, ProductId};
use commerce::text::{Language, Text};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Products that a refill takes in at a time, and so how long the shelf is held for it.
const REFILL_STEP: usize = 10_000;

/// The index could not be written: a fault of ours, never of a product.
#[derive(Debug, thiserror::Error)]
#[error("search index: {0}")]
pub struct SearchError(#[from] fst::Error);

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// The products, best first, at most as many as asked for.
    pub products: Vec<ProductId>,
    /// How many fit in all.
    pub total: usize,
    /// How closely they fit.
    pub matched: Match,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The products of the page.
    pub products: Vec<ProductId>,
    /// How many fit in all.
    pub total: usize,
    /// How closely they fit.
    pub matched: Match,
    /// Words that were read as others, or, where too little was found, that others are near to.
    pub corrections: Vec<Correction>,
    /// What the list can be narrowed down by.
    pub facets: Facets,
}

/// How large the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Products.
    pub products: usize,
    /// Different terms, those in several parts counted in each.
    pub terms: usize,
    /// Parts that are searched one after the other.
    pub parts: usize,
    /// About how many bytes all of it takes.
    pub bytes: usize,
}

/// What searches read: replaced as a whole.
#[derive(Debug, Default)]
struct State {
    /// Large parts first.
    parts: Vec<Part>,
    names: Names,
    categories: Vec<(CategoryId, Text)>,
    synonyms: Arc<Synonyms>,
}

/// The product index. Shared by reference; readers wait for a writer only while it puts a finished part in its place.
#[derive(Debug, Default)]
pub struct Index {
    state: RwLock<State>,
    /// Held by whoever writes.
    writing: Mutex<()>,
}

/// How a product's price stands to what the index knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceLook {
    /// Whether an event takes something off.
    pub is_reduced: bool,
    /// Whether the index knows another price: the product has to be indexed again.
    pub has_changed: bool,
}

impl Index {
    /// An empty index in memory.
    pub fn new() -> Self {
        Self::default()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a batch in; searches see it when this returns. Blocking: below a millisecond for a few products, a second
    /// for tens of thousands.
    ///
    /// # Errors
    /// When a part cannot be built; the index is then as it was.
    pub fn apply(&self, batch: Batch) -> Result<(), SearchError> {
        let _only = self.writing();
        let changed = batch.entries.iter().map(|e| e.id);
        let buried: Vec<ProductId> = changed.chain(batch.gone).collect();
        let new = if batch.entries.is_empty() {
            None
        } else {
            let columns = |entries: &[Entry]| build::columns(entries, &mut self.write().names);
            Some(Part::new(build::segment(batch.entries, columns)?))
        };
        let mut parts = self.read().parts.clone();
        for part in &mut parts {
            for id in &buried {
                part.bury(*id);
            }
        }
        parts.extend(new);
        tidy(&mut parts)?;
        self.write().parts = parts;
        Ok(())
    }

    /// Fills the index anew: with all that `shelf` holds and what it costs at `now`, in UTC milliseconds. The shelf is asked in steps, so that it is never held for long.
    /// Searches find what was there before until this returns. Blocking.
    ///
    /// # Errors
    /// When a part cannot be built; the index is then as it was.
    pub fn refill<G: std::ops::Deref<Target = World>>(
        &self,
        shelf: impl Fn() -> G,
        now: i64,
    ) -> Result<(), SearchError> {
        let _only = self.writing();
        let (ids, categories) = {
            let world = shelf();
            let ids: Vec<ProductId> = world.loaded_products().map(|p| p.id).collect();
            let categories = world.categories().map(|c| (c.id, c.title.clone()));
            (ids, categories.collect())
        };
        let mut names = Names::default();
        let mut parts = Vec::new();
        for step in ids.chunks(REFILL_STEP) {
            let batch = Batch::of(&shelf(), now, step.iter().copied());
            if !batch.entries.is_empty() {
                parts.push(Part::new(build::segment(batch.entries, |e| {
                    build::columns(e, &mut names)
                })?));
            }
        }
        if parts.len() > 1 && build::fit_together(&parts) {
            parts = vec![Part::new(build::merge(&parts)?)];
        }
        let synonyms = self.read().synonyms.clone();
        *self.write() = State {
            parts,
            names,
            categories,
            synonyms,
        };
        Ok(())
    }

    /// Sets which words mean the same, from the next search on.
    pub fn set_synonyms(&self, synonyms: Synonyms) {
        self.write().synonyms = Arc::new(synonyms);
    }

    /// Sets what sells best, the best first: among equal matches it comes first.
    pub fn set_best_sellers(&self, products: &[ProductId]) {
        let state = self.read();
        for part in &state.parts {
            part.segment
                .popularity
                .iter()
                .for_each(|p| p.store(0, Ordering::Relaxed));
            for (id, rank) in products.iter().zip((1..=u8::MAX).rev()) {
                if let Some(doc) = part.segment.find(*id) {
                    part.segment.popularity[doc as usize].store(rank, Ordering::Relaxed);
                }
            }
        }
    }

    /// Whether a level of this product's that is now above zero, or no longer, may change where it can be had: cheap,
    /// for every level that changes. Then [`Index::restock`] has to be called.
    pub fn is_restocked(&self, product: ProductId, place: LocationId, available: bool) -> bool {
        let state = self.read();
        let bit = state.names.places.find(&place).map(|n| 2_u64 << n);
        let mut docs = state
            .parts
            .iter()
            .filter_map(|p| Some((p, p.segment.find(product)?)));
        let known = docs.find(|(part, doc)| !part.is_dead(*doc));
        known.is_some_and(|(part, doc)| {
            let places = part.segment.places(doc);
            match bit {
                Some(bit) => (places & bit != 0) != available,
                // A place that only ships, or one that is not known yet.
                None => (places & crate::segment::ANYWHERE != 0) != available,
            }
        })
    }

    /// How what a product costs at `now` stands to what is known of it here; `None` if it is not known.
    pub fn look_at_price(&self, world: &World, now: i64, product: &Product) -> Option<PriceLook> {
        let state = self.read();
        let mut docs = state
            .parts
            .iter()
            .filter_map(|p| Some((p, p.segment.find(product.id)?)));
        let (part, doc) = docs.find(|(part, doc)| !part.is_dead(*doc))?;
        let (prices, is_reduced) = crate::batch::prices(world, now, product);
        let known = |currency| {
            let number = state.names.currencies.find(&currency);
            part.segment.price(doc, number)
        };
        Some(PriceLook {
            is_reduced,
            has_changed: prices.iter().any(|p| known(p.currency) != Some(p.minor)),
        })
    }

    /// Notes where products can be had, as the shelf says now.
    pub fn restock(&self, world: &World, products: impl IntoIterator<Item = ProductId>) {
        // A part that is being put together would miss it.
        let _only = self.writing();
        let mut state = self.write();
        let State { parts, names, .. } = &mut *state;
        for id in products {
            let bits = build::place_bits(&batch::places(world, id), names);
            for part in parts.iter() {
                if let Some(doc) = part.segment.find(id) {
                    part.segment.places[doc as usize].store(bits, Ordering::Relaxed);
                }
            }
        }
    }

    /// The products that fit a query, best first, at most `limit` of them. A query is first taken at its word, then
    /// with misspellings, then any of its words is enough; [`Hits::matched`] says which it was.
    pub fn search(&self, query: &str, language: Language, limit: usize) -> Hits {
        self.hits(query, language, limit, Effort::PAGE)
    }

    /// The same for someone who is still typing: quick whatever was typed. What begins with one or two letters is
    /// looked for among the most frequent words, so that [`Hits::total`] is then no more than a part.
    pub fn suggest(&self, query: &str, language: Language, limit: usize) -> Hits {
        self.hits(query, language, limit, Effort::SUGGEST)
    }

    pub(crate) fn hits(
        &self,
        query: &str,
        language: Language,
        limit: usize,
        effort: Effort,
    ) -> Hits {
        let state = self.read();
        let found = query::run(&state.parts, &state.synonyms, query, language, effort);
        let (products, total) = list::top(&state.parts, &found.parts, limit);
        Hits {
            products,
            total,
            matched: found.matched,
        }
    }

    /// A page of a search or of a category, with its facets.
    pub fn page(&self, ask: &Ask<'_>) -> Page {
        let state = self.read();
        let mut found = if ask.query.is_empty() {
            state.everything(ask.within)
        } else {
            query::run(
                &state.parts,
                &state.synonyms,
                ask.query,
                ask.language,
                Effort::PAGE,
            )
        };
        if let Some(category) = ask.within.filter(|_| !ask.query.is_empty()) {
            for (part, scored) in state.parts.iter().zip(&mut found.parts) {
                let members = part.segment.members.get(&category);
                scored.retain(|(doc, _)| members.is_some_and(|m| m.binary_search(doc).is_ok()));
            }
        }
        let (products, total, facets) = list::page(&state.parts, &found.parts, ask, &state.names);
        Page {
            products,
            total,
            matched: found.matched,
            corrections: found.corrections,
            facets,
        }
    }

    /// Categories with a name that fits what was typed, those with the most products first.
    pub fn categories(&self, query: &str, limit: usize) -> Vec<CategoryId> {
        let wanted = words::wanted(query);
        if wanted.is_empty() {
            return Vec::new();
        }
        let state = self.read();
        let fits = |title: &Text| {
            let titles = Language::ALL.into_iter().filter_map(|l| title.exact(l));
            let mut titles = titles.map(words::folded);
            titles.any(|title| wanted.iter().all(|w| title.iter().any(|t| begins(t, w))))
        };
        let fitting = state.categories.iter().filter(|(_, title)| fits(title));
        let mut counted: Vec<(usize, CategoryId)> =
            fitting.map(|(id, _)| (state.count(*id), *id)).collect();
        counted.retain(|(count, _)| *count > 0);
        counted.sort_by_key(|(count, id)| (std::cmp::Reverse(*count), *id));
        counted.into_iter().take(limit).map(|(_, id)| id).collect()
    }

    /// Products in a category and below it, in the order in which they were added, at most `limit` of those that come
    /// after one; then from the first.
    pub fn in_category(
        &self,
        category: CategoryId,
        after: ProductId,
        limit: usize,
    ) -> Vec<ProductId> {
        let state = self.read();
        let members = |from: u64, to: u64| {
            let mut found: Vec<u64> = Vec::new();
            for part in &state.parts {
                let ids = &part.segment.ids;
                let members = part
                    .segment
                    .members
                    .get(&category)
                    .map_or(&[][..], Vec::as_slice);
                let first = members.partition_point(|doc| ids[*doc as usize] < from);
                let live = members[first..].iter().filter(|doc| !part.is_dead(**doc));
                let live = live.map(|doc| ids[*doc as usize]).take_while(|id| *id < to);
                found.extend(live.take(limit));
            }
            found.sort_unstable();
            found
        };
        let mut found = members(after.0.saturating_add(1), u64::MAX);
        if found.len() < limit {
            found.extend(members(0, after.0));
        }
        found.into_iter().take(limit).map(ProductId).collect()
    }

    /// How many products are in a category and below it.
    pub fn count_in_category(&self, category: CategoryId) -> usize {
        self.read().count(category)
    }

    /// How many products are indexed.
    pub fn len(&self) -> usize {
        self.read().parts.iter().map(|p| p.live).sum()
    }

    /// Whether nothing is indexed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How large the index is.
    pub fn size(&self) -> Size {
        let state = self.read();
        let segments = || state.parts.iter().map(|p| &p.segment);
        Size {
            products: state.parts.iter().map(|p| p.live).sum(),
            terms: segments().map(|s| s.docs.len()).sum(),
            parts: state.parts.len(),
            bytes: segments().map(|s| s.bytes()).sum(),
        }
    }
}

impl State {
    fn everything(&self, within: Option<CategoryId>) -> Found {
        let of = |part: &Part| -> Scored {
            let live = |doc: &u32| !part.is_dead(*doc);
            let score = |doc| (doc, 0);
            match within {
                None => (0..part.segment.len() as u32)
                    .filter(live)
                    .map(score)
                    .collect(),
                Some(category) => {
                    let members = part.segment.members.get(&category);
                    members
                        .into_iter()
                        .flatten()
                        .copied()
                        .filter(live)
                        .map(score)
                        .collect()
                }
            }
        };
        Found {
            parts: self.parts.iter().map(of).collect(),
            matched: Match::Exact,
            corrections: Vec::new(),
        }
    }

    fn count(&self, category: CategoryId) -> usize {
        let of = |part: &Part| {
            let members = part
                .segment
                .members
                .get(&category)
                .map_or(&[][..], Vec::as_slice);
            if part.live == part.segment.len() {
                members.len()
            } else {
                members.iter().filter(|doc| !part.is_dead(**doc)).count()
            }
        };
        self.parts.iter().map(of).sum()
    }
}

/// Whether a word of a name begins with a word that was typed, or, in Chinese, has it.
fn begins(own: &words::Said, typed: &words::Said) -> bool {
    match (own, typed) {
        (words::Said::Word(own), words::Said::Word(typed)) => {
            own.starts_with(typed.as_str())
                || [Language::En, Language::De].iter().any(|l| {
                    let typed = words::stem(typed, *l);
                    typed.is_some() && words::stem(own, *l) == typed
                })
        }
        (words::Said::Run(own), words::Said::Run(typed)) => own.contains(typed.as_str()),
        _ => false,
    }
}

/// Puts small parts together, so that there are few: each is more than twice as large as the next.
fn tidy(parts: &mut Vec<Part>) -> Result<(), SearchError> {
    parts.retain(|p| p.live > 0);
    parts.sort_by_key(|p| std::cmp::Reverse(p.live));
    while let [.., larger, smaller] = parts.as_slice() {
        let both = [larger.clone(), smaller.clone()];
        if larger.live > 2 * smaller.live || !build::fit_together(&both) {
            break;
        }
        let merged = Part::new(build::merge(&both)?);
        parts.truncate(parts.len() - 2);
        parts.push(merged);
        parts.sort_by_key(|p| std::cmp::Reverse(p.live));
    }
    Ok(())
}
