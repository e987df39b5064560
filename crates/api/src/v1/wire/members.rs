//! Members.

use commerce::customer::Customer;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a till read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardScan {
    /// What the code on the phone says.
    #[schema(max_length = 300)]
    pub card: String,
}

/// Which member.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// The e-mail address.
    #[param(max_length = 254, example = "anna@example.com")]
    pub email: String,
}

/// A member, as those see who serve them.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The member's id.
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// The name, or empty.
    pub name: String,
    /// Since when, in UTC milliseconds.
    pub joined_at: i64,
    /// The language of mails.
    pub language: String,
    /// Saved addresses.
    pub addresses: u32,
    /// Passkeys.
    pub passkeys: u32,
    /// Red packets and coupons in the wallet.
    pub wallet: u32,
}

impl Member {
    /// A customer as a member, if they are one.
    pub fn of(customer: &Customer) -> Option<Self> {
        let member = customer.membership.as_ref()?;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Some(Self {
            id: customer.id.to_string(),
            email: customer.email.clone(),
            name: customer.name.clone(),
            joined_at: member.joined_at,
            language: member.language.tag().to_string(),
            addresses: count(customer.addresses.len()),
            passkeys: count(member.passkeys.len()),
            wallet: count(member.wallet.len()),
        })
    }
}
