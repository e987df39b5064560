//! Structured data for search engines (schema.org as JSON-LD), made with a JSON writer and never by
//! pasting texts together.

use super::layout::{Frame, json_script};
use super::picture;
use crate::views::Link;
use crate::views::product::ProductView;
use crate::views::reviews::{ReviewView, ReviewsView, Stars};
use commerce::review::STARS_MAX;
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

/// A product with its offer and what buyers say of it.
pub fn product(frame: &Frame, view: &ProductView, said: &ReviewsView) -> Markup {
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
    rate(&mut data, frame, said);
    script(&data)
}

/// The average of all reviews, and those that the page shows.
fn rate(data: &mut Value, frame: &Frame, said: &ReviewsView) {
    let Some(stars) = Stars::of(said.rating) else {
        return;
    };
    data["aggregateRating"] = json!({
        "@type": "AggregateRating",
        "ratingValue": format!("{}.{}", stars.tenths / 10, stars.tenths % 10),
        "reviewCount": stars.count,
        "bestRating": STARS_MAX,
        "worstRating": 1,
    });
    let shown = said.reviews.iter().flatten();
    let one = |review: &ReviewView| {
        let name = if review.name.is_empty() {
            frame.texts.t("reviews.nameless")
        } else {
            &review.name
        };
        let mut one = json!({
            "@type": "Review",
            "author": { "@type": "Person", "name": name },
            "datePublished": review.day,
            "reviewRating": { "@type": "Rating", "ratingValue": review.stars, "bestRating": STARS_MAX },
        });
        if !review.title.is_empty() {
            one["name"] = Value::from(review.title.as_str());
        }
        if !review.text.is_empty() {
            one["reviewBody"] = Value::from(review.text.as_str());
        }
        one
    };
    let reviews: Vec<Value> = shown.map(one).collect();
    if !reviews.is_empty() {
        data["review"] = Value::from(reviews);
    }
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
