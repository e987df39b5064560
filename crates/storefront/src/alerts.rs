//! What alerts say, on devices and by mail: that an article can be had again, that it costs less; and the mail that asks a
//! guest whether the address is theirs. Each mail says why it came and how to end it.

use crate::views::product::variant_href;
use crate::views::{can_be_had, shippable};
use api::app::AppConfig;
use api::i18n::Texts;
use api::mail::Mail;
use api::mail::letter::{Letter, Part};
use api::members::wishes::{Asked, quiet_link};
use api::push::Note;
use commerce::customer::Customer;
use commerce::id::VariantId;
use commerce::pricing;
use commerce::text::Language;
use commerce::wish::{self, AlertKind};
use commerce::{Currency, Money, World};

/// An article's name with its options.
pub fn title(world: &World, variant: VariantId, texts: Texts) -> String {
    let product = world.product(variant.parent());
    let known = product.and_then(|p| Some((p, p.variant(variant)?)));
    let Some((product, variant)) = known else {
        return texts.t("wish.gone").to_string();
    };
    let language = texts.language();
    let title = product.title.get(language);
    match product.options_line(variant, language) {
        options if options.is_empty() => title.to_string(),
        options => format!("{title} ({options})"),
    }
}

fn shop_name(world: &World) -> String {
    world.shop().map_or_else(String::new, |s| s.name.clone())
}

/// Pieces that people can be told of: what can be shipped or collected.
pub fn free(world: &World, variant: VariantId) -> i64 {
    if pricing::sellable(world, variant).is_err() || !can_be_had(world, variant) {
        return 0;
    }
    let collected = world.locations().filter(|l| l.collects && !l.ships);
    let collected = collected.map(|l| world.level(variant, l.id).available());
    shippable(world, variant) + collected.filter(|n| *n > 0).sum::<i64>()
}

/// What an article costs now, in a currency, for who is no member.
pub fn price(world: &World, now: i64, variant: VariantId, currency: Currency) -> Option<Money> {
    let product = world.product(variant.parent())?;
    let guest = (currency, false);
    let found = pricing::price_now(world, now, (product, product.variant(variant)?), guest)?;
    // A presale is ordered, not bought: it is no price that somebody waits for.
    let minor = found.presale.is_none().then_some(found.price)?;
    Some(Money { minor, currency })
}

/// Whether what a letter says is true now.
pub fn is_true(world: &World, now: i64, letter: &wish::Letter) -> bool {
    free(world, letter.variant) > 0
        && match (letter.kind, letter.at_most) {
            (AlertKind::Back, _) => true,
            (AlertKind::Cheaper, Some(at_most)) => {
                let now = price(world, now, letter.variant, at_most.currency);
                now.is_some_and(|now| now.minor <= at_most.minor)
            }
            (AlertKind::Cheaper, None) => false,
        }
}

/// An alert in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The subject or title.
    pub title: String,
    /// What happened.
    pub body: String,
    /// The article's page, a path of the shop.
    pub path: String,
}

/// The language somebody reads.
pub fn language_of(customer: &Customer, wishes: &wish::Wishes) -> Language {
    let member = customer.membership.as_ref();
    member.map_or(wishes.language, |m| m.language)
}

/// What an alert says; nothing of an article that has no page any more.
pub fn words(world: &World, now: i64, letter: &wish::Letter, language: Language) -> Option<Words> {
    let t = Texts::of(language);
    let product = world.product(letter.variant.parent())?;
    let path = variant_href(product, product.variant(letter.variant)?);
    let title = title(world, letter.variant, t);
    let currency = match letter.at_most {
        Some(at_most) => at_most.currency,
        None => world.shop()?.currency,
    };
    let price = price(world, now, letter.variant, currency).map(|p| t.money(p));
    let named: [(&str, &dyn std::fmt::Display); 2] =
        [("title", &title), ("price", &price.unwrap_or_default())];
    let (title, body) = match letter.kind {
        AlertKind::Back => ("alert.back_subject", "alert.back_lead"),
        AlertKind::Cheaper => ("alert.cheaper_subject", "alert.cheaper_lead"),
    };
    Some(Words {
        title: t.with(title, &named),
        body: t.with(body, &named),
        path,
    })
}

/// An alert as a device shows it.
pub fn note(letter: &wish::Letter, words: &Words) -> Note {
    Note {
        title: words.title.clone(),
        body: words.body.clone(),
        path: words.path.clone(),
        // The same letter once more replaces itself, at the push service and on the screen.
        tag: format!("alert-{}", letter.number),
    }
}

/// The mail of an alert.
pub fn mail(
    world: &World,
    config: &AppConfig,
    (customer, language): (&Customer, Language),
    (letter, words): (&wish::Letter, Words),
) -> Mail {
    let t = Texts::of(language);
    let shop = shop_name(world);
    let link = quiet_link(config, customer.id);
    let quiet = format!("{}/alerts/quiet?t={link}", config.public_url);
    let written = Letter {
        language,
        shop: shop.clone(),
        subject: words.title.clone(),
        title: words.title,
        parts: vec![
            Part::Words(words.body),
            Part::Words(t.t("alert.no_promise").to_string()),
            Part::Button {
                label: t.t("alert.look").to_string(),
                url: format!("{}{}", config.public_url, words.path),
            },
        ],
        small: vec![
            t.with("alert.why", &[("shop", &shop)]),
            t.with("alert.end", &[("url", &quiet)]),
        ],
    };
    Mail {
        to: customer.email.clone(),
        text: written.text(),
        html: written.html(),
        subject: written.subject,
        name: format!("alert.{}.{}", letter.number, letter.at),
        unsubscribe: Some(quiet),
    }
}

/// The mail that asks whether an address is theirs.
pub fn question(world: &World, asked: &Asked, (link, number): (&str, u64)) -> Mail {
    let t = Texts::of(asked.language);
    let (shop, title) = (shop_name(world), title(world, asked.variant, t));
    let written = Letter {
        language: asked.language,
        shop: shop.clone(),
        subject: t.with("alert.ask_subject", &[("title", &title)]),
        title: t.t("alert.ask_title").to_string(),
        parts: vec![
            Part::Words(t.with("alert.ask_lead", &[("title", &title), ("shop", &shop)])),
            Part::Button {
                label: t.t("alert.ask_yes").to_string(),
                url: link.to_string(),
            },
        ],
        small: vec![t.t("alert.ask_ignore").to_string()],
    };
    Mail {
        to: asked.email.clone(),
        text: written.text(),
        html: written.html(),
        subject: written.subject,
        name: format!("ask.{:016x}", number),
        unsubscribe: None,
    }
}
