//! How a command on the same machine acts on a shop: through the running server, or, when none runs, by
//! opening the shop itself. Both ways go through the same handlers.

use super::{Failure, Place};
use crate::health::Health;
use crate::run_file;
use crate::shop::{Opened, Shop, ShopError};
use api::app::AppConfig;
use api::hex;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use connectors::http::{HttpCall, HttpClient, HttpSettings};
use serde_json::Value;
use std::path::Path;
use tower::ServiceExt;

/// The largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A shop that a command acts on.
pub enum Local {
    /// A server runs.
    Running {
        /// Where it listens, without a slash at the end.
        base_url: String,
        /// What it takes from local commands.
        token: String,
        /// Speaks to it.
        client: HttpClient,
    },
    /// No server runs: this process has the lock.
    Stopped {
        /// The shop.
        shop: Shop,
        /// Its handlers.
        router: Router,
        /// What they take from local commands.
        token: String,
    },
}

impl Local {
    /// Finds out whether a server runs on the folder, and reaches it or takes its place.
    ///
    /// # Errors
    /// When there is no shop, or it can be reached in neither way.
    pub fn connect(place: &Place) -> Result<Self, Failure> {
        let folder = &place.folder;
        match Opened::open(folder, place.server.as_ref()) {
            Ok(opened) => Self::open(opened, folder),
            Err(ShopError::Locked(_)) => Self::reach(folder),
            Err(error) => Err(error.into()),
        }
    }

    fn reach(folder: &Path) -> Result<Self, Failure> {
        let running = run_file::read(folder).map_err(|e| {
            Failure::new(format!(
                "a server uses {} but cannot be reached: reading run.json there failed: {e}",
                folder.display()
            ))
        })?;
        Ok(Self::Running {
            base_url: format!("http://{}", running.address),
            token: running.token,
            client: HttpClient::new(HttpSettings::default())?,
        })
    }

    fn open(mut opened: Opened, folder: &Path) -> Result<Self, Failure> {
        let token = hex::secret();
        let config = AppConfig {
            secret: opened.secret("server_secret", hex::secret)?.into_bytes(),
            local_token: token.clone(),
            ..AppConfig::default()
        };
        let health = Health::new(folder.to_path_buf());
        let shop = opened.run(config, std::sync::Arc::default(), &health)?;
        let router = api::v1::router(shop.app.clone(), std::sync::Arc::default());
        Ok(Self::Stopped {
            shop,
            router,
            token,
        })
    }

    /// Calls `/api/v1` with JSON and gives the answer's JSON.
    ///
    /// # Errors
    /// When the answer is a refusal, or there is none.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let (status, bytes) = match self {
            Self::Running {
                base_url,
                token,
                client,
            } => over_http(client, base_url, token, method, path, body).await?,
            Self::Stopped { router, token, .. } => {
                within(router, token, method, path, body).await?
            }
        };
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status.is_success() {
            return Ok(answer);
        }
        let message = answer["error"]["message"].as_str();
        Err(Failure::new(message.map_or_else(
            || format!("the shop answered {status}"),
            str::to_string,
        )))
    }

    /// Closes the shop, if this process has opened it.
    pub async fn close(self) {
        if let Self::Stopped { shop, router, .. } = self {
            drop(router);
            shop.close().await;
        }
    }
}

async fn over_http(
    client: &HttpClient,
    base_url: &str,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Result<(StatusCode, Vec<u8>), Failure> {
    let mut headers = axum::http::HeaderMap::new();
    headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse()?);
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, "application/json".parse()?);
    }
    let call = HttpCall {
        method,
        url: format!("{base_url}{path}"),
        headers,
        body: body.map(|b| b.to_string().into_bytes()).unwrap_or_default(),
    };
    let answer = client.call(&call).await?;
    Ok((StatusCode::from_u16(answer.status)?, answer.body))
}

async fn within(
    router: &Router,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Result<(StatusCode, Vec<u8>), Failure> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or(Body::empty(), |b| Body::from(b.to_string()));
    let response = router.clone().oneshot(request.body(body)?).await?;
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await?;
    Ok((status, bytes.to_vec()))
}
