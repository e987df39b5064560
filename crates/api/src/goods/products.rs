//! Products with their variants, and the prices of their offers.
//!
//! A file says what it names and leaves the rest alone: variants that it does not name stay as they are,
//! and so does a column that it does not have. Drafts carry the version that was planned from, so that
//! the ids of new variants, which stock files refer to, are the ones that the core will give.

use super::cells::{Cells, DESCRIPTIONS, TITLES, Texts, set_text, set_texts, short};
use super::places::{Places, image};
use super::read::Content;
use super::report::{Counts, FileErrors, LineState};
use commerce::catalog::{Offer, Product, Status, TaxCategory, Variant};
use commerce::command::ProductDraft;
use commerce::gtin::Gtin;
use commerce::id::{CategoryId, ProductId, SellerId, VariantId};
use commerce::money::{Currency, Money};
use commerce::text::{Language, Text};
use commerce::world::RecordKind;
use commerce::{World, limits};
use std::collections::{HashMap, HashSet};

mod options;
mod prices;
mod product;
mod words;

pub(super) use options::{options_parse, options_show};
pub(super) use prices::PriceLine;
pub(super) use product::status_shown;

/// Names and values of options, in the order of their cell.
type Options = Vec<(String, String)>;

/// The columns with the options in each language.
const OPTIONS_IN: [&str; 3] = ["options_en", "options_de", "options_zh"];

/// A line of a product file; `None` for what the file or a bad cell leaves open.
#[derive(Debug)]
pub(super) struct ProductLine {
    line: u64,
    sku: String,
    gtin: Option<Option<Gtin>>,
    handle: String,
    titles: Texts,
    descriptions: Texts,
    brand: Option<String>,
    category: Option<String>,
    options: Option<Options>,
    /// The same in each language.
    options_in: [Option<Options>; 3],
    tax_category: Option<TaxCategory>,
    weight_grams: Option<u32>,
    image: Option<String>,
    seller: Option<String>,
    status: Option<Status>,
    bad: bool,
}

/// The words of a status.
pub(super) const STATUSES: [(&str, Status); 3] = [
    ("active", Status::Active),
    ("draft", Status::Draft),
    ("archived", Status::Archived),
];

impl ProductLine {
    pub fn read(cells: &mut Cells) -> Self {
        let taxes = [
            TaxCategory::Standard,
            TaxCategory::Reduced,
            TaxCategory::Zero,
        ]
        .map(|t| (t.word(), t));
        let weight = |cells: &mut Cells| {
            let grams = cells.number("weight_grams", i64::from(u32::MAX), Some(0))?;
            u32::try_from(grams).ok()
        };
        let mut line = Self {
            line: cells.line,
            sku: cells.code("sku"),
            gtin: cells.parsed("gtin", gtin_parse),
            handle: cells.code("product"),
            titles: TITLES.map(|column| cells.text(column)),
            descriptions: DESCRIPTIONS.map(|column| cells.long_text(column)),
            brand: cells.text("brand"),
            category: cells.get("category").map(str::to_string),
            options: cells.parsed("options", options_parse),
            options_in: OPTIONS_IN.map(|column| cells.parsed(column, options_parse)),
            tax_category: cells.word("tax_category", &taxes, Some(TaxCategory::Standard)),
            weight_grams: weight(cells),
            image: image(cells),
            seller: cells.get("seller").map(str::to_string),
            status: cells.word("status", &STATUSES, Some(Status::Active)),
            bad: false,
        };
        line.bad = cells.bad;
        line
    }

    /// What all lines of a product must agree on; an empty cell agrees with everything.
    fn shared(&self) -> [(&'static str, Option<&str>); 9] {
        fn text(cell: &Option<String>) -> Option<&str> {
            cell.as_deref().filter(|t| !t.is_empty())
        }
        [
            (TITLES[0], text(&self.titles[0])),
            (TITLES[1], text(&self.titles[1])),
            (TITLES[2], text(&self.titles[2])),
            (DESCRIPTIONS[0], text(&self.descriptions[0])),
            (DESCRIPTIONS[1], text(&self.descriptions[1])),
            (DESCRIPTIONS[2], text(&self.descriptions[2])),
            ("brand", text(&self.brand)),
            ("category", text(&self.category)),
            ("tax_category", self.tax_category.map(TaxCategory::word)),
        ]
    }
}

fn gtin_parse(text: &str) -> Result<Option<Gtin>, String> {
    if let Some(gtin) = Gtin::parse(text) {
        return Ok(Some(gtin));
    }
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let reason = match text.len() {
        8 | 12 | 13 | 14 if digits => "has a wrong check digit",
        _ => "is not a GTIN of 8, 12, 13 or 14 digits",
    };
    Err(format!("`{}` {reason}", short(text)))
}

/// What is behind a SKU.
pub(super) enum Found {
    Variant(VariantId),
    /// A bad line names it, which is fault enough.
    OnBadLine,
    Nothing,
}

/// A product that the files touch.
struct Planned<'w> {
    known: Option<&'w Product>,
    after: Product,
    /// Where it was first named.
    file: usize,
    line: u64,
}

