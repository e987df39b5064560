//! Webhooks: late, twice, early, repeated until they are taken.

use super::*;

#[tokio::test]
async fn webhooks_come_late_twice_and_before_the_answer() {
    let stage = stage().await;
    stage
        .start("payment_first", "tok_webhook_first")
        .await
        .unwrap();
    assert_eq!(stage.shop.told().len(), 1, "told before the answer");

    stage
        .start("payment_twice", "tok_webhook_twice")
        .await
        .unwrap();
    let told = stage.told(3).await;
    assert_eq!(told[1], told[2], "the same event twice");

    let start = Instant::now();
    stage
        .start("payment_late", "tok_webhook_late")
        .await
        .unwrap();
    let told = stage.told(4).await;
    assert!(start.elapsed() >= Duration::from_millis(quick().late_webhook_ms));
    assert_eq!(told[3].payment_ref.as_deref(), Some("payment_late"));
}

#[tokio::test]
async fn a_webhook_is_repeated_until_the_shop_takes_it() {
    let stage = stage().await;
    stage.shop.answers.lock().unwrap().extend([
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::NOT_FOUND,
        StatusCode::FOUND,
    ]);
    stage.start("payment_1", "tok_success").await.unwrap();
    let told = stage.told(1).await;
    assert_eq!(told[0].kind, MessageKind::Authorized { amount_minor: 1290 });
    assert!(stage.shop.answers.lock().unwrap().is_empty());
}
