//! What pages and mails say of returns, in every state and language.

use super::{SCRIPT, complaints, frame, world};
use crate::mails::{About, Writer, due};
use crate::pages::layout::{Page, render};
use crate::pages::returns::{Choice, Chosen, FormView, ReturnsView, form, section};
use api::i18n::Language;
use api::photos::{Problem, Wrong};
use commerce::event::What;
use commerce::follower::MailKind;
use commerce::id::{GroupId, ReturnId};
use commerce::order::Group;
use commerce::returns::{ReturnReason, ReturnState};
use media::Hash;
use serde_json::json;

/// A group of one delivered line, with a return in a state.
fn group(language: Language, state: ReturnState) -> Group {
    let share = json!({ "total": 200, "tax": 32 });
    let none = json!({ "total": 0, "tax": 0 });
    let line = json!({
        "number": 1, "variant": 257, "sku": "S", "title": SCRIPT, "options": "red", "image": "",
        "quantity": 2, "canceled": 0, "fulfilled": 2, "returned": 0, "canceled_share": none,
        "fulfilled_share": share, "earned_share": share, "returned_share": none,
        "unit_price": 100, "discount": 0, "tax": 32, "tax_rate_ppm": 190_000, "total": 200,
    });
    let back = json!({
        "id": 257, "key": 0, "order": 257, "state": state.word(),
        "lines": [{ "number": 1, "pieces": 2, "reason": "damaged", "received": 1, "restocked": 0 }],
        "note": SCRIPT, "photos": [7], "answer": SCRIPT, "location": null, "requested_at": 1,
        "answered_at": null, "ended_at": null, "amount": 100, "refunds": [],
    });
    serde_json::from_value(json!({
        "id": 256, "version": 1, "state": "confirmed", "cancel_reason": null, "channel": "web",
        "device": "phone", "language": language.tag(), "currency": "EUR", "access_key": 7,
        "buyer": { "email": "ada@example.com" }, "destination": null, "billing": null,
        "delivery": { "pickup": 512 }, "delivery_title": "Mitte", "promise": null,
        "tax_country": "DE", "total": 200, "tax": 32, "discounts": [],
        "orders": [{
            "id": 257, "seller": 256, "state": "fulfilled", "lines": [line], "shipping": 0,
            "shipping_tax": 0, "total": 200, "shipping_earned": true,
        }],
        "reservations": [], "payments": [], "fulfillments": [], "refunds": [], "placed_at": 1,
        "updated_at": 2, "expires_at": null, "extension": "", "returns": [back],
    }))
    .expect("a group")
}

fn id() -> ReturnId {
    ReturnId::under(GroupId(256), 1)
}

#[test]
fn pages_of_returns_are_sound_html_and_escape_what_people_wrote() {
    for language in Language::ALL {
        let frame = frame(language);
        let sound = |page: &Page, name: &str| {
            let html = render(&frame, page).into_string();
            assert_eq!(complaints(&html), Vec::<String>::new(), "{name}");
            assert!(!html.contains("<script>alert"), "{name} is not escaped");
            assert!(
                !html.contains("{max}") && !html.contains("{amount}"),
                "{name}"
            );
            html
        };
        for state in ReturnState::ALL {
            let group = group(language, state);
            let view = ReturnsView {
                until: Some("Friday".into()),
                places: vec![(id(), vec![SCRIPT.into(), "Weg 1".into()])],
                asked: vec![(id(), "Monday".into())],
            };
            let page = Page::private("t", section(&frame, &group, &view));
            let html = sound(&page, state.word());
            assert_eq!(html.contains("/return/withdraw"), state.is_open());
            assert_eq!(html.contains("Weg 1"), state == ReturnState::Approved);
        }
        let group = group(language, ReturnState::Withdrawn);
        let problem = |wrong| Problem {
            file: SCRIPT.into(),
            wrong,
        };
        let view = FormView {
            choices: group
                .lines()
                .map(|line| Choice {
                    line,
                    most: 2,
                    chosen: Chosen {
                        is_taken: true,
                        pieces: 2,
                        reason: Some(ReturnReason::Late),
                    },
                })
                .collect(),
            note: SCRIPT.into(),
            photos: vec![Hash::of(b"a photo")],
            problems: vec![problem(Wrong::TooLong), problem(Wrong::Pixels)],
            errors: vec![SCRIPT.into()],
            key: 9,
        };
        let html = sound(&form(&frame, &group, &view), "form");
        let files = html.find("type=\"file\"").expect("a field for files");
        let note = html.find("<textarea").expect("a field for a note");
        assert!(note < files, "what was typed comes before the files");
        assert!(
            html.contains("value=\"late\" selected")
                && html.contains("<option value=\"2\" selected")
        );
        let nothing = FormView::default();
        sound(&form(&frame, &group, &nothing), "nothing to return");
    }
}

#[test]
fn mails_tell_what_the_shopper_does_next_unless_it_was_overtaken() {
    let (world, id) = (world(), id());
    for language in Language::ALL {
        for (what, kind, state) in [
            (
                What::ReturnRequested { r#return: id },
                MailKind::ReturnRequested,
                ReturnState::Requested,
            ),
            (
                What::ReturnApproved { r#return: id },
                MailKind::ReturnApproved,
                ReturnState::Approved,
            ),
            (
                What::ReturnRefused { r#return: id },
                MailKind::ReturnRefused,
                ReturnState::Refused,
            ),
        ] {
            let group = group(language, state);
            assert_eq!(due(&what, &group, true), Some((kind, About::Return(id))));
            let writer = Writer {
                world: &world,
                public_url: "https://shop.example",
                group: &group,
            };
            let mail = writer.mail(kind, About::Return(id)).expect("a mail");
            assert!(mail.text.contains(SCRIPT), "{}", mail.text);
            assert!(!mail.html.contains("<script>alert"));
            assert!(mail.text.contains("https://shop.example/orders/"));
            assert_eq!(
                mail.text.contains(&id.to_string()),
                state == ReturnState::Approved,
                "the number goes into the parcel"
            );
            let received = self::group(language, ReturnState::Received);
            assert_eq!(
                due(&what, &received, true),
                None,
                "the goods came meanwhile"
            );
        }
    }
}
