//! Alerts of guests, who have an address and no account: asked for, confirmed by a link in a mail to that address, and
//! ended by a link in each mail that follows.

use super::{Posted, fields};
use crate::alerts as mails;
use crate::pages::wishes as pages;
use crate::visit::{Answer, Fields, Visit};
use api::app::now_ms;
use api::members::ChangeError;
use api::members::wishes::{self, Asked};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use commerce::command::WishChange;
use commerce::id::VariantId;

/// The name under which links carry what was signed.
const SEALED: &str = "t";

fn sealed(visit: &Visit) -> &str {
    let mut pairs = visit.query.iter().filter(|(name, _)| name == SEALED);
    pairs.next().map_or("", |(_, value)| value.as_str())
}

/// A guest wants to hear when an article can be had again: a mail asks whether the address is theirs.
pub async fn ask(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let email = fields.get("email").trim().to_lowercase();
    let variant = VariantId::parse(fields.get("variant")).filter(|id| {
        let world = visit.shop.app.shelf.read();
        commerce::pricing::sellable(&world, *id).is_ok()
    });
    let Some(variant) = variant else {
        return Err(visit.not_found().await);
    };
    let outcome = send_question(&visit, &email, variant).await;
    let frame = visit.frame().await;
    let (status, page) = match outcome {
        Ok(()) => (StatusCode::OK, pages::asked(&frame, &email)),
        Err(key) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            pages::ask_again(&frame, (&email, variant), key),
        ),
    };
    Ok(visit.page(status, &frame, &page))
}

/// Sends the mail that asks; the error is the key of a text.
async fn send_question(visit: &Visit, email: &str, variant: VariantId) -> Result<(), &'static str> {
    if !crate::address::is_email(email) {
        return Err("field.email_wrong");
    }
    let now = now_ms();
    let limiter = &visit.shop.ask_limiter;
    let browser = visit.visitor.to_string();
    if limiter.attempt(&browser, now).is_err() || limiter.attempt(email, now).is_err() {
        return Err("alert.too_many");
    }
    let app = &visit.shop.app;
    let asked = Asked {
        email: email.to_string(),
        variant,
        language: visit.texts.language(),
    };
    let link = format!(
        "{}/alerts/confirm?{SEALED}={}",
        app.config.public_url,
        asked.seal(&app.config, now)
    );
    let mail = {
        let world = app.shelf.read();
        mails::question(&world, &asked, (&link, app.access_key()))
    };
    app.config.mailer.send(&mail).await.map_err(|error| {
        tracing::warn!(%error, "a mail that asks whether an alert is wanted was not sent");
        "alert.not_sent"
    })
}

/// The link in the mail was followed: a button says yes, since programs that look through mails follow links, too.
pub async fn confirm(visit: Visit) -> Answer {
    let asked = Asked::open(&visit.shop.app.config, sealed(&visit), now_ms());
    let frame = visit.frame().await;
    let page = match &asked {
        Some(asked) => {
            let title = {
                let world = visit.shop.app.shelf.read();
                mails::title(&world, asked.variant, visit.texts)
            };
            pages::confirm(&frame, sealed(&visit), &title)
        }
        None => pages::over(&frame),
    };
    Ok(visit.ok(&frame, &page))
}

/// The button was pressed.
pub async fn confirmed(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    let asked = Asked::open(&visit.shop.app.config, fields.get(SEALED), now_ms());
    let frame = visit.frame().await;
    let Some(asked) = asked else {
        return Ok(visit.ok(&frame, &pages::over(&frame)));
    };
    match watch(&visit, &asked).await {
        Ok(()) => Ok(visit.ok(&frame, &pages::watched(&frame))),
        Err(error) => Err(super::account::unchanged(&visit, error).await),
    }
}

async fn watch(visit: &Visit, asked: &Asked) -> Result<(), ChangeError> {
    let customer = visit.shop.members.customer_of(&asked.email).await?;
    let (variant, price) = (asked.variant, None);
    let changes = vec![
        WishChange::Reads(asked.language),
        WishChange::TellBack { variant, price },
    ];
    wishes::change(&visit.shop.app, customer.id, changes).await
}

/// The link that ends alerts was followed.
pub async fn quiet(visit: Visit) -> Answer {
    let whose = wishes::quieted(&visit.shop.app.config, sealed(&visit));
    let frame = visit.frame().await;
    let page = match whose {
        Some(_) => pages::quiet(&frame, sealed(&visit)),
        None => pages::over(&frame),
    };
    Ok(visit.ok(&frame, &page))
}

/// They end: by the page's button, or by a mail program with one click, which has no cookie and no token of ours. What
/// is signed in the address is proof enough.
pub async fn quieted(visit: Visit, posted: Posted) -> Answer {
    let fields: Fields = fields(posted);
    let said = match fields.get(SEALED) {
        "" => sealed(&visit),
        said => said,
    };
    let Some(customer) = wishes::quieted(&visit.shop.app.config, said) else {
        return Err(visit.not_found().await);
    };
    let ended = wishes::change(&visit.shop.app, customer, vec![WishChange::Quiet(None)]).await;
    if let Err(error) = ended {
        return Err(super::account::unchanged(&visit, error).await);
    }
    if fields.get("List-Unsubscribe") == "One-Click" {
        return Ok(StatusCode::OK.into_response());
    }
    let frame = visit.frame().await;
    Ok(visit.ok(&frame, &pages::quieted(&frame)))
}
