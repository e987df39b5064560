//! Turns what a shopper typed into lists of products with a score each.

use crate::build::Part;
use crate::expand::{Effort, Lookup, Near};
use crate::postings::field;
use crate::synonyms::{PHRASE_WORDS_MAX, Synonyms};
use crate::words::{self, Said, pairs};
use commerce::id::ProductId;
use commerce::text::Language;
use std::cell::RefCell;

/// How closely the results fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Match {
    /// Every word was found: as it is, by its stem, a synonym, a beginning or an ending, or the whole is a code.
    Exact,
    /// Every word was found once misspellings were forgiven.
    Similar,
    /// Some of the words were found.
    Partial,
    /// Nothing was found, or nothing was asked.
    #[default]
    None,
}

/// A word that was read as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The word as it was typed, folded.
    pub typed: String,
    /// What it was taken for, folded: [`crate::as_written`] finds it in a title.
    pub meant: String,
    /// A product that has it.
    pub example: ProductId,
}

/// Products of one part with their scores, in the order of their places.
pub(crate) type Scored = Vec<(u32, u32)>;

/// What a search found in each part.
#[derive(Debug)]
pub(crate) struct Found {
    pub parts: Vec<Scored>,
    pub matched: Match,
    pub corrections: Vec<Correction>,
}

/// A synonym counts a little less than the word itself, in sixteenths.
const SYNONYM: u32 = 13;
const SURE_MAX: u32 = 16;
/// What counts how much, by where a word stands.
const OWN_TITLE: u8 = 8;
const OTHER_TITLE: u8 = 5;
const BRAND: u8 = 4;
const CATEGORY: u8 = 3;
const OPTION: u8 = 2;
const DESCRIPTION: u8 = 1;
const START: u8 = 2;
/// A word more that fits counts more than anything else about those that fit.
const WORD_FITS: u32 = 1 << 18;
/// The score of a product with the code that was typed; no words reach it.
const CODE: u32 = 1 << 23;
/// The score of one whose code begins like it.
const CODE_BEGINS: u32 = 1;
/// A code has at least so many letters and digits, and one digit.
const CODE_CHARS_MIN: usize = 4;
/// Products whose code begins with what was typed.
const CODED_MAX: usize = 100;
/// Below one in so many products, a list is put in order by sorting and not by walking through all.
const SPARSE: usize = 256;
/// Products whose scores are looked at together while walking through all.
const BLOCK: usize = 32;

/// One thing that was asked for, in the ways in which it may be said: any of them, of each all its words.
struct Wish {
    ways: Vec<Way>,
}

struct Way {
    words: Vec<Lookup>,
    /// The single characters of Chinese words: what is looked for when they need not stand side by side.
    loose: Vec<Lookup>,
    synonym: bool,
}

impl Way {
    fn new(said: &[Said], unfinished: bool, synonym: bool) -> Self {
        let mut way = Self {
            words: Vec::new(),
            loose: Vec::new(),
            synonym,
        };
        for (at, one) in said.iter().enumerate() {
            match one {
                Said::Word(word) => way
                    .words
                    .push(Lookup::word(word, unfinished && at + 1 == said.len())),
                Said::Run(run) => {
                    way.words.extend(pairs(run).into_iter().map(Lookup::han));
                    way.loose
                        .extend(run.chars().map(|c| Lookup::han(c.to_string())));
                }
            }
        }
        way.words.truncate(crate::QUERY_WORDS_MAX);
        way.loose.truncate(crate::QUERY_CHARS_MAX / 4);
        way
    }
}

/// What a query asks for. The last word may be unfinished, unless a blank follows it.
fn wishes(query: &str, synonyms: &Synonyms) -> Vec<Wish> {
    let said = words::wanted(query);
    let typing = !query.ends_with(char::is_whitespace);
    let mut wishes = Vec::new();
    let mut at = 0;
    while at < said.len() {
        let longest = PHRASE_WORDS_MAX.min(said.len() - at);
        let known = (1..=longest)
            .rev()
            .find(|n| !synonyms.of(&said[at..at + n]).is_empty());
        let words = &said[at..at + known.unwrap_or(1)];
        at += words.len();
        let unfinished = typing && at == said.len();
        let mut ways = vec![Way::new(words, unfinished, false)];
        ways.extend(
            synonyms
                .of(words)
                .iter()
                .map(|other| Way::new(other, false, true)),
        );
        wishes.push(Wish { ways });
    }
    wishes
}

/// Everything about one search.
struct Search<'s> {
    parts: &'s [Part],
    weights: [u8; 256],
    effort: Effort,
}

