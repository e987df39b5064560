//! Why a request cannot be answered with what it asked for.

use axum::http::StatusCode;
use commerce::refusal::Refusal;

use super::view::Message;

/// A reason, with everything that either version needs to say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status where this version answers problems with one.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// One sentence.
    pub content: String,
    /// The member it is about.
    pub path: Option<String>,
    /// Whether it is about the shop's business (answered in the `ucp` envelope by the current version) or
    /// about the request as such.
    pub kind: ProblemKind,
    /// Seconds after which it is worth trying again.
    pub retry_after_s: Option<u32>,
}

/// What a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// Goods, prices, checkouts.
    Business,
    /// The request or the connection.
    Protocol,
}

impl Problem {
    /// A problem of the shop's business.
    #[must_use]
    pub fn business(status: StatusCode, code: &'static str, content: impl Into<String>) -> Self {
        Self {
            status,
            code,
            content: content.into(),
            path: None,
            kind: ProblemKind::Business,
            retry_after_s: None,
        }
    }

    /// A problem with the request as such.
    #[must_use]
    pub fn protocol(status: StatusCode, code: &'static str, content: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Protocol,
            ..Self::business(status, code, content)
        }
    }

    /// The same problem about a member.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Nothing there, or the key does not fit.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::business(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There is no such {what}."),
        )
    }

    /// The session has ended.
    #[must_use]
    pub fn closed() -> Self {
        Self::protocol(
            StatusCode::CONFLICT,
            "checkout_closed",
            "The checkout is completed, canceled or expired and cannot be changed.",
        )
    }

    /// An article that is not sold here.
    #[must_use]
    pub fn unknown_item(id: &str) -> Self {
        let shown: String = id.chars().take(80).collect();
        Self::business(
            StatusCode::BAD_REQUEST,
            "item_unavailable",
            format!("Product {shown} not found."),
        )
    }

    /// As a message in place of a resource.
    #[must_use]
    pub fn message(&self) -> Message {
        let message = Message::unrecoverable(self.code, self.content.clone());
        match &self.path {
            Some(path) => message.at(path.clone()),
            None => message,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let content = sentence(&refusal.to_string());
        let business = |status, code| Self::business(status, code, content.clone());
        match refusal {
            Refusal::IdempotencyKeyReused => {
                Self::protocol(StatusCode::CONFLICT, "idempotency_conflict", content)
            }
            Refusal::NotFound { .. } => business(StatusCode::NOT_FOUND, "not_found"),
            Refusal::UnknownVariant { .. }
            | Refusal::NotForSale { .. }
            | Refusal::NoPrice { .. } => business(StatusCode::BAD_REQUEST, "item_unavailable"),
            Refusal::OutOfStock { available, .. } => Self::business(
                StatusCode::BAD_REQUEST,
                "out_of_stock",
                format!("Insufficient stock: only {available} can be had."),
            ),
            Refusal::CountryNotServed { .. } => {
                business(StatusCode::BAD_REQUEST, "address_undeliverable")
            }
            Refusal::CheckoutIncomplete {
                missing: "delivery" | "destination" | "street" | "city" | "country",
            } => fulfillment_missing(),
            Refusal::CheckoutClosed
            | Refusal::CheckoutExpired
            | Refusal::GroupExpired
            | Refusal::GroupNotPayable => Self::closed(),
            Refusal::VersionConflict { .. } | Refusal::PaymentInProgress => {
                business(StatusCode::CONFLICT, refusal.code())
            }
            Refusal::InternalInvariant => Self::protocol(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_invariant",
                content,
            ),
            _ => business(StatusCode::BAD_REQUEST, refusal.code()),
        }
    }
}

/// The checkout has no place to send the goods to, or no way to get them there.
#[must_use]
pub fn fulfillment_missing() -> Problem {
    Problem::business(
        StatusCode::BAD_REQUEST,
        "missing",
        "Fulfillment address and option must be selected before completion.",
    )
    .at("$.fulfillment")
}

/// A refusal's text as a sentence: capital first, full stop last.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    format!("{}{}.", first.to_uppercase(), characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_become_problems() {
        let check = |refusal: Refusal, status: u16, code: &str| {
            let problem = Problem::from(refusal);
            assert_eq!((problem.status.as_u16(), problem.code), (status, code));
            assert!(problem.content.ends_with('.'), "{}", problem.content);
        };
        check(Refusal::IdempotencyKeyReused, 409, "idempotency_conflict");
        check(
            Refusal::OutOfStock {
                variant: commerce::id::VariantId(1),
                available: 3,
            },
            400,
            "out_of_stock",
        );
        check(Refusal::CheckoutClosed, 409, "checkout_closed");
        check(Refusal::CheckoutExpired, 409, "checkout_closed");
        check(
            Refusal::CheckoutIncomplete {
                missing: "delivery",
            },
            400,
            "missing",
        );
        check(Refusal::QuantityInvalid, 400, "quantity_invalid");
        check(Refusal::InternalInvariant, 500, "internal_invariant");
    }
}
