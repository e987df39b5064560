//! Feeds of all goods, written step by step: a million goods are never in memory at once, and the shelf is held only
//! for as long as a step takes.

use crate::views::Reader;
use crate::views::feed::{self, Feed};
use crate::visit::Shop;
use api::app::now_ms;
use api::i18n::{Language, Texts};
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use commerce::Currency;
use commerce::code::Country;
use commerce::id::ProductId;
use commerce::switch::Work;
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Products that are written while the shelf is held.
const STEP: usize = 128;
/// Feeds that are written at once; who comes later comes again.
pub const FEEDS_MAX: usize = 2;
/// Seconds after which they should.
const RETRY_AFTER_S: &str = "60";
/// How long caches may keep a feed.
const KEPT: &str = "public, max-age=900";

/// For whom a feed is.
#[derive(Debug, Deserialize)]
pub struct Audience {
    country: Option<String>,
    lang: Option<String>,
    currency: Option<String>,
}

/// What a feed is written for, once its parameters are known to make sense.
#[derive(Clone, Copy)]
struct Written {
    texts: Texts,
    currency: Currency,
    country: Country,
}

/// The feed in Google Merchant's format.
pub async fn google(
    State(shop): State<Arc<Shop>>,
    audience: Result<Query<Audience>, QueryRejection>,
) -> Response {
    let read = audience.map_err(|e| e.body_text());
    let written = match read.and_then(|Query(audience)| written_for(&shop, &audience)) {
        Ok(written) => written,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    if let Err(shed) = shop.app.admit(Work::Exports) {
        return shed.into_response();
    }
    let Ok(turn) = shop.feeds.clone().try_acquire_owned() else {
        let later = [(header::RETRY_AFTER, RETRY_AFTER_S)];
        return (StatusCode::SERVICE_UNAVAILABLE, later).into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/xml; charset=utf-8"),
        (header::CACHE_CONTROL, KEPT),
    ];
    (headers, body(shop, written, turn)).into_response()
}

/// The places for feeds that are written at once.
pub fn places() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(FEEDS_MAX))
}

fn written_for(shop: &Shop, audience: &Audience) -> Result<Written, String> {
    let world = shop.app.shelf.read();
    let settings = world.shop().ok_or("the shop has no settings yet")?;
    let language = match &audience.lang {
        None => Language::En,
        Some(tag) => Language::parse(tag)
            .ok_or_else(|| format!("`lang` is `{tag}`: it must be en, de or zh"))?,
    };
    let currency = match &audience.currency {
        None => settings.currency,
        Some(code) => Currency::parse(code)
            .filter(|c| settings.tax_display(*c).is_some())
            .ok_or_else(|| format!("`currency` is `{code}`: the shop does not sell in it"))?,
    };
    let country = match &audience.country {
        None => settings.country,
        Some(code) => Country::parse(code).ok_or_else(|| {
            format!("`country` is `{code}`: it must be a code of two letters, such as DE")
        })?,
    };
    Ok(Written {
        texts: Texts::of(language),
        currency,
        country,
    })
}

struct Progress {
    shop: Arc<Shop>,
    ids: Vec<ProductId>,
    at: usize,
    is_over: bool,
    _turn: OwnedSemaphorePermit,
}

fn body(shop: Arc<Shop>, written: Written, turn: OwnedSemaphorePermit) -> Body {
    let ids: Vec<ProductId> = {
        let world = shop.app.shelf.read();
        world.loaded_products().map(|p| p.id).collect()
    };
    let progress = Progress {
        shop,
        ids,
        at: 0,
        is_over: false,
        _turn: turn,
    };
    let pieces = stream::unfold(progress, move |mut progress| async move {
        if progress.is_over {
            return None;
        }
        let text = step(&mut progress, written);
        // Others have their turn between two steps.
        tokio::task::yield_now().await;
        Some((Ok::<_, Infallible>(Bytes::from(text)), progress))
    });
    // Compression asks once more after the end.
    Body::from_stream(pieces.fuse())
}

fn step(progress: &mut Progress, written: Written) -> String {
    let app = &progress.shop.app;
    let world = app.shelf.read();
    let public_url = &app.config.public_url;
    let board = app.timetables.board();
    let reader = Reader {
        world: &world,
        board: &board,
        texts: written.texts,
        currency: written.currency,
        country: written.country,
        now: now_ms(),
        points: 0,
    };
    let mut xml = String::new();
    if progress.at == 0 {
        let name = world.shop().map_or("Sesame", |s| s.name.as_str());
        xml = feed::begin(name, public_url, written.texts.t("home.title"));
    }
    let here = progress.ids.iter().skip(progress.at).take(STEP);
    let feed = Feed {
        reader,
        public_url,
        media: &app.media,
    };
    for product in here.filter_map(|id| world.product(*id)) {
        feed::items(&feed, product, &mut xml);
    }
    progress.at += STEP;
    if progress.at >= progress.ids.len() {
        xml.push_str(feed::END);
        progress.is_over = true;
    }
    xml
}