/// The terms by which a wish is fulfilled: per part, per way, per word.
struct Plan {
    parts: Vec<Vec<WayPlan>>,
    /// Products of all these terms, those with several counted for each.
    docs: u64,
}

struct WayPlan {
    words: Vec<Vec<(u32, u8)>>,
    synonym: bool,
}

/// Runs a query over all parts: at its word, then with misspellings, then any of its words is enough.
pub(crate) fn run(
    parts: &[Part],
    synonyms: &Synonyms,
    query: &str,
    language: Language,
    effort: Effort,
) -> Found {
    let search = Search {
        parts,
        weights: weights(language),
        effort,
    };
    let wishes = wishes(query, synonyms);
    let coded = search.coded(query);
    let is_code = coded.iter().any(|c| !c.is_empty());
    let terms = if wishes.len() > 1 {
        effort.beside_others()
    } else {
        effort
    };
    let plan = |w| search.plan(w, Care::Exact, terms);
    let plans: Vec<Plan> = wishes.iter().map(plan).collect();
    let all = search.all_of(&plans);
    let is_found = |parts: &[Scored]| parts.iter().any(|p| !p.is_empty());
    let found = |parts, matched| Found {
        parts,
        matched,
        corrections: Vec::new(),
    };
    if is_code || is_found(&all) {
        let both = all
            .into_iter()
            .zip(coded)
            .map(|(words, codes)| either(vec![words, codes], |a, b| a + b));
        return found(both.collect(), Match::Exact);
    }
    if wishes.is_empty() {
        return found(all, Match::None);
    }
    search.misspelled(&wishes, plans)
}

/// Whether misspellings are forgiven.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    Exact,
    Similar,
}

/// How much a hit counts, by the fields in which it is.
fn weights(language: Language) -> [u8; 256] {
    let own = field::TITLES[language as usize];
    std::array::from_fn(|fields| {
        let fields = fields as u8;
        let has = |bits: u8, weight: u8| if fields & bits == 0 { 0 } else { weight };
        let title = match field::TITLES.iter().fold(0, |all, bit| all | bit) & fields {
            0 => 0,
            titles if titles & own != 0 => OWN_TITLE,
            _ => OTHER_TITLE,
        };
        title
            + has(field::BRAND, BRAND)
            + has(field::CATEGORY, CATEGORY)
            + has(field::OPTION, OPTION)
            + has(field::DESCRIPTION, DESCRIPTION)
            + has(field::START, START)
    })
}

thread_local! {
    /// Best scores by place, all zero between two uses.
    static BEST: RefCell<Vec<u16>> = const { RefCell::new(Vec::new()) };
}

