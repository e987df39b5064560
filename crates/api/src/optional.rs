//! What the shop's pages can do without for a while. The one place that says whether it is shown now.

use crate::app::{App, now_ms};
use commerce::switch::Work;

/// A part of the shop's pages that nobody needs to buy something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optional {
    /// The texts and photos of reviews, each page of which is a question to the database. Stars are in memory and stay.
    Reviews,
    /// What is bought together with something.
    Recommendations,
}

impl App {
    /// Whether a part is shown now: neither while people wait before the doors, nor while its work is shed. What
    /// [`Work::Reviews`] sheds is the writing: those that are there stay to be read.
    pub fn shows(&self, part: Optional) -> bool {
        let is_shed = match part {
            Optional::Reviews => false,
            Optional::Recommendations => self.sheds(Work::Recommendations, now_ms()).is_some(),
        };
        !is_shed && !self.admission.hall.is_open()
    }
}
