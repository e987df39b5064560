//! What the rules of shops do, to hold our plans against: the fewest parcels, then the nearest locations. It looks at no
//! cost.

use logistics::sourcing::{Left, Line, Mask, Network, Order, Part, Plan};

/// Up to so many parcels the fewest are found by trying all sets; beyond, location by location.
const TRIED: u32 = 3;

/// A carrier must have as many parcels left as any order may take.
const PARCELS_MAX: u32 = 16;

/// Plans orders by rules.
pub struct Rules<'a> {
    network: &'a Network,
    // By region: locations, the nearest first.
    nearest: Vec<Vec<u8>>,
    distance_km: &'a [u32],
}

impl<'a> Rules<'a> {
    /// Rules that know how far it is: `distance_km[region * locations + location]`.
    pub fn new(network: &'a Network, distance_km: &'a [u32]) -> Self {
        let by_distance = |row: &[u32]| {
            let mut locations: Vec<u8> = (0..row.len() as u8).collect();
            locations.sort_by_key(|&location| (row[usize::from(location)], location));
            locations
        };
        let rows = distance_km.chunks(network.locations());
        Self {
            network,
            nearest: rows.map(by_distance).collect(),
            distance_km,
        }
    }

    /// Plans an order from what is left.
    pub fn plan(&self, left: &Left, order: &Order, lines: &[Line], plan: &mut Plan) {
        plan.parts.clear();
        let region = usize::from(order.region);
        let open = self.network.usable(region) & !order.excluded & self.with_room(left, order);
        let nearest = &self.nearest[region];
        let mut masks = Masks::default();
        for (index, line) in lines.iter().enumerate() {
            let some = left.stock.available(line.variant) & open;
            let has_all = |&location: &u8| {
                some >> location & 1 == 1
                    && left.stock.units(line.variant, usize::from(location)) >= line.quantity
            };
            let whole = nearest.iter().filter(|location| has_all(location));
            let whole = whole.fold(0, |mask: Mask, location| mask | 1 << location);
            if whole == 0 {
                masks.broken.push((index, some));
            } else {
                masks.whole.push((index, whole));
            }
        }
        let set = self.fewest(&masks, region);
        for &(index, whole) in &masks.whole {
            let from = nearest
                .iter()
                .find(|location| (whole & set) >> **location & 1 == 1);
            plan.parts
                .extend(from.map(|&location| part(index, location, lines[index].quantity)));
        }
        for &(index, some) in &masks.broken {
            self.pour(left, index, &lines[index], some, region, plan);
        }
        plan.parts.sort_unstable();
    }

    // Locations that can send another parcel.
    fn with_room(&self, left: &Left, order: &Order) -> Mask {
        let region = usize::from(order.region);
        let has_room = |&location: &usize| {
            let Some(lane) = self.network.lane(region, location) else {
                return false;
            };
            left.limits.location(usize::from(order.wave), location) > 0
                && left.limits.carrier(usize::from(lane.carrier)) >= PARCELS_MAX
        };
        let locations = (0..self.network.locations()).filter(has_room);
        locations.fold(0, |mask, location| mask | 1 << location)
    }

    // The smallest set of locations that has all lines, the nearest of those.
    fn fewest(&self, masks: &Masks, region: usize) -> Mask {
        let nearest = &self.nearest[region];
        let is_cover = |set: Mask| masks.whole.iter().all(|(_, whole)| whole & set != 0);
        if is_cover(0) {
            return 0;
        }
        for count in 1..=TRIED {
            let mut best = None;
            self.sets(count, 0, 0, 0, region, &mut |set, km| {
                if is_cover(set) && best.is_none_or(|(least, _)| km < least) {
                    best = Some((km, set));
                }
            });
            if let Some((_, set)) = best {
                return set;
            }
        }
        let mut set = 0;
        while !is_cover(set) {
            let open = masks.whole.iter().filter(|(_, whole)| whole & set == 0);
            let open: Vec<Mask> = open.map(|(_, whole)| *whole).collect();
            let covered = |location: &u8| {
                open.iter()
                    .filter(|whole| *whole >> *location & 1 == 1)
                    .count()
            };
            let most = nearest
                .iter()
                .rev()
                .max_by_key(|location| covered(location));
            set |= most.map_or(0, |location| 1 << location);
        }
        set
    }

    fn sets(
        &self,
        count: u32,
        from: usize,
        set: Mask,
        km: u32,
        region: usize,
        found: &mut impl FnMut(Mask, u32),
    ) {
        if count == 0 {
            found(set, km);
            return;
        }
        for location in from..self.network.locations() {
            let further = self.distance_km[region * self.network.locations() + location];
            self.sets(
                count - 1,
                location + 1,
                set | 1 << location,
                km + further,
                region,
                found,
            );
        }
    }

    // A line that is nowhere whole: from the nearest, as much as there is, then from the next.
    fn pour(
        &self,
        left: &Left,
        index: usize,
        line: &Line,
        some: Mask,
        region: usize,
        plan: &mut Plan,
    ) {
        let mut wanted = line.quantity;
        let having = self.nearest[region]
            .iter()
            .filter(|location| some >> **location & 1 == 1);
        for &location in having {
            let units = left
                .stock
                .units(line.variant, usize::from(location))
                .min(wanted);
            if units > 0 {
                plan.parts.push(part(index, location, units));
                wanted -= units;
            }
        }
    }
}

#[derive(Default)]
struct Masks {
    // Lines that some location has whole, and which.
    whole: Vec<(usize, Mask)>,
    // Lines that none has whole, and which have some.
    broken: Vec<(usize, Mask)>,
}

fn part(index: usize, location: u8, quantity: u32) -> Part {
    Part {
        line: index as u16,
        location,
        quantity,
    }
}
