//! Reviews.

use super::{ReviewState, Texts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which reviews are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewView {
    /// Those that wait, and those that were reported, the longest waiting first.
    #[default]
    Queue,
    /// All, the newest first.
    All,
}

/// Which part of which list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReviewQuery {
    /// Which list; the queue when absent.
    #[serde(default)]
    #[param(inline)]
    pub view: ReviewView,
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// Reviews, and where the next ones begin.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReviewList {
    /// The reviews.
    pub items: Vec<Review>,
    /// What to pass as `cursor` for the next page; `null` at the end.
    #[schema(required)]
    pub next: Option<String>,
}

/// What a buyer says of a product.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// The review's id: there is one of each buyer for a product.
    pub id: String,
    /// Rises with each change of its author or the shop.
    pub version: u32,
    /// The product's id.
    pub product: String,
    /// The product's name.
    pub product_title: Texts,
    /// The product's handle, which its page in the shop has in its address.
    pub product_handle: String,
    /// An order of the purchase that it speaks of.
    pub order: String,
    /// The name that its author is shown by, or empty.
    pub name: String,
    /// From 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub stars: u8,
    /// The title, or empty.
    pub title: String,
    /// The text, or empty. It may be in any script and is never markup.
    pub text: String,
    /// The language that the shop had when it was written.
    #[schema(example = "de")]
    pub language: String,
    /// Names of its photos.
    pub photos: Vec<String>,
    /// Where it is.
    pub state: ReviewState,
    /// Why it was rejected, or empty.
    pub reason: String,
    /// What the shop answers in public, or empty.
    pub answer: String,
    /// How many said that it helped.
    pub helpful: u32,
    /// How many reported it since somebody of the shop last looked.
    pub reports: u32,
    /// Since when somebody of the shop is to look at it, in UTC milliseconds.
    #[schema(required)]
    pub queued_at: Option<i64>,
    /// When it was first written, in UTC milliseconds.
    pub created_at: i64,
    /// When its author last changed it, in UTC milliseconds.
    pub updated_at: i64,
}

/// A review that is to be shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewApproval {
    /// Refused with 409 unless the review has this version: what is shown is what was looked at.
    pub version: u32,
}

/// A review that is not to be shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRejection {
    /// Refused with 409 unless the review has this version.
    pub version: u32,
    /// Why, for its author.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What the shop answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewAnswer {
    /// Refused with 409 unless the review has this version.
    pub version: u32,
    /// What everybody reads below the review; empty takes it back.
    #[schema(max_length = 2000)]
    pub text: String,
}
