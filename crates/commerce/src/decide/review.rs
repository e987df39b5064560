//! Reviews: written and withdrawn by buyers, shown or not by the shop, marked by other shoppers. A product's rating
//! changes with them in the same batch.

use crate::command::Outcome;
use crate::event::What;
use crate::id::ReviewId;
use crate::refusal::Refusal;
use crate::review::{
    Mark, MarkKind, Moderation, Review, ReviewState, ReviewStep, SaveReview, check_step, has_got,
    id_of,
};
use crate::world::{KeySet, World};
use alloc::string::String;
use alloc::vec::Vec;

/// What saving a review reads.
pub fn save_keys(save: &SaveReview, world: &World, keys: &mut KeySet) {
    keys.want_record(world, crate::world::RecordKind::Product, save.product.0);
    keys.want_rating(world, save.product);
    keys.want_group(world, save.group);
    if let Some(group) = world.group(save.group) {
        keys.want_review(world, id_of(save.product, &group.buyer.email));
    }
}

/// What changing a review reads.
pub fn review_keys(id: ReviewId, world: &World, keys: &mut KeySet) {
    keys.want_review(world, id);
    if let Some(review) = world.review(id) {
        keys.want_rating(world, review.product);
    }
}

/// Saves what a buyer says: their first review of the product, or a change of it.
///
/// Checks: the fields, the product, the purchase, that the buyer got the article, that the review is theirs.
pub fn save(world: &mut World, save: &SaveReview) -> Result<Outcome, Refusal> {
    save.check()?;
    if world.product(save.product).is_none() {
        return Err(Refusal::NotFound { what: "product" });
    }
    let group = world.group(save.group);
    let group = group.ok_or(Refusal::NotFound { what: "order" })?;
    if group.buyer.email.is_empty() || !has_got(group, save.product, world.now()) {
        return Err(Refusal::NotReceived);
    }
    let author = group.buyer.email.clone();
    let id = id_of(save.product, &author);
    let before = world.review(id).cloned();
    // Two buyers may share a hash.
    if let Some(before) = &before
        && (before.product != save.product
            || (before.author != author && !before.author.is_empty()))
    {
        return Err(Refusal::CodeTaken { code: author });
    }
    let now = world.now();
    let waits = save.moderation == Moderation::Before || !save.photos.is_empty();
    let review = Review {
        id,
        version: before.as_ref().map_or(0, |b| b.version) + 1,
        product: save.product,
        group: save.group,
        author,
        name: save.name.clone(),
        stars: save.stars,
        title: save.title.clone(),
        text: save.text.clone(),
        language: save.language,
        photos: save.photos.clone(),
        state: if waits {
            ReviewState::Waiting
        } else {
            ReviewState::Shown
        },
        reason: String::new(),
        answer: before
            .as_ref()
            .map_or_else(String::new, |b| b.answer.clone()),
        helpful: before.as_ref().map_or(0, |b| b.helpful),
        reports: 0,
        queued_at: waits.then_some(now),
        created_at: before.as_ref().map_or(now, |b| b.created_at),
        updated_at: now,
    };
    change(world, review);
    Ok(Outcome::Done)
}

/// Moves a review on.
///
/// Checks: the step's fields, the review, the expected version, its state.
pub fn advance(
    world: &mut World,
    id: ReviewId,
    expected: Option<u32>,
    step: &ReviewStep,
) -> Result<Outcome, Refusal> {
    check_step(step)?;
    let known = world
        .review(id)
        .ok_or(Refusal::NotFound { what: "review" })?;
    if expected.is_some_and(|expected| expected != known.version) {
        return Err(Refusal::VersionConflict {
            current: known.version,
        });
    }
    if known.state == ReviewState::Withdrawn && *step != ReviewStep::Forget {
        return Err(Refusal::WrongState { state: "withdrawn" });
    }
    let mut review = Review::clone(known);
    review.version += 1;
    match step {
        ReviewStep::Approve => {
            review.state = ReviewState::Shown;
            review.reason.clear();
            settle(&mut review);
        }
        ReviewStep::Reject { reason } => {
            review.state = ReviewState::Rejected;
            review.reason.clone_from(reason);
            settle(&mut review);
        }
        ReviewStep::Answer { text } => review.answer.clone_from(text),
        ReviewStep::Withdraw => {
            review.state = ReviewState::Withdrawn;
            review.updated_at = world.now();
            settle(&mut review);
            let texts = [
                &mut review.name,
                &mut review.title,
                &mut review.text,
                &mut review.reason,
                &mut review.answer,
            ];
            texts.into_iter().for_each(String::clear);
            review.photos = Vec::new();
        }
        ReviewStep::Forget => {
            review.author.clear();
            review.name.clear();
            // They may show their author, or their home.
            review.photos = Vec::new();
        }
    }
    change(world, review);
    Ok(Outcome::Done)
}

/// Nobody of the shop needs to look at it any more.
fn settle(review: &mut Review) {
    review.reports = 0;
    review.queued_at = None;
}

/// Puts a mark on a review. One that is there already changes nothing.
///
/// Checks: the review, that it is shown.
pub fn mark(world: &mut World, mark: &Mark) -> Result<Outcome, Refusal> {
    let known = world.review(mark.review);
    let known = known.ok_or(Refusal::NotFound { what: "review" })?;
    if !known.is_shown() {
        return Err(Refusal::NotFound { what: "review" });
    }
    if world.has_mark(mark) {
        return Ok(Outcome::Done);
    }
    let mut review = Review::clone(known);
    match mark.kind {
        MarkKind::Helpful => review.helpful = review.helpful.saturating_add(1),
        MarkKind::Report => {
            review.reports = review.reports.saturating_add(1);
            review.queued_at = review.queued_at.or(Some(world.now()));
        }
    }
    world.put_mark(*mark);
    if mark.kind == MarkKind::Report {
        change(world, review);
    } else {
        // Nobody who follows the shop needs to hear of each tap.
        world.put_review(review);
    }
    Ok(Outcome::Done)
}

fn change(world: &mut World, review: Review) {
    let (id, product, state) = (review.id, review.product, review.state);
    world.put_review(review);
    world.emit(What::ReviewSaved {
        review: id,
        product,
        state,
    });
}
