//! Locations and categories: the records that goods refer to.

use super::cells::{Cells, TITLES, Texts, degrees_parse, set_text, set_texts};
use super::hours::{hours_parse, minute_parse};
use super::read::Content;
use super::report::{Counts, FileErrors, LineState};
use commerce::catalog::check_code;
use commerce::code::Country;
use commerce::id::{CategoryId, LocationId};
use commerce::settings::{Address, Category, Hours, Location, LocationKind};
use commerce::text::Text;
use commerce::world::{Record, RecordKind};
use commerce::{World, limits};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The largest position of a category among its siblings.
const POSITION_MAX: i64 = 1_000_000;
/// The largest lead time of a pickup, in minutes: 30 days.
const LEAD_MINUTES_MAX: i64 = 30 * 24 * 60;

/// A line of a location file; `None` for what the file or a bad cell leaves open.
#[derive(Debug)]
pub(super) struct LocationLine {
    line: u64,
    code: String,
    name: Option<String>,
    kind: Option<LocationKind>,
    street: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    region: Option<String>,
    country: Option<Option<Country>>,
    latitude_micro: Option<i32>,
    longitude_micro: Option<i32>,
    time_zone: Option<String>,
    hours: Option<([Hours; 7], String)>,
    ships: Option<bool>,
    collects: Option<bool>,
    sells: Option<bool>,
    pickup_lead_minutes: Option<u32>,
    ship_cutoff_minute: Option<u16>,
}

impl LocationLine {
    pub fn read(cells: &mut Cells) -> Self {
        let kinds = [
            ("warehouse", LocationKind::Warehouse),
            ("shop", LocationKind::Shop),
        ];
        let lead = |cells: &mut Cells| {
            let minutes = cells.number("pickup_lead_minutes", LEAD_MINUTES_MAX, Some(0))?;
            u32::try_from(minutes).ok()
        };
        Self {
            line: cells.line,
            code: cells.code("location"),
            name: name(cells),
            kind: cells.word("kind", &kinds, None),
            street: cells.text("street"),
            postal_code: cells.text("postal_code"),
            city: cells.text("city"),
            region: cells.text("region"),
            country: country(cells),
            latitude_micro: cells.parsed("lat", |t| degrees_parse(t, 90)),
            longitude_micro: cells.parsed("lon", |t| degrees_parse(t, 180)),
            time_zone: time_zone(cells),
            hours: cells.parsed("opening_hours", |t| {
                Ok::<_, String>((hours_parse(t)?, t.to_string()))
            }),
            ships: cells.yes("ships"),
            collects: cells.yes("collects"),
            sells: cells.yes("sells"),
            pickup_lead_minutes: lead(cells),
            ship_cutoff_minute: cells.parsed("ship_cutoff", |t| {
                minute_parse(t).ok_or_else(|| format!("`{t}` is not a time such as 14:00"))
            }),
        }
    }

    /// The location as it is after this line.
    fn apply(&self, location: &mut Location) {
        fn put<T: Clone>(known: &mut T, cell: &Option<T>) {
            if let Some(cell) = cell {
                known.clone_from(cell);
            }
        }
        set_text(&mut location.name, self.name.as_ref());
        put(&mut location.kind, &self.kind);
        let address = &mut location.address;
        set_text(&mut address.street, self.street.as_ref());
        set_text(&mut address.postal_code, self.postal_code.as_ref());
        set_text(&mut address.city, self.city.as_ref());
        set_text(&mut address.region, self.region.as_ref());
        put(&mut address.country, &self.country);
        put(&mut location.latitude_micro, &self.latitude_micro);
        put(&mut location.longitude_micro, &self.longitude_micro);
        set_text(&mut location.time_zone, self.time_zone.as_ref());
        if let Some((hours, text)) = &self.hours
            && location.hours_text.trim() != text
        {
            location.hours.clone_from(hours);
            location.hours_text.clone_from(text);
        }
        put(&mut location.ships, &self.ships);
        put(&mut location.collects, &self.collects);
        put(&mut location.sells, &self.sells);
        put(&mut location.pickup_lead_minutes, &self.pickup_lead_minutes);
        put(&mut location.ship_cutoff_minute, &self.ship_cutoff_minute);
    }
}

fn name(cells: &mut Cells) -> Option<String> {
    let name = cells.text("name");
    if name.as_deref() == Some("") {
        cells.fail("name", "is empty");
    }
    name
}

fn country(cells: &mut Cells) -> Option<Option<Country>> {
    let text = cells.get("country")?;
    let country = Country::parse(text);
    if country.is_none() {
        cells.fail("country", "is not a code of two letters, such as DE");
    }
    country.map(Some)
}

fn time_zone(cells: &mut Cells) -> Option<String> {
    let text = cells.get("time_zone")?;
    if jiff::tz::TimeZone::get(text).is_err() {
        cells.fail(
            "time_zone",
            "is not an IANA time zone, such as Europe/Berlin",
        );
    }
    Some(text.to_string())
}

