//! What a refused request answers: a status, a stable code, a sentence, and what the code leaves open.
//!
//! Each code has a page in `docs/errors`. A message never names tables, paths or other people's data.

use crate::app::{DoorError, RETRY_AFTER_S};
use crate::v1::wire::{ErrorBody, ErrorInfo};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commerce::Refusal;
use commerce::parcel::NoLabel;
use commerce::switch::Shed;
use serde_json::{Value, json};

/// When to come again for work that is shed until further notice, in seconds.
const SHED_RETRY_S: u32 = 300;
/// The same for work that is shed for long.
const SHED_RETRY_S_MAX: u32 = 3_600;

/// Why a request was refused.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// A sentence for people, in English.
    pub message: String,
    /// What the code leaves open; an object.
    pub details: Value,
    /// When to try again, in seconds.
    pub retry_after_s: Option<u32>,
}

impl ApiError {
    /// The codes that are the interface's own, beside those of [`Refusal::CODES`].
    pub const CODES: [&'static str; 25] = [
        "carrier_refused",
        "carrier_unavailable",
        "connector_unknown",
        "body_invalid",
        "parameter_invalid",
        "event_invalid",
        "not_signed_in",
        "sign_in_failed",
        "not_allowed",
        "console_header_missing",
        "method_not_allowed",
        "body_too_large",
        "media_type_unsupported",
        "import_invalid",
        "picture_invalid",
        "password_too_short",
        "password_wrong",
        "too_many_attempts",
        "too_many_requests",
        "waiting_room",
        "overloaded",
        "work_shed",
        "unavailable",
        "timed_out",
        "internal",
    ];

    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: json!({}),
            retry_after_s: None,
        }
    }

    /// The body is not the JSON that is asked for.
    pub fn body_invalid(reason: impl std::fmt::Display) -> Self {
        let message = format!("the body is not what is asked for: {reason}");
        Self::new(StatusCode::BAD_REQUEST, "body_invalid", message)
    }

    /// A parameter or header is malformed.
    pub fn parameter_invalid(name: &str, reason: impl std::fmt::Display) -> Self {
        let message = format!("the parameter `{name}` is malformed: {reason}");
        Self {
            details: json!({ "parameter": name }),
            ..Self::new(StatusCode::BAD_REQUEST, "parameter_invalid", message)
        }
    }

    /// An event of a document is not understood.
    pub fn event_invalid(reason: impl std::fmt::Display) -> Self {
        let message = format!("the event is not understood: {reason}");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "event_invalid", message)
    }

    /// There is no valid session.
    pub fn not_signed_in() -> Self {
        let message = "sign in first: there is no session, or it has ended";
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", message)
    }

    /// The address or the password is wrong; it never says which.
    pub fn sign_in_failed() -> Self {
        let message = "the e-mail address or the password is wrong";
        Self::new(StatusCode::UNAUTHORIZED, "sign_in_failed", message)
    }

    /// The operator's role does not allow it.
    pub fn not_allowed() -> Self {
        let message = "only an owner may do this";
        Self::new(StatusCode::FORBIDDEN, "not_allowed", message)
    }

    /// A write with a session lacks the header that only our own pages can send.
    pub fn console_header_missing() -> Self {
        let message = "a write with a session needs the header `X-Sesame-Console: 1`";
        Self::new(StatusCode::FORBIDDEN, "console_header_missing", message)
    }

    /// There is no such thing.
    pub fn not_found(what: &'static str) -> Self {
        Refusal::NotFound { what }.into()
    }

    /// A carrier names a connector that is not in the configuration.
    pub fn connector_unknown(name: &str, known: &[String]) -> Self {
        let message = match known {
            [] => format!("no connector `{name}` is configured; the shop has none"),
            known => format!(
                "no connector `{name}` is configured; there are: {}",
                known.join(", ")
            ),
        };
        Self {
            details: json!({ "connector": name }),
            ..Self::new(StatusCode::CONFLICT, "connector_unknown", message)
        }
    }

    /// A carrier that was asked does not take a parcel.
    pub fn carrier_refused(code: &str, reason: &str) -> Self {
        let message = format!("the carrier refuses: {reason}");
        Self {
            details: json!({ "code": code, "reason": reason }),
            ..Self::new(StatusCode::CONFLICT, "carrier_refused", message)
        }
    }

    /// A carrier cannot be asked now.
    pub fn carrier_unavailable(reason: &str) -> Self {
        tracing::warn!(reason, "a carrier does not answer");
        let message = "the carrier does not answer; ask again, it books nothing twice";
        Self {
            retry_after_s: Some(RETRY_AFTER_S),
            details: json!({ "reason": reason }),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "carrier_unavailable",
                message,
            )
        }
    }

    /// Labels are asked for under what is no id of a fulfillment.
    pub fn labels_refused(refused: Vec<(String, NoLabel)>) -> Self {
        let empty = Refusal::LabelsRefused {
            refused: Vec::new(),
        };
        Self {
            message: format!(
                "{} of these are no parcels; no label was printed",
                refused.len()
            ),
            details: labels_refused(refused),
            ..empty.into()
        }
    }

    /// The address does not take this method.
    pub fn method_not_allowed() -> Self {
        let message = "this address does not take this method";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            message,
        )
    }

    /// The body is larger than allowed.
    pub fn body_too_large() -> Self {
        let message = "the body is larger than allowed";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
    }

    /// The body is not declared as JSON.
    pub fn media_type_unsupported() -> Self {
        let message = "the body must be declared as `Content-Type: application/json`";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type_unsupported",
            message,
        )
    }

    /// The body is not declared as CSV.
    pub fn media_type_is_not_csv() -> Self {
        Self {
            message: "the body must be declared as `text/csv` or `multipart/form-data`".to_string(),
            ..Self::media_type_unsupported()
        }
    }

    /// Lines of an import are bad.
    pub fn import_invalid(files: &[crate::goods::FileErrors]) -> Self {
        let total: u64 = files.iter().map(|f| f.total).sum();
        let message = format!("the files have {total} faults; nothing was imported");
        Self {
            details: json!({ "files": files }),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "import_invalid", message)
        }
    }

    /// What was sent is no picture that can be shown.
    pub fn picture_invalid(fault: &impl std::fmt::Display) -> Self {
        let message = format!("the picture {fault}");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "picture_invalid", message)
    }

    /// A new password is too short or too long.
    pub fn password_too_short() -> Self {
        let least = crate::auth::PASSWORD_CHARS_MIN;
        let message = format!("a password needs {least} to 1,000 characters");
        Self {
            details: json!({ "least": least }),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "password_too_short",
                message,
            )
        }
    }

    /// The password so far is wrong.
    pub fn password_wrong() -> Self {
        let message = "the current password is wrong";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "password_wrong", message)
    }

    /// Too many attempts to sign in.
    pub fn too_many_attempts(retry_after_s: u32) -> Self {
        let message = format!("too many attempts; try again in {retry_after_s} s");
        Self {
            retry_after_s: Some(retry_after_s),
            details: json!({ "seconds": retry_after_s }),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", message)
        }
    }

    /// Too much is waiting; nothing was changed.
    pub fn overloaded(retry_after_s: u32) -> Self {
        let message = format!("the shop is busy; try again in {retry_after_s} s");
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", message)
        }
    }

    /// A kind of optional work is switched off now; nothing was changed. Clients come again when it opens, at the
    /// latest after an hour: somebody may throw the switch before.
    pub fn work_shed(shed: Shed, now: i64) -> Self {
        let seconds = shed
            .until
            .map(|until| (until - now).max(0) as u64 / 1_000 + 1);
        let most = u64::from(SHED_RETRY_S_MAX);
        let retry_after_s = seconds.map_or(SHED_RETRY_S, |s| s.min(most) as u32);
        let word = shed.work.word();
        let message = format!(
            "{word} are switched off while the shop is at its busiest; nothing was changed"
        );
        Self {
            retry_after_s: Some(retry_after_s),
            details: json!({ "work": word, "until": shed.until }),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "work_shed", message)
        }
    }

    /// The database cannot be used now; nothing was changed. The reason goes to the log alone.
    pub fn unavailable(reason: &str) -> Self {
        tracing::error!(reason, "the database cannot be used");
        let message = "the shop cannot do this now; nothing was changed";
        Self {
            retry_after_s: Some(RETRY_AFTER_S),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
        }
    }

    /// The answer did not come in time. Whether something was changed is not known.
    pub fn timed_out() -> Self {
        let message = "the answer took too long; ask again with the same Idempotency-Key to learn what came of it";
        Self {
            retry_after_s: Some(RETRY_AFTER_S),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "timed_out", message)
        }
    }

    /// Something that cannot happen happened. The reason goes to the log alone.
    pub fn internal(reason: &str) -> Self {
        tracing::error!(reason, "an answer did not fit its request");
        let message = "something went wrong inside; it was logged";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self {
            details: details(&refusal),
            ..Self::new(status(&refusal), refusal.code(), refusal.to_string())
        }
    }
}

