//! What customers keep, and what they are told of it.

use crate::command::{Outcome, TellWishes, WishChange};
use crate::follower::Follower;
use crate::id::{CustomerId, VariantId};
use crate::limits::{LETTERS_MAX, TOLD_AT_ONCE_MAX, WAVES_MAX, WISHES_MAX};
use crate::money::Money;
use crate::pricing;
use crate::refusal::Refusal;
use crate::wish::{AlertKind, Letter, Threshold, Told, Wish, Wishes};
use crate::world::{KeySet, Record, RecordKind, World};

/// What [`change`] reads.
pub fn change_keys(keys: &mut KeySet, world: &World, customer: CustomerId, changes: &[WishChange]) {
    customer_keys(keys, world, customer);
    for variant in changes.iter().filter_map(WishChange::kept) {
        keys.want_product(world, variant.parent());
    }
}

/// What [`tell`] reads.
pub fn tell_keys(keys: &mut KeySet, world: &World, command: &TellWishes) {
    for letter in command.tell.iter().chain(&command.returned) {
        customer_keys(keys, world, letter.customer);
        keys.want_product(world, letter.variant.parent());
    }
}

fn customer_keys(keys: &mut KeySet, world: &World, customer: CustomerId) {
    keys.want_wishes(world, customer);
    keys.want_record(world, RecordKind::Customer, customer.0);
}

/// Changes a customer's wishes, all or none.
///
/// Checks, change by change: that there is the customer, that the article is on sale, the amount, the bound.
pub fn change(
    world: &mut World,
    customer: CustomerId,
    changes: &[WishChange],
) -> Result<Outcome, Refusal> {
    let known = world.customer(customer);
    let is_member = known
        .ok_or(Refusal::NotFound { what: "customer" })?
        .is_member();
    let mut wishes = wishes_of(world, customer);
    for change in changes {
        apply(world, &mut wishes, change, is_member)?;
    }
    world.put_wishes(wishes);
    Ok(Outcome::Done)
}

fn wishes_of(world: &World, customer: CustomerId) -> Wishes {
    let known = world.wishes(customer);
    known.map_or_else(|| Wishes::none(customer), |w| Wishes::clone(w))
}

fn apply(
    world: &World,
    wishes: &mut Wishes,
    change: &WishChange,
    is_member: bool,
) -> Result<(), Refusal> {
    let now = world.now();
    match change {
        WishChange::Keep { variant, price } => {
            keep(world, wishes, *variant, *price)?;
        }
        WishChange::Drop(variant) => wishes.list.retain(|w| w.variant != *variant),
        WishChange::TellBack { variant, price } => {
            let wish = keep(world, wishes, *variant, *price)?;
            // Who asks again keeps the place in the line.
            wish.back.get_or_insert(now);
        }
        WishChange::TellCheaper {
            variant,
            at_most,
            price,
        } => {
            let is_offered = world
                .shop()
                .is_some_and(|s| s.tax_display(at_most.currency).is_some());
            if !is_offered {
                let currency = at_most.currency;
                return Err(Refusal::CurrencyNotOffered { currency });
            }
            if !(1..=crate::limits::AMOUNT_MAX).contains(&at_most.minor) {
                return Err(Refusal::FieldInvalid { field: "at_most" });
            }
            let wish = keep(world, wishes, *variant, *price)?;
            let since = wish.cheaper.map_or(now, |c| c.since);
            let at_most = *at_most;
            wish.cheaper = Some(Threshold { since, at_most });
        }
        WishChange::Reads(language) => wishes.language = *language,
        WishChange::Quiet(variant) => {
            let is_meant = |w: &Wish| variant.is_none_or(|v| w.variant == v);
            for wish in wishes.list.iter_mut().filter(|w| is_meant(w)) {
                (wish.back, wish.cheaper) = (None, None);
            }
            if !is_member {
                // A guest keeps nothing but what they wait for.
                wishes.list.retain(Wish::waits);
            }
        }
        WishChange::Forget => *wishes = Wishes::none(wishes.customer),
    }
    Ok(())
}

