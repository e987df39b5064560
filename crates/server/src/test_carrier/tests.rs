use super::*;
use commerce::parcel::TrackingStatus;
use connectors::test_carrier::wire::{CreateParcel, ParcelState, Party};
use std::path::Path;

/// When a test begins: a moment early on a day of UTC.
const NOW: i64 = 20_000 * 24 * 60 * 60 * 1_000 + 60_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn config(journal: Option<&Path>, mood: Mood) -> Config {
    Config {
        api_key: "key".to_string(),
        webhook_secret: Secret::from_bytes([7; 32]),
        journal: journal.map(Path::to_path_buf),
        pace: Pace {
            step_ms: 1_000,
            collects_after_ms: 5_000,
            first_retry_ms: 10,
        },
        mood,
    }
}

fn book(mood: Mood) -> Book {
    Book::open(&config(None, mood)).expect("it opens")
}

fn parcel(number: Option<&str>, reference: &str) -> CreateParcel {
    let party = |city: &str| Party {
        name: "A. Person".to_string(),
        street: "Street 1".to_string(),
        postal_code: "20095".to_string(),
        city: city.to_string(),
        country: "DE".to_string(),
    };
    CreateParcel {
        number: number.map(str::to_string),
        service: "parcel".to_string(),
        reference: reference.to_string(),
        weight_grams: 700,
        size_mm: None,
        from: party("Hamburg"),
        to: party("Berlin"),
        webhook_url: Some("http://shop.invalid/webhooks/carriers/test".to_string()),
    }
}

/// The journal's thread lets its file go a moment after the book is gone.
async fn reopened(config: &Config) -> Book {
    for _ in 0..500 {
        match Book::open(config) {
            Ok(book) => return book,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(error) => panic!("it opens again: {error}"),
        }
    }
    panic!("the journal is still in use");
}

#[tokio::test]
async fn the_same_key_announces_one_parcel_and_never_another() {
    let book = book(Mood::default());
    let first = book.announce("k", parcel(Some("N1"), "a"), NOW).await;
    let first = first.expect("taken");
    assert_eq!(first.state, ParcelState::Announced);
    let mut moved = parcel(Some("N1"), "a");
    moved.webhook_url = None;
    // Where the shop is reached may change between two tries.
    let again = book.announce("k", moved, NOW + DAY_MS).await;
    assert_eq!(again.expect("the same").number, "N1");
    for (key, create, code) in [
        ("k", parcel(Some("N1"), "b"), "idempotency_key_reused"),
        ("l", parcel(Some("N1"), "a"), "number_taken"),
    ] {
        let refused = book.announce(key, create, NOW).await.expect_err(code);
        assert_eq!(refused.code, code);
    }
    assert_eq!(book.audit(NOW).parcels, 1);
    // Without a number, each key has one of its own.
    let mut given = Vec::new();
    for key in ["m", "n", "m"] {
        let taken = book.announce(key, parcel(None, key), NOW).await;
        given.push(taken.expect("taken").number);
    }
    assert_eq!(given[0], given[2]);
    assert_ne!(given[0], given[1]);
}

#[tokio::test]
async fn a_cancel_that_overtakes_its_announcement_holds() {
    let book = book(Mood::default());
    let canceled = book.cancel("N1").await.expect("canceled");
    assert_eq!(canceled.state, ParcelState::Canceled);
    let late = book.announce("k", parcel(Some("N1"), "a"), NOW).await;
    assert_eq!(late.expect_err("canceled").code, "number_taken");
    book.announce("l", parcel(Some("N2"), "a"), NOW)
        .await
        .expect("taken");
    book.collect("N2", NOW).await.expect("collected");
    let refused = book.cancel("N2").await.expect_err("it has it");
    assert_eq!(refused.code, "underway");
}

