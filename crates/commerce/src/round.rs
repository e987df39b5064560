//! Couriers' rounds: which parcels somebody brings to which doors on a day, and what they said of it.
//!
//! A courier's phone may be without a network all day, and a parcel may be given to somebody else meanwhile. What is said of
//! a parcel is kept whole, and where it is within its round follows from all of it by one rule ([`Consignment::state`]),
//! whatever the order in which it was heard. Nothing here asks for a network, and nothing that happened is refused.

use crate::id::{FulfillmentId, LocationId, OperatorId, RoundId};
use crate::limits;
use crate::planted::{self, Fault};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The raw id of the one book of open rounds.
pub const BOOK_ID: u64 = 1;
/// The code of the one book of open rounds.
pub const BOOK_CODE: &str = "open";

/// A point on the earth, in millionths of a degree, north and east positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    /// North of the equator.
    pub latitude_micro: i32,
    /// East of Greenwich.
    pub longitude_micro: i32,
}

impl Point {
    /// Whether there is such a place.
    pub fn is_on_earth(self) -> bool {
        self.latitude_micro.unsigned_abs() <= 90_000_000
            && self.longitude_micro.unsigned_abs() <= 180_000_000
    }
}

/// A courier's round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The round's id.
    pub id: RoundId,
    /// Rises by one with each change.
    pub version: u32,
    /// The day where it leaves from, as `yyyymmdd`.
    pub day: u32,
    /// Where it leaves from, and where parcels are brought back to.
    pub location: LocationId,
    /// Who drives it; `None` while nobody does.
    pub courier: Option<OperatorId>,
    /// All who ever drove it: what one of them says late counts.
    pub couriers: Vec<OperatorId>,
    /// With what, in words; may be empty.
    pub vehicle: String,
    /// Where it is.
    pub state: RoundState,
    /// How far it was planned to go.
    pub way: Way,
    /// Where it goes, numbered from 1.
    pub stops: Vec<Stop>,
    /// The stops' numbers in the order in which they are to be visited.
    pub order: Vec<u16>,
    /// When and why the courier changed the order; the last ones.
    pub reordered: Vec<Reordered>,
    /// When it started, and under which key that was said.
    pub started: Option<(u64, i64)>,
    /// Pictures of doors and signatures that came from the phone: the key of each, and the picture as the edge knows it.
    pub pictures: Vec<(u64, u128)>,
    /// Keys of what was said of the round itself; the last ones.
    pub heard: Vec<u64>,
    /// Keys that were taken back before what they belong to was heard; the last ones.
    pub taken_back: Vec<u64>,
    /// When it was planned, in UTC milliseconds.
    pub created_at: i64,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
}

/// Where a round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// Nothing is in the van.
    Planned,
    /// Parcels are being put into the van.
    Loading,
    /// It is on its way.
    Underway,
    /// All of it is accounted for.
    Closed,
}

impl RoundState {
    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            RoundState::Planned => "planned",
            RoundState::Loading => "loading",
            RoundState::Underway => "underway",
            RoundState::Closed => "closed",
        }
    }
}

/// How far a round goes, as it was planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// How distances were measured.
    pub distances: Distances,
    /// Meters, back to where it began.
    pub meters: u32,
    /// Seconds from leaving to coming back.
    pub seconds: u32,
}

/// How distances were measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distances {
    /// Along roads.
    Road,
    /// As the crow flies, times a factor for detours.
    Beeline,
    /// Along roads, and as the crow flies where nobody knew a way.
    Mixed,
}

/// A change of the order of stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reordered {
    /// When, in UTC milliseconds.
    pub at: i64,
    /// Why, in the courier's words; may be empty.
    pub reason: String,
}

/// A door that a round goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Its number within the round, from 1.
    pub number: u16,
    /// Where it is, if that was known when it was planned.
    pub position: Option<Point>,
    /// From when until when somebody is there, in UTC milliseconds.
    pub window: Option<(i64, i64)>,
    /// When the courier was planned to be there, in UTC milliseconds.
    pub arrival: Option<i64>,
    /// When the courier was there, and under which key that was said.
    pub reached: Option<(u64, i64)>,
    /// What is brought there.
    pub parcels: Vec<Consignment>,
}

