//! Who is asking: the `UCP-Agent` header, the platform's profile, and what both sides can do together.
//!
//! A profile is somebody else's document: everything in it is bounded and checked, nothing in it is trusted.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::version::{Capability, Version};

/// The longest `UCP-Agent` header that is read.
pub const AGENT_HEADER_MAX_BYTES: usize = 2_048;
/// The largest platform profile that is read.
pub const PROFILE_MAX_BYTES: usize = 64 * 1024;

/// What a platform says about itself with each request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent<'a> {
    /// The address of the platform's profile, as sent.
    pub profile: Option<Cow<'a, str>>,
    /// The version it asks for in the header; 2026-01-11 platforms do.
    pub version: Option<Cow<'a, str>>,
}

impl<'a> Agent<'a> {
    /// Reads the header's dictionary (RFC 8941 in the form platforms send: `profile="…"; version="…"`).
    /// Unknown members are skipped; the first of a name counts.
    #[must_use]
    pub fn parse(header: &'a str) -> Self {
        let mut agent = Self::default();
        if header.len() > AGENT_HEADER_MAX_BYTES {
            return agent;
        }
        let mut rest = header;
        while !rest.is_empty() {
            let part;
            (part, rest) = first_member(rest);
            agent.take(part);
        }
        agent
    }

    fn take(&mut self, member: Cow<'a, str>) {
        match member {
            Cow::Borrowed(member) => self.take_part(member, Cow::Borrowed),
            Cow::Owned(member) => self.take_part(&member, |value| Cow::Owned(value.to_owned())),
        }
    }

    fn take_part<'b>(&mut self, member: &'b str, kept: impl FnOnce(&'b str) -> Cow<'a, str>) {
        let Some((key, value)) = member.trim().split_once('=') else {
            return;
        };
        let key = key.trim();
        let slot = if key.eq_ignore_ascii_case("profile") {
            &mut self.profile
        } else if key.eq_ignore_ascii_case("version") {
            &mut self.version
        } else {
            return;
        };
        let value = value.trim().trim_matches('"');
        if slot.is_none() && !value.is_empty() {
            *slot = Some(kept(value));
        }
    }
}

/// The first of `a="x, y"; b=z` without its escapes, and what follows; separators inside quotes don't count.
fn first_member(header: &str) -> (Cow<'_, str>, &str) {
    let (mut quoted, mut escaped, mut has_escapes) = (false, false, false);
    let mut end = header.len();
    // What is looked for is ASCII, which is part of no other character.
    for (place, byte) in header.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => (escaped, has_escapes) = (true, true),
            b'"' => quoted = !quoted,
            b';' | b',' if !quoted => {
                end = place;
                break;
            }
            _ => {}
        }
    }
    let rest = header.get(end + 1..).unwrap_or("");
    let member = &header[..end];
    if has_escapes {
        (Cow::Owned(unescaped(member)), rest)
    } else {
        (Cow::Borrowed(member), rest)
    }
}

/// A member as it is meant: behind a backslash within quotes, any character stands for itself.
fn unescaped(member: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let means = |character: &char| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => {
                escaped = true;
                return false;
            }
            '"' => quoted = !quoted,
            _ => {}
        }
        true
    };
    member.chars().filter(means).collect()
}

/// Why a profile could not be used; each has its own status and code on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// No profile address, or not an address we would fetch.
    #[error("the profile address is missing or not an https address")]
    InvalidUrl,
    /// The address is fine, but nothing usable came back in time.
    #[error("the profile could not be fetched: {0}")]
    Unreachable(String),
    /// Something came back that is not a profile.
    #[error("the profile is malformed: {0}")]
    Malformed(&'static str),
}

/// The part of a platform's profile that matters to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformProfile {
    /// The protocol version that the platform declares.
    pub version: String,
    /// Its capabilities, as (name, version) pairs.
    pub capabilities: BTreeSet<(String, String)>,
    /// Where it wants to hear about its orders.
    pub order_webhook_url: Option<String>,
}

impl PlatformProfile {
    /// Reads a profile of either version.
    ///
    /// # Errors
    /// [`ProfileError::Malformed`] if it is not JSON or lacks the version or the capabilities.
    pub fn parse(body: &[u8]) -> Result<Self, ProfileError> {
        if body.len() > PROFILE_MAX_BYTES {
            return Err(ProfileError::Malformed("it is too large"));
        }
        let document: Value =
            serde_json::from_slice(body).map_err(|_| ProfileError::Malformed("it is not JSON"))?;
        let ucp = document
            .get("ucp")
            .ok_or(ProfileError::Malformed("it has no `ucp` member"))?;
        let version = ucp
            .get("version")
            .and_then(Value::as_str)
            .ok_or(ProfileError::Malformed("it has no `ucp.version`"))?
            .to_owned();
        let mut profile = Self {
            version,
            capabilities: BTreeSet::new(),
            order_webhook_url: None,
        };
        match ucp.get("capabilities") {
            Some(Value::Array(list)) => {
                for entry in list {
                    let name = entry.get("name").and_then(Value::as_str);
                    profile.add(
                        name.ok_or(ProfileError::Malformed("a capability has no name"))?,
                        entry,
                    );
                }
            }
            Some(Value::Object(map)) => {
                for (name, entries) in map {
                    let entries = entries
                        .as_array()
                        .ok_or(ProfileError::Malformed("a capability is not a list"))?;
                    entries.iter().for_each(|entry| profile.add(name, entry));
                }
            }
            None => {}
            Some(_) => {
                return Err(ProfileError::Malformed(
                    "`ucp.capabilities` is neither map nor list",
                ));
            }
        }
        Ok(profile)
    }

