//! Labels by their structure, whatever stands on them. What scanners make of them is tried with a renderer and a decoder of
//! others (`cargo xtask test --only labels`).

use super::*;
use crate::layout::{Mark, plan};
use paper::{FontFiles, Fonts, Style};
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui");
    let files = FontFiles::of_packages(&ui).expect("`npm ci` in ui/ brings the fonts");
    Fonts::new(&files).expect("fonts")
});

fn number(text: &str) -> Number {
    let symbology = match text.len() {
        18 => Symbology::Sscc,
        _ => Symbology::Plain,
    };
    Number::new(text, symbology).expect("a sound number")
}

fn label(number: Number) -> Label {
    Label {
        carrier: "Parcel Post".to_owned(),
        service: "Parcel".to_owned(),
        sorting: "DE-22".to_owned(),
        sender: [
            "Sesame Handels GmbH",
            "Lager Nord",
            "Weg 1",
            "20095 Hamburg",
            "DE",
        ]
        .map(str::to_owned)
        .to_vec(),
        receiver: Receiver {
            name: "Grace Hopper".to_owned(),
            street: "Invalidenstraße 1".to_owned(),
            place: "10115 Berlin".to_owned(),
            country: "DE".to_owned(),
            ..Receiver::default()
        },
        number,
        order: "0S6DVBA0002G1".to_owned(),
        weight_grams: 1_250,
        parcel: (1, 2),
        printed: 1,
    }
}

fn texts(label: &Label) -> Vec<String> {
    let text = |mark: Mark| match mark {
        Mark::Text { text, .. } | Mark::Centered { text, .. } => Some(text),
        _ => None,
    };
    plan(&FONTS, label).into_iter().filter_map(text).collect()
}

/// Left, top, right and bottom of a mark, with the white that codes need beside them.
fn extent(mark: &Mark) -> (u32, u32, u32, u32) {
    match mark {
        Mark::Text {
            x,
            y,
            size,
            weight,
            text,
        } => {
            let style = Style {
                size: *size as f32,
                weight: *weight,
            };
            let width = FONTS.line_width(text, style).ceil() as u32;
            (*x, *y, x + width, y + size * 6 / 5)
        }
        Mark::Centered { x, y, size, .. } => (*x, *y, WIDTH_DOTS - x, y + size * 6 / 5),
        Mark::Area {
            x,
            y,
            width,
            height,
        } => (*x, *y, x + width, y + height),
        Mark::Bars {
            x,
            y,
            module,
            height,
            code,
        } => {
            let quiet = Code128::QUIET_MODULES * module;
            let left = x
                .checked_sub(quiet)
                .expect("the quiet zone is on the label");
            (left, *y, x + code.modules() * module + quiet, y + height)
        }
        Mark::Matrix {
            x,
            y,
            module,
            matrix,
        } => {
            let side = matrix.side() * module;
            (x - module, y - module, x + side + module, y + side + module)
        }
    }
}

/// All is on the label, and nothing lies over anything else. Only the frame of the reprint mark touches itself.
fn check_places(marks: &[Mark]) {
    let all: Vec<_> = marks.iter().map(extent).collect();
    for (at, one) in all.iter().enumerate() {
        assert!(
            one.2 <= WIDTH_DOTS && one.3 <= HEIGHT_DOTS,
            "{:?}",
            marks[at]
        );
        for (other, second) in all.iter().enumerate().skip(at + 1) {
            let are_frames = [at, other].map(|i| matches!(marks[i], Mark::Area { .. }));
            let meet = one.0 < second.2 && second.0 < one.2 && one.1 < second.3 && second.1 < one.3;
            assert!(
                !meet || are_frames == [true, true],
                "{:?} {:?}",
                marks[at],
                marks[other]
            );
        }
    }
}