impl Search<'_> {
    /// The same once misspellings are forgiven, else what has any of the words.
    fn misspelled(&self, wishes: &[Wish], mut plans: Vec<Plan>) -> Found {
        // First only the words that nothing is known by are taken for misspelled, then any word.
        let unknown: Vec<bool> = plans.iter().map(|p| p.docs == 0).collect();
        let is_found = |parts: &[Scored]| parts.iter().any(|p| !p.is_empty());
        for suspects in [unknown.clone(), unknown.iter().map(|u| !u).collect()] {
            if !suspects.contains(&true) {
                continue;
            }
            for ((wish, plan), _) in wishes
                .iter()
                .zip(&mut plans)
                .zip(&suspects)
                .filter(|(_, s)| **s)
            {
                *plan = self.plan(wish, Care::Similar, self.effort);
            }
            let all = self.all_of(&plans);
            if is_found(&all) {
                let unknown = wishes.iter().zip(unknown).filter(|(_, unknown)| *unknown);
                let corrections = unknown.filter_map(|(w, _)| {
                    self.correction(w, |word| word.near(self.parts, self.effort))
                });
                return Found {
                    parts: all,
                    matched: Match::Similar,
                    corrections: corrections.collect(),
                };
            }
        }
        let any = self.any_of(&plans);
        let unknown = wishes.iter().zip(&plans).filter(|(_, p)| p.docs == 0);
        let corrections =
            unknown.filter_map(|(w, _)| self.correction(w, |word| word.guesses(self.parts)));
        Found {
            matched: if is_found(&any) {
                Match::Partial
            } else {
                Match::None
            },
            corrections: corrections.collect(),
            parts: any,
        }
    }

    /// The terms by which one wish is fulfilled.
    fn plan(&self, wish: &Wish, care: Care, effort: Effort) -> Plan {
        let mut plan = Plan {
            parts: self.parts.iter().map(|_| Vec::new()).collect(),
            docs: 0,
        };
        for way in &wish.ways {
            let loose = care == Care::Similar && !way.loose.is_empty();
            let words = if loose { &way.loose } else { &way.words };
            let near: Vec<Vec<Vec<Near>>> = match care {
                Care::Exact => Vec::new(),
                Care::Similar => words
                    .iter()
                    .map(|w| w.near(self.parts, self.effort))
                    .collect(),
            };
            for (at, (part, ways)) in self.parts.iter().zip(&mut plan.parts).enumerate() {
                let terms = |(number, word): (usize, &Lookup)| {
                    let mut terms = word.terms(&part.segment, effort);
                    let near = near.get(number).map_or(&[][..], |near| &near[at]);
                    terms.extend(word.misspelled(near, self.effort));
                    terms
                };
                let words: Vec<_> = words.iter().enumerate().map(terms).collect();
                let docs = |terms: &Vec<(u32, u8)>| -> u64 {
                    let docs = terms
                        .iter()
                        .map(|(term, _)| part.segment.docs[*term as usize]);
                    docs.map(u64::from).sum()
                };
                plan.docs += words.iter().map(docs).min().unwrap_or(0);
                ways.push(WayPlan {
                    words,
                    synonym: way.synonym,
                });
            }
        }
        plan
    }

    /// The products of a part that fulfill one wish, of those that are let through.
    fn fulfilled(&self, plan: &Plan, at: usize, through: Option<&Bits>) -> Scored {
        let rarity = self.rarity(plan);
        let mut all = Scored::new();
        for way in &plan.parts[at] {
            let mut words = way
                .words
                .iter()
                .map(|terms| self.gather(&self.parts[at], terms, through));
            let mut found = words.next().unwrap_or_default();
            for list in words {
                found = both(&found, &list);
            }
            let less = if way.synonym { SYNONYM } else { SURE_MAX };
            let words = way.words.len().max(1) as u32;
            for (_, score) in &mut found {
                *score = *score * less / SURE_MAX / words * rarity;
            }
            all = either(vec![all, found], u32::max);
        }
        all
    }

    /// The products that have any of these terms, with the best of their scores.
    fn gather(&self, part: &Part, terms: &[(u32, u8)], through: Option<&Bits>) -> Scored {
        let segment = &part.segment;
        let whole = part.live == segment.len();
        let wanted =
            |doc: u32| through.is_none_or(|bits| bits.has(doc)) && (whole || !part.is_dead(doc));
        let score =
            |fields: u8, sure: u8| u16::from(self.weights[usize::from(fields)]) * u16::from(sure);
        if let [(term, sure)] = terms {
            let room = through.map_or(segment.docs[*term as usize] as usize, |_| 0);
            let mut found = Scored::with_capacity(room);
            let list = segment.postings(*term).filter(|(doc, _)| wanted(*doc));
            found.extend(list.map(|(doc, fields)| (doc, u32::from(score(fields, *sure)))));
            return found;
        }
        BEST.with_borrow_mut(|best| {
            if best.len() < segment.len() {
                best.resize(segment.len().next_multiple_of(BLOCK), 0);
            }
            let mut touched: Vec<u32> = Vec::new();
            for (term, sure) in terms {
                for (doc, fields) in segment.postings(*term).filter(|(doc, _)| wanted(*doc)) {
                    let kept = &mut best[doc as usize];
                    if *kept == 0 {
                        touched.push(doc);
                    }
                    *kept = score(fields, *sure).max(*kept);
                }
            }
            if touched.len() > segment.len() / SPARSE {
                touched.clear();
                for (at, block) in best.chunks_exact(BLOCK).enumerate() {
                    if block.iter().fold(0, |all, score| all | score) != 0 {
                        let docs = (0..BLOCK).filter(|n| block[*n] != 0);
                        touched.extend(docs.map(|n| (at * BLOCK + n) as u32));
                    }
                }
            } else {
                touched.sort_unstable();
            }
            let take = |doc: u32| (doc, u32::from(std::mem::take(&mut best[doc as usize])));
            touched.into_iter().map(take).collect()
        })
    }

    /// Rare words count more: by the logarithm of how rare.
    fn rarity(&self, plan: &Plan) -> u32 {
        let all: u64 = self.parts.iter().map(|p| p.live as u64).sum();
        (all / plan.docs.max(1)).max(1).ilog2() + 1
    }

    /// The products that fulfill all wishes, the rarest asked first.
    fn all_of(&self, plans: &[Plan]) -> Vec<Scored> {
        let mut plans: Vec<&Plan> = plans.iter().collect();
        plans.sort_by_key(|p| p.docs);
        let of = |part: usize| {
            let Some((first, others)) = plans.split_first() else {
                return Scored::new();
            };
            let mut found = self.fulfilled(first, part, None);
            for other in others {
                if found.is_empty() {
                    break;
                }
                let bits = Bits::of(&found, self.parts[part].segment.len());
                found = both(&found, &self.fulfilled(other, part, Some(&bits)));
            }
            found
        };
        (0..self.parts.len()).map(of).collect()
    }

    /// The products that fulfill any wish, those that fulfill more with a much higher score.
    fn any_of(&self, plans: &[Plan]) -> Vec<Scored> {
        let of = |part| {
            let mut lists: Vec<Scored> = plans
                .iter()
                .map(|p| self.fulfilled(p, part, None))
                .collect();
            for (_, score) in lists.iter_mut().flatten() {
                *score += WORD_FITS;
            }
            either(lists, |a, b| a + b)
        };
        (0..self.parts.len()).map(of).collect()
    }

    /// The products whose code the whole query is or begins.
    fn coded(&self, query: &str) -> Vec<Scored> {
        let short: String = query.chars().take(crate::QUERY_CHARS_MAX).collect();
        let likely = |code: &String| {
            code.chars().count() >= CODE_CHARS_MIN && code.bytes().any(|b| b.is_ascii_digit())
        };
        let Some(code) = words::code(&short).filter(likely) else {
            return vec![Vec::new(); self.parts.len()];
        };
        let of = |part: &Part| {
            let (exact, longer) = part.segment.coded(&code, CODED_MAX);
            let exact = exact.into_iter().map(|doc| (doc, CODE));
            let mut found: Scored = exact
                .chain(longer.into_iter().map(|doc| (doc, CODE_BEGINS)))
                .collect();
            found.retain(|(doc, _)| !part.is_dead(*doc));
            found.sort_unstable_by(|a, b| (a.0, b.1).cmp(&(b.0, a.1)));
            found.dedup_by_key(|(doc, _)| *doc);
            found
        };
        self.parts.iter().map(of).collect()
    }

    /// What an unknown word was most likely meant to be.
    fn correction(
        &self,
        wish: &Wish,
        near: impl Fn(&Lookup) -> Vec<Vec<Near>>,
    ) -> Option<Correction> {
        let [word] = wish.ways.first()?.words.as_slice() else {
            return None;
        };
        if !self.effort.thorough {
            return None;
        }
        let near = near(word);
        let nearest = |(at, near): (usize, &Vec<Near>)| {
            let part = &self.parts[at];
            let best = near.first()?;
            let mut products = part.segment.postings(best.term).map(|p| p.0);
            let example = part.segment.ids[products.find(|doc| !part.is_dead(*doc))? as usize];
            let order = (best.distance, std::cmp::Reverse(best.docs));
            Some((order, best.term, at, example))
        };
        let parts = near.iter().enumerate();
        let (.., term, at, example) = parts.filter_map(nearest).min()?;
        let key = self.parts[at]
            .segment
            .terms
            .as_fst()
            .get_key(u64::from(term))?;
        Some(Correction {
            typed: word.text.clone(),
            meant: String::from_utf8(key[1..].to_vec()).ok()?,
            example: ProductId(example),
        })
    }
}

