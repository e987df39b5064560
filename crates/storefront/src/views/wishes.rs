//! Favourites as they are today: price, stock, and what became of the price since.

use super::product::variant_href;
use super::sale::price_now;
use super::{Reader, can_be_had, media};
use commerce::Money;
use commerce::catalog::Product;
use commerce::id::{ProductId, VariantId};
use commerce::wish::{AlertKind, Wish, Wishes};

/// What became of a price since the article was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It costs so much less.
    Less(Money),
    /// It costs so much more.
    More(Money),
}

/// Whether an article can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// It can be put into the cart.
    There,
    /// It is ordered from its page, by itself.
    Presale,
    /// It is sold out.
    SoldOut,
    /// The shop does not sell it any more.
    Gone,
}

/// A favourite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishLine {
    /// Which article.
    pub variant: VariantId,
    /// The product's name.
    pub title: String,
    /// Its options, or empty.
    pub options: String,
    /// Its page, or empty when it has none any more.
    pub href: String,
    /// Its picture's address.
    pub image: String,
    /// What it costs today.
    pub price: Option<Money>,
    /// What became of the price.
    pub change: Option<Change>,
    /// Whether it can be had.
    pub stock: Stock,
    /// Whether they wait to hear that it can be had again.
    pub back: bool,
    /// The price they wait for.
    pub cheaper: Option<Money>,
    /// What they were told last, and when, in UTC milliseconds.
    pub told: Option<(AlertKind, i64)>,
}

/// Favourites, the latest first.
pub fn lines(reader: &Reader<'_>, wishes: &Wishes) -> Vec<WishLine> {
    let latest = wishes.list.iter().rev();
    latest.map(|wish| line(reader, wish)).collect()
}

fn line(reader: &Reader<'_>, wish: &Wish) -> WishLine {
    let gone = WishLine {
        variant: wish.variant,
        title: reader.texts.t("wish.gone").to_string(),
        options: String::new(),
        href: String::new(),
        image: media(""),
        price: None,
        change: None,
        stock: Stock::Gone,
        back: wish.back.is_some(),
        cheaper: wish.cheaper.map(|c| c.at_most),
        told: wish.told.map(|t| (t.kind, t.at)),
    };
    let product = reader.world.product(wish.variant.parent());
    let known = product.and_then(|p| Some((p, p.variant(wish.variant)?)));
    let Some((product, variant)) = known else {
        return gone;
    };
    let language = reader.texts.language();
    let named = WishLine {
        title: product.title.get(language).to_string(),
        options: product.options_line(variant, language),
        image: media(&variant.image),
        ..gone
    };
    if commerce::pricing::sellable(reader.world, wish.variant).is_err() {
        return named;
    }
    let now = price_now(reader, product, variant);
    let price = now.map(|now| reader.money(now.price));
    let stock = if now.is_some_and(|now| now.presale.is_some()) {
        Stock::Presale
    } else if can_be_had(reader.world, wish.variant) {
        Stock::There
    } else {
        Stock::SoldOut
    };
    WishLine {
        href: variant_href(product, variant),
        price,
        change: price
            .zip(wish.price)
            .and_then(|(now, then)| change(now, then)),
        stock,
        ..named
    }
}

/// What became of a price; nothing can be said of prices in different currencies.
fn change(now: Money, then: Money) -> Option<Change> {
    if now.currency != then.currency {
        return None;
    }
    let by = |minor| Money {
        minor,
        currency: now.currency,
    };
    match now.minor - then.minor {
        0 => None,
        less @ ..0 => Some(Change::Less(by(-less))),
        more => Some(Change::More(by(more))),
    }
}

/// What an article costs now.
pub fn price_of(reader: &Reader<'_>, variant: VariantId) -> Option<Money> {
    let product = reader.world.product(variant.parent())?;
    let now = price_now(reader, product, product.variant(variant)?)?;
    Some(reader.money(now.price))
}

/// The article that stands for a product: the first that can be had, as on the product's page.
pub fn article_of(reader: &Reader<'_>, product: ProductId) -> Option<VariantId> {
    let product: &Product = reader.world.product(product)?;
    let had = super::on_sale(product).find(|v| can_be_had(reader.world, v.id));
    let first = had.or_else(|| super::on_sale(product).next());
    first.map(|v| v.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::Currency;

    #[test]
    fn prices_are_compared_in_one_currency() {
        let money = |minor, code| Money {
            minor,
            currency: Currency::parse(code).expect("a code"),
        };
        let eur = |minor| money(minor, "EUR");
        assert_eq!(change(eur(900), eur(1_000)), Some(Change::Less(eur(100))));
        assert_eq!(change(eur(1_000), eur(900)), Some(Change::More(eur(100))));
        assert_eq!(change(eur(900), eur(900)), None);
        assert_eq!(change(eur(900), money(1_000, "CNY")), None);
    }
}
