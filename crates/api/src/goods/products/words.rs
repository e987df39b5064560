//! The columns `options_en`, `options_de` and `options_zh`: what the words of `options` are called in each
//! language. A word has one translation in a product; what a file does not name stays.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// The product's option words after the lines that touch it.
pub(super) fn option_words(
    after: &Product,
    touched: &[(usize, &ProductLine, usize)],
    errors: &mut [FileErrors],
) -> BTreeMap<String, Text> {
    let mut words = after.option_words.clone();
    for (language, column) in Language::ALL.into_iter().zip(OPTIONS_IN) {
        let mut said: BTreeMap<&str, &str> = BTreeMap::new();
        let mut silent: BTreeSet<&str> = BTreeSet::new();
        for &(file, line, place) in touched {
            let Some(cell) = &line.options_in[language as usize] else {
                continue;
            };
            let own = own_words(after, &after.variants[place], line);
            if cell.is_empty() {
                silent.extend(own);
                continue;
            }
            let errors = &mut errors[file];
            if cell.len() * 2 != own.len() {
                errors.at(
                    line.line,
                    column,
                    "does not have as many options as `options`",
                );
                continue;
            }
            let called = cell.iter().flat_map(|(n, v)| [n.as_str(), v.as_str()]);
            for (word, called) in own.into_iter().zip(called) {
                let before = said.insert(word, called).filter(|b| *b != called);
                if let Some(before) = before {
                    let reason = format!(
                        "`{}` is called `{}` and `{}` in the same product",
                        short(word),
                        short(before),
                        short(called)
                    );
                    errors.at(line.line, column, reason);
                }
            }
        }
        for word in silent.into_iter().filter(|w| !said.contains_key(w)) {
            set(&mut words, word, language, "");
        }
        for (word, called) in said {
            // What is called the same needs no entry.
            set(
                &mut words,
                word,
                language,
                if called == word { "" } else { called },
            );
        }
    }
    let values = after.variants.iter().flat_map(|v| &v.option_values);
    let used: BTreeSet<&String> = after.option_names.iter().chain(values).collect();
    words.retain(|word, text| !text.is_empty() && used.contains(word));
    words
}

/// Names and values in the order of the line's own cell, or of the product.
fn own_words<'l>(
    product: &'l Product,
    variant: &'l Variant,
    line: &'l ProductLine,
) -> Vec<&'l str> {
    match &line.options {
        Some(options) => options
            .iter()
            .flat_map(|(name, value)| [name.as_str(), value.as_str()])
            .collect(),
        None => product
            .option_names
            .iter()
            .zip(&variant.option_values)
            .flat_map(|(name, value)| [name.as_str(), value.as_str()])
            .collect(),
    }
}

fn set(words: &mut BTreeMap<String, Text>, word: &str, language: Language, called: &str) {
    words
        .entry(word.to_string())
        .or_default()
        .set(language, called.to_string());
}
