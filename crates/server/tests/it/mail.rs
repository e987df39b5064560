//! Mail as operators set it up: into a folder, through a mail server with TLS, and refused in words.

use crate::harness::{Folder, complaint, run, sesame, text};
use crate::mail_server::{Act, Behaviour, MailServer, Rule};
use std::path::Path;
use std::process::Command;

fn test_mail(data: &Path, url: &str) -> Command {
    let mut command = sesame(data);
    command.args(["mail", "test", "ann@sesame-shop.de"]);
    if !url.is_empty() {
        command.env("SESAME_MAIL_URL", url);
        command.env("SESAME_MAIL_FROM", "Laden <laden@shop.example>");
    }
    command
}

#[test]
fn without_a_mail_server_mails_are_files() {
    let folder = Folder::new("mail-folder");
    let told = text(&run(&mut test_mail(&folder.0, "")).stdout);
    let file = told.trim().rsplit(' ').next().expect("a file");
    assert!(
        Path::new(file).starts_with(folder.0.join("mails")),
        "{told}"
    );
    let mail = std::fs::read_to_string(file).expect("it is there");
    assert!(
        mail.contains("From: shop@localhost\r\nTo: ann@sesame-shop.de\r\n"),
        "{mail}"
    );
    let told = complaint(test_mail(&folder.0, "").env("SESAME_PRODUCTION", "true"));
    assert!(told.contains("set `mail.url` and `mail.from`"), "{told}");
}

#[test]
fn a_mail_goes_over_tls_to_a_server_whose_certificate_is_known() {
    let folder = Folder::new("mail-tls");
    let behaviour = Behaviour {
        login: Some(("laden", "geheim")),
        ..Behaviour::default()
    };
    let starts_tls = Behaviour {
        extensions: vec!["STARTTLS"],
        ..behaviour.clone()
    };
    let tls_at_once = Behaviour {
        tls_at_once: true,
        ..behaviour
    };
    // Not by the name `localhost`: TLS is a must to what does not say that it is this machine.
    for (scheme, behaviour) in [("smtp", starts_tls), ("smtps", tls_at_once)] {
        let server = MailServer::start(behaviour);
        let known = folder.0.join(format!("{scheme}.pem"));
        std::fs::write(&known, &server.certificate).expect("written");
        let url = format!("{scheme}://laden:geheim@0.0.0.0:{}", server.port);
        let done = run(test_mail(&folder.0, &url).env("SSL_CERT_FILE", &known));
        let told = text(&done.stdout) + &text(&done.stderr);
        assert!(told.contains("took the mail"), "{scheme}: {told}");
        assert!(!told.contains("geheim"), "{told}");
        let taken = server.taken();
        assert_eq!(taken.len(), 1, "{scheme}");
        assert!(
            taken[0].over_tls && taken[0].to == "ann@sesame-shop.de",
            "{taken:?}"
        );
        assert_eq!(taken[0].from, "laden@shop.example");
        let stranger = complaint(&mut test_mail(&folder.0, &url));
        assert!(stranger.contains("certificate"), "{stranger}");
    }
}

#[test]
fn what_a_mail_server_refuses_is_said() {
    let folder = Folder::new("mail-refused");
    let words = "550 5.1.1 nobody has this address";
    let server = MailServer::start(Behaviour {
        rules: vec![Rule {
            at: "RCPT",
            act: Act::Say(words),
            times: 1,
        }],
        ..Behaviour::default()
    });
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let told = complaint(&mut test_mail(&folder.0, &url));
    assert!(
        told.contains("the address is refused") && told.contains(words),
        "{told}"
    );
}
