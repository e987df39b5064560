//! The columns of each kind of file, and how a header is told apart.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a file holds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Places where goods are.
    Locations,
    /// The tree of categories.
    Categories,
    /// Products, one line per variant.
    Products,
    /// Prices per variant and currency.
    Prices,
    /// Pieces per variant and location.
    Stock,
}

impl Kind {
    /// All kinds, in the order in which they are written.
    pub const ALL: [Kind; 5] = [
        Kind::Locations,
        Kind::Categories,
        Kind::Products,
        Kind::Prices,
        Kind::Stock,
    ];

    /// The word used in files and interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Locations => "locations",
            Kind::Categories => "categories",
            Kind::Products => "products",
            Kind::Prices => "prices",
            Kind::Stock => "stock",
        }
    }

    /// The kind behind a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }

    /// All columns, in the order in which an export writes them.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Kind::Locations => &[
                "location",
                "name",
                "kind",
                "street",
                "postal_code",
                "city",
                "region",
                "country",
                "lat",
                "lon",
                "time_zone",
                "opening_hours",
                "ships",
                "collects",
                "sells",
                "pickup_lead_minutes",
                "ship_cutoff",
            ],
            Kind::Categories => &[
                "category", "title_en", "title_de", "title_zh", "position", "image",
            ],
            Kind::Products => &[
                "sku",
                "gtin",
                "product",
                "title_en",
                "title_de",
                "title_zh",
                "description_en",
                "description_de",
                "description_zh",
                "brand",
                "category",
                "options",
                "options_en",
                "options_de",
                "options_zh",
                "tax_category",
                "weight_grams",
                "image",
                "seller",
                "status",
            ],
            Kind::Prices => &["sku", "currency", "amount", "seller"],
            Kind::Stock => &["sku", "location", "on_hand", "safety_stock"],
        }
    }

    /// The columns that a file cannot do without.
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Kind::Locations => &["location", "name", "kind", "country", "time_zone"],
            Kind::Categories => &["category"],
            Kind::Products => &["sku", "product"],
            Kind::Prices => &["sku", "currency", "amount"],
            Kind::Stock => &["sku", "location", "on_hand"],
        }
    }

    /// The kind whose columns a header fits best; `None` when it names no column of any kind.
    fn of_header(names: &[String]) -> Option<Kind> {
        let hits = |columns: &[&str]| columns.iter().filter(|c| has(names, c)).count();
        // The most columns in common; then the most of what the kind needs; then the smallest kind.
        let fit = |kind: &Kind| {
            let missing = kind.required().len() - hits(kind.required());
            let all = kind.columns().len();
            (hits(kind.columns()), usize::MAX - missing, usize::MAX - all)
        };
        let best = Kind::ALL.into_iter().max_by_key(fit)?;
        (hits(best.columns()) > 0).then_some(best)
    }
}

fn has(names: &[String], column: &str) -> bool {
    names.iter().any(|n| n == column)
}

/// The columns of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// What its lines are, for messages.
    pub lines: &'static str,
    /// All of them, in the order in which an export writes them.
    pub all: &'static [&'static str],
    /// Those that a file cannot do without.
    pub required: &'static [&'static str],
}

impl From<Kind> for Columns {
    fn from(kind: Kind) -> Self {
        Self {
            lines: kind.word(),
            all: kind.columns(),
            required: kind.required(),
        }
    }
}

/// A header that was understood.
#[derive(Debug)]
pub(super) struct Header {
    /// The table's columns.
    pub columns: &'static [&'static str],
    /// For each of them the field that holds it.
    pub fields: Vec<Option<usize>>,
    /// Fields per line.
    pub width: usize,
}

impl Header {
    /// Understands a header and tells the kind of file by it, or says all that is wrong with it.
    pub fn parse(names: &[String]) -> Result<(Kind, Self), Vec<String>> {
        let Some(kind) = Kind::of_header(names) else {
            let known: Vec<String> = Kind::ALL
                .into_iter()
                .map(|k| format!("{} ({})", k.word(), k.required().join(", ")))
                .collect();
            return Err(vec![format!(
                "no known column in the header; a file holds one of: {}",
                known.join("; ")
            )]);
        };
        Self::of(Columns::from(kind), names).map(|header| (kind, header))
    }

    /// Understands the header of a table, or says all that is wrong with it.
    pub fn of(columns: Columns, names: &[String]) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        for (i, name) in names.iter().enumerate() {
            if name.is_empty() {
                faults.push(format!("column {} has no name", i + 1));
            } else if names[..i].contains(name) {
                faults.push(format!("column `{name}` is there twice"));
            } else if !columns.all.contains(&name.as_str()) {
                faults.push(format!(
                    "unknown column `{name}`; {} have {}",
                    columns.lines,
                    columns.all.join(", ")
                ));
            }
        }
        for column in columns.required.iter().filter(|c| !has(names, c)) {
            faults.push(format!(
                "column `{column}` is missing; {} need {}",
                columns.lines,
                columns.required.join(", ")
            ));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let field = |column: &&str| names.iter().position(|n| n == column);
        Ok(Self {
            columns: columns.all,
            fields: columns.all.iter().map(field).collect(),
            width: names.len(),
        })
    }
}
