//! What is for tests alone keeps a shop in production from starting: nothing listens, nothing is written.

use std::process::{Command, Stdio};

/// A secret key that moves real money, if it were one.
const LIVE_KEY: &str = "SESAME_PAYMENTS_STRIPE_SECRET_KEY";
const LIVE_KEY_SECRETS: &str = "SESAME_PAYMENTS_STRIPE_WEBHOOK_SECRETS";

/// Variables of the environment with their values.
type Environment = [(&'static str, &'static str)];

/// Starts a shop, which must end by itself; gives what it complained about.
fn refused(flags: &[&str], environment: &Environment) -> String {
    let name = format!(
        "sesame-production-{}-{:08x}",
        std::process::id(),
        rand::random::<u32>()
    );
    let data = std::env::temp_dir().join(name);
    let output = Command::new(env!("CARGO_BIN_EXE_sesame"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(flags)
        .env("SESAME_DATA", &data)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success(),
        "{flags:?} {environment:?} opened a shop"
    );
    assert!(!data.exists(), "{flags:?} {environment:?} made {data:?}");
    complaint
}

#[test]
fn a_shop_in_production_does_not_start_with_what_is_for_tests() {
    let real_money = [(LIVE_KEY, "sk_live_0000"), (LIVE_KEY_SECRETS, "whsec_0000")];
    let production = [("SESAME_PRODUCTION", "true")];
    let table: [(&[&str], &Environment, &str); 6] = [
        (&["--testing"], &production, "testing"),
        (&["--testing"], &real_money, "testing"),
        (
            &["--testing", "--testing-secret", "s"],
            &production,
            "testing",
        ),
        (&["--testing", "--ucp-suite", "."], &production, "testing"),
        (&["--set", "testing=true"], &production, "testing"),
        (
            &["--set", "payments.test=true"],
            &production,
            "payments.test",
        ),
    ];
    for (flags, environment, named) in table {
        let complaint = refused(flags, environment);
        assert!(
            complaint.contains(&format!("`{named}`")) && complaint.contains("in production"),
            "{flags:?}: {complaint}"
        );
    }
}
