//! Wishes are kept whole, and found by article in the order in which people asked; carts know which version a change
//! was made on.

use crate::open;
use ::store::Database;
use commerce::checkout::Item;
use commerce::command::{SaveCart, TellWishes, WishChange};
use commerce::customer::{Customer, Membership};
use commerce::follower::{ALERTS, Follower};
use commerce::id::{CartId, CustomerId, ProductId, VariantId};
use commerce::limits::{ALERTS_PER_DAY_MAX, WISHES_MAX};
use commerce::text::Language;
use commerce::wish::{AlertKind, Letter, Telling, Want};
use commerce::world::Record;
use commerce::{Command, Envelope, Money, Refusal};
use testkit::{Harness, Home, NOW, ShopSize};

const SIZE: ShopSize = ShopSize {
    products: WISHES_MAX + 1,
    in_warehouse: 1,
    in_shop: 0,
};
const EVERYTHING: std::ops::RangeInclusive<VariantId> = VariantId(0)..=VariantId(u64::MAX >> 1);

testkit::on_both_engines! {
    wishes_are_read_back_and_found_by_article
    there_is_a_bound_and_beyond_it_nothing_is_lost
    who_is_told_waits_no_more_and_hears_so_much_in_a_day
}

fn submit(harness: &mut Harness<Database>, at: i64, command: Command) -> Result<(), Refusal> {
    harness.submit(at, Envelope::system(command)).map(drop)
}

fn somebody(harness: &mut Harness<Database>, n: u64, member: bool) -> CustomerId {
    let id = CustomerId((7_000_000 + n) << 8);
    let customer = Customer {
        version: 1,
        membership: member.then(Membership::default),
        ..Customer::new(id, format!("p{n}@example.com"))
    };
    let save = Command::SaveRecords(vec![Record::Customer(customer)]);
    submit(harness, NOW, save).expect("saved");
    id
}

fn articles(harness: &Harness<Database>) -> Vec<VariantId> {
    let products = harness
        .store
        .reader()
        .records(commerce::world::RecordKind::Product);
    let variant = |r: &Record| match r {
        Record::Product(p) => p.variants.first().map(|v| v.id),
        _ => None,
    };
    products.expect("read").iter().filter_map(variant).collect()
}

fn back(variant: VariantId) -> WishChange {
    WishChange::TellBack {
        variant,
        price: None,
    }
}

fn who(wants: &[Want]) -> Vec<CustomerId> {
    wants.iter().map(|w| w.customer).collect()
}

