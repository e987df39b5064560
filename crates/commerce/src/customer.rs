//! Customers: people known by their e-mail address, and what makes one of them a member.
//!
//! An address that somebody else gave (a platform, an import) makes a customer; only who proved that the address is
//! theirs is a member. What proves who somebody is (hashes, keys of passkeys) is opaque here: the core keeps it and
//! bounds it, the edge reads it.

use crate::catalog::check_code;
use crate::command::DrawnPacket;
use crate::id::CustomerId;
use crate::limits::{
    ADDRESSES_MAX, CREDENTIAL_CHARS_MAX, DEVICES_MAX, ENDPOINT_CHARS_MAX, NAME_CHARS_MAX,
    PASSKEYS_MAX, TOKEN_CHARS_MAX, WALLET_MAX,
};
use crate::refusal::Refusal;
use crate::settings::Address;
use crate::text::Language;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A customer known by e-mail address, with an address book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The customer's id.
    pub id: CustomerId,
    /// Rises by one with each change.
    pub version: u32,
    /// The address in lower case; unique.
    pub email: String,
    /// Their name, or empty.
    pub name: String,
    /// Saved addresses, each with an id that is unique within the customer; the first is proposed.
    pub addresses: Vec<(String, Address)>,
    /// What a member has beyond that; `None` for somebody who never proved the address.
    #[serde(default)]
    pub membership: Option<Membership>,
}

/// What makes a customer a member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Membership {
    /// Since when, in UTC milliseconds.
    pub joined_at: i64,
    /// The language of mails.
    pub language: Language,
    /// Rises when all sessions are to end: one that began under another number is over.
    pub sessions: u32,
    /// The password's hash as a PHC string, or empty; the core never sees the password.
    pub password_hash: String,
    /// Passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// Whether they want the card that they show next to be kept.
    #[serde(default)]
    pub keeps_payment: bool,
    /// The card that is kept.
    #[serde(default)]
    pub saved_payment: Option<SavedPayment>,
    /// What they can pay less with, the latest last.
    #[serde(default)]
    pub wallet: Vec<Kept>,
    /// Where they are told what they wait for instead of by mail, oldest first.
    #[serde(default)]
    pub devices: Vec<PushDevice>,
}

impl Membership {
    /// Has a device told from now on. The same one again takes its own place anew; when there are as many as there
    /// may be, the oldest gives way.
    pub fn add_device(&mut self, device: PushDevice) {
        self.devices.retain(|d| d.endpoint != device.endpoint);
        let over = (self.devices.len() + 1).saturating_sub(DEVICES_MAX);
        self.devices.drain(..over);
        self.devices.push(device);
    }

    /// Ends all sessions: whoever holds another device sees nothing of the member any more, messages included.
    /// `stays` says of which device it is known that it is theirs.
    pub fn end_sessions(&mut self, stays: impl Fn(&PushDevice) -> bool) {
        self.sessions += 1;
        self.devices.retain(stays);
    }
}

/// A browser that takes messages (web push). What is in it but for the name is for the edge to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushDevice {
    /// Where its push service takes messages for it: who knows the address and the keys can write to it.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: String,
    /// The secret that it shares with us.
    pub auth: String,
    /// Since when, in UTC milliseconds.
    pub since: i64,
    /// What its member recognizes it by, such as `Chrome · Android`; or empty.
    #[serde(default)]
    pub name: String,
}

/// What lies in a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Since when, in UTC milliseconds.
    pub at: i64,
    /// What it is.
    pub what: KeptWhat,
}

/// A red packet or a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptWhat {
    /// A red packet that the member drew.
    Packet(DrawnPacket),
    /// A code that they saved, as they typed it.
    Coupon(String),
}

/// A passkey. What is in it is for the edge to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The credential's id.
    pub id: String,
    /// What they call it.
    pub name: String,
    /// The public key, and what does not change.
    pub fixed: String,
    /// The counter, and what changes with use.
    pub changing: String,
    /// When it was made, in UTC milliseconds.
    pub created_at: i64,
    /// When it was last used, in UTC milliseconds.
    pub used_at: Option<i64>,
}

/// A way of paying that a provider keeps: what we have is a token that stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPayment {
    /// The provider's name in the configuration.
    pub provider: String,
    /// The token.
    pub token: String,
    /// What the member recognizes it by, such as `Visa •••• 4242`.
    pub label: String,
}

impl Customer {
    /// Somebody new, of whom only the address is known.
    pub fn new(id: CustomerId, email: String) -> Self {
        Self {
            id,
            version: 0,
            email,
            name: String::new(),
            addresses: Vec::new(),
            membership: None,
        }
    }

    /// Checks its fields.
    ///
    /// # Errors
    /// The first field that is too long or has too many entries.
    pub fn check(&self) -> Result<(), Refusal> {
        let wrong = |field| Err(Refusal::FieldInvalid { field });
        check_code("email", &self.email)?;
        if self.name.chars().count() > NAME_CHARS_MAX || self.name.chars().any(char::is_control) {
            return wrong("name");
        }
        let is_twice = |at: usize, id: &String| self.addresses[..at].iter().any(|(o, _)| o == id);
        let mut books = self.addresses.iter().enumerate();
        if self.addresses.len() > ADDRESSES_MAX || books.any(|(at, (id, _))| is_twice(at, id)) {
            return wrong("addresses");
        }
        let Some(member) = &self.membership else {
            return Ok(());
        };
        if member.password_hash.len() > CREDENTIAL_CHARS_MAX {
            return wrong("password_hash");
        }
        let fits = |k: &Passkey| {
            let parts = [&k.id, &k.fixed, &k.changing];
            k.name.chars().count() <= NAME_CHARS_MAX
                && parts.iter().all(|p| p.len() <= CREDENTIAL_CHARS_MAX)
        };
        if member.passkeys.len() > PASSKEYS_MAX || !member.passkeys.iter().all(fits) {
            return wrong("passkeys");
        }
        if !is_wallet(&member.wallet) {
            return wrong("wallet");
        }
        if !are_devices(&member.devices) {
            return wrong("devices");
        }
        match &member.saved_payment {
            Some(p) if p.token.len() > TOKEN_CHARS_MAX || p.label.len() > NAME_CHARS_MAX => {
                wrong("saved_payment")
            }
            _ => Ok(()),
        }
    }