#[tokio::test]
async fn a_days_quota_is_of_parcels_that_stand_and_of_that_day() {
    let mood = Mood {
        daily_quota: Some(1),
        ..Mood::default()
    };
    let book = book(mood);
    book.announce("a", parcel(Some("N1"), "a"), NOW)
        .await
        .expect("the first");
    let full = book.announce("b", parcel(Some("N2"), "b"), NOW).await;
    assert_eq!(full.expect_err("full").code, "quota_used_up");
    book.cancel("N1").await.expect("canceled");
    book.announce("b", parcel(Some("N2"), "b"), NOW)
        .await
        .expect("its place is free");
    book.announce("c", parcel(Some("N3"), "c"), NOW + DAY_MS)
        .await
        .expect("another day");
}

#[tokio::test]
async fn what_it_knows_outlives_a_restart_and_is_told_once() {
    let folder = std::env::temp_dir().join(format!("sesame-test-carrier-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let journal = folder.join("carrier.journal");
    let config = config(Some(&journal), Mood::default());
    let book = Book::open(&config).expect("it opens");
    book.announce("a", parcel(Some("N1"), "a"), NOW)
        .await
        .expect("taken");
    book.cancel("N9").await.expect("canceled");
    // Nobody hands it over: a driver comes when it has waited long enough.
    book.collect_due(NOW + 4_999).await;
    assert!(book.take_news(NOW + 60_000).is_empty());
    book.collect_due(NOW + 5_000).await;
    let news = book.take_news(NOW + 6_000);
    let told: Vec<TrackingStatus> = news.iter().map(|n| n.event.status).collect();
    assert_eq!(told, [TrackingStatus::PickedUp, TrackingStatus::InTransit]);
    assert!(book.take_news(NOW + 6_000).is_empty(), "it is on its way");
    book.told("N1", 0);
    // The one whose answer was lost is told again.
    book.pickup("p")
        .await
        .expect("a pickup: all before it is on the disk");
    drop(book);

    let book = reopened(&config).await;
    let news = book.take_news(NOW + 6_000);
    let told: Vec<usize> = news.iter().map(|n| n.index).collect();
    assert_eq!(told, [1]);
    let same = book.announce("a", parcel(Some("N1"), "a"), NOW).await;
    assert_eq!(same.expect("the same").state, ParcelState::Underway);
    let late = book.announce("z", parcel(Some("N9"), "z"), NOW).await;
    assert_eq!(late.expect_err("canceled").code, "number_taken");
    drop(book);
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[tokio::test]
async fn a_list_is_taken_once_and_says_which_numbers_nobody_knows() {
    let book = book(Mood::default());
    for number in ["N1", "N2"] {
        book.announce(number, parcel(Some(number), number), NOW)
            .await
            .expect("taken");
    }
    book.cancel("N2").await.expect("canceled");
    let list = ["N1", "N2", "N3", "N1"].map(str::to_string);
    let taken = book.manifest("m", &list, NOW).await.expect("taken");
    assert_eq!(taken.unknown, ["N2", "N3"]);
    let again = book.manifest("m", &list[..1], NOW + 1).await;
    assert_eq!(again.expect("the same"), taken);
    let audit = book.audit(NOW + 60_000);
    let counted = (
        audit.parcels,
        audit.canceled,
        audit.delivered,
        audit.manifests,
    );
    assert_eq!(counted, (2, 1, 1, 1));
}

#[test]
fn every_way_ends_and_each_sighting_is_later_than_the_one_before() {
    use TrackingStatus::{Delivered, ReturnToSender};
    for (number, last) in [
        ("N1", Delivered),
        ("N7", Delivered),
        ("N8", Delivered),
        ("N9", Delivered),
        ("N99", ReturnToSender),
    ] {
        let events = journey::events(number, NOW, 1_000);
        assert!(events.windows(2).all(|w| w[0].at_ms < w[1].at_ms));
        assert_eq!(events[0].at_ms, NOW);
        assert_eq!(events.last().map(|e| e.status), Some(last), "{number}");
        assert_eq!(events, journey::events(number, NOW, 1_000));
    }
}
