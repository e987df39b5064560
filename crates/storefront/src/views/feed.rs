//! The goods as search engines and marketplaces read them: RSS 2.0 with Google Merchant's attributes
//! (support.google.com/merchants/answer/7052112). One item per variant that has a price and a picture.

use super::product::cheapest_shipping;
use super::{Reader, can_be_had, escape_query, media, on_sale, product_href, sale, trail};
use crate::pages::picture::address_at;
use commerce::Money;
use commerce::catalog::{Product, Variant};
use commerce::pricing::PriceNow;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt::Write;

/// What Google takes of a title, in characters.
const TITLE_CHARS_MAX: usize = 150;
/// What Google takes of a description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 5_000;
/// What Google takes of an id or a group's id, in characters.
const ID_CHARS_MAX: usize = 50;
/// Further pictures of one item.
const FURTHER_PICTURES_MAX: usize = 10;
/// What Google takes of a kind of goods, in characters.
const KIND_CHARS_MAX: usize = 750;

/// For whom a feed is written.
#[derive(Clone, Copy)]
pub struct Feed<'r> {
    /// Goods, language, currency and country.
    pub reader: Reader<'r>,
    /// Where shoppers reach the shop, without a slash at the end.
    pub public_url: &'r str,
    /// What is known of pictures.
    pub media: &'r ::media::Library,
}

/// What stands before the items.
pub fn begin(shop_name: &str, public_url: &str, about: &str) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\">\n<channel>\n",
    );
    element(&mut xml, "title", shop_name);
    element(&mut xml, "link", public_url);
    element(&mut xml, "description", about);
    xml
}

/// What stands after the items.
pub const END: &str = "</channel>\n</rss>\n";

/// The items of a product.
pub fn items(feed: &Feed<'_>, product: &Product, xml: &mut String) {
    let pictures: BTreeSet<&str> = on_sale(product)
        .map(|v| v.image.as_str())
        .filter(|image| !image.is_empty())
        .collect();
    for variant in on_sale(product) {
        let own = Some(variant.image.as_str()).filter(|image| !image.is_empty());
        // Google refuses goods without a picture.
        if let Some(picture) = own.or(pictures.first().copied()) {
            item(feed, (product, variant), picture, &pictures, xml);
        }
    }
}

// Long because it is the list of attributes in the order of the documentation: one line or two for each.
fn item(
    feed: &Feed<'_>,
    (product, variant): (&Product, &Variant),
    picture: &str,
    pictures: &BTreeSet<&str>,
    xml: &mut String,
) {
    let reader = &feed.reader;
    let Some(price) = sale::price_now(reader, product, variant) else {
        return;
    };
    let language = reader.texts.language();
    let title = product.title.get(language);
    let options = product.options_line(variant, language);
    let named = match options.is_empty() {
        true => title.to_string(),
        false => format!("{title}, {options}"),
    };
    let words = Some(product.description.get(language)).filter(|words| !words.is_empty());
    let is_one_of_many = on_sale(product).count() > 1;
    xml.push_str("<item>\n");
    element(
        xml,
        "g:id",
        &short_id(&variant.sku, &variant.id.to_string()),
    );
    element(xml, "g:title", &cut(&named, TITLE_CHARS_MAX));
    element(
        xml,
        "g:description",
        &cut(words.unwrap_or(title), DESCRIPTION_CHARS_MAX),
    );
    element(xml, "g:link", &link(feed, product, variant, is_one_of_many));
    let address = |image: &str| absolute(feed, &address_at(feed.media, &media(image), u32::MAX));
    element(xml, "g:image_link", &address(picture));
    let further = pictures.iter().filter(|other| **other != picture);
    for other in further.take(FURTHER_PICTURES_MAX) {
        element(xml, "g:additional_image_link", &address(other));
    }
    let available = can_be_had(reader.world, variant.id);
    element(
        xml,
        "g:availability",
        if available {
            "in_stock"
        } else {
            "out_of_stock"
        },
    );
    costs(reader, &price, xml);
    identity(product, variant, xml);
    if is_one_of_many {
        element(
            xml,
            "g:item_group_id",
            &short_id(&product.handle, &product.id.to_string()),
        );
    }
    element(xml, "g:condition", "new");
    let kinds = trail(reader.world, product.category, reader.texts);
    let kinds: Vec<String> = kinds.into_iter().map(|link| link.title).collect();
    if !kinds.is_empty() {
        element(
            xml,
            "g:product_type",
            &cut(&kinds.join(" > "), KIND_CHARS_MAX),
        );
    }
    delivery(reader, variant, xml);
    xml.push_str("</item>\n");
}

