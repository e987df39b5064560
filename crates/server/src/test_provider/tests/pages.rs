//! The hosted pages, as a shopper without script goes through them.

use super::*;

#[tokio::test]
async fn a_shopper_pays_on_the_hosted_page_after_a_decline() {
    let stage = stage().await;
    let (id, url) = stage.start_hosted("payment_1").await;
    let page = String::from_utf8(stage.get(&url).await.body).unwrap();
    assert!(
        page.contains("Test money. No real card is charged.") && page.contains("12.90\u{a0}EUR"),
        "{page}"
    );

    let again = stage.submit(&url, "card=tok_insufficient_funds").await;
    let page = String::from_utf8(stage.get(location(&again)).await.body).unwrap();
    assert!(page.contains("does not hold enough money"), "{page}");
    let again = stage.submit(&url, "number=4111+1111+1111+1111").await;
    let page = String::from_utf8(stage.get(location(&again)).await.body).unwrap();
    assert!(page.contains("none of the test cards"), "{page}");

    let done = stage
        .submit(&url, "card=tok_declined&number=4242-4242-4242-4242")
        .await;
    assert_eq!(location(&done), "http://shop.invalid/orders/1?step=paid");
    assert_eq!(
        stage.kinds(&id).await,
        [MessageKind::Authorized { amount_minor: 1290 }]
    );
    let told = stage.told(3).await;
    let declines = told
        .iter()
        .filter(|message| matches!(message.kind, MessageKind::Declined { .. }))
        .count();
    assert_eq!(declines, 2);

    // A second click changes nothing.
    assert_eq!(
        location(&stage.submit(&url, "card=tok_declined").await),
        "http://shop.invalid/orders/1?step=paid"
    );
    assert_eq!(
        stage.kinds(&id).await,
        [MessageKind::Authorized { amount_minor: 1290 }]
    );
}

#[tokio::test]
async fn the_bank_asks_and_the_shopper_answers() {
    let stage = stage().await;
    for (decision, code) in [
        ("approve", None),
        ("fail", Some("challenge_failed")),
        ("leave", Some("open")),
    ] {
        let (id, url) = stage.start_hosted(&format!("payment_{decision}")).await;
        let challenge_url = location(&stage.submit(&url, "card=tok_3ds").await).to_owned();
        assert!(challenge_url.contains("/3ds"));
        let page = String::from_utf8(stage.get(&challenge_url).await.body).unwrap();
        assert!(page.contains("Your bank asks"), "{page}");
        let done = stage
            .submit(&challenge_url, &format!("decision={decision}"))
            .await;
        assert_eq!(location(&done), "http://shop.invalid/orders/1?step=paid");
        match (stage.kinds(&id).await.as_slice(), code) {
            ([MessageKind::Authorized { .. }], None)
            | ([MessageKind::ActionRequired { .. }], Some("open")) => {}
            ([MessageKind::Failed { code, .. }], Some(expected)) => assert_eq!(code, expected),
            (kinds, _) => panic!("{decision}: {kinds:?}"),
        }
    }
}

#[tokio::test]
async fn an_abandoned_challenge_expires() {
    let stage = stage_with(
        Timings {
            expiry_ms: 200,
            ..quick()
        },
        None,
        open_shop().await,
    )
    .await;
    let reply = stage.start("payment_1", "tok_3ds").await.unwrap();
    assert!(matches!(only(&reply), MessageKind::ActionRequired { .. }));
    let told = stage.told(2).await;
    let MessageKind::Failed { code, .. } = &told[1].kind else {
        panic!("{told:?}")
    };
    assert_eq!(code, "expired");
    let MessageKind::ActionRequired { url } = only(&reply) else {
        panic!("{reply:?}")
    };
    stage.submit(url, "decision=approve").await;
    assert!(matches!(
        stage.kinds(&reply.provider_ref).await[..],
        [MessageKind::Failed { .. }]
    ));
}

#[tokio::test]
async fn pages_speak_three_languages_without_script() {
    let stage = stage().await;
    let (_, url) = stage.start_hosted("payment_1").await;
    for (language, banner, amount) in [
        (
            "en",
            "Test money. No real card is charged.",
            "12.90\u{a0}EUR",
        ),
        (
            "de",
            "Testgeld. Keine echte Karte wird belastet.",
            "12,90\u{a0}EUR",
        ),
        ("zh", "测试货币，不会从真实银行卡扣款。", "12.90\u{a0}EUR"),
    ] {
        let page =
            String::from_utf8(stage.get(&format!("{url}?lang={language}")).await.body).unwrap();
        for wanted in [banner, amount, &format!("<html lang=\"{language}\">")] {
            assert!(page.contains(wanted), "{wanted} is not in {page}");
        }
        assert!(!page.contains("<script"));
    }
    for path in [
        "/pay/tp_0000000000000000",
        "/pay/nonsense",
        "/pay/nonsense/3ds",
    ] {
        assert_eq!(
            stage.get(&format!("{}{path}", stage.base_url)).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_card_is_kept_once_it_has_paid_and_only_if_asked() {
    let stage = stage().await;
    for keep in [true, false] {
        let payment = StartPayment {
            keep,
            ..stage.payment(&format!("keep_{keep}"), PaymentMethodChoice::HostedPage)
        };
        let reply = stage.client.start(&payment).await.unwrap();
        let id = reply.provider_ref.clone();
        let MessageKind::ActionRequired { url } = only(&reply) else {
            panic!("{reply:?}")
        };
        stage.submit(url, "card=tok_declined").await;
        assert_eq!(stage.client.kept(&id).await, Ok(None), "nothing was paid");
        stage.submit(url, "card=tok_success").await;
        let kept = stage.client.kept(&id).await.unwrap();
        let token = kept.as_ref().map(|kept| kept.token.as_str());
        assert_eq!(token, keep.then_some("tok_success"));
        assert!(kept.is_none_or(|kept| kept.label.ends_with("4242")));
    }
}