// Long because one story is told from the first wish to the last.
fn wishes_are_read_back_and_found_by_article(home: &Home) {
    let (shop, mut harness) = open(SIZE, home);
    let all = articles(&harness);
    let (ann, bob) = (
        somebody(&mut harness, 1, true),
        somebody(&mut harness, 2, false),
    );
    let price = Money {
        minor: 1_000,
        currency: shop.currency,
    };
    let below = |minor| WishChange::TellCheaper {
        variant: all[1],
        at_most: Money { minor, ..price },
        price: Some(price),
    };
    let keep = WishChange::Keep {
        variant: all[2],
        price: Some(price),
    };
    let change = |who, changes| Command::ChangeWishes(who, changes);
    submit(
        &mut harness,
        NOW + 1,
        change(bob, vec![back(all[0]), below(700)]),
    )
    .expect("done");
    submit(
        &mut harness,
        NOW + 2,
        change(ann, vec![back(all[0]), below(900), keep]),
    )
    .expect("done");
    // Who asks again keeps the place; another price takes the place of the first.
    submit(
        &mut harness,
        NOW + 9,
        change(bob, vec![back(all[0]), below(800)]),
    )
    .expect("done");
    drop(harness);
    let mut harness = Harness::new(home.open().expect("again")).expect("again");
    let reader = harness.store.reader();
    let kept = reader.wishes(ann).expect("read").expect("kept");
    assert_eq!(
        kept.list.iter().map(|w| w.variant).collect::<Vec<_>>(),
        all[..3]
    );
    assert_eq!(
        (kept.list[2].since, kept.list[2].price),
        (NOW + 2, Some(price))
    );
    let first = (i64::MIN, 0);
    let of =
        |kind, place: usize, after| reader.waiting((kind, all[place]), after, 10).expect("read");
    let waiting = of(AlertKind::Back, 0, first);
    assert_eq!(who(&waiting), [bob, ann]);
    assert_eq!(who(&of(AlertKind::Back, 0, (NOW + 1, bob.0))), [ann]);
    let cheaper = of(AlertKind::Cheaper, 1, first);
    assert_eq!(who(&cheaper), [bob, ann]);
    assert_eq!(cheaper[0].at_most.map(|m| m.minor), Some(800));
    let most = |place: usize| {
        reader
            .most_offered(all[place], shop.currency)
            .expect("read")
    };
    assert_eq!((most(1), most(0)), (Some(900), None));
    let wanted = |kind, limit| reader.wanted(kind, EVERYTHING, limit).expect("read");
    assert_eq!(wanted(AlertKind::Back, 10), [all[0]]);
    assert_eq!(wanted(AlertKind::Cheaper, 10), [all[1]]);
    assert_eq!(wanted(AlertKind::Cheaper, 0), []);
    // A guest who wants to hear nothing is forgotten; a member keeps what they keep.
    let quiet = vec![WishChange::Quiet(None)];
    submit(&mut harness, NOW, change(ann, quiet.clone())).expect("done");
    submit(&mut harness, NOW, change(bob, quiet)).expect("done");
    assert_eq!(reader.wishes(bob).expect("read"), None);
    assert_eq!(
        reader.wishes(ann).expect("read").map(|w| w.list.len()),
        Some(3)
    );
    assert_eq!(
        reader
            .wanted(AlertKind::Back, EVERYTHING, 10)
            .expect("read"),
        []
    );
}

fn there_is_a_bound_and_beyond_it_nothing_is_lost(home: &Home) {
    let (shop, mut harness) = open(SIZE, home);
    let all = articles(&harness);
    let ann = somebody(&mut harness, 1, true);
    let reader = harness.store.reader();
    let change = |who, changes| Command::ChangeWishes(who, changes);
    let keep = |variant: &VariantId| WishChange::Keep {
        variant: *variant,
        price: None,
    };
    let many: Vec<WishChange> = all[..WISHES_MAX].iter().map(keep).collect();
    submit(&mut harness, NOW, change(ann, many)).expect("they fit");
    let more = submit(&mut harness, NOW, change(ann, vec![keep(&all[WISHES_MAX])]));
    assert_eq!(more, Err(Refusal::TooManyWishes));
    let nothing = Money {
        minor: 0,
        currency: shop.currency,
    };
    let odd = WishChange::TellCheaper {
        variant: all[0],
        at_most: nothing,
        price: None,
    };
    let refused = submit(
        &mut harness,
        NOW,
        change(ann, vec![WishChange::Forget, odd]),
    );
    assert_eq!(refused, Err(Refusal::FieldInvalid { field: "at_most" }));
    assert_eq!(
        reader.wishes(ann).expect("read").map(|w| w.list.len()),
        Some(WISHES_MAX)
    );
    submit(&mut harness, NOW, change(ann, vec![WishChange::Forget])).expect("done");
    assert_eq!(reader.wishes(ann).expect("read"), None);
    let strange = CustomerId(0x77 << 8);
    let nobody = submit(&mut harness, NOW, change(strange, vec![back(all[0])]));
    assert_eq!(nobody, Err(Refusal::NotFound { what: "customer" }));
    let unknown = VariantId::under(ProductId(0x55 << 8), 1);
    assert!(submit(&mut harness, NOW, change(ann, vec![back(unknown)])).is_err());
}

