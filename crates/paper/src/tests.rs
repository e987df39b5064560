//! What the pages hold, whatever stands on them. The fonts are those of the UI's packages: `npm ci` in `ui/` brings them.

use super::*;
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

fn files() -> FontFiles {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui");
    FontFiles::of_packages(&ui).expect("`npm ci` in ui/ brings the fonts")
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::new(&files()).expect("fonts"));

fn column(head: &str, permille: u16, side: Side) -> Column {
    Column {
        head: head.to_owned(),
        permille,
        side,
    }
}

fn document(rows: usize, name: &str) -> Document {
    let row = |n: usize| Row {
        cells: vec![
            n.to_string().into(),
            Cell {
                text: format!(
                    "Große Teekanne aus Gusseisen mit Stövchen und sechs Schalen, Nr. {n}"
                ),
                below: vec!["Farbe: Anthrazit · 红色茶壶".to_owned(), format!("SKU-{n}")],
            },
            "1\u{a0}299,00\u{a0}€".into(),
        ],
        is_sum: n == rows,
    };
    Document {
        title: "Rechnung 06AB-1".to_owned(),
        language: "de",
        issuer: vec![
            "Sesame Handels GmbH".into(),
            "Invalidenstraße 1".into(),
            "USt-IdNr. DE123456789".into(),
        ],
        recipient: vec![name.to_owned(), "Weg 1".into(), "10115 Berlin".into()],
        facts: vec![
            ("Rechnungsdatum".into(), "11. Nov. 2026".into()),
            ("发票号码".into(), "06AB-1".into()),
        ],
        tables: vec![Table {
            title: "Artikel".into(),
            columns: vec![
                column("Nr.", 80, Side::Left),
                column("Artikel", 670, Side::Left),
                column("Betrag", 250, Side::Right),
            ],
            rows: (1..=rows).map(row).collect(),
        }],
        notes: vec!["Vielen Dank.".into()],
        foot: "Seite {page} von {pages}".into(),
        made: (2026, 11, 11),
        identity: "06AB-1".into(),
    }
}

fn pages(pdf: &[u8]) -> usize {
    let needle = b"/Type/Page/";
    let spaced = b"/Type /Page\n";
    let count = |needle: &[u8]| pdf.windows(needle.len()).filter(|w| *w == needle).count();
    count(needle) + count(spaced)
}

#[test]
fn a_document_is_written_and_always_the_same() {
    let first = write(&FONTS, &document(3, "Ada Byte")).expect("written");
    assert!(first.starts_with(b"%PDF-1."));
    let other = Fonts::new(&FontFiles {
        others: files().others.into_iter().take(1).collect(),
        ..files()
    });
    let other = other.expect("fonts");
    let again = write(&other, &document(3, "Ada Byte")).expect("written");
    assert!(first == again, "the same document gives the same bytes");
    let changed = write(&FONTS, &document(3, "Ada Bite")).expect("written");
    assert!(first != changed);
    // Of fonts of ten megabytes only what is used is inside.
    assert!(first.len() < 120_000, "{} bytes", first.len());
    if let Some(folder) = std::env::var_os("PAPER_SPECIMENS") {
        let specimen = document(60, "محمد Ada 欧阳修");
        let pdf = write(&FONTS, &specimen).expect("written");
        std::fs::write(std::path::Path::new(&folder).join("specimen.pdf"), pdf).expect("kept");
    }
}

#[test]
fn a_long_table_goes_on_over_pages() {
    let plan = sheet::plan(&FONTS, &document(200, "Ada Byte"));
    let heads = |page| {
        sheet::texts(&plan, page)
            .iter()
            .filter(|t| t.as_str() == "Betrag")
            .count()
    };
    let count = sheet::pages(&plan);
    assert!(count > 8, "{count} pages");
    for page in 0..count {
        assert_eq!(heads(page), 1, "page {page} has the table's head");
        let foot = format!("Seite {} von {count}", page + 1);
        assert!(sheet::texts(&plan, page).contains(&foot));
    }
    let all: Vec<String> = (0..count)
        .flat_map(|page| sheet::texts(&plan, page))
        .collect();
    for n in 1..=200 {
        assert_eq!(all.iter().filter(|t| **t == format!("SKU-{n}")).count(), 1);
    }
    assert!(sheet::lowest(&plan) < 842.0 - 36.0);
    let pdf = write(&FONTS, &document(200, "Ada Byte")).expect("written");
    assert_eq!(pages(&pdf), count);
    assert!(matches!(
        write(&FONTS, &document(ROWS_MAX + 1, "A")),
        Err(PaperError::TooLong)
    ));
}

