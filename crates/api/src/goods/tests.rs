//! Files as texts against what is said of them, and against the real core.

use super::*;
use commerce::command::{Actor, Channel, Envelope, Outcome};
use commerce::id::{ProductId, SellerId};
use commerce::settings::{Seller, Shop, TaxDisplay};
use commerce::text::Language;
use commerce::world::{Record, RecordKind, Sequences};
use commerce::{Currency, decide};

/// A shop that sells in EUR and JPY.
struct Setup {
    world: World,
    last_id: u64,
}

impl Setup {
    fn new() -> Self {
        let currency = |code| Currency::parse(code).expect("a code");
        let shop = Shop {
            name: "Test".to_string(),
            country: commerce::code::Country::parse("DE").expect("a code"),
            currency: currency("EUR"),
            currencies: vec![
                (currency("EUR"), TaxDisplay::Inclusive),
                (currency("GBP"), TaxDisplay::Inclusive),
                (currency("USD"), TaxDisplay::Exclusive),
                (currency("JPY"), TaxDisplay::Inclusive),
            ],
            ships_to: Vec::new(),
            returns: Default::default(),
        };
        let seller = |id, code: &str, first_party| {
            Record::Seller(Seller {
                id: SellerId(id),
                code: code.to_string(),
                name: code.to_string(),
                first_party,
                billing: Vec::new(),
            })
        };
        let records = vec![
            Record::Shop(shop),
            seller(256, "own", true),
            seller(512, "brand", false),
        ];
        Self {
            world: World::new(records, Sequences::default(), 0),
            last_id: 1 << 20,
        }
    }

    fn plan(&mut self, files: &str) -> Result<Plan, Vec<FileErrors>> {
        let files = split(files);
        let files: Vec<InputFile> = files
            .iter()
            .map(|(name, text)| InputFile {
                name,
                bytes: text.as_bytes(),
            })
            .collect();
        self.plan_files(&files)
    }

    fn plan_files(&mut self, files: &[InputFile]) -> Result<Plan, Vec<FileErrors>> {
        let last_id = &mut self.last_id;
        read(files, &mut |_| {}).plan(&self.world, &mut || {
            *last_id += 256;
            *last_id
        })
    }

    /// Carries a plan out as the writer would.
    fn carry_out(&mut self, plan: Plan) {
        for Step { command, .. } in plan.steps {
            let envelope = Envelope {
                command,
                actor: Actor::System,
                channel: Channel::Import,
                idempotency: None,
            };
            let decided = decide(1_000, &envelope, &mut self.world).expect("a plan is not refused");
            assert!(matches!(decided.outcome, Outcome::Saved(_)));
            self.world.delta();
            self.world.committed();
        }
    }

    /// Imports files, and once more: the second time nothing may change.
    fn import(&mut self, files: &str) -> String {
        let plan = match self.plan(files) {
            Ok(plan) => plan,
            Err(errors) => return show_errors(&errors),
        };
        let shown = show(&plan);
        self.carry_out(plan);
        let again = self
            .plan(files)
            .expect("good the first time, good the second time");
        assert!(
            again.steps.is_empty(),
            "the second import changes something: {:?}",
            again.steps
        );
        assert!(
            again.files.iter().all(|f| f.created + f.changed == 0),
            "{}",
            show(&again)
        );
        shown
    }

