//! What is ordered, checked once and kept close together: heads in one list, all lines in another.

use super::network::{Mask, Network};
use alloc::vec::Vec;
use core::fmt;

/// Most lines of an order.
pub const LINES_MAX: usize = 1_000;

/// Most units of a line.
pub const QUANTITY_MAX: u32 = 1 << 16;

/// The head of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Where it goes.
    pub region: u16,
    /// What was promised.
    pub promise: u8,
    /// The wave of picking that it belongs to.
    pub wave: u8,
    /// Locations that must not serve it.
    pub excluded: Mask,
}

/// A line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub variant: u32,
    /// How many units; from 1 to [`QUANTITY_MAX`].
    pub quantity: u32,
}

/// What the numbers in an order must be below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Of the network.
    pub regions: usize,
    /// Promise classes of the network.
    pub promises: usize,
    /// Of the limits.
    pub waves: usize,
    /// Of the stock.
    pub variants: usize,
}

/// Why an order cannot be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderError {
    /// There is no such region.
    Region(u16),
    /// There is no such promise class.
    Promise(u8),
    /// There is no such wave.
    Wave(u8),
    /// No line, or more than [`LINES_MAX`].
    Lines(usize),
    /// There is no such variant.
    Variant {
        /// The line's index in its order.
        line: usize,
        /// What it asked for.
        variant: u32,
    },
    /// No unit, or more than [`QUANTITY_MAX`].
    Quantity {
        /// The line's index in its order.
        line: usize,
        /// What it asked for.
        quantity: u32,
    },
    /// Two lines want the same variant: add them up first.
    Twice {
        /// The later line's index in its order.
        line: usize,
        /// What both ask for.
        variant: u32,
    },
    /// All orders together have more lines than can be counted with 32 bits.
    TooMany,
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Region(region) => write!(f, "there is no region {region}"),
            Self::Promise(promise) => write!(f, "there is no promise class {promise}"),
            Self::Wave(wave) => write!(f, "there is no wave {wave}"),
            Self::Lines(lines) => write!(f, "{lines} lines, 1 to {LINES_MAX} are possible"),
            Self::Variant { line, variant } => {
                write!(f, "line {line}: there is no variant {variant}")
            }
            Self::Quantity { line, quantity } => {
                write!(
                    f,
                    "line {line}: {quantity} units, 1 to {QUANTITY_MAX} are possible"
                )
            }
            Self::Twice { line, variant } => write!(
                f,
                "line {line}: variant {variant} stands in an earlier line: add their quantities up"
            ),
            Self::TooMany => write!(
                f,
                "more lines than can be counted: plan fewer orders at a time"
            ),
        }
    }
}

impl core::error::Error for OrderError {}

impl Bounds {
    /// Those of a network, with the waves of its limits and the variants of its stock.
    pub fn of(network: &Network, waves: usize, variants: usize) -> Self {
        Self {
            regions: network.regions(),
            promises: network.promises(),
            waves,
            variants,
        }
    }

    /// Checks an order. Quadratic in lines up to 16, and with a sorted copy beyond.
    ///
    /// # Errors
    /// The first of [`OrderError`] that is true of it.
    #[inline]
    pub fn check(&self, order: &Order, lines: &[Line]) -> Result<(), OrderError> {
        if usize::from(order.region) >= self.regions {
            return Err(OrderError::Region(order.region));
        }
        if usize::from(order.promise) >= self.promises {
            return Err(OrderError::Promise(order.promise));
        }
        if usize::from(order.wave) >= self.waves {
            return Err(OrderError::Wave(order.wave));
        }
        if lines.is_empty() || lines.len() > LINES_MAX {
            return Err(OrderError::Lines(lines.len()));
        }
        for (index, line) in lines.iter().enumerate() {
            if line.variant as usize >= self.variants {
                return Err(OrderError::Variant {
                    line: index,
                    variant: line.variant,
                });
            }
            if line.quantity == 0 || line.quantity > QUANTITY_MAX {
                return Err(OrderError::Quantity {
                    line: index,
                    quantity: line.quantity,
                });
            }
        }
        match twice(lines) {
            Some(line) => Err(OrderError::Twice {
                line,
                variant: lines[line].variant,
            }),
            None => Ok(()),
        }
    }
}

fn twice(lines: &[Line]) -> Option<usize> {
    const FEW: usize = 16;
    if lines.len() <= FEW {
        return (1..lines.len()).find(|&index| {
            let mut before = lines[..index].iter();
            before.any(|line| line.variant == lines[index].variant)
        });
    }
    let mut sorted: Vec<(u32, usize)> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| (line.variant, index))
        .collect();
    sorted.sort_unstable();
    let pairs = sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    pairs.map(|pair| pair[1].1).min()
}

/// Many orders.
#[derive(Debug, Clone)]
pub struct Orders {
    bounds: Bounds,
    heads: Vec<Order>,
    // One more than heads: where each order's lines begin.
    starts: Vec<u32>,
    lines: Vec<Line>,
}

impl Orders {
    /// None yet.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            heads: Vec::new(),
            starts: alloc::vec![0],
            lines: Vec::new(),
        }
    }

    /// Adds an order.
    ///
    /// # Errors
    /// What [`Bounds::check`] says; then nothing was added.
    pub fn push(&mut self, order: Order, lines: &[Line]) -> Result<(), OrderError> {
        self.bounds.check(&order, lines)?;
        let end = u32::try_from(self.lines.len() + lines.len()).map_err(|_| OrderError::TooMany)?;
        self.heads.push(order);
        self.lines.extend_from_slice(lines);
        self.starts.push(end);
        Ok(())
    }

    /// What the orders were checked against.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// How many orders.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The order at an index below [`Orders::len`].
    #[inline]
    pub fn get(&self, index: usize) -> (&Order, &[Line]) {
        (&self.heads[index], &self.lines[self.span(index)])
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Order, &[Line])> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// All lines, one order's after the other's.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Where an order's lines stand in [`Orders::lines`].
    #[inline]
    pub fn span(&self, index: usize) -> core::ops::Range<usize> {
        self.starts[index] as usize..self.starts[index + 1] as usize
    }
}
