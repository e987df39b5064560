//! Labels written in a second by one core: batches of 500, with names in Latin and Chinese, long ones among them.

use crate::{Length, row::Row};
use label::{Label, Number, Receiver, Symbology};
use paper::{Document, FontFiles, Fonts};
use std::path::Path;
use std::time::{Duration, Instant};

/// Labels of one file: as many as the interface prints at once.
const BATCH: usize = 500;
const NAMES: [&str; 5] = [
    "Grace Hopper",
    "Zoë Łukasiewicz-Őry",
    "欧阳修",
    "Anneliese Wolfeschlegelsteinhausenbergerdorff-Schmidt, c/o Rechenzentrum der Universität",
    "王小明（转李四，三号楼前台代收）",
];

/// Labels as ZPL and as PDF. The reference of ZPL is a template into which the same texts are copied, without a look at
/// how wide they are; that of PDF is the same name as a document of one page.
pub fn measure(length: Length) -> Result<Vec<Row>, String> {
    let least = match length {
        Length::Full => Duration::from_secs(5),
        Length::Quick => Duration::from_millis(500),
    };
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui");
    let files = FontFiles::of_packages(&ui);
    let files =
        files.map_err(|e| format!("the fonts of ui/ are not there, `npm ci` brings them: {e}"))?;
    let fonts = Fonts::new(&files).map_err(|e| e.to_string())?;
    let labels: Vec<Label> = (0..BATCH).map(label).collect::<Result<_, _>>()?;
    let zpl = per_second(least, || Ok(label::zpl(&fonts, &labels).len()))?;
    let copied = per_second(least, || {
        Ok(labels.iter().map(template).collect::<String>().len())
    })?;
    let pdf = per_second(least, || {
        let written = label::pdf(&fonts, &labels).map_err(|e| e.to_string())?;
        Ok(written.len())
    })?;
    let documents = per_second(least, || {
        let mut bytes = 0;
        for label in &labels {
            let document = Document {
                title: label.receiver.name.clone(),
                language: "en",
                made: (2026, 11, 11),
                ..Document::default()
            };
            bytes += paper::write(&fonts, &document)
                .map_err(|e| e.to_string())?
                .len();
        }
        Ok(bytes)
    })?;
    let row = |name: &str, value, (reference, reference_value)| Row {
        name: name.to_owned(),
        value,
        unit: "labels/s",
        reference,
        reference_value,
        further: Vec::new(),
    };
    Ok(vec![
        row("labels zpl", zpl, ("a template filled in", copied)),
        row("labels pdf", pdf, ("documents of a page", documents)),
    ])
}

/// Labels in a second, in batches until there was time enough; a batch before does not count.
fn per_second(
    least: Duration,
    mut batch: impl FnMut() -> Result<usize, String>,
) -> Result<f64, String> {
    let mut bytes = batch()?;
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < least {
        bytes = bytes.max(std::hint::black_box(batch()?));
        count += BATCH;
    }
    if bytes == 0 {
        return Err("nothing was written".to_owned());
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

fn label(n: usize) -> Result<Label, String> {
    let (text, symbology) = match n % 3 {
        0 => (format!("34012345{n:010}"), Symbology::Sscc),
        1 => (format!("RR{n:09}DE"), Symbology::Plain),
        _ => (format!("SE{n:010}"), Symbology::Plain),
    };
    Ok(Label {
        carrier: "Parcel Post".to_owned(),
        service: "Parcel".to_owned(),
        sorting: "DE-10-B".to_owned(),
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
            name: NAMES[n % NAMES.len()].to_owned(),
            street: format!("Invalidenstraße {n}"),
            street_2: String::new(),
            place: "10115 Berlin".to_owned(),
            region: String::new(),
            country: "DE".to_owned(),
            phone: "+49 30 1234567".to_owned(),
        },
        number: Number::new(&text, symbology).map_err(|e| e.to_string())?,
        order: format!("0S6DVBA{n:06}"),
        weight_grams: 1_250,
        parcel: (1, 1),
        printed: 1,
    })
}

/// What a program writes that fills in a template.
fn template(label: &Label) -> String {
    let to = &label.receiver;
    let sender: String = label
        .sender
        .iter()
        .map(|line| format!("^FO40,40^A0N,22^FD{line}^FS\n"))
        .collect();
    format!(
        "^XA^CI28\n{sender}^FO440,40^A0N,48^FD{}^FS\n^FO440,97^A0N,32^FD{}^FS\n^FO40,258^A0N,52^FD{}^FS\n\
         ^FO40,320^A0N,52^FD{}^FS\n^FO40,382^A0N,52^FD{} {}^FS\n^FO40,444^A0N,52^FD{}^FS\n^FO40,612^A0N,110^FD{}^FS\n\
         ^FO40,784^A0N,32^FDOrder {}^FS\n^FO40,822^A0N,32^FD{} g^FS\n^FO88,884^BY4^BCN,254^FD{}^FS\n^XZ\n",
        label.carrier,
        label.service,
        to.name,
        to.street,
        to.place,
        to.country,
        to.phone,
        label.sorting,
        label.order,
        label.weight_grams,
        label.order,
    )
}
