//! What is for tests alone keeps a shop in production from starting: nothing listens, nothing is written.

use crate::harness::{Folder, complaint, sesame};

#[test]
fn a_shop_in_production_does_not_start_with_what_is_for_tests() {
    let real_money: &[_] = &[
        // A secret key that moves real money, if it were one.
        ("SESAME_PAYMENTS_STRIPE_SECRET_KEY", "sk_live_0000"),
        ("SESAME_PAYMENTS_STRIPE_WEBHOOK_SECRETS", "whsec_0000"),
    ];
    let production: &[_] = &[("SESAME_PRODUCTION", "true")];
    for (flags, environment, named) in [
        ("--testing", production, "testing"),
        ("--testing", real_money, "testing"),
        ("--testing --testing-secret s", production, "testing"),
        ("--testing --ucp-suite .", production, "testing"),
        ("--set testing=true", production, "testing"),
        ("--set payments.test=true", production, "payments.test"),
    ] {
        let folder = Folder::new("production");
        let data = folder.0.join("data");
        let mut serve = sesame(&data);
        serve
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(flags.split(' '))
            .envs(environment.iter().copied());
        let told = complaint(&mut serve);
        assert!(
            told.contains(&format!("`{named}`")) && told.contains("in production"),
            "{flags}: {told}"
        );
        assert!(!data.exists(), "{flags} {environment:?} made {data:?}");
    }
}
