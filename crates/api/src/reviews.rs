//! Reviews as the shop's pages and the console share them: where their photos lie, and what becomes of photos that a
//! review no longer has.

use crate::app::{App, DoorError};
use crate::photos;
use commerce::Command;
use commerce::id::ReviewId;
use commerce::review::{Review, ReviewStep};
use media::{Album, Hash};
use store::{ReviewFilter, ReviewScope, StoreError};

/// Reviews of one author that are looked at: more than anybody writes.
pub const OF_AUTHOR_MAX: usize = 200;

/// Where a review's photos lie.
pub fn album(id: ReviewId) -> Album {
    Album::new(&id.to_string()).expect("an id is such a name")
}

/// The review whose photos are in this album; `None` for an album of something else.
pub fn review_of(album: &Album) -> Option<ReviewId> {
    ReviewId::parse(album.name())
}

/// The photos of a review.
pub fn photos_of(review: &Review) -> Vec<Hash> {
    review
        .photos
        .iter()
        .filter_map(|p| Hash::parse(p))
        .collect()
}

/// Keeps the photos that a review has now, and takes away those that only the one before it had.
pub async fn settle_photos(app: &App, id: ReviewId, now: &[Hash], before: &[Hash]) {
    let album = album(id);
    photos::keep(app, &album, now.to_vec()).await;
    let gone: Vec<Hash> = before
        .iter()
        .filter(|p| !now.contains(p))
        .copied()
        .collect();
    let media = app.media.clone();
    let remove = move || {
        for photo in gone {
            if let Err(error) = media.photos().remove(&album, photo) {
                tracing::warn!(%error, "a photo that its review no longer has stays");
            }
        }
    };
    if let Err(error) = tokio::task::spawn_blocking(remove).await {
        tracing::error!(%error, "removing photos ended early");
    }
}

/// All reviews of an author, the newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn of_author(app: &App, email: &str) -> Result<Vec<Review>, StoreError> {
    let filter = ReviewFilter {
        scope: ReviewScope::Author(email.to_string()),
        after: None,
        limit: OF_AUTHOR_MAX,
    };
    Ok(app.read(move |q| q.review_list(&filter)).await?.rows)
}

/// Forgets who wrote: what they said of goods stays, without a name, and without photos, which may show them or their
/// home.
///
/// # Errors
/// When reviews cannot be read, or one cannot be changed; then it is right to try again.
pub async fn forget_author(app: &App, email: &str) -> Result<(), ForgetError> {
    // Each step leaves one less to be found.
    loop {
        let found = of_author(app, email).await?;
        if found.is_empty() {
            return Ok(());
        }
        for review in found {
            let step = Command::MoveReview(review.id, None, ReviewStep::Forget);
            app.system(step).await?;
            settle_photos(app, review.id, &[], &photos_of(&review)).await;
        }
    }
}

/// Why an author was not forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// Reviews cannot be read.
    #[error(transparent)]
    Unreadable(#[from] StoreError),
    /// Nothing can be written.
    #[error(transparent)]
    Door(#[from] DoorError),
}
