//! How strictly a platform is treated.

/// Which addresses goods can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRule {
    /// Street, town and country must be there, and a mail address of the buyer.
    Deliverable,
    /// A country is enough: test suites send no more. Never in production.
    CountryOnly,
}

/// Whether known addresses are offered to whoever names a mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressBook {
    /// No: a mail address is no secret, and an address book is one.
    Closed,
    /// Yes: this platform is trusted to have signed the buyer in.
    ByEmail,
}

/// All rules together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Which addresses goods can be sent to.
    pub addresses: AddressRule,
    /// Whether known addresses are offered.
    pub address_book: AddressBook,
}

impl Rules {
    /// What holds for strangers.
    pub const STRICT: Self = Self {
        addresses: AddressRule::Deliverable,
        address_book: AddressBook::Closed,
    };
    /// What holds for test suites, with the explicit testing flag.
    pub const TESTING: Self = Self {
        addresses: AddressRule::CountryOnly,
        address_book: AddressBook::ByEmail,
    };
}