#[test]
fn names_of_all_scripts_are_written_and_what_no_font_has_is_a_box() {
    for (name, shown) in [
        ("Zoë Łukasiewicz-Őry", "Zoë Łukasiewicz-Őry"),
        ("欧阳修 龘", "欧阳修 龘"),
        ("محمد علي", "محمد علي"),
        ("דוד בן־גוריון", "דוד בן־גוריון"),
        ("Ada \u{202e}etyB", "Ada etyB"),
        ("Ada 👩\u{200d}👩\u{200d}👧\u{fe0f} Byte", "Ada □ Byte"),
        ("a\u{0}b\u{7}c\td", "abc d"),
        ("\u{feff}\u{e000}\u{10ffff}", ""),
        ("", ""),
    ] {
        assert_eq!(FONTS.writable(name), shown);
        write(&FONTS, &document(1, name)).expect("written");
    }
}

#[test]
fn a_document_without_a_title_is_written_all_the_same() {
    for title in ["", " ", "\u{feff}", "\u{a0}\u{200b}"] {
        let mut untitled = document(1, "Ada");
        untitled.title = title.to_owned();
        untitled.tables[0].title = title.to_owned();
        write(&FONTS, &untitled).expect("written");
    }
}

#[test]
fn words_from_right_to_left_stay_together_and_figures_in_their_order() {
    let runs = FONTS.runs("Kunde: محمد علي 123", fonts::Weight::Plain);
    let texts: Vec<&str> = runs.iter().map(|run| run.text.as_str()).collect();
    assert_eq!(texts, ["Kunde: ", "محمد علي", " 123"]);
}

#[test]
fn a_text_is_cut_where_its_lines_end_and_no_line_is_too_wide() {
    let style = Style {
        size: 10.0,
        weight: Weight::Bold,
    };
    for text in [
        "",
        "a",
        "Ada Byte und die Rechenmaschine",
        &"w".repeat(200),
        &"欧阳修".repeat(60),
    ] {
        for most in 1..4 {
            let lines = FONTS.lines(text, 60.0, style, most);
            assert!(lines.len() <= most, "{lines:?}");
            assert!(
                lines
                    .iter()
                    .all(|line| FONTS.line_width(line, style) <= 60.0),
                "{lines:?}"
            );
            let is_whole = lines.concat().replace(' ', "") == text.replace(' ', "");
            let is_cut = lines.last().is_some_and(|last| last.ends_with('…'));
            assert!(is_whole != is_cut, "{lines:?}");
        }
    }
    assert_eq!(FONTS.lines("abc", 1.0, style, 1), ["…"]);
}

#[test]
fn pages_are_written_as_they_were_laid_out_and_always_the_same() {
    let style = Style {
        size: 9.0,
        weight: Weight::Plain,
    };
    let line = |text: &str| Mark::Line {
        at: (10.0, 20.0),
        text: text.to_owned(),
        style,
    };
    let page = |text| Page {
        size: (283.5, 425.2),
        marks: vec![
            line(text),
            Mark::Area(vec![[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, f32::NAN, 1.0]]),
        ],
    };
    let sheets = [page("Ada"), page("欧阳修"), page("")];
    let pdf = write_pages(&FONTS, "Labels", &sheets).expect("written");
    assert_eq!(pages(&pdf), 3);
    assert!(pdf == write_pages(&FONTS, "Labels", &sheets).expect("written"));
    let many = vec![Page::default(); PAGES_MAX + 1];
    assert!(matches!(
        write_pages(&FONTS, "", &many),
        Err(PaperError::TooLong)
    ));
    assert!(write_pages(&FONTS, "", &many[..1]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,60}", chars in prop::collection::vec(any::<char>(), 0..60)) {
        let odd: String = chars.into_iter().collect();
        let mut all = document(1, &odd);
        all.title = text.clone();
        all.issuer = vec![odd.clone(), text.clone()];
        all.facts.push((odd.clone(), text.clone()));
        all.tables[0].rows[0].cells[1] = Cell { text: odd, below: vec![text] };
        prop_assert!(write(&FONTS, &all).is_ok());
    }
}