    /// Whether they proved that the address is theirs.
    pub fn is_member(&self) -> bool {
        self.membership.is_some()
    }
}

/// Whether a wallet is short enough, and nothing lies in it twice.
fn is_wallet(wallet: &[Kept]) -> bool {
    let is_sound = |(at, kept): (usize, &Kept)| {
        let is_code = match &kept.what {
            KeptWhat::Packet(_) => true,
            KeptWhat::Coupon(code) => check_code("wallet", code).is_ok(),
        };
        is_code && wallet[..at].iter().all(|other| other.what != kept.what)
    };
    wallet.len() <= WALLET_MAX && wallet.iter().enumerate().all(is_sound)
}

/// Whether there are no more devices than there may be, each once and with fields that are short enough.
fn are_devices(devices: &[PushDevice]) -> bool {
    let is_sound = |(at, device): (usize, &PushDevice)| {
        device.endpoint.len() <= ENDPOINT_CHARS_MAX
            && device.p256dh.len() <= CREDENTIAL_CHARS_MAX
            && device.auth.len() <= CREDENTIAL_CHARS_MAX
            && device.name.chars().count() <= NAME_CHARS_MAX
            && (devices[..at].iter()).all(|other| other.endpoint != device.endpoint)
    };
    devices.len() <= DEVICES_MAX && devices.iter().enumerate().all(is_sound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec;

    fn customer() -> Customer {
        Customer {
            membership: Some(Membership::default()),
            ..Customer::new(CustomerId(0x100), "a@example.com".to_string())
        }
    }

    fn device(n: usize) -> PushDevice {
        PushDevice {
            endpoint: format!("https://push.example/{n}"),
            p256dh: "key".to_string(),
            auth: "secret".to_string(),
            since: 0,
            name: String::new(),
        }
    }

    #[test]
    fn the_oldest_device_gives_way_and_none_is_there_twice() {
        let mut member = Membership::default();
        for n in 0..DEVICES_MAX {
            member.add_device(device(n));
        }
        let again = PushDevice {
            since: 7,
            ..device(0)
        };
        member.add_device(again.clone());
        assert_eq!(member.devices.len(), DEVICES_MAX);
        assert_eq!(member.devices.last(), Some(&again));
        member.add_device(device(DEVICES_MAX));
        assert_eq!(member.devices.len(), DEVICES_MAX);
        assert!(!member.devices.contains(&device(1)), "the oldest by now");
        assert!(member.devices.contains(&again));
        member.end_sessions(|d| *d == again);
        assert_eq!((member.sessions, member.devices), (1, vec![again]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        type Change = fn(&mut Customer);
        let cases: &[(&str, Change)] = &[
            ("", |_| {}),
            ("email", |c| c.email = String::new()),
            ("name", |c| c.name = "a\u{7}".to_string()),
            ("name", |c| c.name = "n".repeat(NAME_CHARS_MAX + 1)),
            ("addresses", |c| {
                c.addresses = vec![("1".to_string(), Address::default()); 2];
            }),
            ("password_hash", |c| {
                let member = c.membership.get_or_insert_default();
                member.password_hash = "h".repeat(CREDENTIAL_CHARS_MAX + 1);
            }),
            ("passkeys", |c| {
                let passkey = Passkey {
                    id: "id".to_string(),
                    name: "Phone".to_string(),
                    fixed: "f".repeat(CREDENTIAL_CHARS_MAX + 1),
                    changing: String::new(),
                    created_at: 0,
                    used_at: None,
                };
                c.membership.get_or_insert_default().passkeys = vec![passkey];
            }),
            ("wallet", |c| {
                let coupon = |n: usize| Kept {
                    at: 0,
                    what: KeptWhat::Coupon(n.to_string()),
                };
                c.membership.get_or_insert_default().wallet =
                    (0..=WALLET_MAX).map(coupon).collect();
            }),
            ("devices", |c| {
                let devices = (0..=DEVICES_MAX).map(device).collect();
                c.membership.get_or_insert_default().devices = devices;
            }),
            ("devices", |c| {
                c.membership.get_or_insert_default().devices = vec![device(1), device(1)];
            }),
            ("devices", |c| {
                let mut long = device(1);
                long.endpoint = "e".repeat(ENDPOINT_CHARS_MAX + 1);
                c.membership.get_or_insert_default().devices = vec![long];
            }),
            ("wallet", |c| {
                let packet = DrawnPacket {
                    rule: crate::id::RuleId(0x101),
                    number: 3,
                };
                let kept = |at| Kept {
                    at,
                    what: KeptWhat::Packet(packet),
                };
                c.membership.get_or_insert_default().wallet = vec![kept(1), kept(2)];
            }),
        ];
        for (field, change) in cases {
            let mut changed = customer();
            change(&mut changed);
            let found = match changed.check() {
                Ok(()) => "",
                Err(Refusal::FieldInvalid { field }) => field,
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, *field);
        }
    }
}
