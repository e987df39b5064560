//! Our Standard Webhooks signatures against the specification's own Python library, in both directions.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use connectors::payment::{HeaderMap, PaymentError};
use connectors::standard_webhooks::{
    ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, TOLERANCE_MS, sign, verify,
};

use crate::support::{install, process};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY: &str = r#"{"type":"order.placed","note":"größer, 更大"}"#;

fn seconds() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(elapsed.as_secs()).expect("before the end of time")
}

fn python(script: &str, arguments: &[&str]) -> String {
    process::output(
        Command::new(install::python())
            .args(["-c", script])
            .args(arguments),
        BODY.as_bytes(),
    )
}

fn headers(id: &str, timestamp: i64, signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ID_HEADER, id.parse().expect("a header"));
    headers.insert(
        TIMESTAMP_HEADER,
        timestamp.to_string().parse().expect("a header"),
    );
    headers.insert(SIGNATURE_HEADER, signature.parse().expect("a header"));
    headers
}

#[test]
fn the_library_accepts_what_we_sign() {
    let secret = Secret::parse(SECRET).expect("a secret");
    assert_eq!(secret.to_text(), SECRET);
    let now = seconds();
    let signature = sign(&secret, "event_1", now, BODY.as_bytes());
    let script = "import sys, standardwebhooks.webhooks as w\n\
                  secret, id, time, signature = sys.argv[1:]\n\
                  body = sys.stdin.buffer.read()\n\
                  headers = {'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature}\n\
                  print(w.Webhook(secret).verify(body, headers)['type'])";
    let printed = python(script, &[SECRET, "event_1", &now.to_string(), &signature]);
    assert_eq!(printed.trim(), "order.placed");
}

#[test]
fn we_accept_what_the_library_signs() {
    let script = "import sys, datetime, standardwebhooks.webhooks as w\n\
                  secret, id, time = sys.argv[1:]\n\
                  at = datetime.datetime.fromtimestamp(int(time), datetime.timezone.utc)\n\
                  print(w.Webhook(secret).sign(id, at, sys.stdin.buffer.read().decode()))";
    let now = seconds();
    let printed = python(script, &[SECRET, "event_1", &now.to_string()]);
    let signature = printed.trim();
    let secrets = [
        Secret::from_bytes([1; 32]),
        Secret::parse(SECRET).expect("a secret"),
    ];
    let check = |headers: &HeaderMap, body: &str, age_ms: i64| {
        verify(&secrets, headers, body.as_bytes(), now * 1000 + age_ms).map(str::to_owned)
    };
    let good = headers("event_1", now, signature);
    assert_eq!(check(&good, BODY, 0), Ok("event_1".into()));
    assert_eq!(
        check(
            &headers("event_1", now, &format!("v1a,xyz v1,AAAA {signature}")),
            BODY,
            0
        ),
        Ok("event_1".into())
    );

    let no_match = Err(PaymentError::BadSignature("no signature matches"));
    assert_eq!(check(&good, "{}", 0), no_match);
    assert_eq!(
        check(&headers("event_2", now, signature), BODY, 0),
        no_match
    );
    assert_eq!(
        check(&headers("event_1", now + 1, signature), BODY, 0),
        no_match
    );
    assert_eq!(
        check(
            &headers("event_1", now, &signature.replace("v1,", "v2,")),
            BODY,
            0
        ),
        no_match
    );
    let too_far = Err(PaymentError::BadSignature("the time is too far from now"));
    assert_eq!(check(&good, BODY, TOLERANCE_MS + 1), too_far);
    assert_eq!(check(&good, BODY, -TOLERANCE_MS - 1), too_far);
    assert!(check(&HeaderMap::new(), BODY, 0).is_err());
}

#[test]
fn secrets_must_be_long_enough_base64() {
    let cases = [
        ("", false),
        ("whsec_", false),
        ("whsec_c2hvcnQ=", false),
        ("whsec_%%%", false),
        ("whsec_AAAAAAAAAAAAAAAAAAAA", false),
        ("whsec_AAAAAAAAAAAAAAAAAAAAAA==", true),
        ("AAAAAAAAAAAAAAAAAAAAAA", true),
    ];
    for (text, is_good) in cases {
        assert_eq!(Secret::parse(text).is_ok(), is_good, "{text}");
    }
    assert_eq!(format!("{:?}", Secret::from_bytes([7; 32])), "Secret(…)");
}
