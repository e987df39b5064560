//! Restarts with a journal.

use super::*;

/// Each run has its own runtime: dropping it ends the provider as a crash would.
fn run(journal: &Path, shop: &(Arc<Shop>, String), work: impl AsyncFnOnce(Stage)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let locked = || std::fs::File::open(journal).is_ok_and(|file| file.try_lock().is_err());
    let start = Instant::now();
    while locked() {
        assert!(
            start.elapsed() < PATIENCE,
            "the former provider still holds its journal"
        );
        std::thread::yield_now();
    }
    runtime.block_on(async { work(stage_with(quick(), Some(journal), shop.clone()).await).await });
}

#[test]
fn a_restart_loses_no_payment_and_no_webhook() {
    let folder = folder("crash");
    let journal = folder.join("journal");
    let shop_runtime = tokio::runtime::Runtime::new().unwrap();
    let shop = shop_runtime.block_on(open_shop());
    let mut first = None;
    run(&journal, &shop, async |stage| {
        stage
            .shop
            .answers
            .lock()
            .unwrap()
            .extend([StatusCode::SERVICE_UNAVAILABLE; 1_000]);
        let reply = stage.start("payment_1", "tok_success").await.unwrap();
        stage
            .client
            .capture(part(&reply.provider_ref, 1000), "capture_1")
            .await
            .unwrap();
        stage.start_hosted("payment_2").await;
        first = Some(reply);
    });
    let first = first.expect("the first run has ended");
    assert_eq!(shop.0.told(), [], "the shop was away");
    // A crash in the middle of a write leaves half a line.
    let mut text = std::fs::read(&journal).unwrap();
    text.extend_from_slice(b"{\"created\":{\"num");
    std::fs::write(&journal, text).unwrap();
    shop.0.answers.lock().unwrap().clear();
    run(&journal, &shop, async |stage| {
        let told = stage.told(2).await;
        let captured = MessageKind::Captured { amount_minor: 1000 };
        assert!(
            told.iter().any(|message| message.kind == captured),
            "{told:?}"
        );
        let id = first.provider_ref.as_str();
        assert_eq!(stage.kinds(id).await, [captured]);
        // The same keys as before the crash give the answers of before the crash.
        assert_eq!(
            stage.start("payment_1", "tok_success").await.unwrap(),
            first
        );
        stage
            .client
            .capture(part(id, 1000), "capture_1")
            .await
            .unwrap();
        let totals = stage.audit("").await.totals;
        assert_eq!(
            (
                totals.payments,
                totals.currencies[0].authorizations,
                totals.currencies[0].captures
            ),
            (2, 1, 1)
        );
    });
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_restart_gives_every_payment_back_as_it_was() {
    let folder = folder("restart");
    let journal = folder.join("journal");
    let shop_runtime = tokio::runtime::Runtime::new().unwrap();
    let shop = shop_runtime.block_on(open_shop());
    let mut ids = Vec::new();
    let mut before = None;
    run(&journal, &shop, async |stage| {
        for decision in ["approve", "fail"] {
            let (id, url) = stage.start_hosted(&format!("payment_{decision}")).await;
            stage.submit(&url, "card=tok_declined").await;
            let challenge_url = location(&stage.submit(&url, "card=tok_3ds").await).to_owned();
            stage
                .submit(&challenge_url, &format!("decision={decision}"))
                .await;
            ids.push(id);
        }
        stage
            .client
            .capture(part(&ids[0], 1290), "capture")
            .await
            .unwrap();
        stage
            .client
            .refund(part(&ids[0], 290), "refund_1")
            .await
            .unwrap();
        stage
            .client
            .refund(part(&ids[0], 9000), "refund_2")
            .await
            .unwrap_err();
        let reply = stage.start("payment_voided", "tok_success").await.unwrap();
        stage
            .client
            .void(&reply.provider_ref, "void")
            .await
            .unwrap();
        ids.push(reply.provider_ref);
        before = Some(state(&stage, &ids).await);
    });
    run(&journal, &shop, async |stage| {
        assert_eq!(Some(state(&stage, &ids).await), before);
        let again = stage.client.refund(part(&ids[0], 9000), "refund_2").await;
        assert_eq!(refusal_code(again), "amount_too_large");
    });
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn state(stage: &Stage, ids: &[String]) -> (Vec<PaymentReply>, AuditPage) {
    let mut replies = Vec::new();
    for id in ids {
        replies.push(stage.client.retrieve(id).await.unwrap());
    }
    (replies, stage.audit("").await)
}

#[tokio::test]
async fn a_damaged_journal_is_refused_with_its_line() {
    let folder = folder("damage");
    // Each in a file of its own: a provider that did not start lets go of its file a moment later.
    for (name, text) in [
        ("text", "nonsense\n"),
        (
            "changed",
            "{\"changed\":{\"number\":1,\"step\":\"expire\",\"at_ms\":1}}\n",
        ),
        ("delivered", "{\"delivered\":{\"number\":1,\"event\":0}}\n"),
    ] {
        let journal = folder.join(name);
        std::fs::write(&journal, text).unwrap();
        let config = Config {
            base_url: String::new(),
            api_key: API_KEY.into(),
            webhook_secret: secret(),
            journal: Some(journal),
            timings: quick(),
        };
        let error = super::super::router(config).unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!(
        "sesame-test-provider-{name}-{}",
        std::process::id()
    ));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
