//! Goods as CSV text. What it writes, an import leaves unchanged.

use super::cells::degrees_show;
use super::columns::Kind;
use super::products::{STATUSES, options_show, status_shown};
use commerce::World;
use commerce::catalog::{Product, Status, Variant};
use commerce::settings::{Category, Location, LocationKind};
use commerce::text::{Language, Text};
use std::io::{self, Write};

/// Writes all records of a kind, with a header, as UTF-8 with LF line ends.
///
/// The column `seller` of prices is there only when a variant is offered by several sellers.
///
/// # Errors
/// What `out` says.
pub fn export(world: &World, kind: Kind, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    match kind {
        Kind::Locations => {
            csv.write_record(kind.columns())?;
            let mut locations: Vec<&Location> = world.locations().collect();
            locations.sort_by_key(|l| (l.rank, l.id));
            locations
                .into_iter()
                .try_for_each(|l| csv.write_record(location(l)))?;
        }
        Kind::Categories => {
            csv.write_record(kind.columns())?;
            let mut categories: Vec<&Category> = world.categories().collect();
            // A parent's path begins its children's, so that it comes first.
            categories.sort_by_cached_key(|c| sort_key(world, c));
            categories
                .into_iter()
                .try_for_each(|c| csv.write_record(category(c)))?;
        }
        Kind::Products => {
            csv.write_record(kind.columns())?;
            for (product, variant) in variants(world) {
                csv.write_record(product_line(world, product, variant))?;
            }
        }
        Kind::Prices => prices(world, &mut csv)?,
        Kind::Stock => {
            csv.write_record(kind.columns())?;
            for (_, variant) in variants(world) {
                for (location, level) in world.levels(variant.id) {
                    let Some(location) = world.location(location) else {
                        continue;
                    };
                    let (on_hand, safety) =
                        (level.on_hand.to_string(), level.safety_stock.to_string());
                    csv.write_record([&variant.sku, &location.code, &on_hand, &safety])?;
                }
            }
        }
    }
    csv.flush()
}

fn variants(world: &World) -> impl Iterator<Item = (&Product, &Variant)> {
    world
        .loaded_products()
        .flat_map(|p| p.variants.iter().map(move |v| (p, v)))
}

fn texts(text: &Text) -> [String; 3] {
    Language::ALL.map(|language| text.exact(language).unwrap_or_default().to_string())
}

fn yes(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_string()
}

fn location(l: &Location) -> [String; 17] {
    let kind = match l.kind {
        LocationKind::Warehouse => "warehouse",
        LocationKind::Shop => "shop",
    };
    let cutoff = match l.ship_cutoff_minute {
        0 => String::new(),
        minute => format!("{:02}:{:02}", minute / 60, minute % 60),
    };
    [
        l.code.clone(),
        l.name.clone(),
        kind.to_string(),
        l.address.street.clone(),
        l.address.postal_code.clone(),
        l.address.city.clone(),
        l.address.region.clone(),
        l.address.country.map(|c| c.to_string()).unwrap_or_default(),
        degrees_show(l.latitude_micro),
        degrees_show(l.longitude_micro),
        l.time_zone.clone(),
        l.hours_text.clone(),
        yes(l.ships),
        yes(l.collects),
        yes(l.sells),
        l.pickup_lead_minutes.to_string(),
        cutoff,
    ]
}

/// Positions and paths from the root down.
fn sort_key(world: &World, category: &Category) -> Vec<(u32, String)> {
    /// No tree is deeper: a longer chain is a circle.
    const DEPTH_MAX: usize = 100;
    let mut key = Vec::new();
    let mut at = Some(category);
    while let Some(category) = at.filter(|_| key.len() < DEPTH_MAX) {
        key.push((category.position, category.path.clone()));
        at = category.parent.and_then(|id| world.category(id));
    }
    key.reverse();
    key
}

fn category(c: &Category) -> [String; 6] {
    let [en, de, zh] = texts(&c.title);
    [
        c.path.clone(),
        en,
        de,
        zh,
        c.position.to_string(),
        c.image.clone(),
    ]
}

fn product_line(world: &World, p: &Product, v: &Variant) -> [String; 20] {
    let [title_en, title_de, title_zh] = texts(&p.title);
    let [description_en, description_de, description_zh] = texts(&p.description);
    let category = p.category.and_then(|id| world.category(id));
    let seller = v.offers.first().and_then(|o| world.seller(o.seller));
    let status = status_word(status_shown(p.status, v.status));
    let [options_en, options_de, options_zh] = Language::ALL.map(|l| options_in(p, v, l));
    [
        v.sku.clone(),
        v.gtin.map(|g| g.to_string()).unwrap_or_default(),
        p.handle.clone(),
        title_en,
        title_de,
        title_zh,
        description_en,
        description_de,
        description_zh,
        p.brand.clone(),
        category.map(|c| c.path.clone()).unwrap_or_default(),
        options_show(options(p, v)),
        options_en,
        options_de,
        options_zh,
        p.tax_category.word().to_string(),
        v.weight_grams.to_string(),
        v.image.clone(),
        seller
            .filter(|s| !s.first_party)
            .map(|s| s.code.clone())
            .unwrap_or_default(),
        status.to_string(),
    ]
}

fn options<'p>(p: &'p Product, v: &'p Variant) -> impl Iterator<Item = (&'p str, &'p str)> {
    let names = p.option_names.iter().map(String::as_str);
    names.zip(v.option_values.iter().map(String::as_str))
}

/// The options in a language, or empty if none of their words has another one there.
fn options_in(p: &Product, v: &Variant, language: Language) -> String {
    let has_own = |word: &str| {
        let text = p.option_words.get(word);
        text.is_some_and(|t| t.exact(language).is_some())
    };
    if !options(p, v).any(|(name, value)| has_own(name) || has_own(value)) {
        return String::new();
    }
    let in_language = |(name, value)| {
        (
            p.option_word(name, language),
            p.option_word(value, language),
        )
    };
    options_show(options(p, v).map(in_language))
}

fn status_word(status: Status) -> &'static str {
    STATUSES
        .iter()
        .find(|(_, s)| *s == status)
        .map_or("", |&(word, _)| word)
}

fn prices<W: Write>(world: &World, csv: &mut csv::Writer<W>) -> io::Result<()> {
    let with_seller = variants(world).any(|(_, v)| v.offers.len() > 1);
    let columns = if with_seller { 4 } else { 3 };
    csv.write_record(&Kind::Prices.columns()[..columns])?;
    for (_, variant) in variants(world) {
        for offer in &variant.offers {
            let seller = world.seller(offer.seller).map_or("", |s| s.code.as_str());
            for price in &offer.prices {
                let line = [
                    &variant.sku,
                    price.currency.as_str(),
                    &price.decimal(),
                    seller,
                ];
                csv.write_record(&line[..columns])?;
            }
        }
    }
    Ok(())
}
