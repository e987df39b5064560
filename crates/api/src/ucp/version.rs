//! Which dated version of the protocol a request speaks, and the names of what we offer in each.

/// A protocol version that this server speaks.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Version {
    /// The first public version: capabilities as a list, positive discounts, `detail` errors.
    #[serde(rename = "2026-01-11")]
    V2026_01_11,
    /// The current version: capabilities as a map, signed totals, catalog and cart.
    #[serde(rename = "2026-04-08")]
    V2026_04_08,
}

impl Version {
    /// Every version spoken, oldest first.
    pub const ALL: [Self; 2] = [Self::V2026_01_11, Self::V2026_04_08];
    /// What `/.well-known/ucp` describes.
    pub const CURRENT: Self = Self::V2026_04_08;

    /// The dated name, as it stands in messages and paths.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2026_01_11 => "2026-01-11",
            Self::V2026_04_08 => "2026-04-08",
        }
    }

    /// The version of that name, if it is spoken here.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == name)
    }

    /// The capabilities offered in this version.
    #[must_use]
    pub const fn capabilities(self) -> &'static [Capability] {
        match self {
            Self::V2026_01_11 => &CAPABILITIES_2026_01_11,
            Self::V2026_04_08 => &CAPABILITIES_2026_04_08,
        }
    }
}

/// One capability of the protocol, as its profile entry names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability {
    /// The reverse-domain name.
    pub name: &'static str,
    /// The capabilities that this one extends; empty for a root capability.
    pub extends: &'static [&'static str],
    /// The page that describes it, below `https://ucp.dev/…/specification/`.
    pub page: &'static str,
    /// The schema file, below `https://ucp.dev/…/schemas/shopping/`.
    pub schema: &'static str,
}

/// The root capability of checkout sessions.
pub const CHECKOUT: &str = "dev.ucp.shopping.checkout";
/// The root capability of carts.
pub const CART: &str = "dev.ucp.shopping.cart";
/// The root capability of orders.
pub const ORDER: &str = "dev.ucp.shopping.order";
/// The root capability of product search.
pub const CATALOG_SEARCH: &str = "dev.ucp.shopping.catalog.search";
/// The root capability of lookups by identifier.
pub const CATALOG_LOOKUP: &str = "dev.ucp.shopping.catalog.lookup";
/// The extension for discount codes.
pub const DISCOUNT: &str = "dev.ucp.shopping.discount";
/// The extension for shipping and pickup.
pub const FULFILLMENT: &str = "dev.ucp.shopping.fulfillment";
/// The extension for the buyer's consents.
pub const BUYER_CONSENT: &str = "dev.ucp.shopping.buyer_consent";

const fn root(name: &'static str, page: &'static str, schema: &'static str) -> Capability {
    Capability {
        name,
        extends: &[],
        page,
        schema,
    }
}

const fn extension(
    name: &'static str,
    extends: &'static [&'static str],
    page: &'static str,
    schema: &'static str,
) -> Capability {
    Capability {
        name,
        extends,
        page,
        schema,
    }
}

const CAPABILITIES_2026_01_11: [Capability; 5] = [
    root(CHECKOUT, "checkout", "checkout.json"),
    root(ORDER, "order", "order.json"),
    extension(DISCOUNT, &[CHECKOUT], "discount", "discount.json"),
    extension(FULFILLMENT, &[CHECKOUT], "fulfillment", "fulfillment.json"),
    extension(
        BUYER_CONSENT,
        &[CHECKOUT],
        "buyer-consent",
        "buyer_consent.json",
    ),
];

const CAPABILITIES_2026_04_08: [Capability; 8] = [
    root(CHECKOUT, "checkout", "checkout.json"),
    root(CART, "cart", "cart.json"),
    root(ORDER, "order", "order.json"),
    root(CATALOG_SEARCH, "catalog/search", "catalog_search.json"),
    root(CATALOG_LOOKUP, "catalog/lookup", "catalog_lookup.json"),
    extension(DISCOUNT, &[CART, CHECKOUT], "discount", "discount.json"),
    extension(FULFILLMENT, &[CHECKOUT], "fulfillment", "fulfillment.json"),
    extension(
        BUYER_CONSENT,
        &[CHECKOUT],
        "buyer-consent",
        "buyer_consent.json",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_extension_has_its_parents_in_the_same_version() {
        for version in Version::ALL {
            let capabilities = version.capabilities();
            for capability in capabilities {
                for parent in capability.extends {
                    assert!(
                        capabilities.iter().any(|other| other.name == *parent),
                        "{}",
                        capability.name
                    );
                }
            }
            assert_eq!(Version::parse(version.as_str()), Some(version));
        }
        assert_eq!(Version::parse("draft"), None);
    }
}