/// The cheapest way to the country, for one piece.
fn delivery(reader: &Reader<'_>, variant: &Variant, xml: &mut String) {
    if let Some(shipping) = cheapest_shipping(reader, variant.id) {
        xml.push_str("<g:shipping>");
        element(xml, "g:country", reader.country.as_str());
        element(xml, "g:service", &shipping.title);
        element(xml, "g:price", &amount(shipping.price));
        xml.push_str("</g:shipping>\n");
    }
}

/// What it costs outside events, and in the one that runs.
fn costs(reader: &Reader<'_>, price: &PriceNow, xml: &mut String) {
    element(xml, "g:price", &amount(reader.money(price.regular)));
    if let Some(reduction) = price.reduction
        && let Some((campaign, _)) = reader.world.rule(reduction.rule)
    {
        element(xml, "g:sale_price", &amount(reader.money(price.price)));
        let (from, to) = (moment(campaign.starts_at), moment(campaign.ends_at));
        element(xml, "g:sale_price_effective_date", &format!("{from}/{to}"));
    }
}

/// Whose it is and under which numbers.
fn identity(product: &Product, variant: &Variant, xml: &mut String) {
    if !product.brand.is_empty() {
        element(xml, "g:brand", &cut(&product.brand, 70));
    }
    match &variant.gtin {
        Some(gtin) => element(xml, "g:gtin", &gtin.to_string()),
        None if product.brand.is_empty() => element(xml, "g:identifier_exists", "no"),
        None => {}
    }
    element(xml, "g:mpn", &cut(&variant.sku, 70));
}

/// The page of a variant in the feed's language and currency.
fn link(feed: &Feed<'_>, product: &Product, variant: &Variant, is_one_of_many: bool) -> String {
    let reader = &feed.reader;
    let mut path = format!(
        "{}?lang={}&currency={}",
        product_href(product),
        reader.texts.language().tag(),
        reader.currency
    );
    if is_one_of_many {
        let _ = write!(path, "&v={}", escape_query(&variant.sku));
    }
    absolute(feed, &path)
}

fn absolute(feed: &Feed<'_>, address: &str) -> String {
    if address.starts_with('/') {
        format!("{}{address}", feed.public_url)
    } else {
        address.to_string()
    }
}

fn amount(money: Money) -> String {
    format!("{} {}", money.decimal(), money.currency)
}

fn moment(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A code if it is short enough, else the id.
fn short_id(code: &str, id: &str) -> String {
    let code = match code.chars().count() <= ID_CHARS_MAX {
        true => code,
        false => id,
    };
    code.to_string()
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn element(xml: &mut String, name: &str, text: &str) {
    let _ = write!(xml, "<{name}>");
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            // XML 1.0 has no place for these, escaped or not.
            c if (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
                || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => xml.push(c),
        }
    }
    let _ = writeln!(xml, "</{name}>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        let mut xml = String::new();
        element(&mut xml, "g:title", "a <b> & \"c\" \u{0}\u{b}\u{ffff}猫\n");
        assert_eq!(xml, "<g:title>a &lt;b&gt; &amp; \"c\" 猫\n</g:title>\n");
        assert_eq!(short_id("MUG", "variant_1"), "MUG");
        assert_eq!(short_id(&"x".repeat(51), "variant_1"), "variant_1");
        assert_eq!(moment(1_762_819_200_000), "2025-11-11T00:00:00Z");
    }
}
