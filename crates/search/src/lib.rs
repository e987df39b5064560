//! The product index: what the words of a shopper mean in goods, and which goods a category holds.
//!
//! It lives in memory and is rebuilt from the shelf at start, so it can always be dropped. It knows
//! nothing of stock, which changes too often: whoever lists results asks the shelf for it. It must
//! never hold the shelf while it indexes: [`Batch::all`] and [`Batch::of`] copy what is needed, and
//! [`Index::apply`] works on the copy.

mod batch;
mod index;
mod query;
#[cfg(test)]
mod tests;
mod words;

pub use batch::Batch;
pub use index::{Index, SearchError};
pub use query::{Hits, Match};

/// Characters of a query that are read; the rest is ignored.
pub const QUERY_CHARS_MAX: usize = 120;
/// Words of a query that are read; the rest is ignored.
pub const QUERY_WORDS_MAX: usize = 8;
/// Products that one search returns at most; how many there are in all is counted beyond it.
pub const HITS_MAX: usize = 1_000;
