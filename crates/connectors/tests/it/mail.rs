//! Letters through a real conversation with a mail server, as it goes well and as it goes wrong.

use crate::support::mail_server::{Act, Behaviour, MailServer, Rule};
use connectors::mail::letter::Sender;
use connectors::mail::smtp::{Address, CONNECTIONS_MAX, Smtp};
use connectors::mail::{Letter, MailError};
use std::time::{Duration, Instant};

const ANN: Letter<'static> = Letter {
    to: "ann@sesame-shop.de",
    subject: "Ihre Bestellung ist bestätigt",
    text: "Guten Tag\n.\n..zwei Punkte\nQUIT\n",
    html: "<p>Guten Tag</p>",
    name: "order.1",
    unsubscribe: None,
};

fn smtp(server: &MailServer, login: &str) -> Smtp {
    smtp_at(&format!("smtp://{login}127.0.0.1:{}", server.port))
}

fn smtp_at(url: &str) -> Smtp {
    let sender = Sender::parse("Laden <laden@shop.example>", None).expect("a sender");
    let address = Address::parse(url).expect("an address");
    Smtp::new(address, sender)
        .expect("a way to send")
        .with_timeout_ms(5_000)
}

fn once(at: &'static str, act: Act) -> Behaviour {
    let rules = vec![Rule { at, act, times: 1 }];
    Behaviour {
        rules,
        ..Behaviour::default()
    }
}

fn later(result: Result<(), MailError>, part: &str) {
    match result {
        Err(MailError::Later(reason)) if reason.contains(part) => {}
        other => panic!("not `later` with {part:?}: {other:?}"),
    }
}

#[tokio::test]
async fn letters_arrive_whole_over_one_connection() {
    let server = MailServer::start(Behaviour {
        login: Some(("laden", "geheim: ü")),
        ..Behaviour::default()
    });
    let smtp = smtp(&server, "laden:geheim%3A%20%C3%BC@");
    for _ in 0..3 {
        smtp.send(&ANN).await.expect("it is sent");
    }
    let taken = server.taken();
    assert_eq!(taken.len(), 3);
    assert_eq!(server.lines(), 1, "the line is kept");
    let letter = &taken[2];
    assert_eq!(
        (&*letter.from, &*letter.to),
        ("laden@shop.example", "ann@sesame-shop.de")
    );
    assert!(
        letter
            .message
            .contains("Message-ID: <order.1@shop.example>\n")
    );
    assert!(
        letter.message.contains("\n.\n..zwei Punkte\nQUIT\n"),
        "{}",
        letter.message
    );
}

#[tokio::test]
async fn many_at_once_take_turns_on_few_connections() {
    let server = MailServer::start(Behaviour::default());
    let smtp = std::sync::Arc::new(smtp(&server, ""));
    let sending = (0..40).map(|_| {
        let smtp = smtp.clone();
        tokio::spawn(async move { smtp.send(&ANN).await })
    });
    for one in sending.collect::<Vec<_>>() {
        one.await.expect("no panic").expect("it is sent");
    }
    assert_eq!(server.taken().len(), 40);
    assert!(
        server.lines() <= CONNECTIONS_MAX,
        "{} lines",
        server.lines()
    );
}

#[tokio::test]
async fn refusals_are_sorted_by_who_is_at_fault() {
    let server = MailServer::start(Behaviour::default());
    let smtp = smtp(&server, "");
    for (at, words, address) in [
        (
            "RCPT",
            "450 4.2.0 greylisted, come back in five minutes",
            false,
        ),
        ("RCPT", "451 4.3.0 try again", false),
        ("RCPT", "452 4.2.2 mailbox full", false),
        ("RCPT", "550 5.1.1 no such user", true),
        ("RCPT", "550 no such user", true),
        ("RCPT", "553 5.1.3 bad address", true),
        ("RCPT", "550 5.2.1 mailbox disabled", true),
        ("RCPT", "554 5.7.1 relay access denied", false),
        ("RCPT", "550 5.7.1 blocked by policy", false),
        ("RCPT", "554 no valid recipients", false),
        ("MAIL", "550 5.1.8 sender rejected", false),
        ("MAIL", "553 5.7.1 not your address", false),
        ("DATA", "554 5.5.1 no", false),
        ("MESSAGE", "552 5.3.4 too large", false),
        ("MESSAGE", "550 5.7.1 looks like spam", false),
        ("MESSAGE", "421 4.3.2 closing", false),
    ] {
        server.behave(once(at, Act::Say(words)));
        let reason = match (smtp.send(&ANN).await, address) {
            (Err(MailError::Address(reason)), true) | (Err(MailError::Later(reason)), false) => {
                reason
            }
            (other, _) => panic!("{at} {words}: {other:?}"),
        };
        assert!(reason.contains(words), "{reason:?} does not say {words:?}");
        assert!(server.taken().is_empty(), "{at} {words}");
    }
    // What was refused has left no trace on the kept connection.
    smtp.send(&ANN).await.expect("it is sent");
    assert_eq!(server.taken().len(), 1);
    assert!(
        server.lines() <= 2,
        "only 421 costs a line: {}",
        server.lines()
    );
}

