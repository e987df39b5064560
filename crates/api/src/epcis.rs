//! Parcels as events of EPCIS 2.0, GS1's language for what was seen of things on their way: what the shop knows is written
//! as such a document, and one that a partner sends is read as sightings.
//!
//! All of it is a mapping between a document and the core's words; nothing here asks or changes anything. No context is
//! ever fetched: a document says nothing that depends on what another server answers. What no row of [`words`] says is
//! refused with a reason, never guessed. `docs/epcis.md` has the same tables for partners.
//!
//! Sources: GS1 EPCIS 2.0 and CBV 2.0 (June 2022), their JSON Schema, and the GS1 Digital Link URI syntax 1.2.

pub mod document;
pub mod names;
pub mod read;
pub mod words;
pub mod write;

#[cfg(test)]
mod tests;
