//! Members: how somebody proves who they are, and what they may then see and change.
//!
//! Who shows that an e-mail address is theirs, by a code that was sent there, is its member; a password and passkeys
//! are quicker ways in for later. It must never tell whether an address is known, never keep or log a password or a
//! code, and never let in whose session ended. Nothing is stored for who only tries: what a challenge needs to be
//! checked is in the challenge, signed.

pub mod card;
mod code;
mod passkey;
pub mod points;
mod session;
pub mod wishes;

pub use code::{CODE_DIGITS, CodeError, SendError};
pub use passkey::{Ceremony, PasskeyError};
pub use session::{COOKIE, Claims, SESSION_MS};

use crate::app::{App, DoorError, now_ms};
use crate::auth::{Limiter, TooMany, hash_password, hashing, verify_password};
use crate::reviews;
use commerce::command::{Actor, Channel, Command, Envelope, WishChange};
use commerce::customer::{Customer, Membership, PushDevice};
use commerce::id::CustomerId;
use commerce::text::Language;
use commerce::world::Record;
use commerce::{Outcome, Refusal};
use passkey::RelyingParty;
use store::StoreError;

/// How often a change is tried again when another door was faster.
const CHANGE_ATTEMPTS_MAX: usize = 5;
/// Passwords tried per address and hour.
const PASSWORDS_MAX: u32 = 10;
/// What the key of all that members show is derived for.
const KEY_PURPOSE: &str = "members";
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Why a member could not be changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChangeError {
    /// There is no such member (any more).
    #[error("there is no such member")]
    Gone,
    /// The core refused it, or nothing can be written now.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// Nothing can be read now.
    #[error("the member cannot be read now: {0}")]
    Unreadable(String),
}

impl From<reviews::ForgetError> for ChangeError {
    fn from(error: reviews::ForgetError) -> Self {
        match error {
            reviews::ForgetError::Unreadable(error) => error.into(),
            reviews::ForgetError::Door(error) => error.into(),
        }
    }
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// What members are recognized by.
pub struct Members {
    app: App,
    key: Vec<u8>,
    codes: code::Codes,
    passwords: Limiter,
    relying_party: Option<RelyingParty>,
}

impl Members {
    /// The members of a shop.
    pub fn new(app: App) -> Self {
        Self {
            key: app.config.key(KEY_PURPOSE),
            codes: code::Codes::default(),
            passwords: Limiter::new(PASSWORDS_MAX, HOUR_MS),
            relying_party: RelyingParty::of(&app.config.public_url),
            app,
        }
    }

    /// A session's cookie for a member, from `now` on.
    pub fn session(&self, customer: &Customer, now: i64) -> Option<String> {
        let member = customer.membership.as_ref()?;
        let claims = Claims {
            customer: customer.id,
            sessions: member.sessions,
            expires_at: now + SESSION_MS,
        };
        Some(claims.sign(&self.key))
    }

    /// Whose session a cookie says it is. Whether it was ended meanwhile is for [`Members::of`] to find out.
    pub fn claims(&self, cookie: &str, now: i64) -> Option<Claims> {
        Claims::verify(cookie, &self.key, now)
    }

    /// The member of a session, unless it was ended.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn of(&self, claims: Claims) -> Result<Option<Customer>, StoreError> {
        let found = self.app.read(move |q| q.customer(claims.customer)).await?;
        Ok(found.filter(|c| {
            let member = c.membership.as_ref();
            member.is_some_and(|m| m.sessions == claims.sessions)
        }))
    }

    /// Sends a code to an address; gives the challenge that it answers.
    ///
    /// # Errors
    /// As [`SendError`] says.
    pub async fn send_code(&self, email: &str, language: Language) -> Result<String, SendError> {
        let shop = {
            let world = self.app.shelf.read();
            world.shop().map_or_else(String::new, |s| s.name.clone())
        };
        let (challenge, mail) = self
            .codes
            .begin(&self.key, (email, language), &shop, now_ms())?;
        self.app.config.mailer.send(&mail).await?;
        Ok(challenge)
    }

    /// The address that a code proves, once.
    ///
    /// # Errors
    /// As [`CodeError`] says.
    pub fn check_code(&self, challenge: &str, code: &str) -> Result<String, CodeError> {
        self.codes.check(&self.key, challenge, code, now_ms())
    }

    /// The address that a challenge was sent to, while it can be answered.
    pub fn challenged(&self, challenge: &str) -> Option<String> {
        self.codes.email(&self.key, challenge, now_ms())
    }

    /// The member of an address that was proved; they become one if they are not.
    ///
    /// # Errors
    /// As [`ChangeError`] says.
    pub async fn join(&self, email: &str, language: Language) -> Result<Customer, ChangeError> {
        for _ in 0..CHANGE_ATTEMPTS_MAX {
            let address = email.to_string();
            let known = self
                .app
                .read(move |q| q.customer_by_email(&address))
                .await?;
            let mut customer = match known {
                Some(known) if known.is_member() => return Ok(known),
                Some(known) => known,
                None => Customer::new(CustomerId(self.app.ids.next()), email.to_string()),
            };
            customer.membership = Some(Membership {
                joined_at: now_ms(),
                language,
                ..Membership::default()
            });
            match save(&self.app, customer).await {
                Err(ChangeError::Door(DoorError::Refused(Refusal::VersionConflict { .. }))) => {}
                saved => return saved,
            }
        }
        Err(ChangeError::Gone)
    }

