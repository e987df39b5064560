//! Passkeys (WebAuthn): a key in the member's phone signs what we ask; nothing that could be stolen is kept here.
//!
//! What is asked, and until when, goes to the browser and comes back signed by us; one that was answered is
//! remembered for as long as it would be good, so that an answer is not taken twice by this server.

use super::{ChangeError, Members};
use crate::app::now_ms;
use crate::auth::seal::{open, seal};
use crate::hex;
use commerce::customer::{Customer, Passkey};
use commerce::id::CustomerId;
use commerce::limits::PASSKEYS_MAX;
use lru::LruCache;
use serde_json::Value;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
    UserHandle, Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

/// Answered challenges that are remembered; each is good for five minutes.
const ANSWERED_MAX: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();
const MAKE_PURPOSE: &str = "sesame passkey made 1";
const USE_PURPOSE: &str = "sesame passkey used 1";
/// Bytes of the handle under which a passkey knows its member: their id.
const HANDLE_BYTES: usize = 8;

type Handle = UserHandle<HANDLE_BYTES>;
type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// Why a passkey did not work.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PasskeyError {
    /// The shop is reached under an address that passkeys cannot be bound to, such as an IP address.
    #[error("passkeys need the shop to have a domain")]
    NoDomain,
    /// What came back is not an answer to what was asked, or too late.
    #[error("this is no answer to what was asked: {0}")]
    Answer(String),
    /// Nobody (any more) has this passkey.
    #[error("nobody has this passkey")]
    Unknown,
    /// The member has as many as they may.
    #[error("there are {PASSKEYS_MAX} passkeys already")]
    TooMany,
    /// Nothing was changed.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

