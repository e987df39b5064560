//! Deliberately planted bugs, so that the simulator can show that it finds them.
//!
//! Without the feature `planted-faults`, which only a build of the simulator alone switches on, [`is`] is a
//! constant `false`: no release of the product can contain one of them.

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(
    missing_docs,
    reason = "each is named for what goes wrong; the table in `docs/simulator.md` says more"
)]
pub enum Fault {
    LostLevelUpdate = 1,
    LostMovement,
    EventGap,
    RollbackLeavesLevel,
    UnwrittenChange,
    ReplyBeforeCommit,
    StaleCacheAfterFailedCommit,
    OversellReserved,
    OversellSafetyStock,
    DoubleRelease,
    MissedExpiry,
    GroupIdReuse,
    SkippedAnswer,
    AnswerForgottenTooSoon,
    KeyForAnotherRequest,
    PriceNotChecked,
    StaleVersionAccepted,
    ExpiredCheckoutAccepted,
    RoundingLeak,
    DiscountLeak,
    CaptureTwice,
    RefundToldTwice,
    RefundAbovePaid,
    StrayMoneyKept,
    VoidForgotten,
    WrongAccount,
    EarnedTwice,
    ShippedWithoutGoods,
    // Outside the core: in what the simulator does for the server and the disk.
    RetryWithoutKey,
    ForgottenEffect,
    TornBatch,
    LyingDisk,
    IdsForgottenAtStart,
    // Campaigns.
    QuotaKept,
    QuotaGivenBackTwice,
    QuotaNotRead,
    // Presales.
    DepositNotCounted,
    BalanceTakenTooEarly,
    DepositKeptAnyway,
    RefundFromDepositAlone,
    BalanceNeverOverdue,
    // Red packets.
    PacketDrawnTwice,
    PacketSpentTwice,
    PacketsDoNotAddUp,
    // Returns.
    ReturnedTwice,
    ReturnWithoutRefund,
    ReturnRestockedTwice,
    ReturnWindowIgnored,
    // Points.
    PointsNotTaken,
    PointsAboveShare,
    PointsRoundedByLine,
    PointsKeptWithReturn,
    PointsNeverExpire,
    // Parcels.
    NumberGivenTwice,
    WaybillOfCanceledKept,
    QuotaOfDayIgnored,
    LastHeardCounts,
    SightingCountedAgain,
    // Goods that leave from elsewhere.
    RelocatedAndKept,
    RelocatedBeyondStock,
    // Parcels that carriers are told of.
    AnnouncedTwice,
    RefusalForgotten,
    // Couriers' rounds.
    MovedParcelKept,
    RoundLastHeardCounts,
}

/// Whether this bug is planted: never, in this build.
#[cfg(not(feature = "planted-faults"))]
#[inline(always)]
pub const fn is(_: Fault) -> bool {
    false
}

#[cfg(feature = "planted-faults")]
pub use switch::{ALL, is, plant};

#[cfg(feature = "planted-faults")]
mod switch {
    use super::Fault;
    use core::sync::atomic::{AtomicU8, Ordering};

    static PLANTED: AtomicU8 = AtomicU8::new(0);

    /// All of them.
    pub const ALL: [Fault; 64] = [
        Fault::LostLevelUpdate,
        Fault::LostMovement,
        Fault::EventGap,
        Fault::RollbackLeavesLevel,
        Fault::UnwrittenChange,
        Fault::ReplyBeforeCommit,
        Fault::StaleCacheAfterFailedCommit,
        Fault::OversellReserved,
        Fault::OversellSafetyStock,
        Fault::DoubleRelease,
        Fault::MissedExpiry,
        Fault::GroupIdReuse,
        Fault::SkippedAnswer,
        Fault::AnswerForgottenTooSoon,
        Fault::KeyForAnotherRequest,
        Fault::PriceNotChecked,
        Fault::StaleVersionAccepted,
        Fault::ExpiredCheckoutAccepted,
        Fault::RoundingLeak,
        Fault::DiscountLeak,
        Fault::CaptureTwice,
        Fault::RefundToldTwice,
        Fault::RefundAbovePaid,
        Fault::StrayMoneyKept,
        Fault::VoidForgotten,
        Fault::WrongAccount,
        Fault::EarnedTwice,
        Fault::ShippedWithoutGoods,
        Fault::RetryWithoutKey,
        Fault::ForgottenEffect,
        Fault::TornBatch,
        Fault::LyingDisk,
        Fault::IdsForgottenAtStart,
        Fault::QuotaKept,
        Fault::QuotaGivenBackTwice,
        Fault::QuotaNotRead,
        Fault::DepositNotCounted,
        Fault::BalanceTakenTooEarly,
        Fault::DepositKeptAnyway,
        Fault::RefundFromDepositAlone,
        Fault::BalanceNeverOverdue,
        Fault::PacketDrawnTwice,
        Fault::PacketSpentTwice,
        Fault::PacketsDoNotAddUp,
        Fault::ReturnedTwice,
        Fault::ReturnWithoutRefund,
        Fault::ReturnRestockedTwice,
        Fault::ReturnWindowIgnored,
        Fault::PointsNotTaken,
        Fault::PointsAboveShare,
        Fault::PointsRoundedByLine,
        Fault::PointsKeptWithReturn,
        Fault::PointsNeverExpire,
        Fault::NumberGivenTwice,
        Fault::WaybillOfCanceledKept,
        Fault::QuotaOfDayIgnored,
        Fault::LastHeardCounts,
        Fault::SightingCountedAgain,
        Fault::RelocatedAndKept,
        Fault::RelocatedBeyondStock,
        Fault::AnnouncedTwice,
        Fault::RefusalForgotten,
        Fault::MovedParcelKept,
        Fault::RoundLastHeardCounts,
    ];

    /// Plants a bug in this process, in place of the one before.
    pub fn plant(fault: Option<Fault>) {
        PLANTED.store(fault.map_or(0, |f| f as u8), Ordering::Relaxed);
    }

    /// Whether this bug is planted.
    pub fn is(fault: Fault) -> bool {
        PLANTED.load(Ordering::Relaxed) == fault as u8
    }
}
