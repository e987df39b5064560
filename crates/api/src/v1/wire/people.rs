//! Signing in, and the operators.

use super::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who wants to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The e-mail address.
    #[schema(max_length = 254, example = "owner@example.com")]
    pub email: String,
    /// The password.
    #[schema(max_length = 1000, format = "password")]
    pub password: String,
}

/// The operator who is signed in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The operator's id.
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The shop's name.
    pub shop: String,
    /// Whether payments go through a provider that moves test money alone.
    pub test_money: bool,
    /// When the session ends, in UTC milliseconds.
    pub session_expires_at: i64,
}

/// Whether somebody is signed in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionState {
    /// Who; `null` when nobody is.
    #[schema(required)]
    pub me: Option<Me>,
}

/// A change of one's own password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password so far.
    #[schema(max_length = 1000, format = "password")]
    pub current: String,
    /// The new one, of at least 10 characters.
    #[schema(min_length = 10, max_length = 1000, format = "password")]
    pub new: String,
}

/// Somebody who may sign in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorEntry {
    /// The operator's id.
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub active: bool,
}

/// All operators.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorList {
    /// By e-mail address.
    pub items: Vec<OperatorEntry>,
}

/// A new operator.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorCreate {
    /// The e-mail address.
    #[schema(min_length = 3, max_length = 254)]
    pub email: String,
    /// The name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their first password, of at least 10 characters.
    #[schema(min_length = 10, max_length = 1000, format = "password")]
    pub password: String,
}

/// What changes of an operator; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorChange {
    /// The name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they may sign in.
    pub active: Option<bool>,
    /// A new password, of at least 10 characters.
    #[schema(min_length = 10, max_length = 1000, format = "password")]
    pub password: Option<String>,
}
