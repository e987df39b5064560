//! What buyers say of goods: a review, the marks that other shoppers put on it, and a product's rating, which is kept
//! in step with every change and never counted anew.
//!
//! A review's id is made from the product and the buyer's address, so that there is one of each buyer for a product
//! without a further index: whoever writes again changes what they wrote.

use crate::id::{GroupId, ProductId, ReviewId};
use crate::order::{FulfillmentState, Group};
use crate::refusal::Refusal;
use crate::text::{self, Language};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The most stars.
pub const STARS_MAX: u8 = 5;
/// Characters of a title.
pub const TITLE_CHARS_MAX: usize = 120;
/// Characters of a text.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// Characters of the name that its author is shown by.
pub const NAME_CHARS_MAX: usize = 60;
/// Characters of the reason for which one was rejected.
pub const REASON_CHARS_MAX: usize = 500;
/// Characters of what the shop answers.
pub const ANSWER_CHARS_MAX: usize = 2_000;
/// Photos of one review.
pub const PHOTOS_MAX: usize = 4;
/// Characters of a photo's name.
pub const PHOTO_CHARS_MAX: usize = 80;
/// How long after it left a parcel counts as arrived when no carrier says so, in milliseconds.
pub const ARRIVED_AFTER_MS: i64 = 3 * 24 * 60 * 60 * 1_000;

/// Where a review is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Somebody of the shop is to look at it.
    Waiting,
    /// Everybody sees it.
    Shown,
    /// Its author alone sees it, with the reason.
    Rejected,
    /// Its author took it back: nothing but that is left.
    Withdrawn,
}

impl ReviewState {
    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            ReviewState::Waiting => "waiting",
            ReviewState::Shown => "shown",
            ReviewState::Rejected => "rejected",
            ReviewState::Withdrawn => "withdrawn",
        }
    }
}

/// What a buyer says of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its id: see [`id_of`].
    pub id: ReviewId,
    /// Rises by one when its author or the shop changes it; marks of others change nothing that anybody reads.
    pub version: u32,
    /// Of what.
    pub product: ProductId,
    /// The purchase that it speaks of.
    pub group: GroupId,
    /// The buyer's address in that order; never shown. Empty once the author is forgotten.
    pub author: String,
    /// The name its author chose, or empty.
    pub name: String,
    /// From 1 to [`STARS_MAX`].
    pub stars: u8,
    /// The title, or empty.
    pub title: String,
    /// The text, or empty.
    pub text: String,
    /// The language that the shop had when it was written.
    pub language: Language,
    /// Names of photos.
    pub photos: Vec<String>,
    /// Where it is.
    pub state: ReviewState,
    /// Why it was rejected.
    #[serde(default)]
    pub reason: String,
    /// What the shop answers in public, or empty.
    #[serde(default)]
    pub answer: String,
    /// How many said that it helped.
    #[serde(default)]
    pub helpful: u32,
    /// How many reported it since somebody of the shop last looked.
    #[serde(default)]
    pub reports: u32,
    /// Since when somebody of the shop is to look at it, in UTC milliseconds.
    #[serde(default)]
    pub queued_at: Option<i64>,
    /// When it was first written, in UTC milliseconds.
    pub created_at: i64,
    /// When its author last changed it, in UTC milliseconds.
    pub updated_at: i64,
}

/// The one review of a buyer for a product.
pub fn id_of(product: ProductId, author: &str) -> ReviewId {
    ReviewId(text::key(&alloc::format!("{product}/{author}")))
}

/// The key that a buyer's reviews are found by; `None` once the author is forgotten.
pub fn author_key(review: &Review) -> Option<u64> {
    (!review.author.is_empty()).then(|| text::key(&review.author))
}

impl Review {
    /// Whether everybody sees it.
    pub fn is_shown(&self) -> bool {
        self.state == ReviewState::Shown
    }
}

/// What the stars given to a product come to. Kept with every change of a shown review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rating {
    /// Shown reviews with one star, two, and so on.
    pub stars: [u32; STARS_MAX as usize],
    /// Those of them that have photos.
    pub with_photos: u32,
}

impl Rating {
    /// Shown reviews.
    pub fn count(&self) -> u32 {
        self.stars.iter().sum()
    }

