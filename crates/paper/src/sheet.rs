//! Pages: where everything stands is planned first, then drawn, with what it means in the document's structure.

use crate::draw::{Tone, draw_line, stroke, unsound};
use crate::fonts::{Fonts, Weight};
use crate::lines::{Line, Style, break_text};
use crate::{Cell, Document, PaperError, Row, Side, Table};
use krilla::SerializeSettings;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagKind, TagTree,
};
use std::num::NonZeroU16;

// A4 in points, and what is left free at its edges.
const WIDTH: f32 = 595.276;
const HEIGHT: f32 = 841.89;
const LEFT: f32 = 51.0;
const RIGHT: f32 = WIDTH - 51.0;
const TOP: f32 = 54.0;
const BOTTOM: f32 = HEIGHT - 66.0;
const FOOT: f32 = HEIGHT - 40.0;
/// Where the issuer's column begins.
const ISSUER: f32 = 330.0;
/// Where the values of facts begin.
const VALUES: f32 = 205.0;
/// What a line takes of its font's size.
const LEADING: f32 = 1.32;
/// What is left free above and below a row's texts, and beside a cell's.
const ROW_GAP: f32 = 4.5;
const CELL_GAP: f32 = 5.0;

const fn plain(size: f32) -> Style {
    Style {
        size,
        weight: Weight::Plain,
    }
}

const fn bold(size: f32) -> Style {
    Style {
        size,
        weight: Weight::Bold,
    }
}

/// What a part of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Heading,
    Part,
    Paragraph,
    Table,
    Row,
    Head,
    Cell,
}

/// A part of the document's structure; its parent comes before it.
struct Structure {
    kind: Kind,
    parent: Option<usize>,
    title: String,
}

/// What a mark on a page belongs to.
#[derive(Debug, Clone, Copy)]
enum Of {
    /// A part of the structure.
    Structure(usize),
    /// What is repeated or only pleases the eye.
    Nothing(ArtifactType),
}

enum Mark {
    Text {
        x: f32,
        y: f32,
        line: Line,
        tone: Tone,
        of: Of,
    },
    Rule {
        y: f32,
        thickness: f32,
        tone: Tone,
    },
}

/// Where everything stands.
pub(crate) struct Plan {
    structure: Vec<Structure>,
    pages: Vec<Vec<Mark>>,
    /// Headings with their page and height, for the outline.
    headings: Vec<(String, usize, f32)>,
}

struct Planner<'p> {
    fonts: &'p Fonts,
    document: &'p Document,
    title: String,
    plan: Plan,
    y: f32,
}

/// Says where everything stands.
pub(crate) fn plan(fonts: &Fonts, document: &Document) -> Plan {
    let mut planner = Planner {
        fonts,
        document,
        title: title(fonts, document),
        plan: Plan {
            structure: Vec::new(),
            pages: vec![Vec::new()],
            headings: Vec::new(),
        },
        y: TOP,
    };
    planner.addresses();
    planner.heading();
    planner.facts();
    for table in &document.tables {
        planner.table(table);
    }
    planner.notes();
    planner.feet();
    planner.plan
}