impl From<DoorError> for ApiError {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Refused(refusal) => refusal.into(),
            DoorError::Overloaded { retry_after_s } => Self::overloaded(retry_after_s),
            DoorError::Unavailable(reason) => Self::unavailable(&reason),
            DoorError::Unanswered => Self::timed_out(),
        }
    }
}

impl From<store::StoreError> for ApiError {
    fn from(error: store::StoreError) -> Self {
        Self::unavailable(&error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, retry_after_s) = (self.status, self.retry_after_s);
        let error = ErrorInfo::from(self);
        let mut response = (status, Json(ErrorBody { error })).into_response();
        if let Some(seconds) = retry_after_s {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound { .. } => StatusCode::NOT_FOUND,
        Refusal::InternalInvariant => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::FieldInvalid { .. }
        | Refusal::QuantityInvalid
        | Refusal::TooManyLines
        | Refusal::TooManyWishes
        | Refusal::AmountTooLarge
        | Refusal::IdempotencyKeyReused
        | Refusal::UnknownVariant { .. }
        | Refusal::NotForSale { .. }
        | Refusal::CurrencyNotOffered { .. }
        | Refusal::NoPrice { .. }
        | Refusal::LocationCannot { .. }
        | Refusal::CountryNotServed { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::TooManyPaymentAttempts => StatusCode::TOO_MANY_REQUESTS,
        Refusal::VersionConflict { .. }
        | Refusal::CodeTaken { .. }
        | Refusal::CheckoutEmpty
        | Refusal::CheckoutIncomplete { .. }
        | Refusal::CheckoutExpired
        | Refusal::CheckoutClosed
        | Refusal::PriceChanged { .. }
        | Refusal::OutOfStock { .. }
        | Refusal::StockBelowZero { .. }
        | Refusal::GroupExpired
        | Refusal::GroupNotPayable
        | Refusal::PaymentInProgress
        | Refusal::PaymentMismatch
        | Refusal::OrderNotConfirmed
        | Refusal::WrongState { .. }
        | Refusal::NothingToCancel
        | Refusal::RefundTooLarge { .. }
        | Refusal::NotPaid
        | Refusal::NotReceived
        | Refusal::SecondPersonNeeded
        | Refusal::NotReturnable { .. }
        | Refusal::ReturnWindowOver { .. }
        | Refusal::TooManyReturns
        | Refusal::PresaleApart { .. }
        | Refusal::PresaleNeedsProvider
        | Refusal::BalanceNotDue { .. }
        | Refusal::BalanceOverdue { .. }
        | Refusal::DrawNotOpen { .. }
        | Refusal::DrawOver
        | Refusal::PacketLimitReached { .. }
        | Refusal::PacketsGone
        | Refusal::PointsBelowZero { .. }
        | Refusal::WaybillExists { .. }
        | Refusal::NoCarrier { .. }
        | Refusal::CarrierDeclines { .. }
        | Refusal::NumbersUsedUp { .. }
        | Refusal::ParcelInRound { .. }
        | Refusal::ParcelNotInRound { .. }
        | Refusal::RoundNotDone { .. }
        | Refusal::LabelsRefused { .. }
        | Refusal::WalletFull => StatusCode::CONFLICT,
    }
}

/// Parcels whose labels cannot be printed, as they were named, and why.
fn labels_refused(refused: Vec<(String, NoLabel)>) -> Value {
    let one = |(id, why): (String, NoLabel)| json!({ "fulfillment": id, "why": why.word() });
    let all: Vec<Value> = refused.into_iter().map(one).collect();
    json!({ "refused": all })
}

/// What a refusal holds, with ids as they are printed.
fn details(refusal: &Refusal) -> Value {
    match refusal {
        Refusal::FieldInvalid { field } => json!({ "field": field }),
        Refusal::VersionConflict { current } => json!({ "current": current }),
        Refusal::CodeTaken { code } => json!({ "code": code }),
        Refusal::NotFound { what } => json!({ "what": what }),
        Refusal::UnknownVariant { variant }
        | Refusal::NotForSale { variant }
        | Refusal::NoPrice { variant }
        | Refusal::PresaleApart { variant } => json!({ "variant": variant.to_string() }),
        Refusal::CurrencyNotOffered { currency } => json!({ "currency": currency.to_string() }),
        Refusal::LocationCannot { location } => json!({ "location": location.to_string() }),
        Refusal::CountryNotServed { country } => json!({ "country": country.to_string() }),
        Refusal::CheckoutIncomplete { missing } => json!({ "missing": missing }),
        Refusal::PriceChanged { expected, current } => {
            json!({ "expected": expected, "current": current })
        }
        Refusal::OutOfStock { variant, available } => {
            json!({ "variant": variant.to_string(), "available": available })
        }
        Refusal::PointsBelowZero { balance } => json!({ "balance": balance }),
        Refusal::StockBelowZero { on_hand } => json!({ "on_hand": on_hand }),
        Refusal::BalanceNotDue { from } | Refusal::DrawNotOpen { from } => json!({ "from": from }),
        Refusal::PacketLimitReached { limit } => json!({ "limit": limit }),
        Refusal::NotReturnable { line, returnable } => {
            json!({ "line": line, "returnable": returnable })
        }
        Refusal::ReturnWindowOver { until } => json!({ "until": until }),
        Refusal::BalanceOverdue { until } => json!({ "until": until }),
        Refusal::WaybillExists { number } => json!({ "number": number }),
        Refusal::CarrierDeclines { carrier, why } => {
            json!({ "carrier": carrier.to_string(), "why": why })
        }
        Refusal::NumbersUsedUp { carrier } => json!({ "carrier": carrier.to_string() }),
        Refusal::ParcelInRound { round } => json!({ "round": round.to_string() }),
        Refusal::ParcelNotInRound { number, round } => {
            json!({ "number": number, "round": round.map(|r| r.to_string()) })
        }
        Refusal::RoundNotDone { left } => json!({ "left": left }),
        Refusal::LabelsRefused { refused } => {
            let named = refused.iter().map(|(id, why)| (id.to_string(), *why));
            labels_refused(named.collect())
        }
        Refusal::WrongState { state } => json!({ "state": state }),
        Refusal::RefundTooLarge { refundable } => json!({ "refundable": refundable }),
        _ => json!({}),
    }
}