// Long because each step goes on from what the one before left.
fn who_is_told_waits_no_more_and_hears_so_much_in_a_day(home: &Home) {
    let (_, mut harness) = open(SIZE, home);
    let all = articles(&harness);
    let ann = somebody(&mut harness, 1, true);
    let many = ALERTS_PER_DAY_MAX as usize + 2;
    let wants = all[..many].iter().map(|v| back(*v)).collect();
    submit(&mut harness, NOW, Command::ChangeWishes(ann, wants)).expect("done");
    let mut me = Follower {
        id: ALERTS,
        name: "alerts".to_string(),
        position: 1,
        rests: false,
        waiting: Vec::new(),
        sent_at: None,
        trouble: None,
        telling: Telling::default(),
    };
    let letter = |variant: &VariantId, since| Letter {
        number: 0,
        customer: ann,
        variant: *variant,
        kind: AlertKind::Back,
        since,
        at_most: None,
        at: 0,
        attempts: 0,
        due_at: 0,
    };
    let tell = |follower: &Follower, tell: Vec<Letter>, returned| {
        Command::TellWishes(TellWishes {
            follower: follower.clone(),
            tell,
            returned,
        })
    };
    let followed = |harness: &Harness<Database>| {
        let found = harness
            .store
            .reader()
            .records(commerce::world::RecordKind::Follower);
        let mine = found.expect("read").into_iter().find_map(|r| match r {
            Record::Follower(f) if f.id == ALERTS => Some(f),
            _ => None,
        });
        mine.expect("it was noted")
    };
    // Once for what is asked twice, and not for what was not asked.
    let twice = vec![
        letter(&all[0], NOW),
        letter(&all[0], NOW),
        letter(&all[1], NOW - 1),
    ];
    submit(&mut harness, NOW, tell(&me, twice, Vec::new())).expect("told");
    let first = followed(&harness);
    assert_eq!(first.telling.letters.len(), 1);
    assert_eq!((first.telling.next, first.telling.letters[0].at), (1, NOW));
    let behind = submit(&mut harness, NOW, tell(&me, Vec::new(), Vec::new()));
    assert_eq!(
        behind,
        Err(Refusal::WrongState {
            state: "followed further"
        })
    );
    me = first;
    let rest = all[1..many].iter().map(|v| letter(v, NOW)).collect();
    submit(&mut harness, NOW, tell(&me, rest, Vec::new())).expect("told");
    me = followed(&harness);
    assert_eq!(me.telling.letters.len(), ALERTS_PER_DAY_MAX as usize);
    let reader = harness.store.reader();
    let left = reader
        .wanted(AlertKind::Back, EVERYTHING, many)
        .expect("read");
    assert_eq!(
        left,
        all[many - 2..many],
        "who has heard enough waits as before"
    );
    // What is taken back was not told.
    let last = me.telling.letters.pop().expect("letters");
    let again = last.variant;
    submit(&mut harness, NOW, tell(&me, Vec::new(), vec![last])).expect("noted");
    let kept = reader.wishes(ann).expect("read").expect("kept");
    assert_eq!(kept.of(again).and_then(|w| w.back), Some(NOW));
    assert_eq!(kept.told, ALERTS_PER_DAY_MAX - 1);
}

#[test]
fn a_cart_that_another_device_changed_is_not_written_over() {
    let home = Home::sqlite("cart-versions");
    let (shop, mut harness) = open(ShopSize::default(), &home);
    let variant = articles(&harness)[0];
    let mut save = |expected_version, quantity| {
        let save = SaveCart {
            id: CartId(9_000_000 << 8),
            items: vec![Item {
                variant,
                seller: None,
                quantity,
            }],
            currency: shop.currency,
            language: Language::En,
            extension: String::new(),
            points: Default::default(),
            expected_version,
        };
        submit(&mut harness, NOW, Command::SaveCart(save))
    };
    assert_eq!(save(Some(0), 1), Ok(()));
    assert_eq!(
        save(Some(0), 2),
        Err(Refusal::VersionConflict { current: 1 })
    );
    assert_eq!(save(Some(1), 3), Ok(()));
    assert_eq!(save(None, 4), Ok(()));
    assert_eq!(
        save(Some(2), 5),
        Err(Refusal::VersionConflict { current: 3 })
    );
}