/// A parcel in a round. One that ever was in a round stays there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consignment {
    /// Which.
    pub fulfillment: FulfillmentId,
    /// The waybill's number when it was planned.
    pub number: String,
    /// What the scales showed, in grams.
    pub weight_grams: u32,
    /// The round that it was moved to; `None` while it is in this one.
    pub moved_to: Option<RoundId>,
    /// What is wrong between what was said and what else is known.
    pub conflict: Option<Conflict>,
    /// What was said of it; at most [`limits::ROUND_SAID_MAX`].
    pub said: Vec<Said>,
    /// How many wrong codes were told for it; at most [`limits::ROUND_WRONG_CODES_MAX`].
    #[serde(default)]
    pub wrong_codes: u8,
}

/// What a courier said of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Made of the phone's own key: said again, it is the same.
    pub key: u64,
    /// When it happened, in UTC milliseconds, neither before the round was planned nor after it was heard.
    pub at: i64,
    /// What the phone's clock showed, which may be wrong.
    pub clock: i64,
    /// What.
    pub what: Handled,
    /// Who said it; `None` for the system.
    pub by: Option<OperatorId>,
    /// Whether it was taken back.
    pub taken_back: bool,
}

/// What a courier did with a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handled {
    /// Put it into the van.
    Loaded,
    /// Could not hand it over.
    Failed(FailReason),
    /// Brought it back to where the round began.
    Returned,
    /// Handed it over.
    Delivered(Proof),
}

impl Handled {
    fn rank(&self) -> u8 {
        match self {
            Handled::Loaded => 0,
            Handled::Failed(_) => 1,
            Handled::Returned => 2,
            Handled::Delivered(_) => 3,
        }
    }
}

/// Where a parcel is within its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsignmentState {
    /// Not in the van.
    Planned,
    /// In the van.
    Loaded,
    /// It could not be handed over, and is in the van.
    Failed,
    /// Back where the round began.
    Returned,
    /// With its receiver, or where they wanted it.
    Delivered,
}

impl ConsignmentState {
    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            ConsignmentState::Planned => "planned",
            ConsignmentState::Loaded => "loaded",
            ConsignmentState::Failed => "failed",
            ConsignmentState::Returned => "returned",
            ConsignmentState::Delivered => "delivered",
        }
    }

    /// Whether the courier has said what became of it.
    pub fn is_accounted(self) -> bool {
        !matches!(self, ConsignmentState::Planned | ConsignmentState::Loaded)
    }
}

/// Why a parcel could not be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// Nobody opened.
    NobodyHome,
    /// The receiver did not want it.
    Refused,
    /// There is no such door, or nobody of that name.
    AddressWrong,
    /// The door could not be reached.
    NoAccess,
    /// It is damaged.
    Damaged,
    /// The shop or office was closed.
    Closed,
}

impl FailReason {
    /// All of them.
    pub const ALL: [FailReason; 6] = [
        FailReason::NobodyHome,
        FailReason::Refused,
        FailReason::AddressWrong,
        FailReason::NoAccess,
        FailReason::Damaged,
        FailReason::Closed,
    ];

    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            FailReason::NobodyHome => "nobody_home",
            FailReason::Refused => "refused",
            FailReason::AddressWrong => "address_wrong",
            FailReason::NoAccess => "no_access",
            FailReason::Damaged => "damaged",
            FailReason::Closed => "closed",
        }
    }
}

/// What shows that a parcel was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// What kind of proof.
    pub by: ProofBy,
    /// Who took it, or where it lies; may be empty.
    pub name: String,
    /// The code that the receiver told; may be empty.
    pub code: String,
    /// Whether that is the receiver's code, as the edge knows it; `None` where none was told.
    #[serde(default)]
    pub code_matched: Option<CodeMatched>,
    /// The key of the picture, which may come later than this.
    pub picture: Option<u64>,
    /// Where the phone was.
    pub position: Option<Point>,
}

/// What kind of proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofBy {
    /// The receiver signed.
    Signature,
    /// There is a picture of it.
    Photo,
    /// The receiver told a code.
    Code,
    /// A neighbor took it.
    Neighbor,
    /// It lies where the receiver wanted it.
    SafePlace,
}

/// Whether a code that was told is the receiver's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeMatched {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Too many wrong ones were told before: it may have been guessed, and says nothing.
    Locked,
}

/// What is wrong between what was said in a round and what else is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// It was in another courier's round by then.
    Reassigned,
    /// Its waybill was canceled.
    Recalled,
}