#[tokio::test]
async fn a_line_that_breaks_is_tried_again_later() {
    for at in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "MESSAGE"] {
        let server = MailServer::start(once(at, Act::HangUp));
        let smtp = smtp(&server, "");
        later(smtp.send(&ANN).await, "");
        smtp.send(&ANN)
            .await
            .expect("the next attempt is a new line");
        assert_eq!(server.taken().len(), 1, "{at}");
    }
}

#[tokio::test]
async fn a_kept_line_that_the_server_closed_costs_nothing() {
    let server = MailServer::start(Behaviour::default());
    let smtp = smtp(&server, "");
    smtp.send(&ANN).await.expect("it is sent");
    server.behave(once("RSET", Act::HangUp));
    smtp.send(&ANN).await.expect("it is sent over a new line");
    assert_eq!((server.taken().len(), server.lines()), (2, 2));
}

#[tokio::test]
async fn a_slow_server_is_waited_for_within_limits() {
    let server = MailServer::start(once("DATA", Act::Dawdle(Duration::from_secs(3))));
    let smtp = smtp(&server, "").with_timeout_ms(400);
    let begun = Instant::now();
    later(smtp.send(&ANN).await, "did not answer within 0.4 s");
    assert!(begun.elapsed() < Duration::from_secs(2));
    smtp.send(&ANN)
        .await
        .expect("the next attempt is a new line");
    let nobody = smtp_at("smtp://127.0.0.1:1");
    later(nobody.send(&ANN).await, "connecting to 127.0.0.1:1 failed");
}

#[tokio::test]
async fn a_wrong_password_is_no_ones_address() {
    let server = MailServer::start(Behaviour {
        login: Some(("laden", "geheim")),
        ..Behaviour::default()
    });
    let smtp = smtp(&server, "laden:falsch@");
    later(smtp.send(&ANN).await, "535 5.7.8 wrong user or password");
}

#[tokio::test]
async fn letters_before_the_at_need_a_server_that_knows_them() {
    let server = MailServer::start(Behaviour::default());
    let smtp = smtp(&server, "");
    let zhang = Letter {
        to: "张伟@例子.example",
        ..ANN
    };
    let refused = smtp.send(&zhang).await;
    assert!(matches!(refused, Err(MailError::Address(_))), "{refused:?}");
    server.behave(Behaviour {
        extensions: vec!["SMTPUTF8", "8BITMIME"],
        ..Behaviour::default()
    });
    let smtp = self::smtp(&server, "");
    smtp.send(&zhang).await.expect("it is sent");
    assert_eq!(server.taken()[0].to, "张伟@xn--fsqu00a.example");
    let said = server.said().join("\n");
    assert!(
        said.contains("MAIL FROM:<laden@shop.example> SMTPUTF8 BODY=8BITMIME"),
        "{said}"
    );
    let broken = Letter {
        to: "ann@sesame-shop.de>\r\nRCPT TO:<eve@evil.example",
        ..ANN
    };
    let refused = smtp.send(&broken).await;
    assert!(matches!(refused, Err(MailError::Address(_))), "{refused:?}");
    assert!(
        !server.said().join("\n").contains("eve"),
        "it never came to a server"
    );
}

#[tokio::test]
async fn a_password_goes_over_tls_or_not_at_all() {
    let behaviour = Behaviour {
        login: Some(("laden", "geheim")),
        ..Behaviour::default()
    };
    let server = MailServer::start(behaviour.clone());
    // This machine by an address that does not say so.
    let url = format!("smtp://laden:geheim@0.0.0.0:{}", server.port);
    later(smtp_at(&url).send(&ANN).await, "STARTTLS is not supported");
    server.behave(Behaviour {
        extensions: vec!["STARTTLS"],
        ..behaviour.clone()
    });
    later(smtp_at(&url).send(&ANN).await, "certificate");
    let server_tls = MailServer::start(Behaviour {
        tls_at_once: true,
        ..behaviour
    });
    let url = format!("smtps://laden:geheim@0.0.0.0:{}", server_tls.port);
    later(smtp_at(&url).send(&ANN).await, "certificate");
    let said = [server.said(), server_tls.said()].concat().join("\n");
    assert!(!said.contains("AUTH"), "{said}");
    assert!(server.taken().is_empty() && server_tls.taken().is_empty());
}