    fn export(&self, kind: Kind) -> String {
        let mut out = Vec::new();
        export(&self.world, kind, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("UTF-8")
    }

    fn product(&self, handle: &str) -> &commerce::catalog::Product {
        let id = self
            .world
            .id_of_code(RecordKind::Product, handle)
            .expect("known");
        self.world.product(ProductId(id)).expect("known")
    }
}

/// `== name` begins a file.
fn split(files: &str) -> Vec<(String, String)> {
    let mut split: Vec<(String, String)> = Vec::new();
    for line in files.lines().map(str::trim_start) {
        if let Some(name) = line.strip_prefix("== ") {
            split.push((name.to_string(), String::new()));
        } else if let Some((_, text)) = split.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    split
}

fn show(plan: &Plan) -> String {
    let file = |f: &FileSummary| {
        let kind = f.kind.map_or("unknown", Kind::word);
        format!(
            "{}: {kind} +{} ~{} ={}",
            f.name, f.created, f.changed, f.unchanged
        )
    };
    let mut lines: Vec<String> = plan.files.iter().map(file).collect();
    if plan.categories_created > 0 {
        lines.push(format!("categories +{}", plan.categories_created));
    }
    lines.join("\n")
}

fn show_errors(errors: &[FileErrors]) -> String {
    let text: String = errors.iter().map(ToString::to_string).collect();
    text.trim_end().to_string()
}

/// Compares without the indentation of the expected text.
#[track_caller]
fn check(shown: &str, expected: &str) {
    let expected: Vec<&str> = expected
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let shown: Vec<&str> = shown.lines().collect();
    assert_eq!(shown, expected, "\n{}", shown.join("\n"));
}

const GOODS: &str = "
    == places.csv
    location,name,kind,street,postal_code,city,country,lat,lon,time_zone,opening_hours,ships,collects,sells
    ber,Berlin,shop,Friedrichstraße 1,10117,Berlin,DE,52.52003,-13.40489,Europe/Berlin,Mo-Sa 10:00-20:00,no,yes,yes
    ham,Hamburg,warehouse,,,,DE,,,Europe/Berlin,,yes,no,no
    == products.csv
    sku,product,title_en,title_de,category,options,gtin,weight_grams,seller,status
    A-1,mug,Mug,Becher,Home > Kitchen,Colour=Red;Size=L,4006381333931,300,,active
    A-2,mug,,,,Size=L;Colour=Blue,,300,,draft
    B-1,lamp,\"Lamp, \"\"big\"\" <script>\",,Home,,,900,brand,
    == prices.csv
    sku,currency,amount
    A-1,EUR,2.95
    A-1,JPY,400
    B-1,EUR,30
    == stock.csv
    sku;location;on_hand;safety_stock
    A-1;ber;10;2
    A-1;ham;0;0
    B-1;ham;7;0
";

#[test]
fn files_are_one_unit_and_the_second_time_changes_nothing() {
    let mut setup = Setup::new();
    check(
        &setup.import(GOODS),
        "places.csv: locations +2 ~0 =0
         products.csv: products +3 ~0 =0
         prices.csv: prices +3 ~0 =0
         stock.csv: stock +2 ~0 =1
         categories +2",
    );
    let mug = setup.product("mug");
    assert_eq!(mug.option_names, ["Colour", "Size"]);
    assert_eq!(mug.variants[1].option_values, ["Blue", "L"]);
    assert_eq!(
        mug.variants[0].price(SellerId(256), Currency::parse("JPY").expect("a code")),
        Some(400)
    );
    assert_eq!(
        setup.product("lamp").title.get(Default::default()),
        "Lamp, \"big\" <script>"
    );
    assert_eq!(
        setup.product("lamp").variants[0].offers[0].seller,
        SellerId(512)
    );
    let ber = setup
        .world
        .locations()
        .find(|l| l.code == "ber")
        .expect("known");
    assert_eq!(
        (ber.latitude_micro, ber.longitude_micro, ber.hours[5][0]),
        (52_520_030, -13_404_890, (600, 1200))
    );
    let level = setup.world.level(mug.variants[0].id, ber.id);
    assert_eq!((level.on_hand, level.safety_stock), (10, 2));
}

#[test]
fn what_a_file_does_not_name_stays() {
    let mut setup = Setup::new();
    setup.import(GOODS);
    for (files, expected) in [
        (
            "== a.csv\nsku,product,brand\nA-1,mug,Potter",
            "a.csv: products +0 ~1 =0",
        ),
        (
            "== a.csv\nsku,product,weight_grams\nA-2,mug,310\nB-1,lamp,900",
            "a.csv: products +0 ~1 =1",
        ),
        (
            "== a.csv\nsku,currency,amount\nA-1,EUR,3\nA-1,GBP,2",
            "a.csv: prices +1 ~1 =0",
        ),
        (
            "== a.csv\nsku,location,on_hand\nA-1,ber,4\nA-1,ham,5",
            "a.csv: stock +1 ~1 =0",
        ),
        (
            "== a.csv\nsku,product,options\nA-3,mug,Colour=Blue;Size=S",
            "a.csv: products +1 ~0 =0",
        ),
        (
            "== a.csv\nsku,product,status\nA-1,mug,archived",
            "a.csv: products +0 ~1 =0",
        ),
        (
            "== a.csv\nsku,product,options\nA-4,mug,Colour=Red;Size=L",
            "a.csv: products +1 ~0 =0",
        ),
        (
            "== a.csv\nsku,product,seller\nA-4,mug,brand",
            "a.csv: products +0 ~1 =0",
        ),
        (
            "== a.csv\nsku,currency,amount,seller\nA-4,EUR,1,\nA-4,GBP,2,own",
            "a.csv: prices +2 ~0 =0",
        ),
        (
            "== a.csv\ncategory,title_de\nHome,Wohnen\nGarden > Tools,Werkzeug",
            "a.csv: categories +1 ~1 =0\ncategories +1",
        ),
        (
            "== a.csv\nlocation,name,kind,country,time_zone\nber,Mitte,shop,DE,Europe/Berlin",
            "a.csv: locations +0 ~1 =0",
        ),
        ("== a.csv\nsku,product\n", "a.csv: products +0 ~0 =0"),
    ] {
        check(&setup.import(files), expected);
    }
    let mug = setup.product("mug");
    assert_eq!((mug.variants.len(), mug.brand.as_str()), (4, "Potter"));
    assert_eq!(mug.variants[1].weight_grams, 310);
    assert_eq!(mug.variants[3].offers.len(), 2);
    round_trip(&mut setup);
}

#[test]
fn option_words_are_one_per_product_and_language() {
    let mut setup = Setup::new();
    setup.import(GOODS);
    for (lines, expected) in [
        (
            "sku,product,options,options_de\nA-1,mug,Size=L;Colour=Red,Größe=L;Farbe=Rot",
            "Farbe: Rot, Größe: L | Farbe: Blue, Größe: L",
        ),
        (
            "sku,product,options_de,options_zh\nA-2,mug,Farbe=Blau;Größe=L,",
            "Farbe: Rot, Größe: L | Farbe: Blau, Größe: L",
        ),
        // A column that is not there leaves the words; an empty cell takes those away that no other line names.
        (
            "sku,product,brand\nA-2,mug,Potter",
            "Farbe: Rot, Größe: L | Farbe: Blau, Größe: L",
        ),
        (
            "sku,product,options_de\nA-1,mug,\nA-2,mug,Farbe=Blau;Size=L",
            "Farbe: Red, Size: L | Farbe: Blau, Size: L",
        ),
    ] {
        setup.import(&format!("== a.csv\n{lines}"));
        let mug = setup.product("mug");
        let shown: Vec<String> = mug
            .variants
            .iter()
            .map(|v| mug.options_line(v, Language::De))
            .collect();
        assert_eq!(shown.join(" | "), expected, "{lines}");
        assert_eq!(
            mug.options_line(&mug.variants[0], Language::Zh),
            "Colour: Red, Size: L"
        );
        round_trip(&mut setup);
    }
    check(
        &setup.import(
            "== a.csv
            sku,product,options_de
            A-1,mug,Farbe=Rot
            A-2,mug,Colour",
        ),
        "a.csv:2: options_de: does not have as many options as `options`
         a.csv:3: options_de: is not Name=Value, or several with ; between them",
    );
    check(
        &setup.import(
            "== a.csv
            sku,product,options_de
            A-1,mug,Farbe=Rot;Größe=L
            A-2,mug,Kolorit=Blau;Größe=L",
        ),
        "a.csv:3: options_de: `Colour` is called `Farbe` and `Kolorit` in the same product",
    );
}

/// What the export writes, the import leaves unchanged; and in an empty shop it makes the same again.
fn round_trip(setup: &mut Setup) {
    let texts: Vec<String> = Kind::ALL
        .into_iter()
        .map(|kind| setup.export(kind))
        .collect();
    let files: Vec<InputFile> = texts
        .iter()
        .map(|t| InputFile {
            name: "export",
            bytes: t.as_bytes(),
        })
        .collect();
    let plan = setup
        .plan_files(&files)
        .unwrap_or_else(|e| panic!("{}", show_errors(&e)));
    assert!(plan.steps.is_empty(), "{}", show(&plan));
    let mut copy = Setup::new();
    let plan = copy
        .plan_files(&files)
        .unwrap_or_else(|e| panic!("{}", show_errors(&e)));
    copy.carry_out(plan);
    for (kind, text) in Kind::ALL.into_iter().zip(&texts) {
        let mut lines: Vec<&str> = text.lines().collect();
        let again = copy.export(kind);
        let mut lines_again: Vec<&str> = again.lines().collect();
        // Stock lies in the order of ids, which a copy makes anew.
        lines.sort_unstable();
        lines_again.sort_unstable();
        if kind != Kind::Stock {
            assert_eq!(lines, lines_again);
        }
    }
}

#[test]
// Long because it is one table.
fn every_bad_line_is_named() {
    let mut setup = Setup::new();
    setup.import(GOODS);
    let long = "x".repeat(201);
    let many = "x".repeat(255);
    for (files, expected) in [
        (
            format!(
                "== p.csv
                sku,product,title_en,options,gtin,weight_grams,tax_category,seller,status,image,category
                A-1,mug,Mug,Colour=Red;Size=L,4006381333932,1e3,luxury,nobody,gone,../x,Home > > X
                A-2,mug
                ,mug,Mug,Colour=Green;Size=L,,,,,,,
                N-1,New Thing,,,40063813,-1,,,,,
                N-2,thing,{long},,,4294967296,,,,,
                N-3,Thing-3,T,,,,,,,,
                N-4,lamp,Other lamp,Size=,,,,,,,
                {many},thing-4,T,,,,,,,,"
            ),
            "p.csv:2: gtin: `4006381333932` has a wrong check digit
             p.csv:2: tax_category: `luxury` is not one of standard, reduced, zero
             p.csv:2: weight_grams: `1e3` is not a whole number from 0 to 4294967295
             p.csv:2: image: is not a path below the media folder, such as mug.jpg
             p.csv:2: status: `gone` is not one of active, draft, archived
             p.csv:2: category: is not a path such as Home > Lighting
             p.csv:2: seller: there is no seller `nobody`
             p.csv:3: 2 fields where the header has 11
             p.csv:4: sku: is empty
             p.csv:5: gtin: `40063813` has a wrong check digit
             p.csv:5: weight_grams: `-1` is not a whole number from 0 to 4294967295
             p.csv:5: product: is not a slug: small letters and digits with single - between them
             p.csv:6: title_en: has 201 characters; 200 are allowed
             p.csv:6: weight_grams: `4294967296` is not a whole number from 0 to 4294967295
             p.csv:7: product: is not a slug: small letters and digits with single - between them
             p.csv:8: options: an option needs a name and a value, such as Colour=Red
             p.csv:9: sku: is longer than 254 characters or has a control character",
        ),
        (
            "== p.csv
             sku,product,title_en,options,category
             N-1,thing,Thing,Size=L,Home
             N-1,thing,Thing,Size=M,Home
             N-2,thing,Thing,Size=L,
             N-3,thing,Other,Size=S,Garden
             N-4,thing,,Colour=Red,
             N-5,thing,,,
             A-1,lamp,,,
             A-9,mug,,Colour=Red;Size=L,
             N-6,plain,Plain,,
             N-7,plain,Plain,,
             N-8,untitled,,,"
                .to_string(),
            "p.csv:3: sku: `N-1` is given on line 2 already
             p.csv:4: options: `N-1` of the same product has Size: L already
             p.csv:5: title_en: differs from line 2, which is of the same product
             p.csv:5: category: differs from line 2, which is of the same product
             p.csv:6: options: names other options than line 2, which is of the same product
             p.csv:6: options: the product has the options Size
             p.csv:7: options: names other options than line 2, which is of the same product
             p.csv:7: options: the product has the options Size
             p.csv:8: a product needs a title in one language at least
             p.csv:8: sku: `A-1` belongs to the product `mug`
             p.csv:9: options: `A-1` of the same product has Colour: Red, Size: L already
             p.csv:11: options: `N-6` is of the same product; tell them apart by options
             p.csv:12: a product needs a title in one language at least",
        ),
        (
            "== p.csv
             sku,product,options
             A-1,mug,Colour=Red;Form=Round"
                .to_string(),
            "p.csv:2: options: names other options than variants that the file does not have; add A-2",
        ),
        (
            "== p.csv
             sku,currency,amount
             A-1,EUR,1.2345
             A-1,EUR,1e3
             A-1,EUR,-1
             A-1,EUR,\"1,50\"
             A-1,EUR,
             A-1,EUR,.5
             A-1,JPY,1.5
             A-1,EUR,100000000000.01
             A-1,EURO,1
             A-1,SEK,1
             X-1,EUR,1
             A-2,EUR,1
             A-2,EUR,1.0"
                .to_string(),
            "p.csv:2: amount: `1.2345` has too many decimals; EUR has 2
             p.csv:3: amount: `1e3` is not an amount such as 2.95
             p.csv:4: amount: `-1` is negative
             p.csv:5: amount: `1,50` has a comma; write a decimal point and no thousands separator, such as 2.95
             p.csv:6: amount: `` is no amount: the cell is empty
             p.csv:7: amount: `.5` is not an amount such as 2.95
             p.csv:8: amount: `1.5` has too many decimals; JPY has 0
             p.csv:9: amount: `100000000000.01` is more than 100000000000.00
             p.csv:10: currency: `EURO` is not a code of three letters, such as EUR
             p.csv:11: currency: the shop does not sell in SEK; add it in the settings first
             p.csv:12: sku: there is no SKU `X-1`
             p.csv:14: sku: the price of `A-2` in EUR is given on line 13 already",
        ),
        (
            "== s.csv
             location,sku,on_hand
             ber,A-1,-1
             ber,A-1,1.0
             ber,A-1,1000000001
             ber,A-1,99999999999999999999
             nowhere,A-1,1
             ber,X-1,1
             nowhere,X-1,
             ham,A-1,5
             ham,A-1,5"
                .to_string(),
            "s.csv:2: on_hand: `-1` is not a whole number from 0 to 1000000000
             s.csv:3: on_hand: `1.0` is not a whole number from 0 to 1000000000
             s.csv:3: sku: `A-1` at `ber` is given on line 2 already
             s.csv:4: on_hand: `1000000001` is not a whole number from 0 to 1000000000
             s.csv:4: sku: `A-1` at `ber` is given on line 3 already
             s.csv:5: on_hand: `99999999999999999999` is not a whole number from 0 to 1000000000
             s.csv:5: sku: `A-1` at `ber` is given on line 4 already
             s.csv:6: location: there is no location `nowhere`
             s.csv:7: sku: there is no SKU `X-1`
             s.csv:8: on_hand: `` is not a whole number from 0 to 1000000000
             s.csv:8: location: there is no location `nowhere`
             s.csv:8: sku: there is no SKU `X-1`
             s.csv:10: sku: `A-1` at `ham` is given on line 9 already",
        ),
        (
            "== l.csv
             location,name,kind,country,time_zone,lat,lon,opening_hours,ships,ship_cutoff,pickup_lead_minutes
             x,X,kiosk,Germany,Berlin,91,181.5,Mon 10:00-18:00,maybe,25:00,99999
             y,,shop,DE,Europe/Berlin,-90,52.1234567,,yes,24:00,60
             y,Y,shop,DE,Europe/Berlin,1e1,--1,,,,"
                .to_string(),
            "l.csv:2: kind: `kiosk` is not one of warehouse, shop
             l.csv:2: country: is not a code of two letters, such as DE
             l.csv:2: lat: `91` is not decimal degrees up to 90, such as 53.55073
             l.csv:2: lon: `181.5` is not decimal degrees up to 180, such as 53.55073
             l.csv:2: time_zone: is not an IANA time zone, such as Europe/Berlin
             l.csv:2: opening_hours: `Mon` is not a day; days are Mo, Tu, We, Th, Fr, Sa, Su
             l.csv:2: ships: `maybe` is not one of yes, no
             l.csv:2: pickup_lead_minutes: `99999` is not a whole number from 0 to 43200
             l.csv:2: ship_cutoff: `25:00` is not a time such as 14:00
             l.csv:3: name: is empty
             l.csv:4: lat: `1e1` is not decimal degrees up to 90, such as 53.55073
             l.csv:4: lon: `--1` is not decimal degrees up to 180, such as 53.55073
             l.csv:4: location: `y` is given on line 3 already",
        ),
        (
            "== c.csv
             category,title_en,position
             Home > ,X,1
             Garden,Garden,first
             Garden,Garden,1"
                .to_string(),
            "c.csv:2: category: is not a path such as Home > Lighting
             c.csv:3: position: `first` is not a whole number from 0 to 1000000
             c.csv:4: category: `Garden` is given on line 3 already",
        ),
        (
            "== products.csv
             sku,product,title_en,gtin
             N-1,thing,Thing,123
             == prices.csv
             sku,currency,amount
             N-1,EUR,1
             == stock.csv
             sku,location,on_hand
             N-1,ber,1"
                .to_string(),
            "products.csv:2: gtin: `123` is not a GTIN of 8, 12, 13 or 14 digits",
        ),
    ] {
        check(&setup.import(&files), expected);
    }
}

#[test]
fn headers_and_bytes_are_understood_or_named() {
    let mut setup = Setup::new();
    setup.import(GOODS);
    let price = "sku,currency,amount\r\nA-1,EUR,7\r\n\r\nA-1,EUR";
    for (bytes, expected) in [
        (&b""[..], "f: the file is empty"),
        (b"\xef\xbb\xbf \r\n", "f: the file is empty"),
        (b"\xff\xfes\0k\0u\0", "f: the file is UTF-16; save it as UTF-8"),
        (b"name,colour\nX,Y", "f:1: unknown column `colour`; locations have location, name, kind, street, postal_code, city, region, country, lat, lon, time_zone, opening_hours, ships, collects, sells, pickup_lead_minutes, ship_cutoff
            f:1: column `location` is missing; locations need location, name, kind, country, time_zone
            f:1: column `kind` is missing; locations need location, name, kind, country, time_zone
            f:1: column `country` is missing; locations need location, name, kind, country, time_zone
            f:1: column `time_zone` is missing; locations need location, name, kind, country, time_zone"),
        (b"colour,form\nX,Y", "f:1: no known column in the header; a file holds one of: locations (location, name, kind, country, time_zone); categories (category); products (sku, product); prices (sku, currency, amount); stock (sku, location, on_hand)"),
        (b"sku,currency\nA-1,EUR", "f:1: column `amount` is missing; prices need sku, currency, amount"),
        (b"sku,sku,currency,,amount\n", "f:1: column `sku` is there twice
            f:1: column 4 has no name"),
        (b"sku,curr\xffency\n", "f:1: column 2: not UTF-8"),
        (b"\"sku,currency\n", "f:1: a quotation mark opens a field here and never closes it"),
        (price.as_bytes(), "f:4: 2 fields where the header has 3"),
        (b"sku,currency,amount\rA-1,EUR\rA-1,EUR,1,2\r", "f:2: 2 fields where the header has 3
            f:3: 4 fields where the header has 3"),
        (b"amount,sku,currency\n1,\"A\n-\n1\",EUR\n1,A-\xc31,EUR\n1,A\0,EUR\n\"1", "f:2: sku: is longer than 254 characters or has a control character
            f:5: sku: not UTF-8
            f:6: sku: a NUL byte, which no text has
            f:7: a quotation mark opens a field here and never closes it"),
        (b"\xef\xbb\xbfAMOUNT\tCurrency\tsku\r\n7.5\tEUR\tA-1\r\n\t\t\r\n", "f: prices +0 ~1 =0"),
        (b"\n\nsku;currency;amount\n\n\"A-1\"; EUR ;7.50\n;;\n", "f: prices +0 ~1 =0"),
        (b"sku,product,description_en\nB-1,lamp,\"Two\nlines, \"\"quoted\"\"\"", "f: products +0 ~1 =0"),
    ] {
        let shown = match setup.plan_files(&[InputFile { name: "f", bytes }]) {
            Ok(plan) => show(&plan),
            Err(errors) => show_errors(&errors),
        };
        check(&shown, expected);
    }
}

#[test]
fn errors_are_counted_beyond_what_is_shown() {
    let text = format!(
        "sku,currency,amount\n{}",
        "A,EUR,x\n".repeat(ERRORS_MAX + 5)
    );
    let mut setup = Setup::new();
    let errors = setup
        .plan_files(&[InputFile {
            name: "f",
            bytes: text.as_bytes(),
        }])
        .expect_err("all bad");
    assert_eq!(
        (errors[0].errors.len(), errors[0].total),
        (ERRORS_MAX, 2 * (ERRORS_MAX as u64 + 5))
    );
}

#[test]
fn files_over_the_limits_are_refused() {
    let text = format!("sku,currency,amount\n{}", "A,EUR,1\n".repeat(LINES_MAX + 1));
    let reading = read(
        &[InputFile {
            name: "f",
            bytes: text.as_bytes(),
        }],
        &mut |_| {},
    );
    assert_eq!(
        reading.files[0].0.errors[0].reason,
        format!("more than {LINES_MAX} lines; split the file")
    );
    let one = InputFile {
        name: "f",
        bytes: b"sku,currency,amount",
    };
    let reading = read(&[one; FILES_MAX + 1], &mut |_| {});
    assert!(reading.files.iter().all(|(e, _)| e.total == 1));
}

#[test]
fn a_shop_that_was_never_started_has_no_seller() {
    let mut setup = Setup::new();
    setup.world = World::new(Vec::new(), Sequences::default(), 0);
    let shown = setup.import("== a.csv\nsku,product,title_en\nA,a,A");
    check(
        &shown,
        "a.csv:2: seller: the shop has no seller of its own; start it once first",
    );
}

#[test]
fn a_product_that_changed_after_planning_is_refused_by_its_version() {
    let mut setup = Setup::new();
    setup.import(GOODS);
    let stale = setup
        .plan("== a.csv\nsku,product,brand\nA-1,mug,Potter")
        .expect("good");
    setup.import("== a.csv\nsku,product,brand\nA-1,mug,Smith");
    let command = stale.steps.into_iter().next().expect("one step").command;
    let refusal = decide(1_000, &Envelope::system(command), &mut setup.world).expect_err("stale");
    assert_eq!(refusal, commerce::Refusal::VersionConflict { current: 2 });
}

#[test]
fn the_demo_goods_are_imported_and_exported_whole() {
    let mut setup = Setup::new();
    let demo =
        |name| std::fs::read_to_string(format!("{}/../../demo/{name}", env!("CARGO_MANIFEST_DIR")));
    let names = [
        "stock.csv",
        "prices.csv",
        "openfoodfacts-products.csv",
        "products.csv",
        "categories.csv",
        "locations.csv",
    ];
    let texts: Vec<String> = names
        .iter()
        .map(|name| demo(name).expect("in the repository"))
        .collect();
    let files: Vec<InputFile> = names
        .iter()
        .zip(&texts)
        .map(|(name, text)| InputFile {
            name,
            bytes: text.as_bytes(),
        })
        .collect();
    let plan = setup
        .plan_files(&files)
        .unwrap_or_else(|e| panic!("{}", show_errors(&e)));
    assert!(
        plan.files.iter().all(|f| f.created > 0 && f.changed == 0),
        "{}",
        show(&plan)
    );
    assert_eq!(plan.categories_created, 0);
    setup.carry_out(plan);
    let again = setup.plan_files(&files).expect("good");
    assert!(again.steps.is_empty(), "{}", show(&again));
    round_trip(&mut setup);
}