/// The wish for an article, kept from now on if it was not before.
fn keep<'w>(
    world: &World,
    wishes: &'w mut Wishes,
    variant: VariantId,
    price: Option<Money>,
) -> Result<&'w mut Wish, Refusal> {
    let known = wishes.list.iter().position(|w| w.variant == variant);
    let place = match known {
        Some(place) => place,
        None => {
            pricing::sellable(world, variant)?;
            if wishes.list.len() >= WISHES_MAX {
                return Err(Refusal::TooManyWishes);
            }
            wishes.list.push(Wish {
                variant,
                since: world.now(),
                price,
                back: None,
                cheaper: None,
                told: None,
            });
            wishes.list.len() - 1
        }
    };
    Ok(&mut wishes.list[place])
}

/// Notes how far the follower of wishes has come: who is to be told becomes a letter, and waits no more; both or
/// neither. Who does not wait any more, and who was told enough today, is passed over.
///
/// Checks: the bounds, that the follower does not go back: another one has gone on meanwhile.
pub fn tell(world: &mut World, command: &TellWishes) -> Result<Outcome, Refusal> {
    let mut follower: Follower = command.follower.clone();
    let field = if command.tell.len() > TOLD_AT_ONCE_MAX {
        "tell"
    } else if follower.telling.waves.len() > WAVES_MAX {
        "waves"
    } else if follower.telling.letters.len() + command.tell.len() > LETTERS_MAX {
        "letters"
    } else {
        ""
    };
    if !field.is_empty() {
        return Err(Refusal::FieldInvalid { field });
    }
    follower.check()?;
    let known = world.follower(follower.id);
    if known.is_some_and(|known| {
        known.position > follower.position || known.telling.next > follower.telling.next
    }) {
        return Err(Refusal::WrongState {
            state: "followed further",
        });
    }
    for letter in &command.returned {
        take_back(world, letter);
    }
    for letter in &command.tell {
        if take_up(world, letter) {
            let number = follower.telling.next;
            follower.telling.next += 1;
            let at = world.now();
            follower.telling.letters.push(Letter {
                number,
                at,
                ..letter.clone()
            });
        }
    }
    world.keep_record(Record::Follower(follower));
    Ok(Outcome::Done)
}

/// Marks a customer as told; whether they still wait and may be told.
fn take_up(world: &mut World, letter: &Letter) -> bool {
    let now = world.now();
    let is_member = world
        .customer(letter.customer)
        .is_some_and(crate::customer::Customer::is_member);
    let mut wishes = wishes_of(world, letter.customer);
    if wishes.heard_enough(now) {
        return false;
    }
    let Some(wish) = wishes
        .of_mut(letter.variant)
        .filter(|w| w.since_of(letter.kind) == Some(letter.since))
    else {
        return false;
    };
    match letter.kind {
        AlertKind::Back => wish.back = None,
        AlertKind::Cheaper => wish.cheaper = None,
    }
    wish.told = Some(Told {
        kind: letter.kind,
        at: now,
    });
    wishes.count_told(now);
    if !is_member {
        wishes.list.retain(Wish::waits);
    }
    world.put_wishes(wishes);
    true
}

/// What a letter says was no longer true before it left: its reader waits as before.
fn take_back(world: &mut World, letter: &Letter) {
    let mut wishes = wishes_of(world, letter.customer);
    let customer = world.customer(letter.customer);
    let is_member = customer.is_some_and(crate::customer::Customer::is_member);
    if !is_member && customer.is_some() && wishes.of(letter.variant).is_none() {
        // What a guest waited for was all that was kept.
        if let Ok(wish) = keep(world, &mut wishes, letter.variant, None) {
            wish.since = letter.since;
        }
    }
    let Some(wish) = wishes.of_mut(letter.variant) else {
        return;
    };
    let since = letter.since;
    match (letter.kind, letter.at_most) {
        (AlertKind::Back, _) => wish.back = wish.back.or(Some(since)),
        (AlertKind::Cheaper, Some(at_most)) => {
            wish.cheaper.get_or_insert(Threshold { since, at_most });
        }
        (AlertKind::Cheaper, None) => {}
    }
    wish.told = None;
    wishes.told = wishes.told.saturating_sub(1);
    world.put_wishes(wishes);
}
