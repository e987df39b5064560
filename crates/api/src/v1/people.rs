//! Signing in and out, one's own password, and the operators.

use super::request::{Write, Written, parse_id};
use super::wire::people::{
    Me, OperatorChange, OperatorCreate, OperatorEntry, OperatorList, PasswordChange, SessionState,
    SignIn,
};
use super::{Desk, V1};
use crate::app::{App, now_ms};
use crate::auth::guard::{OwnPage, Owner, SESSION_PURPOSE, SignedIn, Staff};
use crate::auth::{
    COOKIE, PASSWORD_CHARS_MIN, SESSION_MS, Session, hash_password, hashing, verify_password,
};
use crate::error::ApiError;
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commerce::command::{Actor, Channel, Command, Envelope};
use commerce::id::OperatorId;
use commerce::settings::{Operator, Role};
use commerce::world::{Record, RecordKind};
use std::net::SocketAddr;

const PASSWORD_CHARS_MAX: usize = 1_000;

async fn hashed<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    hashing(work)
        .await
        .map_err(|e| ApiError::internal(&e.to_string()))
}

/// Sign in
///
/// Sets the session cookie. The answer is the same for an unknown address and a wrong password.
#[utoipa::path(post, path = "/session", tag = "people", request_body = SignIn, security(()),
    responses((status = 200, body = Me)))]
pub async fn sign_in(
    State(V1 { app, desk }): State<V1>,
    client: Option<Extension<axum::extract::ConnectInfo<SocketAddr>>>,
    _page: OwnPage,
    write: Write<SignIn>,
) -> Result<Response, ApiError> {
    let SignIn { email, password } = write.body;
    let email = email.trim().to_lowercase();
    admit(&desk, &email, client.map(|c| c.0.0))?;
    let operator = find(&app, &email).filter(|o| o.active);
    let hash = operator.as_ref().map(|o| o.password_hash.clone());
    let fits = hashed(move || verify_password(&password, hash.as_deref())).await?;
    let operator = operator
        .filter(|_| fits)
        .ok_or_else(ApiError::sign_in_failed)?;
    desk.by_address.forget(&email);
    Ok(begin(&app, &operator))
}

/// Counts the attempt against the address and the client.
fn admit(desk: &Desk, email: &str, client: Option<SocketAddr>) -> Result<(), ApiError> {
    let now = now_ms();
    let by_address = desk.by_address.attempt(email, now);
    let by_client = client.map_or(Ok(()), |client| {
        desk.by_client.attempt(&client.ip().to_string(), now)
    });
    by_address
        .and(by_client)
        .map_err(|e| ApiError::too_many_attempts(e.retry_after_s))
}

fn find(app: &App, email: &str) -> Option<Operator> {
    let world = app.shelf.read();
    let id = world.id_of_code(RecordKind::Operator, email)?;
    world.operator(OperatorId(id)).cloned()
}

/// The answer that begins a session.
fn begin(app: &App, operator: &Operator) -> Response {
    let session = Session {
        operator: operator.id,
        version: operator.version,
        expires_at: now_ms() + SESSION_MS,
    };
    let value = session.sign(&app.config.key(SESSION_PURPOSE));
    let seconds = SESSION_MS / 1_000;
    let body = Json(me_of(app, operator, &session));
    (
        [(header::SET_COOKIE, set_cookie(app, &value, seconds))],
        body,
    )
        .into_response()
}

fn set_cookie(app: &App, value: &str, seconds: i64) -> HeaderValue {
    let secure = if app.config.public_url.starts_with("https:") {
        "; Secure"
    } else {
        ""
    };
    let cookie =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).expect("signed values are ASCII")
}

fn me_of(app: &App, operator: &Operator, session: &Session) -> Me {
    let shop = app.shelf.read().shop().map(|s| s.name.clone());
    Me {
        id: operator.id.to_string(),
        email: operator.email.clone(),
        name: operator.name.clone(),
        role: operator.role.into(),
        shop: shop.unwrap_or_default(),
        test_money: app.config.providers.iter().any(|p| p.test_money),
        session_expires_at: session.expires_at,
    }
}

/// Whether somebody is signed in
#[utoipa::path(get, path = "/session", tag = "people", security(()),
    responses((status = 200, body = SessionState)))]
pub async fn get_session(
    State(V1 { app, .. }): State<V1>,
    somebody: Result<SignedIn, ApiError>,
) -> Json<SessionState> {
    let signed_in = somebody.ok().and_then(|somebody| somebody.0.signed_in);
    Json(SessionState {
        me: signed_in.map(|(operator, session)| me_of(&app, &operator, &session)),
    })
}

/// Sign out
#[utoipa::path(delete, path = "/session", tag = "people", security(()),
    responses((status = 204)))]
pub async fn sign_out(State(V1 { app, .. }): State<V1>, _page: OwnPage) -> Response {
    let gone = set_cookie(&app, "", 0);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response()
}

/// The operator who is signed in
#[utoipa::path(get, path = "/me", tag = "people", responses((status = 200, body = Me)))]
pub async fn me(
    State(V1 { app, .. }): State<V1>,
    somebody: SignedIn,
) -> Result<Json<Me>, ApiError> {
    let (operator, session) = somebody.0.signed_in.ok_or_else(ApiError::not_signed_in)?;
    Ok(Json(me_of(&app, &operator, &session)))
}

/// Change one's own password
///
/// Ends all other sessions of the operator; this one goes on with a new cookie.
#[utoipa::path(post, path = "/me/password", tag = "people", request_body = PasswordChange,
    responses((status = 200, body = Me)))]
