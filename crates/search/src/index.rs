//! The index itself: tantivy in memory for words, a plain list per category for browsing.

use crate::batch::{Batch, Entry};
use crate::query::{self, Hits};
use crate::words;
use commerce::id::{CategoryId, ProductId};
use commerce::text::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError, RwLock};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};

/// Memory that indexing may fill before it writes a segment, in bytes: tantivy's least.
const WRITER_MEMORY_BYTES: usize = 15_000_000;

/// The index could not be read or written: a fault of ours, never of a query.
#[derive(Debug, thiserror::Error)]
#[error("search index: {0}")]
pub struct SearchError(#[from] tantivy::TantivyError);

/// Which field holds what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub id: Field,
    /// Names, one field per language in the order of [`Language::ALL`].
    pub titles: [Field; 3],
    /// Endings of long words in names.
    pub endings: Field,
    pub body: Field,
}

/// The product index. Shared by reference; readers never wait for a writer.
pub struct Index {
    fields: Fields,
    writer: Mutex<IndexWriter>,
    reader: IndexReader,
    browse: RwLock<Browse>,
}

/// Products per category, in the order in which they were added.
#[derive(Debug, Default)]
struct Browse {
    members: BTreeMap<CategoryId, BTreeSet<ProductId>>,
    categories: BTreeMap<ProductId, Vec<CategoryId>>,
}

impl Browse {
    fn remove(&mut self, id: ProductId) {
        for category in self.categories.remove(&id).unwrap_or_default() {
            if let Some(members) = self.members.get_mut(&category) {
                members.remove(&id);
            }
        }
    }

    fn insert(&mut self, entry: &Entry) {
        self.remove(entry.id);
        for &category in &entry.categories {
            self.members.entry(category).or_default().insert(entry.id);
        }
        self.categories.insert(entry.id, entry.categories.clone());
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").finish_non_exhaustive()
    }
}

impl Index {
    /// An empty index in memory.
    ///
    /// # Errors
    /// When tantivy cannot start its indexing thread.
    pub fn new() -> Result<Self, SearchError> {
        let mut schema = Schema::builder();
        let text = || {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::WithFreqs);
            TextOptions::default().set_indexing_options(indexing)
        };
        let fields = Fields {
            id: schema.add_u64_field("id", INDEXED | FAST),
            titles: Language::ALL
                .map(|l| schema.add_text_field(&format!("title_{}", l.tag()), text())),
            endings: schema.add_text_field("endings", text()),
            body: schema.add_text_field("body", text()),
        };
        let index = tantivy::Index::create_in_ram(schema.build());
        let writer = index.writer_with_num_threads(1, WRITER_MEMORY_BYTES)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            fields,
            writer: Mutex::new(writer),
            reader,
            browse: RwLock::default(),
        })
    }

    /// Takes a batch in; searches see it when this returns. Blocking: some milliseconds for a few
    /// products, a second for tens of thousands.
    ///
    /// # Errors
    /// When tantivy cannot write; the index is then as it was.
    pub fn apply(&self, batch: Batch) -> Result<(), SearchError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = self.write(&mut writer, &batch);
        if let Err(error) = written {
            writer.rollback()?;
            return Err(error);
        }
        self.reader.reload()?;
        let mut browse = self.browse.write().unwrap_or_else(PoisonError::into_inner);
        if batch.whole {
            *browse = Browse::default();
        }
        for &id in &batch.gone {
            browse.remove(id);
        }
        for entry in &batch.entries {
            browse.insert(entry);
        }
        Ok(())
    }

    fn write(&self, writer: &mut IndexWriter, batch: &Batch) -> Result<(), SearchError> {
        if batch.whole {
            writer.delete_all_documents()?;
        }
        for id in &batch.gone {
            writer.delete_term(Term::from_field_u64(self.fields.id, id.0));
        }
        for entry in &batch.entries {
            writer.delete_term(Term::from_field_u64(self.fields.id, entry.id.0));
            writer.add_document(self.document(entry))?;
        }
        writer.commit()?;
        Ok(())
    }

    fn document(&self, entry: &Entry) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_u64(self.fields.id, entry.id.0);
        for (field, title) in self.fields.titles.into_iter().zip(&entry.titles) {
            document.add_pre_tokenized_text(field, tokenized(words::terms(title)));
        }
        let endings: Vec<String> = entry
            .titles
            .iter()
            .flat_map(|t| words::endings(t))
            .collect();
        document.add_pre_tokenized_text(self.fields.endings, tokenized(endings));
        document.add_pre_tokenized_text(self.fields.body, tokenized(words::terms(&entry.body)));
        document
    }

    /// The products that fit a query, best first. A query is first taken at its word, then with
    /// misspellings, then any of its words is enough; [`Hits::matched`] says which it was.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search(
        &self,
        query: &str,
        language: Language,
        limit: usize,
    ) -> Result<Hits, SearchError> {
        let searcher = self.reader.searcher();
        let limit = limit.clamp(1, crate::HITS_MAX);
        Ok(query::run(&searcher, &self.fields, query, language, limit)?)
    }

    /// The products in a category and below it, in the order in which they were added.
    pub fn in_category(&self, category: CategoryId) -> Vec<ProductId> {
        let browse = self.browse.read().unwrap_or_else(PoisonError::into_inner);
        let members = browse.members.get(&category);
        members.map_or_else(Vec::new, |m| m.iter().copied().collect())
    }

    /// How many products are in a category and below it.
    pub fn count_in_category(&self, category: CategoryId) -> usize {
        let browse = self.browse.read().unwrap_or_else(PoisonError::into_inner);
        browse.members.get(&category).map_or(0, BTreeSet::len)
    }

    /// How many products are indexed.
    pub fn len(&self) -> usize {
        let browse = self.browse.read().unwrap_or_else(PoisonError::into_inner);
        browse.categories.len()
    }

    /// Whether nothing is indexed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Terms in the form that tantivy takes as they are.
fn tokenized(terms: Vec<String>) -> PreTokenizedString {
    let tokens = terms
        .into_iter()
        .enumerate()
        .map(|(position, text)| Token {
            position,
            text,
            ..Token::default()
        })
        .collect();
    PreTokenizedString {
        text: String::new(),
        tokens,
    }
}