/// A line of a category file; `None` for what the file or a bad cell leaves open.
#[derive(Debug)]
pub(super) struct CategoryLine {
    line: u64,
    path: String,
    titles: Texts,
    position: Option<u32>,
    image: Option<String>,
}

impl CategoryLine {
    pub fn read(cells: &mut Cells) -> Self {
        let position = |cells: &mut Cells| match cells.get("position")? {
            "" => None,
            _ => u32::try_from(cells.number("position", POSITION_MAX, None)?).ok(),
        };
        Self {
            line: cells.line,
            path: cells.code("category"),
            titles: TITLES.map(|column| cells.text(column)),
            position: position(cells),
            image: image(cells),
        }
    }
}

/// A picture's path below the media folder.
pub(super) fn image(cells: &mut Cells) -> Option<String> {
    let image = cells.text("image")?;
    let climbs = image.split(['/', '\\']).any(|part| part == "..");
    if climbs || image.contains('\\') {
        cells.fail(
            "image",
            "is not a path below the media folder, such as mug.jpg",
        );
        return None;
    }
    Some(image)
}

/// Locations and categories as they are after the import.
pub(super) struct Places<'w> {
    world: &'w World,
    locations: BTreeMap<String, Location>,
    /// By path, with the place in which it was first named: parents come before their children.
    categories: HashMap<String, (usize, Category)>,
    /// Codes and paths of lines that are bad: naming one is no further fault.
    bad: HashSet<String>,
    positions: HashMap<Option<CategoryId>, u32>,
    /// The rank of the next new location.
    rank_next: u32,
    /// New categories that no category file names: those of products, and parents.
    pub created_unnamed: u32,
}

impl<'w> Places<'w> {
    pub fn new(world: &'w World) -> Self {
        let mut positions = HashMap::new();
        for category in world.categories() {
            let last: &mut u32 = positions.entry(category.parent).or_default();
            *last = category.position.max(*last);
        }
        let rank_last = world.locations().map(|l| l.rank).max();
        Self {
            world,
            rank_next: rank_last.map_or(0, |rank| rank.saturating_add(1)),
            locations: BTreeMap::new(),
            categories: HashMap::new(),
            bad: HashSet::new(),
            positions,
            created_unnamed: 0,
        }
    }

