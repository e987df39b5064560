//! What buyers say of a product, as a page shows it.

use super::{Reader, escape_query};
use api::i18n::Texts;
use commerce::World;
use commerce::catalog::Product;
use commerce::id::{ProductId, ReviewId};
use commerce::review::{Rating, Review, STARS_MAX};
use jiff::tz::TimeZone;
use store::{ReviewFilter, ReviewPage, ReviewScope, ReviewSort};

/// Reviews below a product.
pub const BELOW_PRODUCT: usize = 3;
/// Reviews of a page that has nothing else.
pub const OF_PAGE: usize = 10;

/// What the stars given to a product come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stars {
    /// The average in tenths.
    pub tenths: u32,
    /// How many reviews.
    pub count: u32,
}

impl Stars {
    /// Those of a rating, if there are any.
    pub fn of(rating: Rating) -> Option<Self> {
        rating.tenths().map(|tenths| Self {
            tenths,
            count: rating.count(),
        })
    }
}

/// One review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewView {
    /// Its id.
    pub id: ReviewId,
    /// From 1 to 5.
    pub stars: u8,
    /// The name its author chose, or empty.
    pub name: String,
    /// The title, or empty.
    pub title: String,
    /// The text, or empty.
    pub text: String,
    /// When it was written, as words.
    pub date: String,
    /// The same for programs: `2026-12-01`.
    pub day: String,
    /// Names of photos.
    pub photos: Vec<String>,
    /// What the shop answers, or empty.
    pub answer: String,
    /// How many said that it helped.
    pub helpful: u32,
}

impl ReviewView {
    fn of(review: Review, texts: Texts, zone: &TimeZone) -> Self {
        let at = jiff::Timestamp::from_millisecond(review.updated_at).unwrap_or_default();
        Self {
            id: review.id,
            stars: review.stars,
            name: review.name,
            title: review.title,
            text: review.text,
            date: texts.date_in(review.updated_at, zone),
            day: at.to_zoned(zone.clone()).date().to_string(),
            photos: review.photos,
            answer: review.answer,
            helpful: review.helpful,
        }
    }
}

/// Which reviews a shopper asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Those with so many stars alone.
    pub stars: Option<u8>,
    /// Those with photos alone.
    pub with_photos: bool,
    /// In which order.
    pub sort: ReviewSort,
    /// Where the page before ended.
    pub after: Option<Vec<i64>>,
}

impl Choice {
    /// What an address says; whatever is not ours does not count.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let get = |name: &str| {
            let found = pairs.iter().find(|(n, _)| n == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let stars = get("stars").parse().ok();
        let after: Result<Vec<i64>, _> = get("after").split('.').map(str::parse).collect();
        Self {
            stars: stars.filter(|s| (1..=STARS_MAX).contains(s)),
            with_photos: get("photos") == "1",
            sort: if get("sort") == "new" {
                ReviewSort::Newest
            } else {
                ReviewSort::Helpful
            },
            after: after.ok(),
        }
    }

    /// The question for a product's reviews.
    pub fn filter(&self, product: ProductId, limit: usize) -> ReviewFilter {
        ReviewFilter {
            scope: ReviewScope::Product {
                product,
                stars: self.stars,
                with_photos: self.with_photos,
                sort: self.sort,
            },
            after: self.after.clone(),
            limit,
        }
    }

    /// The address of a product's reviews with this choice.
    pub fn href(&self, handle: &str) -> String {
        let mut pairs: Vec<String> = Vec::new();
        if self.sort == ReviewSort::Newest {
            pairs.push("sort=new".to_string());
        }
        if let Some(stars) = self.stars {
            pairs.push(format!("stars={stars}"));
        }
        if self.with_photos {
            pairs.push("photos=1".to_string());
        }
        if let Some(after) = &self.after {
            let numbers: Vec<String> = after.iter().map(i64::to_string).collect();
            pairs.push(format!("after={}", numbers.join(".")));
        }
        let path = format!("/p/{}/reviews", escape_query(handle));
        if pairs.is_empty() {
            path
        } else {
            format!("{path}?{}", pairs.join("&"))
        }
    }
}

/// A product's reviews.
#[derive(Debug, Clone)]
pub struct ReviewsView {
    /// The product's name.
    pub title: String,
    /// The product's handle.
    pub handle: String,
    /// The product's page.
    pub product_href: String,
    /// What the stars come to.
    pub rating: Rating,
    /// What was asked for.
    pub choice: Choice,
    /// The reviews; `None` while they are not shown.
    pub reviews: Option<Vec<ReviewView>>,
    /// The next page.
    pub next: Option<String>,
}

/// The zone in which dates of reviews are told: that of the shop's first location.
pub fn zone(world: &World) -> TimeZone {
    let first = world.locations().next();
    first.map_or(TimeZone::UTC, crate::promise::zone_of)
}

/// A product's reviews as they were read; `None` while they are not shown.
pub fn reviews_view(
    reader: &Reader<'_>,
    product: &Product,
    choice: Choice,
    page: Option<ReviewPage>,
) -> ReviewsView {
    let zone = zone(reader.world);
    let (rows, next) = page.map_or((None, None), |page| (Some(page.rows), page.next));
    let next = next.map(|after| {
        let further = Choice {
            after: Some(after),
            ..choice.clone()
        };
        further.href(&product.handle)
    });
    let view = |review| ReviewView::of(review, reader.texts, &zone);
    ReviewsView {
        title: product.title.get(reader.texts.language()).to_string(),
        handle: product.handle.clone(),
        product_href: super::product_href(product),
        rating: reader.world.rating(product.id),
        choice,
        reviews: rows.map(|rows| rows.into_iter().map(view).collect()),
        next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says_is_bounded_and_comes_back() {
        let pairs = |text: &str| -> Vec<(String, String)> {
            let all = text.split('&').filter_map(|p| p.split_once('='));
            all.map(|(n, v)| (n.to_string(), v.to_string())).collect()
        };
        let full = "sort=new&stars=4&photos=1&after=5.-7";
        let choice = Choice::read(&pairs(full));
        assert_eq!(choice.href("a b"), format!("/p/a%20b/reviews?{full}"));
        for bad in [
            "stars=0",
            "stars=6",
            "stars=x",
            "after=",
            "after=1.x",
            "sort=?",
            "",
        ] {
            assert_eq!(Choice::read(&pairs(bad)), Choice::default(), "{bad}");
        }
    }
}