impl Planner<'_> {
    fn open(&mut self, kind: Kind, parent: Option<usize>) -> usize {
        self.plan.structure.push(Structure {
            kind,
            parent,
            title: String::new(),
        });
        self.plan.structure.len() - 1
    }

    fn mark(&mut self, mark: Mark) {
        let page = self.plan.pages.last_mut();
        page.expect("there is a page").push(mark);
    }

    fn next_page(&mut self) {
        self.plan.pages.push(Vec::new());
        let again = break_text(self.fonts, &self.title, RIGHT - LEFT, bold(9.0));
        let line = again.into_iter().next();
        self.y = TOP;
        let of = Of::Nothing(ArtifactType::Header);
        self.lines(line.into_iter().collect(), LEFT, Tone::Quiet, of);
        self.y += 10.0;
    }

    /// Goes on to the next page unless so much fits on this one.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.next_page();
        }
    }

    /// Puts lines below each other, and goes on below them.
    fn lines(&mut self, lines: Vec<Line>, x: f32, tone: Tone, of: Of) {
        for line in lines {
            let y = self.y + line.size;
            self.y += line.size * LEADING;
            self.mark(Mark::Text {
                x,
                y,
                line,
                tone,
                of,
            });
        }
    }

    fn addresses(&mut self) {
        let begin = self.y;
        for (at, text) in self.document.issuer.iter().enumerate() {
            let style = if at == 0 { bold(11.0) } else { plain(8.5) };
            let lines = break_text(self.fonts, text, RIGHT - ISSUER, style);
            let tone = if at == 0 { Tone::Ink } else { Tone::Quiet };
            let of = Of::Structure(self.open(Kind::Paragraph, None));
            self.lines(lines, ISSUER, tone, of);
        }
        let below = self.y;
        self.y = begin + 56.0;
        for text in &self.document.recipient {
            let lines = break_text(self.fonts, text, ISSUER - LEFT - 20.0, plain(10.0));
            let of = Of::Structure(self.open(Kind::Paragraph, None));
            self.lines(lines, LEFT, Tone::Ink, of);
        }
        self.y = self.y.max(below).max(begin + 110.0);
    }

    fn heading(&mut self) {
        self.y += 24.0;
        let title = self.title.clone();
        let lines = break_text(self.fonts, &title, RIGHT - LEFT, bold(19.0));
        let at = self.open(Kind::Heading, None);
        self.outline(at, title);
        self.lines(lines, LEFT, Tone::Ink, Of::Structure(at));
        self.y += 8.0;
    }

    fn outline(&mut self, at: usize, title: String) {
        let page = self.plan.pages.len() - 1;
        self.plan.structure[at].title.clone_from(&title);
        self.plan.headings.push((title, page, self.y));
    }

    fn facts(&mut self) {
        for (name, value) in &self.document.facts {
            let names = break_text(self.fonts, name, VALUES - LEFT - 8.0, plain(9.5));
            let values = break_text(self.fonts, value, RIGHT - VALUES, plain(9.5));
            let height = names.len().max(values.len()) as f32 * 9.5 * LEADING;
            self.need(height);
            let of = Of::Structure(self.open(Kind::Paragraph, None));
            let begin = self.y;
            self.lines(names, LEFT, Tone::Quiet, of);
            let below = self.y;
            self.y = begin;
            self.lines(values, VALUES, Tone::Ink, of);
            self.y = self.y.max(below) + 1.5;
        }
        self.y += 12.0;
    }

    fn table(&mut self, table: &Table) {
        let heads = self.heads(table);
        let head_height = self.height(&heads);
        let title = self.fonts.writable(&table.title);
        if !is_blank(&title) {
            let lines = break_text(self.fonts, &title, RIGHT - LEFT, bold(11.0));
            self.need(lines.len() as f32 * 11.0 * LEADING + 3.0 * head_height);
            let at = self.open(Kind::Part, None);
            self.outline(at, title);
            self.lines(lines, LEFT, Tone::Ink, Of::Structure(at));
            self.y += 2.0;
        }
        let node = self.open(Kind::Table, None);
        let mut is_begun = false;
        for row in &table.rows {
            let cells = self.cells(table, row);
            let height = self.height(&cells);
            let needed = if is_begun {
                height
            } else {
                height + head_height
            };
            let pages = self.plan.pages.len();
            self.need(needed);
            if !is_begun {
                let head_row = self.open(Kind::Row, Some(node));
                self.head(table, &heads, Some(head_row));
                is_begun = true;
            } else if self.plan.pages.len() > pages {
                self.head(table, &heads, None);
            }
            let of = self.open(Kind::Row, Some(node));
            if row.is_sum {
                self.rule(1.0, Tone::Ink);
            }
            self.row(table, cells, of);
            if !row.is_sum {
                self.rule(0.4, Tone::Quiet);
            }
        }
        self.y += 14.0;
    }

    fn rule(&mut self, thickness: f32, tone: Tone) {
        let y = self.y;
        self.mark(Mark::Rule { y, thickness, tone });
    }

    fn heads(&self, table: &Table) -> Vec<Vec<Line>> {
        let columns = table.columns.iter();
        columns
            .map(|c| break_text(self.fonts, &c.head, inner(c.permille), bold(8.5)))
            .collect()
    }

    fn cells(&self, table: &Table, row: &Row) -> Vec<Vec<Line>> {
        let style = if row.is_sum { bold(9.5) } else { plain(9.5) };
        let cell = |(cell, width): (&Cell, f32)| {
            let mut lines = break_text(self.fonts, &cell.text, width, style);
            for below in &cell.below {
                lines.extend(break_text(self.fonts, below, width, plain(8.0)));
            }
            lines
        };
        let widths = table.columns.iter().map(|c| inner(c.permille));
        row.cells.iter().zip(widths).map(cell).collect()
    }

    fn height(&self, cells: &[Vec<Line>]) -> f32 {
        let height = |lines: &Vec<Line>| lines.iter().map(|l| l.size * LEADING).sum::<f32>();
        cells.iter().map(height).fold(0.0, f32::max) + 2.0 * ROW_GAP
    }

    /// The table's head; one that is repeated is no part of the structure.
    fn head(&mut self, table: &Table, heads: &[Vec<Line>], row: Option<usize>) {
        let begin = self.y + ROW_GAP;
        let mut below = begin;
        let mut x = LEFT;
        for (column, lines) in table.columns.iter().zip(heads) {
            let of = match row {
                Some(row) => Of::Structure(self.open(Kind::Head, Some(row))),
                None => Of::Nothing(ArtifactType::PaginationOther),
            };
            self.y = begin;
            self.cell(
                lines.clone(),
                (x, column.permille, column.side),
                Tone::Quiet,
                of,
            );
            below = below.max(self.y);
            x += outer(column.permille);
        }
        self.y = below + ROW_GAP;
        self.rule(1.0, Tone::Ink);
    }

    fn row(&mut self, table: &Table, cells: Vec<Vec<Line>>, row: usize) {
        let begin = self.y + ROW_GAP;
        let mut below = begin;
        let mut x = LEFT;
        for (column, lines) in table.columns.iter().zip(cells) {
            let of = Of::Structure(self.open(Kind::Cell, Some(row)));
            self.y = begin;
            self.cell(lines, (x, column.permille, column.side), Tone::Ink, of);
            below = below.max(self.y);
            x += outer(column.permille);
        }
        self.y = below + ROW_GAP;
    }

    fn cell(&mut self, lines: Vec<Line>, place: (f32, u16, Side), tone: Tone, of: Of) {
        let (left, permille, side) = place;
        for line in lines {
            let x = match side {
                Side::Left => left,
                Side::Right => left + inner(permille) - line.width,
            };
            // What is below a cell's first text is smaller, and quieter.
            let tone = if line.size < 8.2 { Tone::Quiet } else { tone };
            self.lines(vec![line], x, tone, of);
        }
    }

    fn notes(&mut self) {
        for note in &self.document.notes {
            let lines = break_text(self.fonts, note, RIGHT - LEFT, plain(9.5));
            self.need(lines.len().min(4) as f32 * 9.5 * LEADING);
            let of = Of::Structure(self.open(Kind::Paragraph, None));
            for line in lines {
                self.need(line.size * LEADING);
                self.lines(vec![line], LEFT, Tone::Ink, of);
            }
            self.y += 5.0;
        }
    }

    fn feet(&mut self) {
        let pages = self.plan.pages.len();
        for page in 0..pages {
            let text = self
                .document
                .foot
                .replace("{page}", &(page + 1).to_string());
            let text = text.replace("{pages}", &pages.to_string());
            let lines = break_text(self.fonts, &text, RIGHT - LEFT, plain(8.0));
            for line in lines.into_iter().take(1) {
                self.plan.pages[page].push(Mark::Text {
                    x: RIGHT - line.width,
                    y: FOOT,
                    line,
                    tone: Tone::Quiet,
                    of: Of::Nothing(ArtifactType::Footer),
                });
            }
        }
    }
}