/// What is asked of a browser.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Ceremony {
    /// To be sent back with the answer.
    pub state: String,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`, as WebAuthn names them.
    pub options: Value,
}

/// Who the shop is to passkeys.
pub struct RelyingParty {
    id: RpId,
    origin: String,
    answered: Mutex<LruCache<String, ()>>,
}

impl RelyingParty {
    /// The shop at an address; `None` for one that passkeys cannot be bound to.
    pub fn of(public_url: &str) -> Option<Self> {
        let (_, host) = public_url.split_once("://")?;
        let host = host.split(['/', ':', '[']).next().unwrap_or_default();
        let is_address = host.parse::<std::net::Ipv4Addr>().is_ok();
        let domain = AsciiDomain::try_from(host.to_string()).ok()?;
        (!host.is_empty() && !is_address).then(|| Self {
            id: RpId::Domain(domain),
            origin: public_url.to_string(),
            answered: Mutex::new(LruCache::new(ANSWERED_MAX)),
        })
    }

    /// The state that was sealed, the first time that it comes back.
    fn take(&self, key: &[u8], purpose: &str, sealed: &str) -> Result<Vec<u8>, PasskeyError> {
        let said = open(key, purpose, sealed).and_then(hex::bytes);
        let said = said.ok_or_else(|| PasskeyError::Answer("the state is not ours".to_string()))?;
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        match answered.put(sealed.to_string(), ()) {
            None => Ok(said),
            Some(()) => Err(PasskeyError::Answer("it was answered before".to_string())),
        }
    }
}

fn handle(id: CustomerId) -> Handle {
    Handle::decode(id.0.to_be_bytes()).unwrap_or_else(|never| match never {})
}

fn answer(error: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Answer(error.to_string())
}

/// A passkey as the library reads it.
struct Stored {
    id: Vec<u8>,
    fixed: StaticState<Key>,
    changing: DynamicState,
}

impl Stored {
    fn read(passkey: &Passkey) -> Option<Self> {
        let changing = hex::bytes(&passkey.changing)?.try_into().ok()?;
        Some(Self {
            id: hex::bytes(&passkey.id)?,
            fixed: StaticState::decode(&hex::bytes(&passkey.fixed)?).ok()?,
            changing: DynamicState::decode(changing).ok()?,
        })
    }
}

impl Members {
    fn relying_party(&self) -> Result<&RelyingParty, PasskeyError> {
        self.relying_party.as_ref().ok_or(PasskeyError::NoDomain)
    }

    /// Whether passkeys can be used at the shop's address.
    pub fn has_passkeys(&self) -> bool {
        self.relying_party.is_some()
    }

    /// Asks a member's browser to make a passkey.
    ///
    /// # Errors
    /// As [`PasskeyError`] says.
    pub fn begin_passkey(&self, customer: &Customer) -> Result<Ceremony, PasskeyError> {
        let shop = self.relying_party()?;
        let known = customer.membership.iter().flat_map(|m| &m.passkeys);
        let exclude = known.clone().filter_map(|p| {
            let id = CredentialId::decode(hex::bytes(&p.id)?).ok()?;
            let transports = AuthTransports::decode(0).ok()?;
            Some(PublicKeyCredentialDescriptor { id, transports })
        });
        if known.clone().count() >= PASSKEYS_MAX {
            return Err(PasskeyError::TooMany);
        }
        let id = handle(customer.id);
        let user = PublicKeyCredentialUserEntity {
            name: Username::try_from(customer.email.as_str()).map_err(answer)?,
            id: &id,
            display_name: Nickname::try_from(customer.name.as_str()).ok(),
        };
        let mut options =
            PublicKeyCredentialCreationOptions::passkey(&shop.id, user, exclude.collect());
        // Passkeys that phones keep do not know this extension, and would be refused for it.
        options.extensions.cred_protect = CredProtect::None;
        let (state, client) = options.start_ceremony().map_err(answer)?;
        Ok(Ceremony {
            state: seal(
                &self.key,
                MAKE_PURPOSE,
                &hex::of(&state.encode().map_err(answer)?),
            ),
            options: serde_json::to_value(&client).map_err(answer)?,
        })
    }

    /// Keeps the passkey that a member's browser made. `credential` is a `RegistrationResponseJSON`.
    ///
    /// # Errors
    /// As [`PasskeyError`] says.
    pub async fn keep_passkey(
        &self,
        customer: CustomerId,
        (state, credential): (&str, &[u8]),
        name: &str,
    ) -> Result<Customer, PasskeyError> {
        let passkey = self.made_passkey(customer, (state, credential), name)?;
        let keep = |_: &mut Customer, member: &mut commerce::customer::Membership| {
            if member.passkeys.iter().all(|p| p.id != passkey.id) {
                member.passkeys.push(passkey.clone());
            }
        };
        Ok(self.change(customer, keep).await?)
    }

    fn made_passkey(
        &self,
        customer: CustomerId,
        (state, credential): (&str, &[u8]),
        name: &str,
    ) -> Result<Passkey, PasskeyError> {
        let shop = self.relying_party()?;
        let state = shop.take(&self.key, MAKE_PURPOSE, state)?;
        let state = RegistrationServerState::<HANDLE_BYTES>::decode(&state).map_err(answer)?;
        let registration = Registration::from_json_relaxed(credential).map_err(answer)?;
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[&shop.origin],
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = state
            .verify(&shop.id, &registration, &options)
            .map_err(answer)?;
        if *made.user_id() != handle(customer) {
            return Err(PasskeyError::Unknown);
        }
        let fixed = made
            .static_state()
            .encode()
            .unwrap_or_else(|never| match never {});
        let changing = made
            .dynamic_state()
            .encode()
            .unwrap_or_else(|never| match never {});
        Ok(Passkey {
            id: hex::of(made.id().as_ref()),
            name: name.to_string(),
            fixed: hex::of(&fixed),
            changing: hex::of(&changing),
            created_at: now_ms(),
            used_at: None,
        })
    }

    /// Asks a browser for any passkey of this shop.
    ///
    /// # Errors
    /// As [`PasskeyError`] says.
    pub fn ask_passkey(&self) -> Result<Ceremony, PasskeyError> {
        let shop = self.relying_party()?;
        let options = DiscoverableCredentialRequestOptions::passkey(&shop.id);
        let (state, client) = options.start_ceremony().map_err(answer)?;
        Ok(Ceremony {
            state: seal(
                &self.key,
                USE_PURPOSE,
                &hex::of(&state.encode().map_err(answer)?),
            ),
            options: serde_json::to_value(&client).map_err(answer)?,
        })
    }

    /// The member whose passkey answered. `credential` is an `AuthenticationResponseJSON`.
    ///
    /// # Errors
    /// As [`PasskeyError`] says.
    pub async fn by_passkey(
        &self,
        state: &str,
        credential: &[u8],
    ) -> Result<Customer, PasskeyError> {
        let shop = self.relying_party()?;
        let answered = DiscoverableAuthentication::<HANDLE_BYTES>::from_json_relaxed(credential);
        let answered = answered.map_err(answer)?;
        let raw: [u8; HANDLE_BYTES] = (answered.response().user_handle().as_ref())
            .try_into()
            .map_err(answer)?;
        let id = CustomerId(u64::from_be_bytes(raw));
        let found = self.app.read(move |q| q.customer(id)).await;
        let customer = found
            .map_err(ChangeError::from)?
            .ok_or(PasskeyError::Unknown)?;
        let member = customer.membership.as_ref().ok_or(PasskeyError::Unknown)?;
        let credential_id = hex::of(answered.raw_id().as_ref());
        let passkey = member.passkeys.iter().find(|p| p.id == credential_id);
        let stored = passkey
            .and_then(Stored::read)
            .ok_or(PasskeyError::Unknown)?;
        let state = shop.take(&self.key, USE_PURPOSE, state)?;
        let state = DiscoverableAuthenticationServerState::decode(&state).map_err(answer)?;
        let changing = verify(shop, state, &answered, stored)?;
        let used = |_: &mut Customer, member: &mut commerce::customer::Membership| {
            let own = member.passkeys.iter_mut().find(|p| p.id == credential_id);
            if let Some(own) = own {
                own.changing.clone_from(&changing);
                own.used_at = Some(now_ms());
            }
        };
        Ok(self.change(id, used).await?)
    }
}

/// What changes of the passkey, if its answer is sound.
fn verify(
    shop: &RelyingParty,
    state: DiscoverableAuthenticationServerState,
    answered: &DiscoverableAuthentication<HANDLE_BYTES>,
    stored: Stored,
) -> Result<String, PasskeyError> {
    let id = CredentialId::decode(stored.id.as_slice()).map_err(answer)?;
    let user = answered.response().user_handle();
    let known = AuthenticatedCredential::new(id, user, stored.fixed, stored.changing);
    let mut known = known.map_err(answer)?;
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &[&shop.origin],
        error_on_unsolicited_extensions: false,
        ..AuthenticationVerificationOptions::default()
    };
    let sound = state.verify(&shop.id, answered, &mut known, &options);
    sound.map_err(answer)?;
    let changing = known.dynamic_state().encode();
    Ok(hex::of(&changing.unwrap_or_else(|never| match never {})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_bound_to_a_domain() {
        for (url, domain) in [
            ("https://shop.example", Some("shop.example")),
            ("http://localhost:8080", Some("localhost")),
            ("http://127.0.0.1:8080", None),
            ("https://[::1]:8080", None),
            ("shop.example", None),
        ] {
            let found = RelyingParty::of(url);
            assert_eq!(found.as_ref().map(|r| r.id.as_ref()), domain, "{url}");
        }
    }
}
