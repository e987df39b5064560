//! The audit, page by page.

use super::*;

#[tokio::test]
async fn an_audit_shows_every_movement_page_by_page() {
    let stage = stage().await;
    for index in 0..25 {
        let id = stage
            .start(&format!("payment_{index}"), "tok_success")
            .await
            .unwrap()
            .provider_ref;
        stage
            .client
            .capture(part(&id, 1290), "capture")
            .await
            .unwrap();
    }
    // The same reference under another key is what an audit must find.
    let body = json!({
        "payment_ref": "payment_3", "group_ref": "group_3", "amount_minor": 1290, "currency": "EUR",
        "method": {"type": "token", "token": "tok_success"}, "return_url": "http://shop.invalid/", "description": "",
    });
    stage
        .post_raw("/v1/payments", "another_key", &body.to_string())
        .await;

    let mut entries = Vec::new();
    let mut query = "?limit=7".to_owned();
    loop {
        let page = stage.audit(&query).await;
        assert!(page.payments.len() <= 7);
        assert_eq!(page.totals.refs_charged_more_than_once, 1);
        assert_eq!(
            (
                page.totals.payments,
                page.totals.currencies[0].captured_minor
            ),
            (26, 25 * 1290)
        );
        entries.extend(page.payments);
        match page.next {
            Some(next) => query = format!("?limit=7&after={next}"),
            None => break,
        }
    }
    assert_eq!(entries.len(), 25);
    let refs: std::collections::BTreeSet<_> =
        entries.iter().map(|entry| &entry.payment_ref).collect();
    assert_eq!(refs.len(), 25);
    let double = entries
        .iter()
        .find(|entry| entry.payment_ref == "payment_3")
        .unwrap();
    assert_eq!((double.authorizations.len(), double.captures.len()), (2, 1));
}
