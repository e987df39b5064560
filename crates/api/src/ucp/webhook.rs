//! What a platform is told of an order it brought: a request to be sent, as often as it takes.

use commerce::event::OrderNews;
use commerce::id::GroupId;
use serde_json::{Value, json};

use super::desk::Desk;
use super::handlers::order;
use super::note::Note;
use super::problem::Problem;
use super::profile;
use super::shape::rfc3339;
use super::version::{Capability, Version};
use crate::app::now_ms;

/// A request to be sent to a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where.
    pub url: String,
    /// With these headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body, as JSON.
    pub body: Vec<u8>,
}

/// Makes the request for a piece of news; `None` if the order's platform did not ask for any. `effect` is the
/// number of the effect: the same for each attempt.
///
/// # Errors
/// The database cannot be read.
pub async fn delivery(
    desk: &Desk,
    group: GroupId,
    news: OrderNews,
    effect: u64,
) -> Result<Option<Delivery>, Problem> {
    let Some(group) = desk.group(group).await? else {
        return Ok(None);
    };
    let Some(platform) = Note::of(&group.extension).platform.clone() else {
        return Ok(None);
    };
    let Some(url) = platform.webhook_url.clone() else {
        return Ok(None);
    };
    let desk = Desk {
        version: platform.version,
        ..desk.clone()
    };
    let id = group.id;
    let history = desk.read(move |queries| queries.history(id)).await?;
    let all: Vec<&'static Capability> = desk.version.capabilities().iter().collect();
    let mut body = order::message(&desk, &all, &group, &history);
    let event_id = format!("{}-{effect}", group.id);
    let now = now_ms();
    if desk.version == Version::V2026_01_11 {
        let order = body.clone();
        if let Value::Object(members) = &mut body {
            members.insert("event_id".to_owned(), json!(event_id));
            members.insert("created_time".to_owned(), json!(rfc3339(now)));
            members.insert("event_type".to_owned(), json!(order::news_name(news)));
            members.insert("order".to_owned(), order);
        }
    }
    let profile = match desk.version {
        Version::CURRENT => format!("{}/.well-known/ucp", desk.shared.around.public_url),
        older => format!(
            "{}/.well-known/ucp",
            profile::endpoint(&desk.shared.around.public_url, older)
        ),
    };
    Ok(Some(Delivery {
        url,
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("ucp-agent", format!("profile=\"{profile}\"")),
            ("webhook-id", event_id),
            ("webhook-timestamp", (now / 1_000).to_string()),
        ],
        body: serde_json::to_vec(&body).unwrap_or_default(),
    }))
}
