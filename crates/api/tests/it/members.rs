//! Members: one person however often they sign in, changed from several doors at once, found by who serves them.

use crate::harness::{STAFF, Stage};
use api::members::{ChangeError, Members};
use commerce::customer::{Customer, Membership, PushDevice};
use commerce::text::Language;
use serde_json::json;

const ANNA: &str = "anna@example.com";

#[tokio::test]
async fn who_signs_in_twice_at_once_is_one_member() {
    let stage = Stage::open();
    let members = Members::new(stage.app.clone());
    let join = || members.join(ANNA, Language::De);
    let (one, two) = tokio::join!(join(), join());
    let (one, two) = (one.expect("joined"), two.expect("joined"));
    assert_eq!(one.id, two.id);
    let known = stage.app.read(|q| q.customer_by_email(ANNA)).await;
    let known = known.expect("readable").expect("there");
    assert_eq!((known.id, known.version), (one.id, 1));
}

#[tokio::test]
async fn changes_from_two_devices_lose_nothing() {
    let stage = Stage::open();
    let members = Members::new(stage.app.clone());
    let anna = members.join(ANNA, Language::En).await.expect("joined");
    let end = |_: &mut Customer, member: &mut Membership| member.sessions += 1;
    let changes = (0..5).map(|_| members.change(anna.id, end));
    let done = futures_util::future::join_all(changes).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    let known = stage.app.read(move |q| q.customer(anna.id)).await;
    let member = known.expect("readable").and_then(|c| c.membership);
    assert_eq!(member.map(|m| m.sessions), Some(5));
}

#[tokio::test]
async fn a_session_ends_with_all_others_and_with_the_member() {
    let stage = Stage::open();
    let members = Members::new(stage.app.clone());
    let anna = members.join(ANNA, Language::En).await.expect("joined");
    let now = api::app::now_ms();
    let cookie = members.session(&anna, now).expect("a member");
    let claims = members.claims(&cookie, now).expect("ours");
    let of = async |claims| members.of(claims).await.expect("readable").is_some();
    assert!(of(claims).await);
    let changed = members.set_password(anna.id, "a long enough one".to_string(), |_| false);
    let changed = changed.await.expect("changed");
    assert!(!of(claims).await, "a new password ends other sessions");
    let cookie = members.session(&changed, now).expect("a member");
    let claims = members.claims(&cookie, now).expect("ours");
    let by = async |password| {
        let found = members
            .by_password(ANNA, password)
            .await
            .expect("not too often");
        found.expect("readable").is_some()
    };
    assert!(by("a long enough one").await && !by("another one").await);
    members.erase(anna.id).await.expect("erased");
    assert!(!of(claims).await && !by("a long enough one").await);
    assert!(matches!(
        members.erase(anna.id).await,
        Err(ChangeError::Gone)
    ));
    let again = members.join(ANNA, Language::En).await.expect("joined");
    assert_ne!(again.id, anna.id, "nothing of the old account comes back");
}

#[tokio::test]
async fn whoever_is_erased_is_told_nothing_on_their_devices_any_more() {
    let stage = Stage::open();
    let members = Members::new(stage.app.clone());
    let anna = members.join(ANNA, Language::En).await.expect("joined");
    let device = PushDevice {
        endpoint: "https://push.example/anna".to_string(),
        p256dh: "key".to_string(),
        auth: "secret".to_string(),
        since: 1,
        name: "Anna's phone".to_string(),
    };
    let add = |_: &mut Customer, member: &mut Membership| member.devices.push(device.clone());
    members.change(anna.id, add).await.expect("changed");
    let stored = async || {
        let known = stage.app.read(move |q| q.customer(anna.id)).await;
        known.expect("readable").expect("the id stays")
    };
    let told = stored().await.membership.map(|m| m.devices);
    assert_eq!(told, Some(vec![device.clone()]));
    members.erase(anna.id).await.expect("erased");
    let left = format!("{:?}", stored().await);
    for part in ["push.example", "key\"", "secret\"", "phone", ANNA] {
        assert!(!left.contains(part), "{part} is left of {left}");
    }
    let again = members.join(ANNA, Language::En).await.expect("joined");
    assert!(again.membership.is_some_and(|m| m.devices.is_empty()));
}

#[tokio::test]
async fn passwords_cannot_be_guessed_for_long() {
    let stage = Stage::open();
    let members = Members::new(stage.app.clone());
    let mut refused = 0;
    for _ in 0..15 {
        refused += usize::from(members.by_password(ANNA, "guess").await.is_err());
    }
    assert_eq!(refused, 5);
}

#[tokio::test]
async fn staff_find_a_member_by_card_and_by_address() {
    let stage = Stage::open();
    let members = Members::new(stage.app.clone());
    let anna = members.join(ANNA, Language::Zh).await.expect("joined");
    let cookie = stage.sign_in(STAFF).await;
    let card = members.card(anna.id);
    let scan = async |card: &str| {
        let body = json!({ "card": card });
        stage.post(&cookie, "/members/scan", body).await
    };
    let found = scan(&card).await.ok();
    assert_eq!(
        (found["email"].as_str(), found["language"].as_str()),
        (Some(ANNA), Some("zh"))
    );
    assert_eq!(
        scan(&card.replace("customer", "operator")).await.code(),
        "not_found"
    );
    let get = async |path: &str| stage.get(&cookie, path).await;
    let by_email = get("/members?email=Anna%40Example.com").await.ok();
    assert_eq!(by_email["id"], json!(anna.id.to_string()));
    assert_eq!(get(&format!("/members/{}", anna.id)).await.ok(), by_email);
    assert_eq!(
        get("/members?email=nobody%40example.com").await.code(),
        "not_found"
    );
}
