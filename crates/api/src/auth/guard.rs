//! Who sends a request to `/api/v1`: extractors that let operators in and nobody else.
//!
//! A handler that names none of [`SignedIn`], [`Staff`], [`Driver`], [`HubStaff`] and [`Owner`] is public; a test lists those.

use super::{COOKIE, Session};
use crate::app::{App, now_ms};
use crate::error::ApiError;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use commerce::command::Actor;
use commerce::settings::{Operator, Role};
use sha2::{Digest, Sha256};

/// The header that a write with a session must carry: other sites' pages cannot send it.
pub const CONSOLE_HEADER: &str = "x-sesame-console";
/// What the key of sessions is derived for.
pub const SESSION_PURPOSE: &str = "console session";

/// Somebody who is signed in, whatever they may do: for their own account.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Staff);

/// Somebody who may handle orders, goods and stock. Couriers and hub staff may not.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Who acts.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// The operator and their session; `None` for a local command.
    pub signed_in: Option<(Operator, Session)>,
}

/// Somebody who may drive rounds: couriers, and whoever may more than they.
#[derive(Debug, Clone)]
pub struct Driver(pub Staff);

/// Somebody who may scan parcels at the shop's places: hub staff, and whoever may more than they.
#[derive(Debug, Clone)]
pub struct HubStaff(pub Staff);

/// Somebody who may do everything.
#[derive(Debug, Clone)]
pub struct Owner(pub Staff);

/// A write that comes from one of our own pages, signed in or not.
#[derive(Debug, Clone, Copy)]
pub struct OwnPage;

impl<S: Send + Sync> FromRequestParts<S> for OwnPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        if parts.headers.contains_key(CONSOLE_HEADER) {
            Ok(Self)
        } else {
            Err(ApiError::console_header_missing())
        }
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        if is_local_command(&parts.headers, &app.config.local_token) {
            return Ok(Self(Staff {
                actor: Actor::System,
                role: Role::Owner,
                signed_in: None,
            }));
        }
        let signed_in = session(&app, &parts.headers).ok_or_else(ApiError::not_signed_in)?;
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        if !reads && !parts.headers.contains_key(CONSOLE_HEADER) {
            return Err(ApiError::console_header_missing());
        }
        Ok(Self(Staff {
            actor: Actor::Operator(signed_in.0.id),
            role: signed_in.0.role,
            signed_in: Some(signed_in),
        }))
    }
}

/// Extractors that let in who has one of some roles.
macro_rules! for_roles {
    ($($extractor:ident $made:expr => $($role:ident)|+;)*) => {$(
        impl<S> FromRequestParts<S> for $extractor
        where
            App: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                let SignedIn(staff) = SignedIn::from_request_parts(parts, state).await?;
                match staff.role {
                    $(Role::$role)|+ => Ok($made(staff)),
                    _ => Err(ApiError::not_allowed()),
                }
            }
        }
    )*};
}

for_roles! {
    Owner Owner => Owner;
    Staff std::convert::identity => Owner | Staff;
    Driver Driver => Owner | Staff | Courier;
    HubStaff HubStaff => Owner | Staff | Hub;
}

/// The operator behind a request's session, unless they were changed or closed out since it began.
fn session(app: &App, headers: &HeaderMap) -> Option<(Operator, Session)> {
    let key = app.config.key(SESSION_PURPOSE);
    let session = Session::verify(cookie(headers, COOKIE)?, &key, now_ms())?;
    let world = app.shelf.read();
    let operator = world.operator(session.operator)?;
    let valid = operator.active && operator.version == session.version;
    valid.then(|| (operator.clone(), session))
}

/// The value of a cookie.
fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

fn is_local_command(headers: &HeaderMap, token: &str) -> bool {
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    // Digests are compared, so that the time taken says nothing about how much of the token fits.
    shown.is_some_and(|shown| !token.is_empty() && Sha256::digest(shown) == Sha256::digest(token))
}