    /// The average in tenths of a star, halves rounded up; `None` without reviews.
    pub fn tenths(&self) -> Option<u32> {
        let count = u64::from(self.count());
        let sum: u64 = (1..).zip(self.stars).map(|(s, n)| s * u64::from(n)).sum();
        let tenths = (sum * 20 + count).checked_div(count * 2)?;
        Some(u32::try_from(tenths).expect("an average is at most 50"))
    }

    /// Counts a review in, if it is shown.
    pub fn add(&mut self, review: &Review) {
        if let Some((stars, photos)) = self.places(review) {
            *stars += 1;
            *photos += u32::from(!review.photos.is_empty());
        }
    }

    /// Counts one out that was counted in.
    pub fn take(&mut self, review: &Review) {
        if let Some((stars, photos)) = self.places(review) {
            assert!(*stars > 0, "what is counted out was counted in");
            *stars -= 1;
            *photos -= u32::from(!review.photos.is_empty());
        }
    }

    fn places(&mut self, review: &Review) -> Option<(&mut u32, &mut u32)> {
        let at = usize::from(review.stars).checked_sub(1)?;
        let stars = self.stars.get_mut(at).filter(|_| review.is_shown())?;
        Some((stars, &mut self.with_photos))
    }
}

/// What a shopper says of another's review with one tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// It helped.
    Helpful,
    /// It does not belong here.
    Report,
}

/// A mark: there is one of each kind per review and visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// On which review.
    pub review: ReviewId,
    /// What it says.
    pub kind: MarkKind,
    /// A hash of who made it.
    pub visitor: u64,
}

/// Whether a buyer's review is shown before somebody of the shop looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Moderation {
    /// All wait.
    #[default]
    Before,
    /// One without photos is shown at once.
    PhotosBefore,
}

/// A review to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveReview {
    /// Of what.
    pub product: ProductId,
    /// The purchase that proves that its author has the article.
    pub group: GroupId,
    /// The name to be shown, or empty.
    pub name: String,
    /// From 1 to [`STARS_MAX`].
    pub stars: u8,
    /// The title, or empty.
    pub title: String,
    /// The text, or empty.
    pub text: String,
    /// The language of the shop's pages.
    pub language: Language,
    /// Names of photos.
    pub photos: Vec<String>,
    /// Whether it waits.
    pub moderation: Moderation,
}

/// How a review moves on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewStep {
    /// The shop shows it, and settles reports of it.
    Approve,
    /// The shop does not show it.
    Reject {
        /// Why, for its author.
        reason: String,
    },
    /// The shop answers in public; an empty answer is taken back.
    Answer {
        /// What.
        text: String,
    },
    /// Its author takes it back.
    Withdraw,
    /// Its author is forgotten: what they wrote stays without a name and photos.
    Forget,
}

/// A text as it is kept: without control characters, and without those that turn the direction of what follows, which
/// would let a text pretend to be a part of the page. Marks that belong to a script or an emoji stay.
pub fn clean(text: &str) -> String {
    let mut kept: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| is_kept(*c))
        .collect();
    // At most one empty line between two paragraphs.
    while kept.contains("\n\n\n") {
        kept = kept.replace("\n\n\n", "\n\n");
    }
    kept.trim().into()
}

/// The same on one line.
pub fn clean_line(text: &str) -> String {
    let mut line = String::new();
    for word in clean(text).split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn is_kept(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_mark = matches!(
        c,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{2028}' | '\u{2029}'
    );
    !(turns || is_mark || (c.is_control() && c != '\n'))
}

fn check_text(field: &'static str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    if text.chars().count() <= chars_max && text.chars().all(is_kept) {
        Ok(())
    } else {
        Err(Refusal::FieldInvalid { field })
    }
}

/// Checks a reason or an answer of the shop.
///
/// # Errors
/// The field that is too long or has characters that are not kept.
pub fn check_step(step: &ReviewStep) -> Result<(), Refusal> {
    match step {
        ReviewStep::Reject { reason } if reason.trim().is_empty() => {
            Err(Refusal::FieldInvalid { field: "reason" })
        }
        ReviewStep::Reject { reason } => check_text("reason", reason, REASON_CHARS_MAX),
        ReviewStep::Answer { text } => check_text("answer", text, ANSWER_CHARS_MAX),
        ReviewStep::Approve | ReviewStep::Withdraw | ReviewStep::Forget => Ok(()),
    }
}

