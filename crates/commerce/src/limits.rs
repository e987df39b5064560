//! Every bound of the core, by name. Nothing in the core grows past these.

/// The largest amount of money in one field, in minor units. Sums of [`LINES_MAX`] of these fit an `i64`.
pub const AMOUNT_MAX: i64 = 10_000_000_000_000;
/// The largest quantity of one line or one stock change, in pieces.
pub const QUANTITY_MAX: u32 = 1_000_000;
/// The largest stock of one variant at one location, in pieces.
pub const STOCK_MAX: i64 = 1_000_000_000;
/// Lines in a cart, checkout or order group.
pub const LINES_MAX: usize = 100;
/// Variants of one product; a variant is numbered under its product in one byte.
pub const VARIANTS_MAX: usize = 255;
/// Payments, refunds, fulfillments or orders under one group; numbered in one byte.
pub const SUBORDINATES_MAX: usize = 255;
/// Payment attempts for one group, so that a card tester is stopped.
pub const PAYMENT_ATTEMPTS_MAX: usize = 10;
/// Discount codes on one checkout.
pub const DISCOUNT_CODES_MAX: usize = 5;
/// Goods that one rule of a campaign names.
pub const CAMPAIGN_GOODS_MAX: usize = 10_000;
/// Characters in a name, title or address line.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters in a description or note.
pub const NOTE_CHARS_MAX: usize = 5_000;
/// Returns of one group.
pub const RETURNS_MAX: usize = 50;
/// Photos of one return.
pub const RETURN_PHOTOS_MAX: usize = 4;
/// Characters of what a shopper says of a return, and of what they are told.
pub const RETURN_NOTE_CHARS_MAX: usize = 2_000;
/// Days in which a shop may take goods back.
pub const RETURN_DAYS_MAX: u16 = 3_650;
/// Characters in a code: SKU, handle, e-mail address.
pub const CODE_CHARS_MAX: usize = 254;
/// Records in one import.
pub const IMPORT_RECORDS_MAX: usize = 200_000;
/// Groups that one expiry command ends.
pub const EXPIRE_BATCH_MAX: usize = 1_000;
/// How long goods are set aside for an unpaid order, in milliseconds.
pub const RESERVATION_MS: i64 = 20 * 60 * 1_000;
/// How long a checkout stays open after its last change, in milliseconds.
pub const CHECKOUT_MS: i64 = 6 * 60 * 60 * 1_000;
/// Events that a follower of the feed comes back to.
pub const WAITING_MAX: usize = 500;
/// What a follower of the feed says at once that it did.
pub const FOLLOWED_MAX: usize = 1_000;
/// Articles that a customer keeps.
pub const WISHES_MAX: usize = 500;
/// What a customer is told of their wishes in a day (UTC).
pub const ALERTS_PER_DAY_MAX: u32 = 5;
/// Customers that are told of their wishes with one command.
pub const TOLD_AT_ONCE_MAX: usize = 100;
/// What customers are told and was not sent yet.
pub const LETTERS_MAX: usize = 400;
/// Articles of which people are being told at a time.
pub const WAVES_MAX: usize = 400;
/// Addresses in a customer's book.
pub const ADDRESSES_MAX: usize = 50;
/// Packets and coupons in a member's wallet.
pub const WALLET_MAX: usize = 100;
/// Points on a member's account as far as an operator gives them, and the bound of numbers of points that people type.
pub const POINTS_MAX: i64 = 1_000_000_000_000;
/// Minor units that may be asked for per point that is earned.
pub const POINTS_SPEND_MAX: i64 = 1_000_000_000;
/// Minor units that one point may take off.
pub const POINTS_WORTH_MAX: i64 = 1_000_000;
/// Days after which points may expire.
pub const POINTS_DAYS_MAX: u16 = 3_650;
/// Characters of why an operator changed a member's points.
pub const POINTS_REASON_CHARS_MAX: usize = 500;
/// Accounts that one expiry command looks at.
pub const POINTS_EXPIRE_BATCH_MAX: usize = 1_000;
/// Passkeys of a member.
pub const PASSKEYS_MAX: usize = 10;
/// Devices on which a member is told what they wait for.
pub const DEVICES_MAX: usize = 5;
/// Characters of the address where a push service takes messages for a device.
pub const ENDPOINT_CHARS_MAX: usize = 1_000;
/// Characters of a password's hash, or of a part of a passkey: an RSA key of 4,096 bits fits.
pub const CREDENTIAL_CHARS_MAX: usize = 1_500;
/// Characters of a provider's token.
pub const TOKEN_CHARS_MAX: usize = 254;
/// Sightings of one parcel that count; older ones are in the feed.
pub const SIGHTINGS_MAX: usize = 64;
/// Labels that are printed at once.
pub const LABELS_MAX: usize = 500;
/// How far ahead of this clock another's may be that says when it saw a parcel, in milliseconds.
pub const SIGHTING_AHEAD_MS: i64 = 10 * 60 * 1_000;
/// How long before its booking a parcel may have been seen, in milliseconds: clocks differ. What is older was another
/// parcel's, of the same number.
pub const SIGHTING_BEFORE_MS: i64 = 24 * 60 * 60 * 1_000;
/// Characters of a code that operators give: a carrier's, a service's, a zone's.
pub const WORD_CHARS_MAX: usize = 40;
/// Services of a carrier.
pub const SERVICES_MAX: usize = 50;
/// Service levels that one service serves.
pub const SERVICE_LEVELS_MAX: usize = 10;
/// The heaviest parcel that anybody takes, in grams.
pub const PARCEL_GRAMS_MAX: u32 = 10_000_000;
/// Rows of a carrier's table of areas.
pub const AREAS_MAX: usize = 20_000;
/// Characters that a row of it looks at.
pub const POSTAL_PREFIX_MAX: usize = 12;
/// Characters of a sorting code.
pub const SORTING_CHARS_MAX: usize = 20;
/// Steps of a carrier's rate card.
pub const RATES_MAX: usize = 20_000;
/// A carrier's price for one parcel, in minor units.
pub const RATE_MINOR_MAX: i64 = 1_000_000_000;
/// Surcharges of a carrier.
pub const SURCHARGES_MAX: usize = 50;
/// What a surcharge may be of a price, in parts per million: ten times of it.
pub const SURCHARGE_PPM_MAX: u32 = 10_000_000;
/// Bytes of each table of a timetable.
pub const TIMETABLE_BYTES_MAX: usize = 2_000_000;
/// Characters of a number that a carrier gives.
pub const NUMBER_CHARS_MAX: usize = 64;
/// Characters before the serial of a carrier's own numbers.
pub const NUMBER_PREFIX_MAX: usize = 10;
/// Blocks of numbers of a carrier.
pub const NUMBER_BLOCKS_MAX: usize = 200;
/// Rounds that are planned at once, and rounds that are open.
pub const ROUNDS_OPEN_MAX: usize = 200;
/// Parcels in a round, those that were moved elsewhere included.
pub const ROUND_PARCELS_MAX: usize = 300;
/// What a courier said of one parcel that is kept; older ones that do not count go.
pub const ROUND_SAID_MAX: usize = 32;
/// Keys that a round remembers of what was said of itself.
pub const ROUND_KEYS_MAX: usize = 500;
/// Wrong codes that may be told for one parcel of a round: after that none says anything any more.
pub const ROUND_WRONG_CODES_MAX: u8 = 5;
/// Pictures of a round.
pub const ROUND_PICTURES_MAX: usize = 600;
/// Changes of the order of stops that a round remembers.
pub const ROUND_REORDERED_MAX: usize = 50;
/// Places in the gazetteer.
pub const GAZETTEER_PLACES_MAX: usize = 50_000;
