//! The product index: what the words of a shopper mean in goods, which goods a category holds, and what a list can be
//! narrowed down and sorted by.
//!
//! It lives in memory and is rebuilt from the shelf at start, so it can always be dropped. Terms are in a finite-state
//! dictionary ([`fst`]), in which misspelled ones are found by a Levenshtein automaton; what stands behind a term is
//! packed and read in one go. It must never hold the shelf while it indexes: [`Batch::of`] copies what is needed, and
//! [`Index::apply`] works on the copy.
//!
//! `words` cuts texts, `batch` copies products, `build` makes a `segment` of them, `query` and `expand` find, `list`
//! narrows down, counts and sorts, `index` holds it together.

mod batch;
mod build;
mod expand;
mod index;
mod list;
mod names;
mod postings;
mod query;
mod segment;
mod synonyms;
#[cfg(test)]
mod tests;
mod words;

pub use batch::Batch;
pub use index::{Hits, Index, Page, PriceLook, SearchError, Size};
pub use list::{Ask, Facets, Narrow, OptionValues, Order, PriceRange, VALUES_MAX, Value};
pub use query::{Correction, Match};
pub use synonyms::{GROUPS_MAX, Synonyms, SynonymsError};
pub use words::as_written;

/// Characters of a query that are read; the rest is ignored.
pub const QUERY_CHARS_MAX: usize = 120;
/// Words of a query that are read; the rest is ignored.
pub const QUERY_WORDS_MAX: usize = 8;
/// Products that one search returns at most; how many there are in all is counted beyond it.
pub const HITS_MAX: usize = 1_000;