/// Each format has these fields and no others: everything else in it is the text of one of them.
fn check_zpl(zpl: &str) {
    for line in zpl.lines() {
        let commands: Vec<&str> = line.split('^').skip(1).collect();
        assert!(!line.contains('~'), "{line}");
        for command in commands {
            let known = [
                "XA",
                "CI28",
                "MUD",
                "PW800",
                "LL1200",
                "LH0,0",
                "LS0",
                "PA1,1,1,1",
                "XZ",
                "FS",
                "FH_",
            ];
            let begins = [
                "FO",
                "A0N,",
                "A@N,",
                "GB",
                "BY",
                "BCN,",
                "BXN,",
                "FB800,1,0,C",
                "FD",
            ];
            let is_known =
                known.contains(&command) || begins.iter().any(|b| command.starts_with(b));
            assert!(is_known, "{command} in {line}");
        }
    }
}

#[test]
fn an_sscc_is_written_as_the_standard_label_wants_it() {
    let one = label(number("340123450000000079"));
    let marks = plan(&FONTS, &one);
    check_places(&marks);
    let bars = marks.iter().find_map(|mark| match mark {
        Mark::Bars {
            x,
            module,
            height,
            code,
            ..
        } => Some((*x, *module, *height, code.modules())),
        _ => None,
    });
    // Modules of 0.5 mm, bars of 31.75 mm, and more white than ten modules on both sides.
    assert_eq!(bars, Some((88, 4, 254, 156)));
    let zpl = zpl(&FONTS, &[one]);
    assert!(
        zpl.contains("^BY4^BCN,254,N,N,N,N^FD>;>800340123450000000079^FS"),
        "{zpl}"
    );
    assert!(
        zpl.contains("^BXN,6,200,16,16,6,_^FD_100340123450000000079^FS"),
        "{zpl}"
    );
    assert!(zpl.contains("(00) 340123450000000079"), "{zpl}");
    check_zpl(&zpl);
}

#[test]
fn numbers_of_any_length_fit_and_others_are_refused() {
    for text in [
        "RR473124829GB",
        "SE0000000017",
        "A",
        "1234",
        &"W".repeat(NUMBER_CHARS_MAX),
    ] {
        let one = label(number(text));
        check_places(&plan(&FONTS, &one));
        check_zpl(&zpl(&FONTS, &[one]));
    }
    for bad in [
        "",
        "a",
        "A-1",
        "Ä",
        "A B",
        "^XA",
        &"1".repeat(NUMBER_CHARS_MAX + 1),
    ] {
        assert_eq!(
            Number::new(bad, Symbology::Plain),
            Err(NumberError::Plain),
            "{bad}"
        );
    }
    for bad in [
        "",
        "34012345000000007",
        "3401234500000000790",
        "34012345000000007A",
    ] {
        assert_eq!(
            Number::new(bad, Symbology::Sscc),
            Err(NumberError::Sscc),
            "{bad}"
        );
    }
}

#[test]
fn a_label_says_what_it_is_and_that_it_was_printed_before() {
    let mut one = label(number("SE0000000017"));
    let first = texts(&one);
    for text in [
        "Parcel Post",
        "1 of 2",
        "DE-22",
        "Grace Hopper",
        "1.25 kg",
        "Order 0S6DVBA0002G1",
        "SE0000000017",
    ] {
        assert!(first.iter().any(|t| t == text), "{text}: {first:?}");
    }
    assert!(!first.iter().any(|t| t.starts_with("REPRINT")));
    one.printed = 3;
    check_places(&plan(&FONTS, &one));
    assert!(texts(&one).contains(&"REPRINT 3".to_owned()));
}

