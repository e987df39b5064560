//! Favourites: the heart, the page of them, and what comes along at sign-in.

use super::account::devices;
use super::{Posted, fields};
use crate::pages::wishes as pages;
use crate::views::wishes::{self as views, article_of, price_of};
use crate::visit::{Answer, Fault, Fields, Visit};
use crate::wishes::GUEST_MAX;
use api::DoorError;
use api::members::{ChangeError, wishes};
use axum::Json;
use axum::response::{IntoResponse, Response};
use commerce::command::WishChange;
use commerce::customer::Customer;
use commerce::id::{ProductId, VariantId};
use commerce::limits::WISHES_MAX;
use commerce::wish::Wishes;
use commerce::{Money, Refusal};
use serde_json::{Value, json};

/// What the page of favourites knows to say of the last act.
const SAID: [&str; 10] = [
    "push.on",
    "push.off",
    "push.forgotten",
    "wish.removed",
    "wish.tells_back",
    "wish.tells_cheaper",
    "wish.quiet",
    "wish.full",
    "wish.guest_full",
    "wish.amount",
];

/// What a heart names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Variant(VariantId),
    Product(ProductId),
}

impl Named {
    fn parse(text: &str) -> Option<Self> {
        let variant = VariantId::parse(text).map(Self::Variant);
        variant.or_else(|| ProductId::parse(text).map(Self::Product))
    }

    /// Whether an article is meant.
    fn is(self, variant: VariantId) -> bool {
        match self {
            Self::Variant(id) => id == variant,
            Self::Product(id) => id == variant.parent(),
        }
    }
}

/// A heart was tapped.
pub async fn tap(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let (adds, named) = match fields.get("add") {
        "" => (false, fields.get("remove")),
        add => (true, add),
    };
    let Some(named) = Named::parse(named) else {
        return Err(visit.not_found().await);
    };
    let kept = visit.wishes().await?;
    let article = {
        let world = visit.shop.app.shelf.read();
        let reader = visit.reader(&world);
        let article = match named {
            Named::Variant(id) => Some(id),
            Named::Product(id) => article_of(&reader, id),
        };
        let article = article.filter(|id| commerce::pricing::sellable(&world, *id).is_ok());
        article.map(|id| (id, price_of(&reader, id)))
    };
    if adds && article.is_none() {
        return Err(visit.not_found().await);
    }
    let is_kept = kept.list.iter().any(|w| named.is(w.variant));
    match visit.member().await? {
        _ if adds == is_kept => Ok(told(&visit, &fields, Ok(adds))),
        Some(member) => {
            let changes = match article.filter(|_| adds) {
                Some((variant, price)) => vec![WishChange::Keep { variant, price }],
                None => dropped(&kept, named).map(WishChange::Drop).collect(),
            };
            let done = change_of(&visit, &member, changes).await?;
            Ok(told(&visit, &fields, done.map(|()| adds)))
        }
        None => Ok(tap_of_guest(
            &visit,
            &fields,
            named,
            article.filter(|_| adds).map(|(id, _)| id),
        )),
    }
}

fn dropped(kept: &Wishes, named: Named) -> impl Iterator<Item = VariantId> {
    let articles = kept.list.iter().map(|w| w.variant);
    articles.filter(move |v| named.is(*v))
}

fn tap_of_guest(
    visit: &Visit,
    fields: &Fields,
    named: Named,
    added: Option<VariantId>,
) -> Response {
    let mut favourites = visit.guests_favourites.clone();
    match added {
        Some(_) if favourites.len() >= GUEST_MAX => {
            return told(visit, fields, Err("wish.guest_full"));
        }
        Some(id) => favourites.push(id),
        None => favourites.retain(|v| !named.is(*v)),
    }
    let mut response = told(visit, fields, Ok(added.is_some()));
    visit.keep_favourites(&mut response, &favourites);
    response
}

/// What became of a tap: for a script in words, for a browser as the page that it came from.
fn told(visit: &Visit, fields: &Fields, outcome: Result<bool, &'static str>) -> Response {
    let t = visit.texts;
    if visit.is_script {
        let key = match outcome {
            Ok(true) if visit.claims.is_none() => "wish.added_here",
            Ok(true) => "wish.added",
            Ok(false) => "wish.removed",
            Err(key) => key,
        };
        let body =
            json!({ "done": outcome.is_ok(), "kept": outcome == Ok(true), "text": t.t(key) });
        return visit.with_cookies(Json(body).into_response());
    }
    match outcome {
        Ok(_) => visit.go(visit.own_path(fields.get("back"), "/account/favourites")),
        Err(key) => visit.go(&format!("/account/favourites?done={key}")),
    }
}

/// Changes a member's favourites; the inner error is the key of a text that says why not.
async fn change_of(
    visit: &Visit,
    member: &Customer,
    changes: Vec<WishChange>,
) -> Result<Result<(), &'static str>, Fault> {
    match wishes::change(&visit.shop.app, member.id, changes).await {
        Ok(()) => Ok(Ok(())),
        Err(ChangeError::Door(DoorError::Refused(Refusal::TooManyWishes))) => Ok(Err("wish.full")),
        Err(ChangeError::Door(DoorError::Refused(Refusal::FieldInvalid { .. }))) => {
            Ok(Err("wish.amount"))
        }
        Err(error) => Err(super::account::unchanged(visit, error).await),
    }
}

