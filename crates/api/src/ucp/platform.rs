//! Platforms' profiles: fetched once, kept for a while, never trusted.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::agent::{PlatformProfile, ProfileError};
use super::note::PlatformNote;
use super::version::{Capability, Version};

/// Profiles kept at most.
const CACHE_MAX: usize = 1_000;
/// How long a profile is kept, in milliseconds; the protocol asks for at least a minute.
const KEEP_MS: i64 = 10 * 60 * 1_000;

/// Capabilities that both sides have, and what answers begin with because of them.
#[derive(Debug, Default)]
pub struct Negotiated {
    capabilities: Vec<&'static Capability>,
    /// How answers about checkouts begin: spelled once, since it is the same in all of them.
    checkout_envelope: OnceLock<Vec<u8>>,
}

impl Negotiated {
    /// How answers about checkouts begin; `spell` says it the first time, the same whoever does.
    pub fn checkout_envelope(&self, spell: impl FnOnce() -> Vec<u8>) -> &[u8] {
        self.checkout_envelope.get_or_init(spell)
    }
}

impl FromIterator<&'static Capability> for Negotiated {
    fn from_iter<I: IntoIterator<Item = &'static Capability>>(capabilities: I) -> Self {
        Self {
            capabilities: capabilities.into_iter().collect(),
            ..Self::default()
        }
    }
}

impl std::ops::Deref for Negotiated {
    type Target = [&'static Capability];

    fn deref(&self) -> &Self::Target {
        &self.capabilities
    }
}

/// The same, shared by all requests of a platform.
pub type Common = Arc<Negotiated>;

/// A platform as its profile says, with what follows from it.
#[derive(Debug)]
pub struct Known {
    /// What it says of itself.
    pub profile: PlatformProfile,
    /// By version.
    common: [Common; Version::ALL.len()],
    /// By version.
    notes: [Arc<PlatformNote>; Version::ALL.len()],
}

impl Known {
    fn of(url: &str, profile: PlatformProfile) -> Self {
        let common = Version::ALL.map(|version| {
            let both = profile.intersection(version).into_iter();
            Arc::new(both.collect())
        });
        let notes = Version::ALL.map(|version| {
            let webhook_url = profile.order_webhook_url.clone();
            Arc::new(PlatformNote {
                profile: Some(url.to_owned()),
                webhook_url,
                version,
            })
        });
        Self {
            profile,
            common,
            notes,
        }
    }

    /// The platform as it is kept with what it does in a version.
    #[must_use]
    pub fn note(&self, version: Version) -> Arc<PlatformNote> {
        self.notes[version as usize].clone()
    }

    /// The capabilities that both sides have in a version.
    #[must_use]
    pub fn common(&self, version: Version) -> Common {
        self.common[version as usize].clone()
    }
}

/// The future of a fetch: the body, or why there is none.
pub type Fetch<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send + 'a>>;

/// Fetches documents from the outside. Whoever implements it sees to time limits, sizes and redirects, and that
/// addresses inside the operator's own network are not reached.
pub trait ProfileSource: Send + Sync {
    /// The body behind an address.
    fn fetch<'a>(&'a self, url: &'a str) -> Fetch<'a>;
}

/// Which addresses of profiles are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileAddresses {
    /// `https` alone.
    Secure,
    /// `http` on this machine too: for those who build a platform.
    Local,
    /// The same, and what can't be fetched counts as a platform that can do everything: for test
    /// suites, whose agents have no public address.
    Testing,
}

/// The profiles that were seen.
pub struct Platforms {
    source: Arc<dyn ProfileSource>,
    addresses: ProfileAddresses,
    seen: Mutex<HashMap<String, (i64, Arc<Known>)>>,
}

impl std::fmt::Debug for Platforms {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Platforms({:?})", self.addresses)
    }
}

impl Platforms {
    /// No profile seen so far.
    #[must_use]
    pub fn new(source: Arc<dyn ProfileSource>, addresses: ProfileAddresses) -> Self {
        Self {
            source,
            addresses,
            seen: Mutex::new(HashMap::new()),
        }
    }

    /// What may be fetched.
    #[must_use]
    pub const fn addresses(&self) -> ProfileAddresses {
        self.addresses
    }

    /// The profile behind an address.
    ///
    /// # Errors
    /// As [`ProfileError`] says.
    pub async fn profile(&self, url: &str, now: i64) -> Result<Arc<Known>, ProfileError> {
        if !self.may_fetch(url) {
            return Err(ProfileError::InvalidUrl);
        }
        match self.known(url, now) {
            Some(known) => Ok(known),
            // In a place of its own: it is rare, and nobody else needs its room.
            None => Box::pin(self.fetched(url, now)).await,
        }
    }

    async fn fetched(&self, url: &str, now: i64) -> Result<Arc<Known>, ProfileError> {
        let body = self
            .source
            .fetch(url)
            .await
            .map_err(ProfileError::Unreachable)?;
        let profile = Arc::new(Known::of(url, PlatformProfile::parse(&body)?));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= CACHE_MAX {
            seen.clear();
        }
        seen.insert(url.to_owned(), (now, profile.clone()));
        Ok(profile)
    }

    fn known(&self, url: &str, now: i64) -> Option<Arc<Known>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, profile) = seen.get(url)?;
        (now - at < KEEP_MS).then(|| profile.clone())
    }

    fn may_fetch(&self, url: &str) -> bool {
        let local = ["http://localhost:", "http://127.0.0.1:"]
            .iter()
            .any(|start| url.starts_with(start));
        let secure = url.strip_prefix("https://").is_some_and(|rest| {
            !rest.starts_with('/') && rest.contains('.') && !rest.contains(char::is_whitespace)
        });
        secure || (local && self.addresses != ProfileAddresses::Secure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nowhere;

    impl ProfileSource for Nowhere {
        fn fetch<'a>(&'a self, _: &'a str) -> Fetch<'a> {
            Box::pin(async { Err("nobody there".to_owned()) })
        }
    }

    #[tokio::test]
    async fn only_secure_addresses_are_fetched_in_production() {
        let check = |addresses, url: &'static str, reached| async move {
            let platforms = Platforms::new(Arc::new(Nowhere), addresses);
            let error = platforms.profile(url, 0).await.expect_err(url);
            assert_eq!(error != ProfileError::InvalidUrl, reached, "{url}");
        };
        check(ProfileAddresses::Secure, "https://a.example/p", true).await;
        check(ProfileAddresses::Secure, "http://a.example/p", false).await;
        check(ProfileAddresses::Secure, "http://localhost:1/p", false).await;
        check(ProfileAddresses::Secure, "...", false).await;
        check(ProfileAddresses::Secure, "https:///etc/passwd", false).await;
        check(ProfileAddresses::Local, "http://localhost:1/p", true).await;
        check(ProfileAddresses::Local, "http://a.example/p", false).await;
        check(ProfileAddresses::Testing, "http://localhost:1/p", true).await;
        check(ProfileAddresses::Testing, "http://a.example/p", false).await;
    }
}