impl SaveReview {
    /// Checks its fields.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn check(&self) -> Result<(), Refusal> {
        let wrong = |field| Err(Refusal::FieldInvalid { field });
        if !(1..=STARS_MAX).contains(&self.stars) {
            return wrong("stars");
        }
        check_text("title", &self.title, TITLE_CHARS_MAX)?;
        check_text("text", &self.text, TEXT_CHARS_MAX)?;
        check_text("name", &self.name, NAME_CHARS_MAX)?;
        // An address is never shown, even by who would like to.
        if self.name.contains(['@', '\n']) || self.title.contains('\n') {
            return wrong("name");
        }
        let fits = |photo: &String| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            (1..=PHOTO_CHARS_MAX).contains(&photo.len()) && photo.chars().all(allowed)
        };
        if self.photos.len() > PHOTOS_MAX || !self.photos.iter().all(fits) {
            return wrong("photos");
        }
        Ok(())
    }
}

/// Whether a purchase proves that its buyer got a piece of the product: it was handed over, or left so long ago that it
/// has arrived.
pub fn has_got(group: &Group, product: ProductId, now: i64) -> bool {
    let line = |number: u16| group.lines().find(|l| l.number == number);
    group.fulfillments.iter().any(|f| {
        let arrived = match f.state {
            FulfillmentState::Delivered => true,
            FulfillmentState::Shipped => now - f.updated_at >= ARRIVED_AFTER_MS,
            _ => false,
        };
        let of_it = |(number, pieces): &(u16, u32)| {
            *pieces > 0 && line(*number).is_some_and(|l| l.variant.parent() == product)
        };
        arrived && f.lines.iter().any(of_it)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn texts_keep_every_script_and_lose_what_turns_the_page() {
        let cases = [
            (
                "  Sehr schön \r\n\r\n\r\n\r\nGern wieder ",
                "Sehr schön \n\nGern wieder",
            ),
            ("ممتاز جدا ⭐ 好用", "ممتاز جدا ⭐ 好用"),
            ("👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
            ("a\u{202e}b\u{2066}c\u{2069}\u{0}\u{7}d\u{9b}e", "abcde"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("\u{feff}\u{2028}", ""),
        ];
        for (written, kept) in cases {
            assert_eq!(clean(written), kept);
            assert_eq!(clean(kept), kept, "cleaning twice changes nothing");
        }
        assert_eq!(clean_line(" a\n\tb  c "), "a b c");
    }

    #[test]
    fn an_average_is_rounded_to_tenths_with_halves_up() {
        let rating = |stars| Rating {
            stars,
            with_photos: 0,
        };
        let cases = [
            ([0; 5], None),
            ([0, 0, 0, 0, 1], Some(50)),
            ([1, 0, 0, 0, 1], Some(30)),
            // 4.25 and 4.249…
            ([0, 0, 0, 3, 1], Some(43)),
            ([0, 0, 1, 0, 2], Some(43)),
            ([u32::MAX / 5; 5], Some(30)),
        ];
        for (stars, tenths) in cases {
            assert_eq!(rating(stars).tenths(), tenths, "{stars:?}");
        }
    }

    #[test]
    fn fields_that_do_not_fit_are_named() {
        let fits = || SaveReview {
            product: ProductId(0x100),
            group: GroupId(0x200),
            name: "A. B.".to_string(),
            stars: 5,
            title: "t".repeat(TITLE_CHARS_MAX),
            text: "字".repeat(TEXT_CHARS_MAX),
            language: Language::Zh,
            photos: alloc::vec!["0a-b_c.jpg".to_string(); PHOTOS_MAX],
            moderation: Moderation::Before,
        };
        type Change = fn(&mut SaveReview);
        let cases: &[(&str, Change)] = &[
            ("", |_| {}),
            ("stars", |r| r.stars = 0),
            ("stars", |r| r.stars = 6),
            ("title", |r| r.title.push('t')),
            ("text", |r| r.text.push('字')),
            ("text", |r| r.text = "\u{202e}".to_string()),
            ("name", |r| r.name = "a@example.com".to_string()),
            ("name", |r| r.name = "n".repeat(NAME_CHARS_MAX + 1)),
            ("photos", |r| r.photos.push("b.jpg".to_string())),
            ("photos", |r| r.photos[0] = "../a".to_string()),
            ("photos", |r| r.photos[0] = String::new()),
        ];
        for (field, change) in cases {
            let mut changed = fits();
            change(&mut changed);
            let found = match changed.check() {
                Ok(()) => "",
                Err(Refusal::FieldInvalid { field }) => field,
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, *field);
        }
    }
}