/// The page: a member's favourites, or those that a guest's browser keeps.
pub async fn show(visit: Visit) -> Answer {
    let kept = visit.wishes().await?;
    let frame = visit.frame().await;
    let lines = {
        let world = visit.shop.app.shelf.read();
        views::lines(&visit.reader(&world), &kept)
    };
    let member = visit.member().await?;
    let said = super::account::said(&visit, &SAID);
    let devices = member.as_ref().and_then(|m| devices::view(&visit, m));
    let page = pages::favourites(&frame, (&lines, member.is_some()), devices.as_ref(), said);
    Ok(visit.ok(&frame, &page))
}

/// Something was changed on the page of favourites, or on that of a product.
pub async fn change(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let Some(variant) = VariantId::parse(fields.get("variant")) else {
        return Err(visit.not_found().await);
    };
    let act = fields.get("do");
    let Some(member) = visit.member().await? else {
        if act != "remove" {
            return Err(super::account::member(&visit)
                .await
                .err()
                .unwrap_or_else(|| visit.go("/account/sign-in").into()));
        }
        let mut favourites = visit.guests_favourites.clone();
        favourites.retain(|v| *v != variant);
        let mut response = visit.go("/account/favourites?done=wish.removed");
        visit.keep_favourites(&mut response, &favourites);
        return Ok(response);
    };
    let price = {
        let world = visit.shop.app.shelf.read();
        price_of(&visit.reader(&world), variant)
    };
    let (change, said) = match act {
        "remove" => (WishChange::Drop(variant), "wish.removed"),
        "back" => (WishChange::TellBack { variant, price }, "wish.tells_back"),
        "quiet" => (WishChange::Quiet(Some(variant)), "wish.quiet"),
        _ => {
            let Some(at_most) = amount(&visit, fields.get("at_most"), price) else {
                return Ok(visit.go("/account/favourites?done=wish.amount"));
            };
            let change = WishChange::TellCheaper {
                variant,
                at_most,
                price,
            };
            (change, "wish.tells_cheaper")
        }
    };
    let said = match change_of(&visit, &member, vec![change]).await? {
        Ok(()) => said,
        Err(key) => key,
    };
    Ok(visit.go(&format!("/account/favourites?done={said}")))
}

/// The most that an article may cost: as typed, or a bit less than it costs now when nothing was.
fn amount(visit: &Visit, typed: &str, price: Option<Money>) -> Option<Money> {
    let typed = typed.trim().replace(',', ".");
    let amount = if typed.is_empty() {
        price.map(|p| Money {
            minor: p.minor - 1,
            ..p
        })
    } else {
        Money::parse_decimal(&typed, visit.currency)
    };
    amount.filter(|a| a.minor > 0)
}

/// What a guest's browser kept comes along when they sign in, as much as there is room for; the rest stays there.
pub async fn take_along(visit: &Visit, member: &Customer, response: &mut Response) {
    let guests = &visit.guests_favourites;
    if guests.is_empty() {
        return;
    }
    let Ok(kept) = wishes::of(&visit.shop.app, member.id).await else {
        return;
    };
    let room = WISHES_MAX.saturating_sub(kept.list.len());
    let new: Vec<VariantId> = {
        let world = visit.shop.app.shelf.read();
        let is_sold = |v: &&VariantId| commerce::pricing::sellable(&world, **v).is_ok();
        let new = guests.iter().filter(|v| kept.of(**v).is_none());
        new.filter(is_sold).copied().collect()
    };
    let (fit, stay) = new.split_at(room.min(new.len()));
    let changes: Vec<WishChange> = {
        let world = visit.shop.app.shelf.read();
        let reader = visit.reader(&world);
        let keep = |variant: &VariantId| WishChange::Keep {
            variant: *variant,
            price: price_of(&reader, *variant),
        };
        fit.iter().map(keep).collect()
    };
    if !changes.is_empty()
        && let Err(error) = wishes::change(&visit.shop.app, member.id, changes).await
    {
        tracing::warn!(%error, member = %member.id, "a guest's favourites stay in the browser");
        return;
    }
    visit.keep_favourites(response, stay);
}

/// Favourites as a member takes them away.
pub fn exported(visit: &Visit, kept: &Wishes) -> Vec<Value> {
    let world = visit.shop.app.shelf.read();
    let lines = views::lines(&visit.reader(&world), kept);
    let of = |variant| lines.iter().find(|l| l.variant == variant);
    let one = |wish: &commerce::wish::Wish| {
        json!({
            "article": wish.variant.to_string(),
            "title": of(wish.variant).map(|l| &l.title),
            "since": wish.since,
            "price_then": wish.price,
            "waits_for_stock_since": wish.back,
            "waits_for_price": wish.cheaper,
            "told": wish.told,
        })
    };
    kept.list.iter().map(one).collect()
}