/// The width of a column, in points.
fn outer(permille: u16) -> f32 {
    (RIGHT - LEFT) * f32::from(permille) / 1_000.0
}

/// What a column's texts have of it. The last one ends at the edge, so that every column gives up as much.
fn inner(permille: u16) -> f32 {
    (outer(permille) - CELL_GAP).max(8.0)
}

/// Draws what was planned.
pub(crate) fn draw(fonts: &Fonts, document: &Document, plan: &Plan) -> Result<Vec<u8>, PaperError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(unsound)?;
    let mut pdf = krilla::Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let mut drawn: Vec<Vec<Identifier>> = plan.structure.iter().map(|_| Vec::new()).collect();
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| unsound("no page"))?;
    for marks in &plan.pages {
        let mut page = pdf.start_page_with(size.clone());
        let mut surface = page.surface();
        for mark in marks {
            draw_mark(&mut surface, mark, &mut drawn);
        }
        surface.finish();
        page.finish();
    }
    pdf.set_tag_tree(tree(document, plan, drawn));
    let mut outline = Outline::new();
    for (title, page, y) in &plan.headings {
        let to = XyzDestination::new(*page, Point::from_xy(LEFT, *y));
        outline.push_child(OutlineNode::new(title.clone(), to));
    }
    pdf.set_outline(outline);
    pdf.set_metadata(metadata(fonts, document));
    pdf.finish().map_err(unsound)
}

