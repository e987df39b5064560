//! What followers of the feed did, and how far they have come.

use crate::command::Outcome;
use crate::event::What;
use crate::follower::Followed;
use crate::refusal::Refusal;
use crate::world::{Record, World};

/// Notes what a follower did. The orders that it names need not be loaded: it read of them in the feed.
///
/// Checks: the bounds, that the follower does not go back: another one has gone on meanwhile.
pub fn followed(world: &mut World, followed: &Followed) -> Result<Outcome, Refusal> {
    followed.check()?;
    let follower = &followed.follower;
    let known = world.follower(follower.id);
    if known.is_some_and(|known| known.position > follower.position) {
        return Err(Refusal::WrongState {
            state: "followed further",
        });
    }
    for mailed in &followed.mails {
        let (group, mail) = (mailed.group, mailed.mail);
        world.emit(match &mailed.given_up {
            None => What::MailSent { group, mail },
            Some(reason) => What::MailGivenUp {
                group,
                mail,
                reason: reason.clone(),
            },
        });
    }
    // The feed does not speak of those who follow it: they would follow their own steps.
    world.keep_record(Record::Follower(follower.clone()));
    Ok(Outcome::Done)
}
