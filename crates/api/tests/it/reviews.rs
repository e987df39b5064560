//! Reviews from outside: the queue, what the shop decides, and what is left when an author is forgotten.

use crate::harness::{STAFF, Stage};
use api::members::Members;
use api::reviews;
use axum::http::StatusCode;
use commerce::command::{Command, FulfillmentStep};
use commerce::id::{OrderId, ProductId, ReviewId};
use commerce::review::{Mark, MarkKind, Moderation, SaveReview, id_of};
use commerce::text::Language;
use serde_json::{Value, json};

const ADA: &str = "ada@example.com";

/// Buys, hands over and reviews the first article.
async fn reviewed(stage: &Stage) -> (ReviewId, ProductId) {
    let order = OrderId::parse(&stage.buy().await).expect("an order");
    let group = stage.app.group(order.parent()).await.expect("readable");
    let group = group.expect("there");
    let ship = FulfillmentStep::Ship {
        carrier: String::new(),
        tracking_number: String::new(),
        tracking_url: String::new(),
    };
    for step in [
        FulfillmentStep::Pick,
        FulfillmentStep::Pack,
        ship,
        FulfillmentStep::Deliver,
    ] {
        let command = Command::MoveFulfillment(group.fulfillments[0].id, step);
        stage.app.system(command).await.expect("moved");
    }
    let product = stage.shop.variants[0].parent();
    let save = SaveReview {
        product,
        group: group.id,
        name: "Ada".to_owned(),
        stars: 4,
        title: String::new(),
        text: "<img src=x onerror=alert(1)> ممتاز".to_owned(),
        language: Language::En,
        photos: Vec::new(),
        moderation: Moderation::Before,
    };
    let saved = stage.app.system(Command::SaveReview(save)).await;
    saved.expect("a buyer may");
    (id_of(product, ADA), product)
}

#[tokio::test]
// Long because it is one review's way from the queue to the page and back.
async fn a_review_waits_is_rejected_shown_answered_and_reported() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let (id, product) = reviewed(&stage).await;
    // Whoever goes through photos that wait finds the review by their album.
    assert_eq!(reviews::review_of(&reviews::album(id)), Some(id));
    let queue = async || stage.get(&staff, "/reviews").await.ok()["items"].clone();
    let waiting = queue().await;
    assert_eq!(waiting[0]["id"], id.to_string());
    assert_eq!(
        (&waiting[0]["state"], &waiting[0]["stars"]),
        (&json!("waiting"), &json!(4))
    );
    assert!(
        waiting[0]["text"]
            .as_str()
            .is_some_and(|t| t.contains("ممتاز"))
    );
    let act = async |what: &str, body: Value| {
        stage
            .post(&staff, &format!("/reviews/{id}/{what}"), body)
            .await
    };
    let stale = act("approve", json!({ "version": 9 })).await;
    assert_eq!(
        (stale.status, stale.code().as_str()),
        (StatusCode::CONFLICT, "version_conflict")
    );
    let empty = act("reject", json!({ "version": 1, "reason": " " })).await;
    assert_eq!(empty.code(), "field_invalid");
    let rejected = act(
        "reject",
        json!({ "version": 1, "reason": "Not\u{202e} about it" }),
    )
    .await;
    assert_eq!(rejected.ok()["reason"], "Not about it");
    assert_eq!(queue().await, json!([]));
    assert_eq!(stage.app.shelf.read().rating(product).count(), 0);
    let shown = act("approve", json!({ "version": 2 })).await.ok();
    assert_eq!(
        (&shown["state"], &shown["reason"]),
        (&json!("shown"), &json!(""))
    );
    assert_eq!(stage.app.shelf.read().rating(product).tenths(), Some(40));
    let answered = act("answer", json!({ "version": 3, "text": "Thank you" }))
        .await
        .ok();
    assert_eq!(answered["answer"], "Thank you");
    for visitor in [1, 1, 2] {
        let mark = Mark {
            review: id,
            kind: MarkKind::Report,
            visitor,
        };
        stage
            .app
            .system(Command::MarkReview(mark))
            .await
            .expect("marked");
    }
    assert_eq!(queue().await[0]["reports"], 2);
    let settled = act("approve", json!({ "version": 4 })).await.ok();
    assert_eq!(
        (&settled["reports"], &settled["queued_at"]),
        (&json!(0), &Value::Null)
    );
    let all = stage.get(&staff, "/reviews?view=all&limit=1").await.ok();
    assert_eq!(
        (&all["items"][0]["id"], &all["next"]),
        (&json!(id.to_string()), &Value::Null)
    );
    for (path, code) in [
        ("/reviews?cursor=x", "parameter_invalid"),
        ("/reviews?cursor=1", "parameter_invalid"),
        ("/reviews?view=nothing", "parameter_invalid"),
        ("/reviews/review_0000000000001", "not_found"),
        ("/reviews/order_0000000000001", "not_found"),
    ] {
        assert_eq!(stage.get(&staff, path).await.code(), code, "{path}");
    }
    let photo = format!("/reviews/{id}/photos/0123456789abcdef0123456789abcdef");
    assert_eq!(stage.get(&staff, &photo).await.code(), "not_found");
}

#[tokio::test]
async fn what_a_forgotten_member_said_stays_without_their_name() {
    let stage = Stage::open();
    let (id, _) = reviewed(&stage).await;
    let members = Members::new(stage.app.clone());
    let ada = members.join(ADA, Language::En).await.expect("joined");
    let of = async || {
        reviews::of_author(&stage.app, ADA)
            .await
            .expect("readable")
            .len()
    };
    assert_eq!(of().await, 1);
    members.erase(ada.id).await.expect("forgotten");
    assert_eq!(of().await, 0);
    let left = stage
        .app
        .read(move |q| q.review(id))
        .await
        .expect("readable");
    let left = left.expect("it stays");
    assert_eq!(
        (left.name.as_str(), left.author.as_str(), left.stars),
        ("", "", 4)
    );
    assert!(left.text.contains("ممتاز"));
}