#[test]
fn what_is_too_long_is_cut_and_the_town_stays() {
    let long = "Wolfeschlegelsteinhausenbergerdorff ".repeat(6);
    let mut one = label(number("RR473124829GB"));
    one.printed = u16::MAX;
    one.carrier = long.clone();
    one.service = long.clone();
    one.sorting = "WWWWWWWWWWWWWWWWWWWW".to_owned();
    one.order = long.clone();
    one.sender = vec![long.clone(); 9];
    one.receiver = Receiver {
        name: "欧阳修".repeat(66),
        street: long.clone(),
        street_2: long.clone(),
        place: format!("10115 {long}"),
        region: long.clone(),
        country: "DE".to_owned(),
        phone: "+49 30 1234567".to_owned(),
    };
    check_places(&plan(&FONTS, &one));
    let texts = texts(&one);
    assert!(texts.iter().any(|t| t.starts_with("10115")), "{texts:?}");
    assert!(texts.contains(&"DE".to_owned()) && texts.contains(&"+49 30 1234567".to_owned()));
    assert!(texts.iter().any(|t| t.ends_with('…')));
}

#[test]
fn a_name_runs_no_commands() {
    let mut one = label(number("SE0000000017"));
    one.receiver.name = "^XZ^XA^FO1,1^BCN^FDX^FS~JA_5E\r\n>;".to_owned();
    let zpl = zpl(&FONTS, &[one]);
    check_zpl(&zpl);
    assert_eq!(
        (zpl.matches("^XA").count(), zpl.matches("^XZ").count()),
        (1, 1)
    );
    for part in [
        "^FD_5EXZ_5EXA_5EFO1,1_5EBCN_5EFDX_5EF^FS",
        "^FDS_7EJA_5F5E  _3E_3B^FS",
    ] {
        assert!(zpl.contains(part), "{zpl}");
    }
}

#[test]
fn lines_that_are_not_latin_ask_for_the_font_that_somebody_stored() {
    let mut one = label(number("SE0000000017"));
    one.receiver.name = "欧阳修".to_owned();
    one.receiver.street = "Łódź – Straße 1".to_owned();
    let zpl = zpl(&FONTS, &[one]);
    assert!(
        zpl.contains("^A@N,52,52,E:SESAME.TTF^FH_^FD欧阳修^FS"),
        "{zpl}"
    );
    assert!(zpl.contains("^A0N,52^FH_^FDŁódź – Straße 1^FS"), "{zpl}");
}

#[test]
fn many_labels_are_one_file_and_the_same_labels_the_same() {
    let many: Vec<Label> = (0..20)
        .map(|n| label(number(&format!("SE{n:010}"))))
        .collect();
    let written = pdf(&FONTS, &many).expect("written");
    assert!(written == pdf(&FONTS, &many).expect("written"));
    let zpl = zpl(&FONTS, &many);
    assert_eq!(zpl.matches("^XZ\n").count(), 20);
}

prop_compose! {
    fn any_text()(
        plain in "\\PC{0,40}",
        odd in prop::collection::vec(any::<char>(), 0..40),
        zpl in "[\\^~_A-Z0-9,>\\r\\n]{0,40}",
        kind in 0..3,
    ) -> String {
        match kind {
            0 => plain,
            1 => odd.into_iter().collect(),
            _ => zpl,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_out_of_its_field(
        texts in prop::collection::vec(any_text(), 12),
        sender in prop::collection::vec(any_text(), 0..7),
        number in "[A-Z0-9]{1,30}",
        weight_grams in any::<u32>(),
        printed in any::<u16>(),
    ) {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        let one = Label {
            carrier: next(),
            service: next(),
            sorting: next(),
            sender,
            receiver: Receiver {
                name: next(),
                street: next(),
                street_2: next(),
                place: next(),
                region: next(),
                country: next(),
                phone: next(),
            },
            number: Number::new(&number, Symbology::Plain).expect("capitals and digits"),
            order: next(),
            weight_grams,
            parcel: (1, u16::MAX),
            printed,
        };
        check_places(&plan(&FONTS, &one));
        check_zpl(&zpl(&FONTS, std::slice::from_ref(&one)));
        prop_assert!(pdf(&FONTS, &[one]).is_ok());
    }
}