    /// Changes a member: see [`change`].
    ///
    /// # Errors
    /// As [`ChangeError`] says.
    pub async fn change(
        &self,
        id: CustomerId,
        by: impl Fn(&mut Customer, &mut Membership),
    ) -> Result<Customer, ChangeError> {
        change(&self.app, id, by).await
    }

    /// Forgets a member: nothing of theirs stays but the id, which their orders name, and what they said of goods, without a
    /// name. Their sessions end.
    ///
    /// # Errors
    /// As [`ChangeError`] says.
    pub async fn erase(&self, id: CustomerId) -> Result<(), ChangeError> {
        // First: a member whose erasure stops here can ask again.
        wishes::change(&self.app, id, vec![WishChange::Forget]).await?;
        points::end(&self.app, id).await?;
        for _ in 0..CHANGE_ATTEMPTS_MAX {
            let found = self.app.read(move |q| q.customer(id)).await?;
            let known = found.filter(Customer::is_member).ok_or(ChangeError::Gone)?;
            // First: what fails here can be asked for again.
            reviews::forget_author(&self.app, &known.email).await?;
            let nobody = Customer {
                version: known.version,
                ..Customer::new(id, format!("erased-{id}@invalid"))
            };
            match save(&self.app, nobody).await {
                Err(ChangeError::Door(DoorError::Refused(Refusal::VersionConflict { .. }))) => {}
                saved => return saved.map(|_| ()),
            }
        }
        Err(ChangeError::Gone)
    }

    /// The member with this address and password.
    ///
    /// # Errors
    /// [`TooMany`] when too many were tried for the address; the second error when nothing can be read.
    pub async fn by_password(
        &self,
        email: &str,
        password: &str,
    ) -> Result<Result<Option<Customer>, StoreError>, TooMany> {
        self.passwords.attempt(email, now_ms())?;
        let address = email.to_string();
        let found = match self.app.read(move |q| q.customer_by_email(&address)).await {
            Ok(found) => found.filter(Customer::is_member),
            Err(error) => return Ok(Err(error)),
        };
        let hash = found.as_ref().and_then(|c| c.membership.as_ref());
        let hash = hash
            .map(|m| m.password_hash.clone())
            .filter(|h| !h.is_empty());
        let password = password.to_string();
        let check = move || verify_password(&password, hash.as_deref());
        let fits = hashing(check).await.unwrap_or(false);
        if fits {
            self.passwords.forget(email);
        }
        Ok(Ok(found.filter(|_| fits)))
    }

    /// Sets a password; all other sessions end, and messages to all devices but those that are said to stay.
    ///
    /// # Errors
    /// As [`ChangeError`] says.
    pub async fn set_password(
        &self,
        id: CustomerId,
        password: String,
        stays: impl Fn(&PushDevice) -> bool,
    ) -> Result<Customer, ChangeError> {
        let hash = hashing(move || hash_password(&password)).await;
        let hash = hash.map_err(|e| ChangeError::Unreadable(e.to_string()))?;
        let set = |_: &mut Customer, member: &mut Membership| {
            member.password_hash.clone_from(&hash);
            member.end_sessions(&stays);
        };
        self.change(id, set).await
    }
}

/// Changes a member; tried again when another door was faster.
///
/// # Errors
/// As [`ChangeError`] says.
pub async fn change(
    app: &App,
    id: CustomerId,
    change: impl Fn(&mut Customer, &mut Membership),
) -> Result<Customer, ChangeError> {
    let mut conflict = None;
    for _ in 0..CHANGE_ATTEMPTS_MAX {
        let found = app.read(move |q| q.customer(id)).await?;
        let mut customer = found.ok_or(ChangeError::Gone)?;
        let mut member = customer.membership.take().ok_or(ChangeError::Gone)?;
        change(&mut customer, &mut member);
        customer.membership = Some(member);
        match save(app, customer).await {
            Err(ChangeError::Door(DoorError::Refused(r @ Refusal::VersionConflict { .. }))) => {
                conflict = Some(r);
            }
            saved => return saved,
        }
    }
    let refusal = conflict.ok_or(ChangeError::Gone)?;
    Err(ChangeError::Door(DoorError::Refused(refusal)))
}

/// Saves a customer as the next version.
async fn save(app: &App, mut customer: Customer) -> Result<Customer, ChangeError> {
    customer.version += 1;
    let envelope = Envelope {
        command: Command::SaveRecords(vec![Record::Customer(customer.clone())]),
        actor: Actor::Shopper,
        channel: Channel::Web,
        idempotency: None,
    };
    let decided = app.door.submit(envelope).await?;
    // An address that another request saved in between keeps the id it got there.
    if let Outcome::Saved(saved) = decided.outcome
        && let Some(id) = saved.ids.first()
    {
        customer.id = CustomerId(*id);
    }
    Ok(customer)
}