pub async fn change_password(
    State(V1 { app, desk }): State<V1>,
    SignedIn(staff): SignedIn,
    write: Write<PasswordChange>,
) -> Result<Response, ApiError> {
    let (operator, _) = staff
        .signed_in
        .clone()
        .ok_or_else(ApiError::not_signed_in)?;
    let PasswordChange { current, new } = write.body;
    check_password(&new)?;
    admit(&desk, &operator.email, None)?;
    let hash = operator.password_hash.clone();
    if !hashed(move || verify_password(&current, Some(&hash))).await? {
        return Err(ApiError::password_wrong());
    }
    desk.by_address.forget(&operator.email);
    let password_hash = hashed(move || hash_password(&new)).await?;
    let changed = Operator {
        password_hash,
        version: operator.version + 1,
        ..operator
    };
    save(&app, &staff, changed.clone()).await?;
    Ok(begin(&app, &changed))
}

fn check_password(password: &str) -> Result<(), ApiError> {
    let allowed = PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX;
    if allowed.contains(&password.chars().count()) {
        Ok(())
    } else {
        Err(ApiError::password_too_short())
    }
}

// Without an idempotency key: a repeated save of the same operator changes nothing but its version.
async fn save(app: &App, staff: &Staff, operator: Operator) -> Result<(), ApiError> {
    let envelope = Envelope {
        command: Command::SaveRecords(vec![Record::Operator(operator)]),
        actor: staff.actor,
        channel: Channel::Console,
        idempotency: None,
    };
    app.door.submit(envelope).await?;
    Ok(())
}

fn entry(operator: &Operator) -> OperatorEntry {
    OperatorEntry {
        id: operator.id.to_string(),
        email: operator.email.clone(),
        name: operator.name.clone(),
        role: operator.role.into(),
        active: operator.active,
    }
}

/// All operators
#[utoipa::path(get, path = "/operators", tag = "people",
    responses((status = 200, body = OperatorList)))]
pub async fn list_operators(State(V1 { app, .. }): State<V1>, _owner: Owner) -> Json<OperatorList> {
    let mut items: Vec<_> = app.shelf.read().operators().map(entry).collect();
    items.sort_by(|a, b| a.email.cmp(&b.email));
    Json(OperatorList { items })
}

/// Add an operator
#[utoipa::path(post, path = "/operators", tag = "people", request_body = OperatorCreate,
    responses((status = 200, body = OperatorEntry)))]
pub async fn create_operator(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    write: Write<OperatorCreate>,
) -> Result<Written<OperatorEntry>, ApiError> {
    let OperatorCreate {
        email,
        name,
        role,
        password,
    } = write.body;
    let email = email.trim().to_lowercase();
    if !looks_like_email(&email) {
        return Err(invalid("email"));
    }
    check_name(&name)?;
    check_password(&password)?;
    if find(&app, &email).is_some() {
        return Err(commerce::Refusal::CodeTaken { code: email }.into());
    }
    let operator = Operator {
        id: OperatorId(app.ids.next()),
        version: 1,
        email,
        name: name.trim().to_owned(),
        role: role.into(),
        password_hash: hashed(move || hash_password(&password)).await?,
        active: true,
    };
    save(&app, &staff, operator.clone()).await?;
    Ok(Written {
        body: entry(&operator),
        replayed: false,
    })
}

/// Change an operator
///
/// Ends their sessions. Nobody can take their own access or ownership away.
#[utoipa::path(patch, path = "/operators/{id}", tag = "people",
    params(("id" = String, Path, description = "The operator's id.")),
    request_body = OperatorChange, responses((status = 200, body = OperatorEntry)))]
pub async fn change_operator(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path(id): Path<String>,
    write: Write<OperatorChange>,
) -> Result<Written<OperatorEntry>, ApiError> {
    let id = parse_id!(OperatorId, &id, "operator")?;
    let before = app.shelf.read().operator(id).cloned();
    let before = before.ok_or_else(|| ApiError::not_found("operator"))?;
    let change = write.body;
    let role = change.role.map_or(before.role, Role::from);
    let active = change.active.unwrap_or(before.active);
    if staff.actor == Actor::Operator(id) && (role != Role::Owner || !active) {
        return Err(invalid("role"));
    }
    if let Some(name) = &change.name {
        check_name(name)?;
    }
    let password_hash = match change.password {
        Some(password) => {
            check_password(&password)?;
            hashed(move || hash_password(&password)).await?
        }
        None => before.password_hash.clone(),
    };
    let changed = Operator {
        version: before.version + 1,
        name: change
            .name
            .map_or(before.name.clone(), |n| n.trim().to_owned()),
        role,
        active,
        password_hash,
        ..before
    };
    save(&app, &staff, changed.clone()).await?;
    Ok(Written {
        body: entry(&changed),
        replayed: false,
    })
}

fn invalid(field: &'static str) -> ApiError {
    commerce::Refusal::FieldInvalid { field }.into()
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let chars = name.trim().chars().count();
    let fits = (1..=commerce::limits::NAME_CHARS_MAX).contains(&chars);
    let plain = !name.chars().any(char::is_control);
    if fits && plain {
        Ok(())
    } else {
        Err(invalid("name"))
    }
}

/// An address that could be one: its mailbox is not asked.
fn looks_like_email(email: &str) -> bool {
    let parts = email.split_once('@');
    let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    let fits = email.chars().count() <= commerce::limits::CODE_CHARS_MAX;
    plain && fits && parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}