/// What is in both lists, with the sum of the scores.
fn both(a: &Scored, b: &Scored) -> Scored {
    let mut found = Scored::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x.0 == y.0 {
            found.push((x.0, x.1 + y.1));
        }
        i += usize::from(x.0 <= y.0);
        j += usize::from(y.0 <= x.0);
    }
    found
}

/// What is in any list; where it is in several, the scores become one.
fn either(mut lists: Vec<Scored>, one: impl Fn(u32, u32) -> u32) -> Scored {
    lists.retain(|l| !l.is_empty());
    if lists.len() < 2 {
        return lists.pop().unwrap_or_default();
    }
    let mut all: Scored = lists.concat();
    all.sort_by_key(|(doc, _)| *doc);
    all.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = one(kept.1, next.1);
        }
        same
    });
    all
}

/// A set of products of a part.
struct Bits(Vec<u64>);

impl Bits {
    fn of(list: &Scored, products: usize) -> Self {
        let mut bits = vec![0_u64; products.div_ceil(64)];
        for (doc, _) in list {
            bits[*doc as usize / 64] |= 1 << (doc % 64);
        }
        Self(bits)
    }

    #[inline]
    fn has(&self, doc: u32) -> bool {
        self.0[doc as usize / 64] >> (doc % 64) & 1 == 1
    }
}
