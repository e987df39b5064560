//! Favourites of guests: they stay in the browser, in a cookie that names articles and nothing else.

use commerce::id::{CustomerId, VariantId};
use commerce::wish::{Wish, Wishes};
use std::collections::BTreeSet;

/// The cookie's name.
pub const COOKIE: &str = "sesame_favourites";
/// Articles that a browser keeps: a cookie has 4,096 bytes at most, and goes with every request.
pub const GUEST_MAX: usize = 50;
/// What an article's id is printed with, which the cookie need not repeat.
const PREFIX: &str = "variant_";

/// The articles that a cookie names, each once, as many as are kept; what is malformed is passed over.
pub fn read(cookie: &str) -> Vec<VariantId> {
    let mut seen = BTreeSet::new();
    let named = cookie.split('.').take(GUEST_MAX);
    let named = named.filter_map(|id| VariantId::parse(&format!("{PREFIX}{id}")));
    named.filter(|id| seen.insert(*id)).collect()
}

/// What the cookie says.
pub fn write(favourites: &[VariantId]) -> String {
    let ids: Vec<String> = favourites.iter().map(VariantId::to_string).collect();
    let short: Vec<&str> = ids
        .iter()
        .filter_map(|id| id.strip_prefix(PREFIX))
        .collect();
    short.join(".")
}

/// A guest's favourites in the form of a member's.
pub fn of_guest(favourites: &[VariantId]) -> Wishes {
    let wish = |variant: &VariantId| Wish {
        variant: *variant,
        since: 0,
        price: None,
        back: None,
        cheaper: None,
        told: None,
    };
    Wishes {
        list: favourites.iter().map(wish).collect(),
        ..Wishes::none(CustomerId(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::id::ProductId;

    #[test]
    fn a_cookie_is_read_back_and_bounded_whatever_it_says() {
        let ids: Vec<VariantId> = (1..=60)
            .map(|n| VariantId::under(ProductId((1 << 60) + (n << 8)), 1))
            .collect();
        let kept = &ids[..GUEST_MAX];
        let text = write(kept);
        assert!(text.len() < 1_000, "{} bytes", text.len());
        assert_eq!(read(&text), kept);
        assert_eq!(read(&write(&ids)), kept);
        assert_eq!(read(&format!("{text}.{text}")).len(), GUEST_MAX);
        for bad in ["", ".", "variant_", "<script>", "0000000000000é"] {
            assert_eq!(read(bad), [], "{bad}");
        }
        let twice = format!("{0}.x.{0}", write(&ids[..1]));
        assert_eq!(read(&twice), ids[..1]);
    }
}
