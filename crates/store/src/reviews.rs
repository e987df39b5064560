//! Reviews as rows, and the questions for lists of them, in words that all engines understand.

use crate::StoreError;
use crate::codec::{column, to_json};
use crate::query::{ReviewFilter, ReviewPage, ReviewScope, ReviewSort};
use crate::rows::{Cell, RowSink, Sink, Table, Verb};
use commerce::id::ReviewId;
use commerce::review::{Mark, MarkKind, Rating, Review, author_key};
use commerce::world::Delta;
use std::collections::BTreeMap;

/// The most reviews of one page.
pub const PAGE_MAX: usize = 200;
/// The table of reviews.
pub const TABLE: &str = "reviews";
/// Asks for ratings; a condition may follow.
pub const RATINGS: &str =
    "SELECT product_id, one, two, three, four, five, with_photos FROM ratings";

static REVIEWS: Table = Table::new(
    TABLE,
    &[
        "id",
        "product_id",
        "author",
        "shown",
        "stars",
        "photos",
        "helpful",
        "at",
        "queued_at",
        "body",
    ],
    1,
);
static KEPT_RATINGS: Table = Table::new(
    "ratings",
    &[
        "product_id",
        "one",
        "two",
        "three",
        "four",
        "five",
        "with_photos",
    ],
    1,
);
static MARKS: Table = Table::new("review_marks", &["review_id", "kind", "visitor"], 3);

/// Hands over what a batch changed of reviews.
///
/// # Errors
/// When the engine does not take a row.
pub fn put(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    if delta.reviews.is_empty() {
        return Ok(());
    }
    let mut reviews = sink.rows(&REVIEWS, Verb::Put)?;
    for review in &delta.reviews {
        reviews.put(&[
            Cell::Int(column(review.id.0)),
            Cell::Int(column(review.product.0)),
            author_key(review).map(column).into(),
            review.is_shown().then_some(1).into(),
            Cell::Int(i64::from(review.stars)),
            Cell::Int(review.photos.len() as i64),
            Cell::Int(i64::from(review.helpful)),
            Cell::Int(review.updated_at),
            review.queued_at.into(),
            Cell::Text(&to_json(&**review)),
        ])?;
    }
    reviews.finish()?;
    let mut ratings = sink.rows(&KEPT_RATINGS, Verb::Put)?;
    for (product, rating) in &delta.ratings {
        let [one, two, three, four, five] = rating.stars.map(|n| Cell::Int(i64::from(n)));
        let with_photos = Cell::Int(i64::from(rating.with_photos));
        ratings.put(&[
            Cell::Int(column(product.0)),
            one,
            two,
            three,
            four,
            five,
            with_photos,
        ])?;
    }
    ratings.finish()?;
    let mut marks = sink.rows(&MARKS, Verb::Append)?;
    for mark in &delta.marks {
        marks.put(&[
            Cell::Int(column(mark.review.0)),
            Cell::Int(kind_column(mark.kind)),
            Cell::Int(column(mark.visitor)),
        ])?;
    }
    marks.finish()
}

/// The column `kind` of a mark.
pub fn kind_column(kind: MarkKind) -> i64 {
    match kind {
        MarkKind::Helpful => 0,
        MarkKind::Report => 1,
    }
}

/// A rating from its columns after the product's.
///
/// # Errors
/// When one of them cannot be read.
pub fn rating_from(
    mut read: impl FnMut(usize) -> Result<i64, StoreError>,
) -> Result<Rating, StoreError> {
    let mut number = |index| {
        let value = read(index)?;
        u32::try_from(value).map_err(|_| StoreError::Row {
            table: "ratings",
            reason: format!("{value} reviews"),
        })
    };
    let mut rating = Rating::default();
    for (at, stars) in rating.stars.iter_mut().enumerate() {
        *stars = number(at + 1)?;
    }
    rating.with_photos = number(6)?;
    Ok(rating)
}

/// Marks by review and kind, to be asked for together: the visitors of each.
pub fn by_review<'m>(
    marks: impl IntoIterator<Item = &'m Mark>,
) -> BTreeMap<(ReviewId, MarkKind), Vec<u64>> {
    let mut found: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    for mark in marks {
        let visitors = found.entry((mark.review, mark.kind)).or_default();
        visitors.push(mark.visitor);
    }
    found
}

/// A question for a list: its text, and the numbers for `?1` and on.
pub fn question(filter: &ReviewFilter) -> (String, Vec<i64>) {
    let (mut conditions, mut numbers) = (Vec::new(), Vec::new());
    let mark = |number: i64, numbers: &mut Vec<i64>| {
        numbers.push(number);
        format!("?{}", numbers.len())
    };
    let (order, is_rising): (&[&str], bool) = match &filter.scope {
        ReviewScope::Product {
            product,
            stars,
            with_photos,
            sort,
        } => {
            conditions.push("shown = 1".to_string());
            let product = mark(column(product.0), &mut numbers);
            conditions.push(format!("product_id = {product}"));
            if let Some(stars) = stars {
                let stars = mark(i64::from(*stars), &mut numbers);
                conditions.push(format!("stars = {stars}"));
            }
            if *with_photos {
                conditions.push("photos > 0".to_string());
            }
            match sort {
                ReviewSort::Newest => (&["at", "id"], false),
                ReviewSort::Helpful => (&["helpful", "at", "id"], false),
            }
        }
        ReviewScope::Queue => {
            conditions.push("queued_at IS NOT NULL".to_string());
            (&["queued_at", "id"], true)
        }
        ReviewScope::Latest => (&["at", "id"], false),
        ReviewScope::Author(email) => {
            let key = mark(column(commerce::text::key(email)), &mut numbers);
            conditions.push(format!("author = {key}"));
            (&["at", "id"], false)
        }
    };
    if let Some(after) = &filter.after
        && after.len() == order.len()
    {
        let marks: Vec<String> = after.iter().map(|n| mark(*n, &mut numbers)).collect();
        let sign = if is_rising { '>' } else { '<' };
        conditions.push(format!(
            "({}) {sign} ({})",
            order.join(", "),
            marks.join(", ")
        ));
    }
    let direction = if is_rising { "" } else { " DESC" };
    let sorted: Vec<String> = order.iter().map(|c| format!("{c}{direction}")).collect();
    let wanted = if conditions.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", conditions.join(" AND "))
    };
    // One more than the page says whether there is another.
    let limit = mark(limit(filter) as i64 + 1, &mut numbers);
    let text = format!(
        "SELECT body FROM reviews{wanted} ORDER BY {} LIMIT {limit}",
        sorted.join(", ")
    );
    (text, numbers)
}

fn limit(filter: &ReviewFilter) -> usize {
    filter.limit.clamp(1, PAGE_MAX)
}

/// A page of what was found, and where the next one begins.
pub fn page(mut rows: Vec<Review>, filter: &ReviewFilter) -> ReviewPage {
    let is_more = rows.len() > limit(filter);
    rows.truncate(limit(filter));
    let place = |r: &Review| {
        let id = column(r.id.0);
        match &filter.scope {
            ReviewScope::Product {
                sort: ReviewSort::Helpful,
                ..
            } => vec![i64::from(r.helpful), r.updated_at, id],
            ReviewScope::Queue => vec![r.queued_at.unwrap_or(0), id],
            _ => vec![r.updated_at, id],
        }
    };
    let next = rows.last().filter(|_| is_more).map(place);
    if let ReviewScope::Author(email) = &filter.scope {
        // Two addresses may share a key.
        rows.retain(|r| r.author == *email);
    }
    ReviewPage { rows, next }
}