/// The title as it is written. There always is one, since an accessible file has to have it.
fn title(fonts: &Fonts, document: &Document) -> String {
    let title = fonts.writable(&document.title);
    if is_blank(&title) {
        "–".to_owned()
    } else {
        title
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

fn metadata(fonts: &Fonts, document: &Document) -> Metadata {
    let (year, month, day) = document.made;
    let author = document.issuer.first().map(|name| fonts.writable(name));
    Metadata::new()
        .title(title(fonts, document))
        .language(document.language.to_owned())
        .authors(author.into_iter().collect())
        .creator("Sesame".to_owned())
        .document_id(document.identity.clone())
        .creation_date(DateTime::new(year).month(month).day(day))
}

fn draw_mark(surface: &mut Surface<'_>, mark: &Mark, drawn: &mut [Vec<Identifier>]) {
    match mark {
        Mark::Text {
            x,
            y,
            line,
            tone,
            of,
        } => {
            let tag = match of {
                Of::Structure(_) => ContentTag::Span(SpanTag::empty()),
                Of::Nothing(kind) => ContentTag::Artifact(Artifact::with_kind(*kind)),
            };
            let identifier = surface.start_tagged(tag);
            draw_line(surface, (*x, *y), line, *tone);
            surface.end_tagged();
            if let Of::Structure(at) = of {
                drawn[*at].push(identifier);
            }
        }
        Mark::Rule { y, thickness, tone } => {
            let tag = ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout));
            surface.start_tagged(tag);
            surface.set_fill(None);
            surface.set_stroke(Some(stroke(*tone, *thickness)));
            let mut path = PathBuilder::new();
            path.move_to(LEFT, *y);
            path.line_to(RIGHT, *y);
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
            surface.end_tagged();
        }
    }
}

/// What was drawn, in the order in which it is read.
fn tree(document: &Document, plan: &Plan, drawn: Vec<Vec<Identifier>>) -> TagTree {
    let mut groups: Vec<TagGroup> = plan.structure.iter().map(group).collect();
    for (group, identifiers) in groups.iter_mut().zip(drawn) {
        group
            .children
            .extend(identifiers.into_iter().map(Node::from));
    }
    // Children come after their parents: from the last on, each is whole when it is given away.
    let mut roots: Vec<TagGroup> = Vec::new();
    while let Some(group) = groups.pop() {
        match plan.structure[groups.len()].parent {
            Some(parent) => groups[parent].children.insert(0, group.into()),
            None => roots.push(group),
        }
    }
    let mut tree = TagTree::new().with_lang(Some(document.language.to_owned()));
    for group in roots.into_iter().rev() {
        tree.push(group);
    }
    tree
}

fn group(part: &Structure) -> TagGroup {
    let level = |n| NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN);
    let kind: TagKind = match part.kind {
        Kind::Heading => Tag::Hn(level(1), Some(part.title.clone())).into(),
        Kind::Part => Tag::Hn(level(2), Some(part.title.clone())).into(),
        Kind::Paragraph => Tag::P.into(),
        Kind::Table => Tag::Table.into(),
        Kind::Row => Tag::TR.into(),
        Kind::Head => Tag::TH(TableHeaderScope::Column).into(),
        Kind::Cell => Tag::TD.into(),
    };
    TagGroup::new(kind)
}

/// How many pages there are.
#[cfg(test)]
pub(crate) fn pages(plan: &Plan) -> usize {
    plan.pages.len()
}

/// The texts of a page, line by line.
#[cfg(test)]
pub(crate) fn texts(plan: &Plan, page: usize) -> Vec<String> {
    let text = |mark: &Mark| match mark {
        Mark::Text { line, .. } => {
            let parts = line.runs.iter().map(|run| run.text.as_str());
            Some(parts.collect::<String>().trim_end().to_owned())
        }
        Mark::Rule { .. } => None,
    };
    plan.pages[page].iter().filter_map(text).collect()
}

/// How far down the lowest text reaches, in points.
#[cfg(test)]
pub(crate) fn lowest(plan: &Plan) -> f32 {
    let y = |mark: &Mark| match mark {
        Mark::Text { y, .. } | Mark::Rule { y, .. } => *y,
    };
    plan.pages.iter().flatten().map(y).fold(0.0, f32::max)
}
