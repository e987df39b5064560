//! What the pages show, as plain values: read from the shelf, rendered by `pages`. Nothing here
//! writes, and nothing here knows HTML.

pub mod availability;
pub mod cart;
pub mod feed;
pub mod listing;
pub mod points;
pub mod presale;
pub mod product;
pub mod reviews;
pub mod sale;
pub mod wallet;
pub mod wishes;

use api::i18n::Texts;
use api::promise::Outlook;
use api::timetables::Board;
use commerce::catalog::{Product, Status, Variant};
use commerce::checkout::Intent;
use commerce::code::Country;
use commerce::id::{CategoryId, ProductId, VariantId};
use commerce::pricing::{self, Priced};
use commerce::settings::{Category, TaxDisplay};
use commerce::{Currency, Money, Refusal, World};

/// For whom something is shown.
#[derive(Clone, Copy)]
pub struct Reader<'w> {
    /// Goods, settings and stock.
    pub world: &'w World,
    /// Carriers' timetables.
    pub board: &'w Board,
    /// The texts of the reader's language.
    pub texts: Texts,
    /// The currency of prices.
    pub currency: Currency,
    /// Where parcels would go, as long as no address is known.
    pub country: Country,
    /// The moment, in UTC milliseconds.
    pub now: i64,
    /// How many points they can spend; 0 for a guest.
    pub points: i64,
}

impl Reader<'_> {
    /// What arrivals follow from.
    pub fn outlook(&self) -> Outlook<'_> {
        Outlook {
            world: self.world,
            board: self.board,
            now: self.now,
        }
    }

    /// An amount in the reader's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money {
            minor,
            currency: self.currency,
        }
    }

    /// What an intent costs the reader.
    ///
    /// # Errors
    /// As [`pricing::price`].
    pub fn price(&self, intent: &Intent) -> Result<Priced, Refusal> {
        pricing::price_with_points(self.world, self.now, intent, self.points)
    }

    /// Whether prices are shown with tax.
    pub fn tax_included(&self) -> bool {
        let shop = self.world.shop();
        shop.and_then(|s| s.tax_display(self.currency)) != Some(TaxDisplay::Exclusive)
    }
}

/// A link with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// Its picture, or empty.
    pub image: String,
}

/// The address of a picture; an absolute one stays as it is.
pub fn media(image: &str) -> String {
    if image.is_empty() {
        "/static-shop/no-picture.svg".to_string()
    } else if image.starts_with('/') || image.starts_with("https://") {
        image.to_string()
    } else {
        format!("/media/{}", escape_path(image))
    }
}

/// Escapes what may not stand in a path; slashes stay.
pub fn escape_path(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// Escapes a value of a query.
pub fn escape_query(text: &str) -> String {
    escape_path(text).replace('/', "%2F")
}

/// The address of a product.
pub fn product_href(product: &Product) -> String {
    format!("/p/{}", escape_query(&product.handle))
}

/// A category's path in addresses: `home/lamps-and-fairy-lights`.
pub fn category_slug(path: &str) -> String {
    let mut slug = String::with_capacity(path.len());
    for part in path.split('>') {
        if !slug.is_empty() {
            slug.push('/');
        }
        let mut gap = false;
        let start = slug.len();
        for c in part.trim().to_lowercase().chars() {
            if c.is_alphanumeric() {
                if gap && slug.len() > start {
                    slug.push('-');
                }
                gap = false;
                slug.push(c);
            } else {
                gap = true;
            }
        }
    }
    slug
}

/// The address of a category.
pub fn category_href(category: &Category) -> String {
    format!("/c/{}", escape_path(&category_slug(&category.path)))
}

/// The category behind a path in an address.
pub fn category_at<'w>(world: &'w World, slug: &str) -> Option<&'w Category> {
    world.categories().find(|c| category_slug(&c.path) == slug)
}

/// The categories right below another one, or the top ones, in order.
pub fn children(world: &World, parent: Option<CategoryId>) -> Vec<&Category> {
    let mut found: Vec<&Category> = world.categories().filter(|c| c.parent == parent).collect();
    found.sort_by_key(|c| (c.position, c.id));
    found
}

/// A category as a link.
pub fn category_link(category: &Category, texts: Texts) -> Link {
    Link {
        title: category.title.get(texts.language()).to_string(),
        href: category_href(category),
        image: media(&category.image),
    }
}

/// The way down to a category, the topmost first. At most eight steps are followed.
pub fn trail(world: &World, category: Option<CategoryId>, texts: Texts) -> Vec<Link> {
    let mut trail = Vec::new();
    let mut next = category;
    while let Some(found) = next.and_then(|id| world.category(id)) {
        trail.push(category_link(found, texts));
        next = found.parent.filter(|_| trail.len() < 8);
    }
    trail.reverse();
    trail
}

/// The variants of a product that can be bought.
pub fn on_sale(product: &Product) -> impl Iterator<Item = &Variant> {
    let active = product.status == Status::Active;
    product
        .variants
        .iter()
        .filter(move |v| active && v.status == Status::Active)
}

/// Pieces that can be shipped, over all locations that ship.
pub fn shippable(world: &World, variant: VariantId) -> i64 {
    world
        .levels(variant)
        .filter(|(id, _)| world.location(*id).is_some_and(|l| l.ships))
        .map(|(_, level)| level.available())
        .sum()
}

/// Whether a piece can be had in any way: shipped or collected.
pub fn can_be_had(world: &World, variant: VariantId) -> bool {
    world.levels(variant).any(|(id, level)| {
        level.available() > 0 && world.location(id).is_some_and(|l| l.ships || l.collects)
    })
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Which.
    pub id: ProductId,
    /// Its name.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Its picture's address.
    pub image: String,
    /// The least price, or none in this currency.
    pub price: Option<Money>,
    /// What the cheapest costs outside events, if that is more.
    pub regular: Option<Money>,
    /// Whether other variants cost more.
    pub from: bool,
    /// Whether a piece can be had.
    pub available: bool,
    /// How many variants there are.
    pub variants: usize,
    /// What buyers' stars come to, if there are any.
    pub stars: Option<reviews::Stars>,
}

/// A product as a card.
pub fn card(reader: &Reader<'_>, product: &Product) -> Card {
    let prices = on_sale(product).filter_map(|v| sale::price_now(reader, product, v));
    let prices: Vec<_> = prices.collect();
    let cheapest = prices.iter().min_by_key(|p| p.price);
    let least = cheapest.map(|p| p.price);
    let most = prices.iter().map(|p| p.price).max();
    let pictured = on_sale(product).find(|v| !v.image.is_empty());
    Card {
        id: product.id,
        title: product.title.get(reader.texts.language()).to_string(),
        href: product_href(product),
        image: media(pictured.map_or("", |v| &v.image)),
        price: least.map(|p| reader.money(p)),
        regular: cheapest
            .filter(|p| p.reduction.is_some())
            .map(|p| reader.money(p.regular)),
        from: least != most,
        available: on_sale(product).any(|v| can_be_had(reader.world, v.id)),
        variants: on_sale(product).count(),
        stars: reviews::Stars::of(reader.world.rating(product.id)),
    }
}