    /// Takes in the lines of location and category files.
    pub fn plan(
        &mut self,
        contents: &[&Content],
        errors: &mut [FileErrors],
        next_id: &mut dyn FnMut() -> u64,
    ) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); contents.len()];
        let mut seen = HashMap::new();
        for (i, content) in contents.iter().enumerate() {
            let errors = &mut errors[i];
            match content {
                Content::Locations(lines) => {
                    for line in lines {
                        if first_time(&mut seen, ("location", &line.code), line.line, errors) {
                            counts[i].note(self.location_line(line, next_id));
                        }
                    }
                }
                Content::Categories(lines) => {
                    for line in lines {
                        if let Some(state) = self.category_line(line, &mut seen, errors, next_id) {
                            counts[i].note(state);
                        }
                    }
                }
                _ => {}
            }
        }
        counts
    }

    fn location_line(
        &mut self,
        line: &LocationLine,
        next_id: &mut dyn FnMut() -> u64,
    ) -> LineState {
        let known = self.known_location(&line.code);
        let mut location = known.cloned().unwrap_or_else(|| Location {
            id: LocationId(next_id()),
            code: line.code.clone(),
            name: String::new(),
            kind: LocationKind::Warehouse,
            address: Address::default(),
            latitude_micro: 0,
            longitude_micro: 0,
            time_zone: String::new(),
            hours: Default::default(),
            hours_text: String::new(),
            closed_on: Vec::new(),
            ships: false,
            collects: false,
            sells: false,
            pickup_lead_minutes: 0,
            ship_cutoff_minute: 0,
            rank: self.rank_next,
        });
        if known.is_none() {
            self.rank_next = self.rank_next.saturating_add(1);
        }
        line.apply(&mut location);
        let state = LineState::of(known, &location);
        self.locations.insert(line.code.clone(), location);
        state
    }

    fn known_location(&self, code: &str) -> Option<&'w Location> {
        let id = self.world.id_of_code(RecordKind::Location, code)?;
        self.world.location(LocationId(id))
    }

    /// The location behind a code, in the files or in the world.
    pub fn location(&self, code: &str) -> Option<LocationId> {
        let planned = self.locations.get(code).map(|l| l.id);
        planned.or_else(|| self.known_location(code).map(|l| l.id))
    }

    fn category_line(
        &mut self,
        line: &CategoryLine,
        seen: &mut HashMap<(&'static str, String), u64>,
        errors: &mut FileErrors,
        next_id: &mut dyn FnMut() -> u64,
    ) -> Option<LineState> {
        let path = match self.category_path(&line.path) {
            Ok(path) => path,
            Err(reason) => {
                self.bad.insert(line.path.clone());
                if !line.path.is_empty() {
                    errors.at(line.line, "category", reason);
                }
                return None;
            }
        };
        if !first_time(seen, ("category", &path), line.line, errors) {
            return None;
        }
        let known = self.known_category(&path);
        if known.is_none() {
            self.create(&path, next_id);
            self.created_unnamed -= 1;
        }
        let planned = self.categories.get(&path).map(|(_, c)| c.clone());
        let mut category = planned.or_else(|| known.cloned())?;
        set_texts(&mut category.title, &line.titles);
        if category.title.is_empty() {
            category.title = Text::en(leaf(&path));
        }
        if let Some(position) = line.position {
            category.position = position;
            let last = self.positions.entry(category.parent).or_default();
            *last = position.max(*last);
        }
        set_text(&mut category.image, line.image.as_ref());
        let state = LineState::of(known, &category);
        let order = self
            .categories
            .get(&path)
            .map_or(self.categories.len(), |(order, _)| *order);
        self.categories.insert(path, (order, category));
        Some(state)
    }

    fn known_category(&self, path: &str) -> Option<&'w Category> {
        let id = self.world.id_of_code(RecordKind::Category, path)?;
        self.world.category(CategoryId(id))
    }

    /// The path as it is kept: one ` > ` between names.
    fn category_path(&self, text: &str) -> Result<String, String> {
        if self.known_category(text).is_some() {
            return Ok(text.to_string());
        }
        let names: Vec<&str> = text.split('>').map(str::trim).collect();
        if names.iter().any(|n| n.is_empty()) {
            return Err("is not a path such as Home > Lighting".to_string());
        }
        let path = names.join(" > ");
        if check_code("category", &path).is_err() {
            let max = limits::CODE_CHARS_MAX;
            return Err(format!(
                "is longer than {max} characters or has a control character"
            ));
        }
        Ok(path)
    }

    /// The category behind a path that a product names; created with its parents when there is none.
    ///
    /// `Err` says what is wrong with the path; `Ok(None)` that its own line is bad.
    pub fn category(
        &mut self,
        text: &str,
        next_id: &mut dyn FnMut() -> u64,
    ) -> Result<Option<CategoryId>, String> {
        if self.bad.contains(text) {
            return Ok(None);
        }
        let path = self.category_path(text)?;
        Ok(Some(self.create(&path, next_id)))
    }

    /// The category's id, known or planned; else it is planned, parents first.
    fn create(&mut self, path: &str, next_id: &mut dyn FnMut() -> u64) -> CategoryId {
        if let Some((_, planned)) = self.categories.get(path) {
            return planned.id;
        }
        if let Some(known) = self.known_category(path) {
            return known.id;
        }
        let parent = path
            .rsplit_once(" > ")
            .map(|(above, _)| self.create(above, next_id));
        let last = self.positions.entry(parent).or_default();
        *last += 1;
        let category = Category {
            id: CategoryId(next_id()),
            path: path.to_string(),
            title: Text::en(leaf(path)),
            parent,
            position: *last,
            image: String::new(),
        };
        let id = category.id;
        self.created_unnamed += 1;
        self.categories
            .insert(path.to_string(), (self.categories.len(), category));
        id
    }

    /// The records that are new or changed.
    pub fn into_records(self) -> Vec<Record> {
        let Self {
            world,
            locations,
            categories,
            ..
        } = self;
        let mut categories: Vec<(usize, Category)> = categories.into_values().collect();
        categories.sort_by_key(|(order, _)| *order);
        let locations = locations.into_values().map(Record::Location);
        let categories = categories.into_iter().map(|(_, c)| Record::Category(c));
        let mut records: Vec<Record> = locations.chain(categories).collect();
        records.retain(|r| {
            world
                .record_arc(r.kind(), r.id())
                .is_none_or(|known| *known != *r)
        });
        records.sort_by_key(|r| match r {
            Record::Location(location) => location.rank,
            _ => u32::MAX,
        });
        records
    }
}

fn leaf(path: &str) -> &str {
    path.rsplit_once(" > ").map_or(path, |(_, name)| name)
}

/// Whether a code comes for the first time; else the fault is noted. A bad, empty code is no further fault.
fn first_time(
    seen: &mut HashMap<(&'static str, String), u64>,
    (column, code): (&'static str, &str),
    line: u64,
    errors: &mut FileErrors,
) -> bool {
    if code.is_empty() {
        return false;
    }
    if let Some(before) = seen.insert((column, code.to_string()), line) {
        errors.at(
            line,
            column,
            format!("`{code}` is given on line {before} already"),
        );
        return false;
    }
    true
}