impl Conflict {
    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Conflict::Reassigned => "reassigned",
            Conflict::Recalled => "recalled",
        }
    }
}

impl Round {
    /// What the store finds it by: the rounds of a day lie together.
    pub fn code(&self) -> String {
        format!("{}/{}", self.day, self.id)
    }

    /// All parcels that are or were in it.
    pub fn parcels(&self) -> impl Iterator<Item = &Consignment> {
        self.stops.iter().flat_map(|stop| &stop.parcels)
    }

    /// All parcels that are or were in it, to be changed.
    pub fn parcels_mut(&mut self) -> impl Iterator<Item = &mut Consignment> {
        self.stops.iter_mut().flat_map(|stop| &mut stop.parcels)
    }

    /// The parcels that are in it.
    pub fn held(&self) -> impl Iterator<Item = &Consignment> {
        self.parcels().filter(|p| p.moved_to.is_none())
    }

    /// Whether something was said of the round itself, or of a stop, under a key.
    pub fn has_heard(&self, key: u64) -> bool {
        self.heard.contains(&key)
            || self.pictures.iter().any(|(known, _)| *known == key)
            || self
                .stops
                .iter()
                .any(|s| s.reached.is_some_and(|r| r.0 == key))
    }

    /// Remembers the key of something that was said of the round itself.
    pub fn hear(&mut self, key: u64) {
        remember(&mut self.heard, key);
    }

    /// Remembers a key that was taken back before what it belongs to was heard.
    pub fn take_back_unheard(&mut self, key: u64) {
        remember(&mut self.taken_back, key);
    }

    /// The open round as the book of open rounds has it.
    pub fn entry(&self) -> OpenRound {
        OpenRound {
            round: self.id,
            day: self.day,
            location: self.location,
            courier: self.courier,
            parcels: self.held().map(|p| p.fulfillment).collect(),
        }
    }
}

/// Keeps a key, and the last ones before it.
fn remember(keys: &mut Vec<u64>, key: u64) {
    if keys.len() >= limits::ROUND_KEYS_MAX {
        keys.remove(0);
    }
    keys.push(key);
}

impl Stop {
    /// Whether nothing is left to do there.
    pub fn is_done(&self) -> bool {
        let mut held = self.parcels.iter().filter(|p| p.moved_to.is_none());
        held.all(|p| p.state().is_accounted())
    }
}

impl Consignment {
    /// What counts of all that was said and not taken back: that it was handed over before anything else, otherwise what
    /// happened last. It does not depend on the order in which it was heard.
    pub fn latest(&self) -> Option<&Said> {
        let mut standing = self.said.iter().filter(|said| !said.taken_back);
        if planted::is(Fault::RoundLastHeardCounts) {
            return standing.next_back();
        }
        standing.max_by_key(|said| {
            let is_there = matches!(said.what, Handled::Delivered(_));
            (is_there, said.at, said.what.rank(), said.key)
        })
    }

    /// Where it is within the round.
    pub fn state(&self) -> ConsignmentState {
        match self.latest().map(|said| &said.what) {
            None => ConsignmentState::Planned,
            Some(Handled::Loaded) => ConsignmentState::Loaded,
            Some(Handled::Failed(_)) => ConsignmentState::Failed,
            Some(Handled::Returned) => ConsignmentState::Returned,
            Some(Handled::Delivered(_)) => ConsignmentState::Delivered,
        }
    }

    /// What a code that was told for it comes to, after those that were told before: a wrong one is counted, and of too
    /// many none says anything.
    pub fn judge(&mut self, matched: CodeMatched) -> CodeMatched {
        if self.wrong_codes >= limits::ROUND_WRONG_CODES_MAX {
            return CodeMatched::Locked;
        }
        if matched == CodeMatched::No {
            self.wrong_codes += 1;
        }
        matched
    }

    /// What was said under a key.
    pub fn said(&self, key: u64) -> Option<&Said> {
        self.said.iter().find(|said| said.key == key)
    }

    /// Keeps what was said. When there is too much, the oldest that does not count goes.
    pub fn keep(&mut self, said: Said) {
        if self.said.len() >= limits::ROUND_SAID_MAX {
            let counts = self.latest().map(|said| said.key);
            let others = self.said.iter().enumerate();
            let oldest = others
                .filter(|(_, said)| Some(said.key) != counts)
                .min_by_key(|(_, said)| said.at);
            if let Some((place, _)) = oldest {
                self.said.remove(place);
            }
        }
        self.said.push(said);
    }
}

