//! Where a visitor comes from, as this request and the browser's cookie say.
//!
//! The cookie is set when somebody comes from outside, and on no other answer. Whoever asks not to be followed
//! (`Sec-GPC`, `DNT`) gets none, and one that is there is taken away; their visit is counted as what it is, and
//! nothing is remembered of it.

use crate::visit::{Shop, cookie, text_of};
use api::app::now_ms;
use api::traffic::{Arrival, Asked, Attribution, Landing, Visitor, host_of, is_robot};
use axum::http::request::Parts;
use axum::http::{Method, header};
use commerce::command::Device;
use commerce::extension::Extension;

/// Keeps the touches. Nothing in it tells one browser from another.
pub const COOKIE: &str = "sesame_touch";

/// What is to be done with the browser's cookie.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// It becomes this.
    Keep(String),
    /// It goes.
    Remove,
}

/// What a request says of where its visitor comes from.
#[derive(Debug)]
pub struct Touches {
    /// What an order of this visitor is attributed to.
    attribution: Option<Attribution>,
    /// The kind of page, if this is an arrival that counts.
    arrived: Option<Landing>,
    /// What becomes of the cookie.
    pub change: Change,
}

impl Touches {
    /// Of a request; `parameters` are those of its address.
    pub fn of(parts: &Parts, parameters: &[(String, String)], shop: &Shop) -> Self {
        let (now, days) = (now_ms(), shop.app.config.touch_days);
        let may_keep = days > 0 && !asks_not_to_be_followed(parts);
        let written = cookie(parts, COOKIE);
        let kept = written.as_deref().filter(|_| may_keep);
        let kept = kept.and_then(Attribution::from_cookie);
        let kept = kept.filter(|a| a.counts_at(now, days));
        let is_stale = written.is_some() && kept.is_none();
        let landing = landing(parts);
        let arrival = landing.map(|landing| arrival(parts, parameters, shop, (landing, now)));
        let is_counted = !is_robot(text_of(parts, header::USER_AGENT));
        let arrived = landing.filter(|_| is_counted && arrival != Some(Arrival::Within));
        let Some(Arrival::Outside(touch)) = arrival else {
            return Self {
                attribution: kept,
                arrived,
                change: if is_stale {
                    Change::Remove
                } else {
                    Change::None
                },
            };
        };
        let attribution = match kept {
            Some(kept) => kept.followed_by(touch),
            None => Attribution::begun(touch),
        };
        let change = match (may_keep, is_stale) {
            (true, _) => Change::Keep(attribution.to_cookie()),
            (false, true) => Change::Remove,
            (false, false) => Change::None,
        };
        Self {
            attribution: Some(attribution),
            arrived,
            change,
        }
    }

    /// Counts the visit, once its page is on the way; `number` is the browser's.
    pub fn count(&self, shop: &Shop, number: u64, device: Device) {
        let Some(landing) = self.arrived else { return };
        let visitor = Visitor {
            number,
            device,
            landing,
            attribution: self.attribution.as_ref(),
            at: now_ms(),
        };
        shop.app.traffic.arrived(&shop.app, &visitor);
    }

    /// What a checkout keeps of it; nothing for who came directly.
    pub fn extension(&self) -> Extension {
        let kept = self.attribution.as_ref();
        kept.map(Attribution::keep).unwrap_or_default()
    }
}

fn arrival(
    parts: &Parts,
    parameters: &[(String, String)],
    shop: &Shop,
    (landing, at): (Landing, i64),
) -> Arrival {
    let here = format!("http://{}", text_of(parts, header::HOST));
    let here = host_of(&here).unwrap_or_default();
    let asked = Asked {
        landing,
        parameters,
        referrer: text_of(parts, header::REFERER),
        own_hosts: &[&here, &shop.own_host],
        at,
    };
    asked.arrival()
}

/// The kind of page that somebody looks at with this request; `None` for a form, for what is no page to begin with, and
/// for a page that a browser fetches in case it is wanted.
fn landing(parts: &Parts) -> Option<Landing> {
    let is_fetched_ahead = ["sec-purpose", "purpose"]
        .iter()
        .any(|name| text_of(parts, *name).contains("prefetch"));
    // A service worker's request for a page goes to `empty`.
    let is_page = matches!(text_of(parts, "sec-fetch-dest"), "" | "document" | "empty");
    if parts.method != Method::GET || is_fetched_ahead || !is_page {
        return None;
    }
    Landing::of(parts.uri.path())
}

/// Whether a browser says so: by Global Privacy Control, or by what came before it.
pub fn asks_not_to_be_followed(parts: &Parts) -> bool {
    ["sec-gpc", "dnt"]
        .iter()
        .any(|name| text_of(parts, *name) == "1")
}