/// Products as they are after the import.
pub(super) struct Products<'w> {
    world: &'w World,
    planned: Vec<Planned<'w>>,
    by_id: HashMap<ProductId, usize>,
    /// Of planned products alone.
    by_sku: HashMap<String, VariantId>,
    /// All SKUs of product files.
    named: HashSet<String>,
    sellers: HashMap<String, SellerId>,
}

impl<'w> Products<'w> {
    pub fn new(world: &'w World) -> Self {
        let mut sellers: HashMap<String, SellerId> =
            world.sellers().map(|s| (s.code.clone(), s.id)).collect();
        // An empty cell is the operator itself.
        sellers.extend(
            world
                .sellers()
                .find(|s| s.first_party)
                .map(|s| (String::new(), s.id)),
        );
        Self {
            world,
            planned: Vec::new(),
            by_id: HashMap::new(),
            by_sku: HashMap::new(),
            named: HashSet::new(),
            sellers,
        }
    }

    /// Takes in the lines of product files, then those of price files.
    pub fn plan(
        &mut self,
        contents: &[&Content],
        places: &mut Places,
        errors: &mut [FileErrors],
        next_id: &mut dyn FnMut() -> u64,
    ) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); contents.len()];
        for group in self.groups(contents, errors) {
            self.product(&group, places, errors, &mut counts, next_id);
        }
        self.prices(contents, errors, &mut counts);
        counts
    }

    /// The lines of each product, in the order of their first lines. A SKU's second line is a fault.
    fn groups<'l>(
        &mut self,
        contents: &[&'l Content],
        errors: &mut [FileErrors],
    ) -> Vec<Group<'l>> {
        let mut groups: Vec<Group> = Vec::new();
        let mut by_handle: HashMap<&str, usize> = HashMap::new();
        let mut seen: HashMap<&str, u64> = HashMap::new();
        for (file, content) in contents.iter().enumerate() {
            let Content::Products(lines) = content else {
                continue;
            };
            for line in lines {
                self.named.insert(line.sku.clone());
                if line.sku.is_empty() || line.handle.is_empty() {
                    continue;
                }
                if let Some(before) = seen.insert(&line.sku, line.line) {
                    let reason =
                        format!("`{}` is given on line {before} already", short(&line.sku));
                    errors[file].at(line.line, "sku", reason);
                    continue;
                }
                let place = *by_handle.entry(&line.handle).or_insert_with(|| {
                    groups.push(Group::default());
                    groups.len() - 1
                });
                groups[place].lines.push((file, line));
            }
        }
        groups
    }

    /// The variant behind a SKU, in the files or in the world.
    pub fn find(&self, sku: &str) -> Found {
        if let Some(variant) = self
            .by_sku
            .get(sku)
            .copied()
            .or_else(|| self.world.variant_of_sku(sku))
        {
            Found::Variant(variant)
        } else if sku.is_empty() || self.named.contains(sku) {
            Found::OnBadLine
        } else {
            Found::Nothing
        }
    }

    /// The products that are new or changed.
    pub fn drafts(self, errors: &mut [FileErrors]) -> Vec<ProductDraft> {
        let mut drafts = Vec::new();
        for Planned {
            known,
            after,
            file,
            line,
        } in self.planned
        {
            if known == Some(&after) {
                continue;
            }
            let draft = ProductDraft {
                expected_version: Some(known.map_or(0, |k| k.version)),
                product: after,
            };
            // What is checked above with better words cannot be refused here; other things can.
            if errors.iter().all(|e| e.total == 0)
                && let Err(refusal) = draft.product.check()
            {
                errors[file].at(line, "", refusal.to_string());
            }
            drafts.push(draft);
        }
        drafts
    }
}

/// The lines of one product, each with its file.
#[derive(Default)]
struct Group<'l> {
    lines: Vec<(usize, &'l ProductLine)>,
}
