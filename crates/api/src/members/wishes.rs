//! What members keep, and the links in mails about it: signed, so that nothing is stored for who only asks, and a click
//! needs no session.

use super::{ChangeError, Members};
use crate::app::{App, AppConfig};
use crate::auth::seal::{open, seal};
use crate::hex;
use crate::i18n::Language;
use commerce::command::{Actor, Channel, Command, Envelope, WishChange};
use commerce::customer::Customer;
use commerce::id::{CustomerId, VariantId};
use commerce::wish::Wishes;

const ASK_PURPOSE: &str = "sesame alert asked for 1";
const QUIET_PURPOSE: &str = "sesame alerts ended 1";
/// What the key of these links is derived for.
const KEY_PURPOSE: &str = "alerts";
/// How long the link is good by which a guest says that the address is theirs, in milliseconds.
const ASKED_MS: i64 = 3 * 24 * 60 * 60 * 1_000;

/// What a guest asks for, until the link in a mail to them says that the address is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The address.
    pub email: String,
    /// The article that is sold out.
    pub variant: VariantId,
    /// The language of mails.
    pub language: Language,
}

impl Asked {
    /// What the link in the mail holds.
    pub fn seal(&self, config: &AppConfig, now: i64) -> String {
        let said = format!(
            "{}.{}.{}.{}",
            hex::of(self.email.as_bytes()),
            self.variant,
            self.language.tag(),
            now + ASKED_MS
        );
        seal(&config.key(KEY_PURPOSE), ASK_PURPOSE, &said)
    }

    /// What a link asks for, while it is good.
    pub fn open(config: &AppConfig, sealed: &str, now: i64) -> Option<Self> {
        let key = config.key(KEY_PURPOSE);
        let mut parts = open(&key, ASK_PURPOSE, sealed)?.split('.');
        let asked = Self {
            email: String::from_utf8(hex::bytes(parts.next()?)?).ok()?,
            variant: VariantId::parse(parts.next()?)?,
            language: Language::parse(parts.next()?)?,
        };
        let left = parts.next()?.parse::<i64>().ok()? - now;
        (0 < left && left <= ASKED_MS).then_some(asked)
    }
}

/// What the link holds by which somebody ends all alerts. It stays good: a mail lies for years.
pub fn quiet_link(config: &AppConfig, customer: CustomerId) -> String {
    let key = config.key(KEY_PURPOSE);
    seal(&key, QUIET_PURPOSE, &customer.to_string())
}

/// Whose alerts a link ends.
pub fn quieted(config: &AppConfig, sealed: &str) -> Option<CustomerId> {
    CustomerId::parse(open(&config.key(KEY_PURPOSE), QUIET_PURPOSE, sealed)?)
}

/// What a customer keeps.
///
/// # Errors
/// When it cannot be read.
pub async fn of(app: &App, customer: CustomerId) -> Result<Wishes, store::StoreError> {
    let found = app.read(move |q| q.wishes(customer)).await?;
    Ok(found.unwrap_or_else(|| Wishes::none(customer)))
}

/// Changes what a customer keeps, all or none.
///
/// # Errors
/// As [`ChangeError`] says.
pub async fn change(
    app: &App,
    customer: CustomerId,
    changes: Vec<WishChange>,
) -> Result<(), ChangeError> {
    let envelope = Envelope {
        command: Command::ChangeWishes(customer, changes),
        actor: Actor::Shopper,
        channel: Channel::Web,
        idempotency: None,
    };
    app.door.submit(envelope).await?;
    Ok(())
}

impl Members {
    /// The customer of an address that was proved, who need be no member.
    ///
    /// # Errors
    /// As [`ChangeError`] says.
    pub async fn customer_of(&self, email: &str) -> Result<Customer, ChangeError> {
        let address = email.to_string();
        let known = self.app.read(move |q| q.customer_by_email(&address));
        match known.await? {
            Some(known) => Ok(known),
            None => {
                let id = CustomerId(self.app.ids.next());
                super::save(&self.app, Customer::new(id, email.to_string())).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::id::ProductId;

    #[test]
    fn links_say_what_they_were_made_for_and_nothing_else() {
        let config = AppConfig {
            secret: b"secret".to_vec(),
            ..AppConfig::default()
        };
        let asked = Asked {
            email: "a.b@example.com".to_string(),
            variant: VariantId::under(ProductId(0x700), 2),
            language: Language::Zh,
        };
        let link = asked.seal(&config, 1_000);
        assert_eq!(Asked::open(&config, &link, 2_000), Some(asked));
        assert_eq!(Asked::open(&config, &link, 1_000 + ASKED_MS), None);
        assert_eq!(
            Asked::open(&config, &link, 0),
            None,
            "by a clock that was ahead"
        );
        assert_eq!(quieted(&config, &link), None);
        let quiet = quiet_link(&config, CustomerId(0x100));
        assert_eq!(quieted(&config, &quiet), Some(CustomerId(0x100)));
        assert_eq!(Asked::open(&config, &quiet, 2_000), None);
        assert_eq!(quieted(&AppConfig::default(), &quiet), None);
    }
}
