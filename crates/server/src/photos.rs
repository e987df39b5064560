//! Photos that shoppers and couriers sent and that nothing refers to are removed after a while. Every server does so for its own
//! data folder.

use api::app::App;
use api::photos::{album_of_returns, album_of_round};
use api::reviews::{photos_of, review_of};
use api::rounds;
use media::{Album, Hash};
use std::time::Duration;

/// How often photos that wait are looked at.
const INTERVAL: Duration = Duration::from_secs(60 * 60);
/// How long a photo waits: a form may stay open overnight.
const WAIT: Duration = Duration::from_secs(48 * 60 * 60);
/// Photos that are looked at at once; the rest comes in an hour.
const BATCH: usize = 1_000;

/// Goes through the photos that wait, until the server stops.
pub async fn tidy(app: App) {
    let mut timer = tokio::time::interval(INTERVAL);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        once(&app, WAIT).await;
    }
}

/// Goes through those that have waited for so long, once.
pub async fn once(app: &App, waited: Duration) {
    let media = app.media.clone();
    let find = move || media.photos().waiting(waited, BATCH);
    for (album, photo) in tokio::task::spawn_blocking(find).await.unwrap_or_default() {
        let Some(is_used) = is_used(app, &album, photo).await else {
            continue;
        };
        let (media, name) = (app.media.clone(), album.clone());
        let settle = move || match is_used {
            true => media.photos().keep(&name, photo),
            false => media.photos().remove(&name, photo),
        };
        match tokio::task::spawn_blocking(settle).await {
            Ok(Ok(())) if !is_used => tracing::info!(%album, "a photo that nobody used is removed"),
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, %album, "a photo cannot be settled"),
            Err(error) => tracing::error!(%error, "settling a photo ended early"),
        }
    }
}

/// Whether something refers to a photo; `None` if that cannot be told now.
async fn is_used(app: &App, album: &Album, photo: Hash) -> Option<bool> {
    if let Some(group) = album_of_returns(album) {
        let group = app.group(group).await.ok()?;
        let mut returns = group.iter().flat_map(|g| &g.returns);
        return Some(returns.any(|r| r.photos.contains(&photo.number())));
    }
    if let Some((round, key)) = album_of_round(album) {
        let round = rounds::load(app, vec![round]).await.ok()?;
        let mut pictures = round.iter().flat_map(|r| &r.pictures);
        return Some(pictures.any(|p| *p == (key, photo.number())));
    }
    let review = review_of(album)?;
    let review = app.read(move |q| q.review(review)).await.ok()?;
    Some(review.is_some_and(|r| photos_of(&r).contains(&photo)))
}
