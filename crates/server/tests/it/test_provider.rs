//! The test payment provider killed in the middle of its work, again and again: what it acknowledged must be there, and
//! whatever was repeated must have held money once.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use connectors::http::{HttpCall, HttpClient, HttpSettings};
use connectors::payment::{
    HeaderMap, MessageKind, PaymentError, PaymentMethodChoice, PaymentProvider, PaymentReply,
    StartPayment,
};
use connectors::standard_webhooks::Secret;
use connectors::test_payments::wire::AuditPage;
use connectors::test_payments::{TestPayments, TestPaymentsConfig};

const ROUNDS: usize = 8;
const PAYMENTS_PER_ROUND: usize = 200;
const API_KEY: &str = "key-of-the-test";

/// A provider as a process; killed when dropped.
struct Provider {
    child: Child,
    base_url: String,
}

impl Provider {
    fn start(journal: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sesame"))
            .args(["test-provider", "--port", "0", "--journal"])
            .arg(journal)
            .env("SESAME_TEST_PROVIDER_API_KEY", API_KEY)
            .env(
                "SESAME_TEST_PROVIDER_WEBHOOK_SECRET",
                Secret::from_bytes([7; 32]).to_text(),
            )
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("it says where it is");
        let base_url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .expect("an address")
            .to_owned();
        Self { child, base_url }
    }

    fn client(&self) -> TestPayments {
        TestPayments::new(TestPaymentsConfig {
            base_url: self.base_url.clone(),
            api_key: API_KEY.into(),
            webhook_secrets: Vec::new(),
            http: HttpSettings {
                timeout_ms: 10_000,
                attempts: 1,
            },
        })
        .expect("a client")
    }

    async fn audit(&self) -> Vec<connectors::test_payments::wire::AuditEntry> {
        let http = HttpClient::new(HttpSettings::default()).expect("a client");
        let mut entries = Vec::new();
        let mut after = String::new();
        loop {
            let mut headers = HeaderMap::new();
            headers.insert(
                "authorization",
                format!("Bearer {API_KEY}").parse().expect("a header"),
            );
            let url = format!("{}/v1/audit?limit=500{after}", self.base_url);
            let call = HttpCall {
                method: "GET".parse().expect("a method"),
                url,
                headers,
                body: Vec::new(),
            };
            let answer = http.call(&call).await.expect("an answer");
            let page: AuditPage = serde_json::from_slice(&answer.body).expect("an audit");
            assert_eq!(page.totals.refs_charged_more_than_once, 0);
            entries.extend(page.payments);
            match page.next {
                Some(next) => after = format!("&after={next}"),
                None => return entries,
            }
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn payment_ref(round: usize, index: usize) -> String {
    format!("payment_{round}_{index}")
}

async fn pay(client: &TestPayments, payment_ref: &str) -> Result<PaymentReply, PaymentError> {
    let payment = StartPayment {
        payment_ref: payment_ref.into(),
        group_ref: "group_1".into(),
        amount_minor: 1290,
        currency: "EUR".into(),
        method: PaymentMethodChoice::Token("tok_success".into()),
        return_url: "http://shop.invalid/".into(),
        webhook_url: None,
        description: String::new(),
        language: None,
        keep: false,
    };
    client.start(&payment).await
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("test-provider-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_provider_keeps_what_it_acknowledged() {
    let folder = folder();
    let journal = folder.join("journal");
    let mut acknowledged = BTreeSet::new();
    let mut unclear = BTreeSet::new();
    for round in 0..ROUNDS {
        let provider = Provider::start(&journal);
        let client = Arc::new(provider.client());
        let calls: Vec<_> = (0..PAYMENTS_PER_ROUND)
            .map(|index| {
                let client = Arc::clone(&client);
                tokio::spawn(async move {
                    let payment_ref = payment_ref(round, index);
                    let is_paid = pay(&client, &payment_ref).await.is_ok();
                    (payment_ref, is_paid)
                })
            })
            .collect();
        // Each round is killed at another point of its work.
        tokio::time::sleep(Duration::from_millis(15 * (round as u64 + 1))).await;
        drop(provider);
        for call in calls {
            let (payment_ref, is_paid) = call.await.expect("no panic");
            if is_paid {
                acknowledged.insert(payment_ref)
            } else {
                unclear.insert(payment_ref)
            };
        }
    }
    let provider = Provider::start(&journal);
    let found: BTreeSet<_> = provider
        .audit()
        .await
        .into_iter()
        .map(|entry| entry.payment_ref)
        .collect();
    let lost: Vec<_> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(
        !acknowledged.is_empty() && !unclear.is_empty(),
        "the kills came too early or too late to show anything"
    );

    let client = provider.client();
    for payment_ref in acknowledged.iter().chain(&unclear) {
        let reply = pay(&client, payment_ref).await.expect("a payment");
        assert_eq!(
            reply.messages[0].kind,
            MessageKind::Authorized { amount_minor: 1290 }
        );
    }
    let entries = provider.audit().await;
    assert_eq!(entries.len(), ROUNDS * PAYMENTS_PER_ROUND);
    assert!(entries.iter().all(|entry| entry.authorizations.len() == 1));
    drop(provider);
    std::fs::remove_dir_all(&folder).expect("the target folder can be written");
}