    fn add(&mut self, name: &str, entry: &Value) {
        let version = entry
            .get("version")
            .and_then(Value::as_str)
            .unwrap_or(&self.version)
            .to_owned();
        if self.order_webhook_url.is_none() {
            self.order_webhook_url = entry
                .pointer("/config/webhook_url")
                .and_then(Value::as_str)
                .filter(|url| url.len() <= AGENT_HEADER_MAX_BYTES)
                .map(str::to_owned);
        }
        self.capabilities.insert((name.to_owned(), version));
    }

    /// The capabilities that both sides have, without extensions whose parents are all missing.
    #[must_use]
    pub fn intersection(&self, version: Version) -> Vec<&'static Capability> {
        let mut both: Vec<&'static Capability> = version
            .capabilities()
            .iter()
            .filter(|ours| {
                self.capabilities
                    .contains(&(ours.name.to_owned(), version.as_str().to_owned()))
            })
            .collect();
        loop {
            let names: BTreeSet<&str> = both.iter().map(|capability| capability.name).collect();
            let before = both.len();
            both.retain(|capability| {
                capability.extends.is_empty()
                    || capability
                        .extends
                        .iter()
                        .any(|parent| names.contains(parent))
            });
            if both.len() == before {
                return both;
            }
        }
    }
}

/// The negotiated capabilities that belong into a response to an operation of `root`.
pub fn relevant<'a>(
    negotiated: &'a [&'static Capability],
    root: &'a str,
) -> impl Iterator<Item = &'static Capability> + 'a {
    negotiated
        .iter()
        .copied()
        .filter(move |capability| capability.name == root || capability.extends.contains(&root))
}

#[cfg(test)]
mod tests {
    use super::super::version::{CART, CHECKOUT, DISCOUNT, FULFILLMENT};
    use super::*;

    #[test]
    fn agent_headers() {
        let check = |header: &str, profile: Option<&str>, version: Option<&str>| {
            let agent = Agent::parse(header);
            assert_eq!(
                (agent.profile.as_deref(), agent.version.as_deref()),
                (profile, version),
                "{header}"
            );
        };
        check("", None, None);
        check(
            "profile=\"https://a.example/p\"",
            Some("https://a.example/p"),
            None,
        );
        check(
            "profile=\"...\"; version=\"2026-01-11\"",
            Some("..."),
            Some("2026-01-11"),
        );
        check("version=2099-01-01", None, Some("2099-01-01"));
        check(
            "x=1, profile=\"https://a.example/?a=1;b=2,c\"",
            Some("https://a.example/?a=1;b=2,c"),
            None,
        );
        check(
            "profile=\"https://a.example/\\\"q\"",
            Some("https://a.example/\"q"),
            None,
        );
        check("profile=\"\"", None, None);
        check("nonsense", None, None);
    }

    #[test]
    fn profiles_of_both_versions_and_broken_ones() {
        let old = br#"{"ucp":{"version":"2026-01-11","capabilities":[
            {"name":"dev.ucp.shopping.order","version":"2026-01-11","config":{"webhook_url":"https://a.example/hook"}}]}}"#;
        let old = PlatformProfile::parse(old).expect("an old profile");
        assert_eq!(
            old.order_webhook_url.as_deref(),
            Some("https://a.example/hook")
        );
        let new = br#"{"ucp":{"version":"2026-04-08","capabilities":{
            "dev.ucp.shopping.checkout":[{"version":"2026-01-23"},{"version":"2026-04-08"}],
            "dev.ucp.shopping.fulfillment":[{"version":"2026-01-23"}],
            "dev.ucp.shopping.discount":[{"version":"2026-04-08"}]}}}"#;
        let new = PlatformProfile::parse(new).expect("a new profile");
        let names: Vec<&str> = new
            .intersection(Version::V2026_04_08)
            .iter()
            .map(|capability| capability.name)
            .collect();
        assert_eq!(names, [CHECKOUT, DISCOUNT]);
        for broken in [
            "",
            "[]",
            "{}",
            r#"{"ucp":{}}"#,
            r#"{"ucp":{"version":"v","capabilities":3}}"#,
        ] {
            assert!(
                PlatformProfile::parse(broken.as_bytes()).is_err(),
                "{broken}"
            );
        }
    }

    #[test]
    fn an_extension_without_its_parent_is_not_negotiated() {
        let orphan = br#"{"ucp":{"version":"2026-04-08","capabilities":{"dev.ucp.shopping.discount":[{"version":"2026-04-08"}]}}}"#;
        let orphan = PlatformProfile::parse(orphan).expect("a profile");
        assert_eq!(
            orphan.intersection(Version::V2026_04_08),
            Vec::<&Capability>::new()
        );
    }

    #[test]
    fn responses_name_only_what_belongs_to_them() {
        let all: Vec<&'static Capability> = Version::CURRENT.capabilities().iter().collect();
        let names = |root| {
            relevant(&all, root)
                .map(|capability| capability.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(CART), [CART, DISCOUNT]);
        assert!(names(CHECKOUT).contains(&FULFILLMENT));
        assert!(!names(CHECKOUT).contains(&CART));
    }
}
