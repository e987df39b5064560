//! Turns what a shopper typed into a query and ranks what it finds.

use crate::index::Fields;
use crate::words::{self, Wanted};
use commerce::id::ProductId;
use commerce::text::Language;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

/// How closely the results fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Every word was found, the last one perhaps as a beginning.
    Exact,
    /// Every word was found once misspellings were forgiven.
    Similar,
    /// Some of the words were found.
    Partial,
    /// Nothing was found, or nothing was asked.
    None,
}

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

/// A misspelling is forgiven in words from this length on; shorter ones are too alike.
const FUZZY_CHARS_MIN: usize = 4;
/// Two misspellings are forgiven from this length on.
const FUZZY_TWICE_CHARS_MIN: usize = 8;

/// How much a hit in a name counts against one in a description.
const OWN_TITLE_BOOST: f32 = 8.0;
const OTHER_TITLE_BOOST: f32 = 5.0;
const ENDING_BOOST: f32 = 3.0;
/// A whole word counts more than a beginning or a misspelled one.
const EXACT_BOOST: f32 = 2.0;

pub(crate) fn run(
    searcher: &Searcher,
    fields: &Fields,
    query: &str,
    language: Language,
    limit: usize,
) -> tantivy::Result<Hits> {
    let wanted = words::wanted(query);
    let attempts = [
        (Match::Exact, Occur::Must),
        (Match::Similar, Occur::Must),
        (Match::Partial, Occur::Should),
    ];
    for (matched, occur) in attempts.into_iter().filter(|_| !wanted.is_empty()) {
        let clauses = wanted
            .iter()
            .map(|w| (occur, for_one(fields, w, language, matched)));
        let query = BooleanQuery::new(clauses.collect());
        let collectors = (Count, TopDocs::with_limit(limit).order_by_score());
        let (total, top) = searcher.search(&query, &collectors)?;
        if total == 0 {
            continue;
        }
        let mut products = Vec::with_capacity(top.len());
        for (score, at) in top {
            let ids = searcher
                .segment_reader(at.segment_ord)
                .fast_fields()
                .u64("id")?;
            products.extend(ids.first(at.doc_id).map(|id| (score, ProductId(id))));
        }
        // Equal scores come in the order of the segments, which means nothing: as they were added.
        products.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let products = products.into_iter().map(|(_, id)| id).collect();
        return Ok(Hits {
            products,
            total,
            matched,
        });
    }
    Ok(Hits {
        products: Vec::new(),
        total: 0,
        matched: Match::None,
    })
}

/// One wanted word in any of the fields.
fn for_one(fields: &Fields, wanted: &Wanted, language: Language, how: Match) -> Box<dyn Query> {
    let mut any: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let mut either = |field: Field, boost: f32| {
        let term = Term::from_field_text(field, wanted.term());
        let exact = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs);
        let exact = BoostQuery::new(Box::new(exact), boost * EXACT_BOOST);
        any.push((Occur::Should, Box::new(exact)));
        if let Wanted::Word(word) = wanted {
            let distance = if how == Match::Exact {
                0
            } else {
                forgiven(word)
            };
            let prefix = FuzzyTermQuery::new_prefix(term, distance, true);
            any.push((
                Occur::Should,
                Box::new(BoostQuery::new(Box::new(prefix), boost)),
            ));
        }
    };
    for (other, field) in Language::ALL.into_iter().zip(fields.titles) {
        let boost = if other == language {
            OWN_TITLE_BOOST
        } else {
            OTHER_TITLE_BOOST
        };
        either(field, boost);
    }
    either(fields.body, 1.0);
    // Endings are looked up as they are: beginnings of endings would be any part of any word.
    let term = Term::from_field_text(fields.endings, wanted.term());
    let ending = TermQuery::new(term, IndexRecordOption::WithFreqs);
    any.push((
        Occur::Should,
        Box::new(BoostQuery::new(Box::new(ending), ENDING_BOOST)),
    ));
    Box::new(BooleanQuery::new(any))
}

/// How many misspellings are forgiven in a word.
fn forgiven(word: &str) -> u8 {
    match word.chars().count() {
        n if n < FUZZY_CHARS_MIN => 0,
        n if n < FUZZY_TWICE_CHARS_MIN => 1,
        _ => 2,
    }
}
