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
    let folder = std::env::temp_dir().join(format!("sesame-test-provider-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
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
    text.extend_from_slice(b"{\"record\":{\"num");
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
    std::fs::write(&journal, "nonsense\n").unwrap();
    let error = super::super::journal::Journal::open(&journal).unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}
