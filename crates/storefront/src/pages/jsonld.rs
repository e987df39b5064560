//! Structured data for search engines (schema.org as JSON-LD), made with a JSON writer and never by
//! pasting texts together.

use super::layout::{Frame, json_script};
use super::picture;
use crate::views::Link;
use crate::views::product::ProductView;
use maud::Markup;
use serde_json::{Value, json};

/// The shop and its search.
pub fn shop(frame: &Frame) -> Markup {
    script(&json!({
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": frame.shop_name,
        "url": frame.absolute("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": { "@type": "EntryPoint", "urlTemplate": frame.absolute("/search?q={query}") },
            "query-input": "required name=query",
        },
    }))
}

/// A product with its offer.
pub fn product(frame: &Frame, view: &ProductView) -> Markup {
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": view.title,
        "sku": view.sku,
        "image": [absolute(frame, &picture::address_at(&frame.media, &view.image, u32::MAX))],
        "url": frame.absolute(&view.href),
    });
    if !view.description.is_empty() {
        data["description"] = Value::from(view.description.as_str());
    }
    if !view.brand.is_empty() {
        data["brand"] = json!({ "@type": "Brand", "name": view.brand });
    }
    if let Some(gtin) = &view.gtin {
        data["gtin14"] = Value::from(gtin.as_str());
    }
    if let Some(price) = view.price {
        let state = if view.buyable() {
            "InStock"
        } else {
            "OutOfStock"
        };
        data["offers"] = json!({
            "@type": "Offer",
            "url": frame.absolute(&view.href),
            "price": price.decimal(),
            "priceCurrency": price.currency.as_str(),
            "availability": format!("https://schema.org/{state}"),
            "itemCondition": "https://schema.org/NewCondition",
        });
    }
    script(&data)
}

/// The way down to a page.
pub fn breadcrumbs(frame: &Frame, trail: &[Link], here: Option<(&str, &str)>) -> Markup {
    let links = trail.iter().map(|l| (l.title.as_str(), l.href.as_str()));
    let steps: Vec<Value> = std::iter::once((frame.texts.t("nav.start"), "/"))
        .chain(links)
        .chain(here)
        .zip(1..)
        .map(|((name, path), position)| {
            json!({
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": frame.absolute(path),
            })
        })
        .collect();
    script(&json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": steps,
    }))
}

/// The full address of a picture.
pub fn absolute(frame: &Frame, image: &str) -> String {
    if image.starts_with('/') {
        frame.absolute(image)
    } else {
        image.to_string()
    }
}

fn script(data: &Value) -> Markup {
    json_script(&data.to_string())
}
