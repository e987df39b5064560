//! The paths of this door, the same handlers below each version.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::desk::{Desk, Received, Said, Shared, Visit};
use super::handlers::{cart, catalog, checkout, complete, order};
use super::platform::{Platforms, ProfileAddresses, ProfileSource};
use super::present::Surroundings;
use super::problem::Problem;
use super::rules::Rules;
use super::shape::Link;
use super::testing::{self, Overlay};
use super::version::{CART, CATALOG_LOOKUP, CATALOG_SEARCH, CHECKOUT, ORDER, Version};
use super::{payment, profile};
use crate::app::App;

/// How long a profile of ours may be kept by others.
const PROFILE_CACHE: &str = "public, max-age=300";

/// The store API with what it needs beside the system: a way to fetch platforms' profiles.
#[derive(Clone)]
pub struct Ucp {
    /// By version.
    desks: [Arc<Desk>; Version::ALL.len()],
}

impl Ucp {
    /// The store API of this shop. With the testing flag, platforms are believed and test endpoints exist.
    #[must_use]
    pub fn new(app: App, profiles: Arc<dyn ProfileSource>) -> Self {
        let config = &app.config;
        let (rules, addresses) = match (config.testing, config.local_platforms) {
            (true, _) => (Rules::TESTING, ProfileAddresses::Testing),
            (false, true) => (Rules::STRICT, ProfileAddresses::Local),
            (false, false) => (Rules::STRICT, ProfileAddresses::Secure),
        };
        let public_url = config.public_url.trim_end_matches('/').to_owned();
        let around = Surroundings {
            links: links(&public_url).into(),
            public_url,
            rules,
            handlers: payment::handlers(config).into(),
        };
        let shared = Shared {
            around,
            platforms: Platforms::new(profiles, addresses),
            overlay: config.testing.then(Overlay::default),
        };
        let shared = Arc::new(shared);
        let desk = |version| Desk {
            app: app.clone(),
            shared: shared.clone(),
            version,
        };
        Self {
            desks: Version::ALL.map(|version| Arc::new(desk(version))),
        }
    }

    /// The endpoint of one version.
    #[must_use]
    pub fn desk(&self, version: Version) -> Arc<Desk> {
        self.desks[version as usize].clone()
    }

    /// All paths.
    pub fn router(&self) -> Router {
        let mut router = Router::new().route(
            "/.well-known/ucp",
            get(profile).with_state(self.desk(Version::CURRENT)),
        );
        router = router
            .route(
                payment::HANDLER_PAGE,
                get(|| async { payment::HANDLER_TEXT }),
            )
            .route(
                payment::HANDLER_SCHEMA,
                get(|| async { Json(payment::handler_schema()) }),
            );
        for version in Version::ALL {
            let desk = self.desk(version);
            let paths = paths(version, &desk);
            router = router.nest(
                &format!("/ucp/{}", version.as_str()),
                paths.with_state(desk),
            );
        }
        router
    }
}

fn links(public_url: &str) -> Vec<Link> {
    let link = |link_type: &str, path: &str| Link {
        link_type: link_type.to_owned(),
        url: format!("{public_url}/{path}"),
        title: None,
    };
    vec![
        link("terms_of_service", "terms"),
        link("privacy_policy", "privacy"),
    ]
}

fn paths(version: Version, desk: &Desk) -> Router<Arc<Desk>> {
    let mut paths = Router::new()
        .route("/.well-known/ucp", get(profile))
        .route("/checkout-sessions", post(checkout_create))
        .route(
            "/checkout-sessions/{id}",
            get(checkout_get).put(checkout_update),
        )
        .route("/checkout-sessions/{id}/complete", post(checkout_complete))
        .route("/checkout-sessions/{id}/cancel", post(checkout_cancel))
        .route("/orders/{id}", get(order_get));
    if version == Version::V2026_04_08 {
        paths = paths
            .route("/carts", post(cart_create))
            .route("/carts/{id}", get(cart_get).put(cart_update))
            .route("/carts/{id}/cancel", post(cart_cancel))
            .route("/catalog/search", post(catalog_search))
            .route("/catalog/lookup", post(catalog_lookup))
            .route("/catalog/product", post(catalog_product));
    }
    if desk.shared.overlay.is_some() {
        paths = paths
            .route("/orders/{id}", axum::routing::put(order_edit))
            .route("/testing/simulate-shipping/{id}", post(order_ship));
    }
    paths
}

