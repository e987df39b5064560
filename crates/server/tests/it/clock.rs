//! The clock of a shop under test, set ahead so that days pass in a moment.

use crate::harness::{Folder, Shop};
use serde_json::json;

const DAY_MS: i64 = 86_400_000;

#[test]
fn days_pass_in_a_shop_under_test_alone() {
    let folder = Folder::new("clock");
    let shop = Shop::open(&folder.0.join("data"), &["--demo", "--testing"]);
    assert_eq!(shop.get("/api/v1/testing/clock").status, 401);
    let now = |answer: crate::harness::Answer| answer.json()["now"].as_i64().expect("a moment");
    let shown = now(shop.as_operator("GET", "/testing/clock", &json!({})));
    let set = |at: i64| shop.as_operator("POST", "/testing/clock", &json!({ "at": at }));
    for wrong in [shown - DAY_MS, shown + 400 * DAY_MS] {
        let refused = set(wrong);
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (422, "field_invalid")
        );
    }
    assert!(now(set(shown + 3 * DAY_MS)) >= shown + 3 * DAY_MS);
    // What is ordered from now on is ordered then.
    let bought = shop.buy("in three days").json();
    let order = bought["orders"][0]["id"]
        .as_str()
        .expect("an order")
        .to_string();
    let order = shop.as_operator("GET", &format!("/orders/{order}"), &json!({}));
    let placed = order.json()["placed_at"].as_i64();
    assert!(placed >= Some(shown + 3 * DAY_MS), "{placed:?}");
    assert!(shop.stop().success());

    let shop = Shop::open(&folder.0.join("data"), &["--demo"]);
    let hidden = shop.as_operator("GET", "/testing/clock", &json!({}));
    assert_eq!(hidden.status, 404);
}
