//! What a request is for, told from its head alone: method and path, before the body is read.

/// The kinds of work. The order is that of their right to be done: the first are never turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Health, figures and providers' messages.
    Vital,
    /// Files out of the binary: they cost next to nothing.
    Asset,
    /// The console and programs of the operator.
    Operators,
    /// A checkout or an order that was begun.
    Begun,
    /// A write that begins something: a cart, a checkout, a purchase in one call.
    Begin,
    /// Looking at goods.
    Read,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 6] = [
        Self::Vital,
        Self::Asset,
        Self::Operators,
        Self::Begun,
        Self::Begin,
        Self::Read,
    ];

    /// Its name in figures and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vital => "vital",
            Self::Asset => "asset",
            Self::Operators => "operators",
            Self::Begun => "begun",
            Self::Begin => "begin",
            Self::Read => "read",
        }
    }

    /// The class of a request. `reads` says whether its method is GET, HEAD or OPTIONS.
    pub fn of(reads: bool, path: &str) -> Self {
        let mut parts = path.split('/').skip(1);
        let first = parts.next().unwrap_or("");
        match first {
            "healthz" | "readyz" | "metrics" | "webhooks" | "test-payments" => Self::Vital,
            "ui" | "static-shop" | "media" | "ops" | "screen" | "courier" => Self::Asset,
            "manifest.webmanifest" | "robots.txt" | "favicon.ico" => Self::Asset,
            "api" => match (reads, parts.next(), parts.next()) {
                (false, Some("v1"), Some("buy-now")) => Self::Begin,
                _ => Self::Operators,
            },
            "ucp" => ucp(reads, parts.nth(1).unwrap_or(""), parts.next()),
            "checkout" | "orders" => Self::Begun,
            "cart" if !reads => match parts.next() {
                Some("add") => Self::Begin,
                // What changes a cart that is there has been begun.
                _ => Self::Begun,
            },
            _ => Self::Read,
        }
    }

    /// Whether a page is what the client expects, not JSON.
    pub fn is_page(path: &str) -> bool {
        !(path.starts_with("/api") || path.starts_with("/ucp") || path.starts_with("/.well-known"))
    }
}

fn ucp(reads: bool, resource: &str, id: Option<&str>) -> Class {
    match (resource, id) {
        ("checkout-sessions" | "carts", None | Some("")) if !reads => Class::Begin,
        ("checkout-sessions" | "carts" | "orders", _) => Class::Begun,
        _ => Class::Read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_tells_what_a_request_is_for() {
        for (head, class) in [
            ("GET /healthz", Class::Vital),
            ("GET /metrics", Class::Vital),
            ("POST /webhooks/payments/stripe", Class::Vital),
            ("POST /test-payments/v1/payments", Class::Vital),
            ("GET /ui/ops/index.js", Class::Asset),
            ("GET /ops/orders", Class::Asset),
            ("GET /screen", Class::Asset),
            ("GET /courier/worker.js", Class::Asset),
            ("GET /api/v1/orders", Class::Operators),
            ("POST /api/v1/sign-in", Class::Operators),
            ("POST /api/v1/buy-now", Class::Begin),
            ("GET /api/v1/buy-now", Class::Operators),
            ("POST /ucp/2026-04-08/checkout-sessions", Class::Begin),
            ("POST /ucp/2026-04-08/carts", Class::Begin),
            ("PUT /ucp/2026-04-08/carts/cart_1", Class::Begun),
            (
                "PUT /ucp/2026-04-08/checkout-sessions/checkout_1",
                Class::Begun,
            ),
            (
                "POST /ucp/2026-04-08/checkout-sessions/checkout_1/complete",
                Class::Begun,
            ),
            ("GET /ucp/2026-04-08/orders/order_1", Class::Begun),
            ("POST /ucp/2026-04-08/catalog/search", Class::Read),
            ("GET /.well-known/ucp", Class::Read),
            ("POST /cart/add", Class::Begin),
            ("POST /cart/set", Class::Begun),
            ("GET /cart", Class::Read),
            ("POST /checkout", Class::Begun),
            ("POST /checkout/checkout_1/0f/place", Class::Begun),
            ("GET /checkout/checkout_1/0f/review", Class::Begun),
            ("GET /orders/order_1/0f/events", Class::Begun),
            ("GET /", Class::Read),
            ("GET /p/honey", Class::Read),
            ("GET /checkoutx", Class::Read),
            ("GET *", Class::Read),
        ] {
            let (method, path) = head.split_once(' ').expect("two words");
            assert_eq!(Class::of(method == "GET", path), class, "{head}");
        }
    }
}