async fn profile(State(desk): State<Arc<Desk>>) -> Response {
    let around = &desk.shared.around;
    let profile = profile::profile(&around.public_url, desk.version, &around.handlers);
    ([(header::CACHE_CONTROL, PROFILE_CACHE)], Json(profile)).into_response()
}

/// Lets a request in, has it answered, and answers.
pub(super) async fn serve<F>(
    desk: Arc<Desk>,
    request: Received,
    root: &'static str,
    answer: impl FnOnce(Arc<Desk>, Arc<Visit>, Received) -> F,
) -> Response
where
    F: Future<Output = Result<Said, Problem>>,
{
    match desk.admit(&request, root).await {
        Ok(visit) => {
            let visit = Arc::new(visit);
            let said = answer(desk.clone(), visit.clone(), request).await;
            desk.respond(said, Some(&visit), root)
        }
        Err(problem) => desk.respond(Err(problem), None, root),
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident($root:ident) = |$desk:ident, $visit:ident, $request:ident $(, $id:ident)?| $answer:expr;)*) => {$(
        $(#[$doc])*
        async fn $name(
            State(desk): State<Arc<Desk>>,
            $(Path($id): Path<String>,)?
            method: Method,
            uri: Uri,
            headers: HeaderMap,
            body: Bytes,
        ) -> Response {
            let request = Received { method, uri, headers, body };
            serve(desk, request, $root, |$desk, $visit, $request| async move { $answer }).await
        }
    )*};
}

operations! {
    checkout_create(CHECKOUT) = |desk, visit, request| checkout::create(&desk, &visit, request.into_body()).await;
    checkout_get(CHECKOUT) = |desk, visit, _request, id| checkout::get(&desk, &visit, &id).await;
    checkout_update(CHECKOUT) = |desk, visit, request, id| checkout::update(&desk, &visit, &id, request.into_body()).await;
    checkout_complete(CHECKOUT) = |desk, visit, request, id| complete::complete(&desk, &visit, &id, request.into_body()).await;
    checkout_cancel(CHECKOUT) = |desk, visit, _request, id| checkout::cancel(&desk, &visit, &id).await;
    order_get(ORDER) = |desk, visit, _request, id| order::get(&desk, &visit, &id).await;
    order_edit(ORDER) = |desk, visit, request, id| order::edit(&desk, &visit, &id, &request.body).await;
    cart_create(CART) = |desk, visit, request| cart::create(&desk, &visit, &request.body).await;
    cart_get(CART) = |desk, visit, _request, id| cart::get(&desk, &visit, &id).await;
    cart_update(CART) = |desk, visit, request, id| cart::update(&desk, &visit, &id, &request.body).await;
    cart_cancel(CART) = |desk, visit, _request, id| cart::cancel(&desk, &visit, &id).await;
    catalog_search(CATALOG_SEARCH) = |desk, visit, request| catalog::search(&desk, &visit, &request.body);
    catalog_lookup(CATALOG_LOOKUP) = |desk, visit, request| catalog::lookup(&desk, &visit, &request.body);
    catalog_product(CATALOG_LOOKUP) = |desk, visit, request| catalog::product(&desk, &visit, &request.body);
    order_ship(ORDER) = |desk, visit, request, id| {
        let shown = request.headers.get("simulation-secret").and_then(|value| value.to_str().ok());
        testing::check_secret(desk.app.config.testing_secret.as_deref(), shown)?;
        order::ship(&desk, &visit, &id).await
    };
}