/// Which rounds are open, and what is in them: the one record that says where a parcel is planned, so that nobody has to
/// look through rounds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoundBook {
    /// The open rounds, by id.
    pub open: Vec<OpenRound>,
}

/// An open round in the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRound {
    /// Which.
    pub round: RoundId,
    /// Its day, as `yyyymmdd`.
    pub day: u32,
    /// Where it leaves from.
    pub location: LocationId,
    /// Who drives it.
    pub courier: Option<OperatorId>,
    /// What is in it.
    pub parcels: Vec<FulfillmentId>,
}

impl RoundBook {
    /// The open round that a parcel is in.
    pub fn round_of(&self, parcel: FulfillmentId) -> Option<RoundId> {
        let holder = self.open.iter().find(|r| r.parcels.contains(&parcel));
        holder.map(|r| r.round)
    }

    /// Writes an open round into it, or anew.
    pub fn put(&mut self, entry: OpenRound) {
        self.remove(entry.round);
        let place = self.open.partition_point(|r| r.round < entry.round);
        self.open.insert(place, entry);
    }

    /// Takes a round out that is closed.
    pub fn remove(&mut self, round: RoundId) {
        self.open.retain(|r| r.round != round);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn said(key: u64, at: i64, what: Handled) -> Said {
        Said {
            key,
            at,
            clock: at,
            what,
            by: None,
            taken_back: false,
        }
    }

    fn delivered() -> Handled {
        Handled::Delivered(Proof {
            by: ProofBy::Signature,
            name: "Ada".to_string(),
            code: String::new(),
            code_matched: None,
            picture: None,
            position: None,
        })
    }

    fn parcel() -> Consignment {
        Consignment {
            fulfillment: FulfillmentId(257),
            number: "OWN1".to_string(),
            weight_grams: 500,
            moved_to: None,
            conflict: None,
            said: Vec::new(),
            wrong_codes: 0,
        }
    }

    #[test]
    fn where_a_parcel_is_does_not_depend_on_the_order_in_which_it_was_heard() {
        use ConsignmentState::{Delivered, Failed, Loaded, Returned};
        let failed = || Handled::Failed(FailReason::NobodyHome);
        let cases = [
            (alloc::vec![(1, Handled::Loaded), (2, failed())], Failed),
            (alloc::vec![(2, Handled::Loaded), (2, failed())], Failed),
            (alloc::vec![(2, failed()), (3, Handled::Loaded)], Loaded),
            (
                alloc::vec![(1, Handled::Loaded), (2, failed()), (3, Handled::Returned)],
                Returned,
            ),
            // Whoever has it, has it, whatever a clock says.
            (alloc::vec![(5, delivered()), (9, failed())], Delivered),
        ];
        for (mut told, expected) in cases {
            for _ in 0..told.len() {
                told.rotate_left(1);
                let mut parcel = parcel();
                for (key, (at, what)) in (1..).zip(&told) {
                    parcel.keep(said(key, *at, what.clone()));
                }
                assert_eq!(parcel.state(), expected, "{told:?}");
            }
        }
    }

    #[test]
    fn after_too_many_wrong_codes_even_the_right_one_says_nothing() {
        use CodeMatched::{Locked, No, Yes};
        let mut parcel = parcel();
        let told = [No, No, Yes, No, No, Yes, No, Yes, No];
        let judged = told.map(|matched| parcel.judge(matched));
        assert_eq!(judged, [No, No, Yes, No, No, Yes, No, Locked, Locked]);
        assert_eq!(parcel.wrong_codes, limits::ROUND_WRONG_CODES_MAX);
    }

    #[test]
    fn too_much_pushes_out_the_oldest_and_never_what_counts() {
        let mut parcel = parcel();
        parcel.keep(said(1, 0, delivered()));
        for n in 2..200_u32 {
            parcel.keep(said(u64::from(n), i64::from(n), Handled::Loaded));
        }
        assert_eq!(parcel.said.len(), limits::ROUND_SAID_MAX);
        assert_eq!(parcel.state(), ConsignmentState::Delivered);
        parcel.said[0].taken_back = true;
        assert_eq!(parcel.state(), ConsignmentState::Loaded);
    }
}
