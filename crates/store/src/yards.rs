//! Which parcels lie at which of the shop's places, kept beside their groups.

use crate::audit::AuditReport;
use commerce::id::{FulfillmentId, LocationId};
use commerce::invariants::Broken;
use commerce::order::Group;
use commerce::world::Delta;
use std::collections::BTreeSet;

/// A parcel that lies at a place: the place's id and the fulfillment's, as kept.
pub type Lying = (u64, u64);

/// Asks for those at a place after a fulfillment, by their ids.
pub const AT: &str = "SELECT fulfillment_id FROM lying_parcels
    WHERE location_id = ?1 AND fulfillment_id > ?2 ORDER BY fulfillment_id LIMIT ?3";
/// Asks how many lie at each place.
pub const COUNTS: &str = "SELECT location_id, count(*) FROM lying_parcels GROUP BY location_id";

/// A group's parcels that lie somewhere.
pub fn lying_of(group: &Group) -> impl Iterator<Item = Lying> {
    // Nearly no group was ever scanned.
    let parcels = group.parcels.iter().filter(|_| !group.scans.is_empty());
    parcels.filter_map(|parcel| {
        let at: LocationId = group.lies_at(parcel.fulfillment)?;
        Some((at.0, parcel.fulfillment.0))
    })
}

/// Those that came to lie somewhere with a batch, and those that do not any more.
pub fn changes(delta: &Delta) -> (Vec<Lying>, Vec<Lying>) {
    let (mut come, mut gone) = (Vec::new(), Vec::new());
    for (before, group) in &delta.groups {
        let were: BTreeSet<Lying> = before.iter().flat_map(|g| lying_of(g)).collect();
        let are: BTreeSet<Lying> = lying_of(group).collect();
        come.extend(are.difference(&were));
        gone.extend(were.difference(&are));
    }
    (come, gone)
}

/// Notes where what is kept differs from what the groups say.
pub fn compare(own: &BTreeSet<Lying>, kept: &BTreeSet<Lying>, report: &mut AuditReport) {
    if let Some((_, id)) = own.symmetric_difference(kept).next() {
        let id = FulfillmentId(*id);
        report.note(Err(Broken {
            number: 13,
            detail: format!("{id}: listed where it lies, or not, and does not, or does"),
        }));
    }
}
