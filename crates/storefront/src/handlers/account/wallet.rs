//! The member's wallet.

use super::super::{Posted, fields};
use super::{member, said, unchanged};
use crate::pages::account::wallet as pages;
use crate::views::wallet::{self as views, Entry};
use crate::visit::{Answer, Fault, Visit};
use axum::http::StatusCode;
use commerce::customer::{Customer, Kept, KeptWhat, Membership};
use commerce::limits::WALLET_MAX;

/// What was done, as far as the page knows.
const SAID: &[&str] = &["wallet.saved", "wallet.removed"];
/// Characters of a code.
const CODE_CHARS_MAX: usize = 60;

/// What a member has in their wallet, as it is now.
///
/// # Errors
/// The page that says that it cannot be read.
pub async fn of(visit: &Visit, member: &Customer) -> Result<Vec<Entry>, Fault> {
    let limits = views::limits(&visit.shop.app.shelf.read(), member);
    let taken = if limits.is_empty() {
        Default::default()
    } else {
        let found = visit.shop.app.read(move |q| q.taken(limits)).await;
        found.map_err(|e| visit.broken(&e))?
    };
    let world = visit.shop.app.shelf.read();
    Ok(views::wallet(&visit.reader(&world), member, &taken))
}

/// The wallet.
pub async fn show(visit: Visit) -> Answer {
    let member = member(&visit).await?;
    shown(&visit, &member, None).await
}

async fn shown(visit: &Visit, member: &Customer, problem: Option<(&str, &'static str)>) -> Answer {
    let entries = of(visit, member).await?;
    let frame = visit.frame().await;
    let page = pages::wallet(&frame, &entries, (said(visit, SAID), problem));
    let status = match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(visit.page(status, &frame, &page))
}

/// Saves a coupon.
pub async fn save(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let typed: String = fields
        .get("code")
        .trim()
        .chars()
        .take(CODE_CHARS_MAX)
        .collect();
    let is_known = {
        let world = visit.shop.app.shelf.read();
        views::can_be_saved(&visit.reader(&world), &typed)
    };
    if typed.is_empty() || !is_known {
        return shown(&visit, &member, Some((&typed, "wallet.unknown"))).await;
    }
    let kept = Kept {
        at: api::app::now_ms(),
        what: KeptWhat::Coupon(commerce::pricing::normalize_code(&typed)),
    };
    let is_there = |member: &Membership| member.wallet.iter().any(|k| k.what == kept.what);
    let known = member.membership.as_ref();
    if known.is_some_and(|m| m.wallet.len() >= WALLET_MAX && !is_there(m)) {
        return shown(&visit, &member, Some((&typed, "refusal.wallet_full"))).await;
    }
    let put_in = |_: &mut Customer, member: &mut Membership| {
        if !is_there(member) {
            member.wallet.push(kept.clone());
        }
    };
    match visit.shop.members.change(member.id, put_in).await {
        Ok(_) => Ok(visit.go("/account/wallet?done=wallet.saved")),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}

/// Takes a coupon out.
pub async fn remove(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let code = fields.get("code");
    let take_out = |_: &mut Customer, member: &mut Membership| {
        let is_it =
            |kept: &Kept| matches!(&kept.what, KeptWhat::Coupon(own) if plain(own) == plain(code));
        member.wallet.retain(|kept| !is_it(kept));
    };
    match visit.shop.members.change(member.id, take_out).await {
        Ok(_) => Ok(visit.go("/account/wallet?done=wallet.removed")),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}

/// A code without what its grouping adds: single-use codes are shown grouped however they were typed.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    letters.flat_map(char::to_uppercase).collect()
}
