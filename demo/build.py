#!/usr/bin/env python3
"""Builds the demo shop's goods from public data; see LICENSES.md for the sources.

    python3 demo/build.py DATA EMOJI

DATA is a folder with `online-retail/products.csv`, `gtin_products.csv.gz` and
`cities.csv.gz`; EMOJI is the folder of the npm package
`@iconify-json/fluent-emoji-flat`. Writes the CSV files and `media/` beside this
file. Two runs give the same bytes: nothing here reads a clock, a network or a
random source. What a product is called and how it is drawn is written by hand in
goods.txt, pantry.txt, words.txt and categories.txt; figures come from the data.
"""

import argparse
import csv
import gzip
import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

sys.dont_write_bytecode = True  # Leaves no cache folder in the repository.
import drawing  # noqa: E402

HERE = Path(__file__).resolve().parent
MEDIA = HERE / "media"

# The shop's own constants: how a price in pence becomes one in the other currencies.
EUR_PER_GBP = Decimal("1.17")
USD_PER_GBP = Decimal("1.27")
UK_VAT = Decimal("1.20")  # USD prices are shown without tax.

HOT_SKU = "23084"  # The article that must not run out on the big day.
HOT_STOCK = {"hamburg": 40_000, "leipzig": 15_000, "rotterdam": 15_000}

LANGUAGES = ("en", "de", "zh")

PRODUCT_COLUMNS = ("sku gtin product title_en title_de title_zh description_en description_de description_zh brand "
                   "category options options_de options_zh tax_category weight_grams image seller status").split()
LOCATION_COLUMNS = ("location name kind street postal_code city region country lat lon time_zone opening_hours "
                    "ships collects sells pickup_lead_minutes ship_cutoff").split()

# Streets are well-known ones; the house numbers lie beyond the streets' real ends.
LOCATIONS = [
    "hamburg|Warehouse Hamburg|warehouse|Andreas-Meyer-Straße 198|22113|Hamburg|Hamburg|DE|Hamburg|Europe/Berlin|Mo-Sa 06:00-22:00|yes|no|no|0|17:00",
    "leipzig|Warehouse Leipzig|warehouse|Maximilianallee 298|04129|Leipzig|Sachsen|DE|Leipzig|Europe/Berlin|Mo-Su 06:00-22:00|yes|no|no|0|19:00",
    "rotterdam|Warehouse Rotterdam|warehouse|Waalhaven Zuidzijde 298|3089 JH|Rotterdam|Zuid-Holland|NL|Rotterdam|Europe/Amsterdam|Mo-Sa 06:00-22:00|yes|no|no|0|17:00",
    "berlin-mitte|Berlin Mitte|shop|Friedrichstraße 299|10117|Berlin|Berlin|DE|Mitte|Europe/Berlin|Mo-Sa 10:00-20:00|yes|yes|yes|60|14:00",
    "munich|München|shop|Sendlinger Straße 198|80331|München|Bayern|DE|Munich|Europe/Berlin|Mo-Fr 10:00-19:00; Sa 10:00-18:00|no|yes|yes|90|",
    "cologne|Köln|shop|Ehrenstraße 198|50672|Köln|Nordrhein-Westfalen|DE|Köln|Europe/Berlin|Mo-Sa 10:00-19:00|no|yes|yes|90|",
    "vienna|Wien|shop|Mariahilfer Straße 298|1070|Wien|Wien|AT|Vienna|Europe/Vienna|Mo-Fr 10:00-19:00; Sa 09:30-18:00|yes|yes|yes|60|13:00",
    "amsterdam|Amsterdam|shop|Kalverstraat 398|1012 XC|Amsterdam|Noord-Holland|NL|Amsterdam|Europe/Amsterdam|Mo-Sa 10:00-19:00; Su 12:00-18:00|no|yes|yes|90|",
]
WAREHOUSES = ("hamburg", "leipzig", "rotterdam")
SHOPS = ("berlin-mitte", "munich", "cologne", "vienna", "amsterdam")

# What a word in the English title says about the material: only words that name it plainly.
MATERIALS = [
    (r"bone china", "bone china", "Knochenporzellan", "骨瓷"), (r"ceramic", "ceramic", "Keramik", "陶瓷"),
    (r"enamel", "enamel", "Emaille", "搪瓷"), (r"glass\b", "glass", "Glas", "玻璃"), (r"zinc", "zinc", "Zink", "锌"),
    (r"metal\b|\btin\b", "metal", "Metall", "金属"), (r"wicker", "wicker", "Weide", "柳条"), (r"wood(en)?\b", "wood", "Holz", "木"),
    (r"\bfelt|feltcraft", "felt", "Filz", "毛毡"), (r"cotton", "cotton", "Baumwolle", "棉"), (r"silk", "silk", "Seide", "丝"),
    (r"polyester", "polyester", "Polyester", "聚酯纤维"), (r"\bpaper\b", "paper", "Papier", "纸"), (r"slate\b", "slate", "Schiefer", "石板"),
    (r"acrylic", "acrylic", "Acryl", "亚克力"), (r"plastic", "plastic", "Kunststoff", "塑料"), (r"raffia", "raffia", "Bast", "拉菲草"),
    (r"sandalwood", "sandalwood", "Sandelholz", "檀香木"),
]
NOT_A_MATERIAL = re.compile(r"magic drawing slate|tin seaside|glass cloche|paper (bag|gift)|in tin|glasses|incense", re.I)

SET_OF = re.compile(r"(?:set|pack|box|bundle) of (\d+)|, (\d+) pieces", re.I)
OCCASIONS = [("Christmas", "For Christmas. ", "Für Weihnachten. ", "圣诞节用品。"), ("Easter", "For Easter. ", "Für Ostern. ", "复活节用品。"),
             ("irthday", "For birthdays. ", "Für Geburtstage. ", "生日用品。")]


@dataclass
class Word:
    """An option name or value in three languages, and how it is drawn."""
    names: dict
    color: str = "-"
    pattern: str = ""
    motif: str = ""


@dataclass
class Variant:
    sku: str
    values: list  # of Word
    pence: int
    sold: int
    source: str
    image: str = ""
    gtin: str = ""
    weight_grams: int = 0
    eur_cents: int = 0


@dataclass
class Product:
    line: int
    titles: dict
    category: str
    picture: list
    weight_grams: int
    options: list = field(default_factory=list)  # of Word
    variants: list = field(default_factory=list)
    handle: str = ""
    brand: str = ""
    net: str = ""


def rows(path: Path):
    """The lines of a hand-written table with their numbers, without comments."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def stop(path: Path, line: int, text: str):
    raise SystemExit(f"{path.name}:{line}: {text}")


def slug(text: str) -> str:
    text = text.lower().replace("é", "e").replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def steady(*parts: str) -> int:
    """A number from 0 to 9999 that depends on the parts alone."""
    digest = hashlib.sha256("\x00".join(parts).encode()).digest()
    return int.from_bytes(digest[:4], "big") % 10_000


def names_of(fields) -> dict:
    return dict(zip(LANGUAGES, fields))


def read_words():
    options, values = {}, {}
    path = HERE / "words.txt"
    for number, line in rows(path):
        fields = line.split("|")
        if line.startswith("@"):
            options[fields[0][1:]] = Word(names_of(fields[1:4]))
            continue
        if len(fields) != 7:
            stop(path, number, "a value has 7 fields")
        if fields[0] in values:
            stop(path, number, f"{fields[0]} is there twice")
        if fields[4] != "-" and fields[4] not in drawing.COLORS:
            stop(path, number, f"no such color: {fields[4]}")
        if fields[5] and fields[5] not in drawing.PATTERNS:
            stop(path, number, f"no such pattern: {fields[5]}")
        values[fields[0]] = Word(names_of(fields[1:4]), *fields[4:7])
    return options, values


def read_categories():
    categories = {}
    for number, line in rows(HERE / "categories.txt"):
        fields = line.split("|")
        if len(fields) != 6 or not all(fields):
            stop(HERE / "categories.txt", number, "a category has 6 fields, none empty")
        categories[fields[0]] = (names_of(fields[1:4]), fields[4], fields[5])
    return categories


def category_path(categories, key: str, language: str) -> str:
    parts = key.split("/")
    return " > ".join(categories["/".join(parts[: n + 1])][0][language] for n in range(len(parts)))


def read_sales(data: Path):
    sales = {}
    with open(data / "online-retail" / "products.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sales[row["stock_code"]] = row
    return sales


def sold_variant(path, number, sales, code: str, values) -> Variant:
    row = sales.get(code)
    if row is None:
        stop(path, number, f"no such stock code: {code}")
    pence = int(Decimal(row["median_price_pence"]).to_integral_value(ROUND_HALF_UP))
    sold = int(row["units_sold"]) - int(row["units_returned"])
    if row["is_fee_or_special"] != "0" or pence <= 0 or int(row["invoice_lines"]) < 2 or sold < 2:
        stop(path, number, f"{code} is not a good seller: {row}")
    return Variant(code, values, pence, sold, " ".join(row["description"].split()))


def read_goods(sales, options, values):
    path = HERE / "goods.txt"
    products, category, seen = [], "", set()
    for number, line in rows(path):
        if line.startswith("= "):
            category = line[2:].strip()
            continue
        if line.startswith(" "):
            product = products[-1]
            for code, keys in zip(*[iter(line.split())] * 2):
                keys = keys.split("/")
                unknown = [key for key in keys if key not in values]
                if unknown or len(keys) != len(product.options):
                    stop(path, number, f"{code}: no such value {unknown} or not one for each option")
                product.variants.append(sold_variant(path, number, sales, code, [values[key] for key in keys]))
        else:
            fields = line.split("|")
            if line.startswith("*"):
                if len(fields) != 6:
                    stop(path, number, "a product with options has 6 fields")
                product = Product(number, names_of([fields[0][1:], *fields[1:3]]), category, fields[3].split(), int(fields[4]))
                product.options = [options[name] for name in fields[5].split("+")]
            else:
                if len(fields) != 6:
                    stop(path, number, "a product has 6 fields")
                product = Product(number, names_of(fields[1:4]), category, fields[4].split(), int(fields[5]))
                product.variants.append(sold_variant(path, number, sales, fields[0], []))
            products.append(product)
    for product in products:
        for variant in product.variants:
            if variant.sku.upper() in seen:
                stop(path, product.line, f"{variant.sku} is there twice")
            seen.add(variant.sku.upper())
            variant.weight_grams = product.weight_grams
        if len(product.variants) == 1:
            # One left alone needs no choice; what it is goes into the picture only.
            variant = product.variants[0]
            product.picture = dressed(product.picture, variant.values)
            product.options, variant.values = [], []
    return products


def read_pantry(data: Path):
    path = HERE / "pantry.txt"
    facts = {}
    with gzip.open(data / "gtin_products.csv.gz", "rt", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            facts[row["gtin14"]] = row
    products = []
    for number, line in rows(path):
        gtin, category, en, de, zh, brand, picture, cents = line.split("|")
        row = facts.get(gtin.zfill(14))
        if row is None:
            stop(path, number, f"no such GTIN in the data: {gtin}")
        amount = int(Decimal(row["net_amount"]))
        big = {"g": "kg", "ml": "l"}[row["net_unit"]]
        net = f"{amount // 1000} {big}" if amount % 1000 == 0 else f"{amount} {row['net_unit']}"
        product = Product(number, {"en": f"{brand} {en}" if not en.startswith(brand) else en,
                                   "de": f"{brand} {de}" if not de.startswith(brand) else de,
                                   "zh": f"{brand} {zh}"}, category, picture.split(), 0, brand=brand, net=net)
        variant = Variant(f"F{gtin}", [], 0, 0, row["product_name"], gtin=gtin, eur_cents=int(cents))
        variant.weight_grams = round(amount * 1.12) + 15
        product.variants.append(variant)
        products.append(product)
    return products


def give_handles(products):
    taken = set()
    for product in products:
        handle = base = slug(product.titles["en"])
        if handle in taken:
            handle = f"{base}-{slug(product.net or product.variants[0].sku)}"
        if handle in taken:
            stop(HERE / "goods.txt", product.line, f"handle {handle} is there twice")
        taken.add(handle)
        product.handle = handle


# Descriptions: what is known, nothing else.

def material_of(product):
    title = product.titles["en"]
    if NOT_A_MATERIAL.search(title):
        return None
    for expression, *names in MATERIALS:
        if re.search(expression, title, re.I):
            return names_of(names)
    return None


def describe(product) -> dict:
    if product.net:
        return {"en": f"By {product.brand}. Net amount {product.net}.",
                "de": f"Von {product.brand}. Nettofüllmenge {product.net}.",
                "zh": f"{product.brand}出品。净含量：{product.net}。"}
    sold = sum(variant.sold for variant in product.variants)
    count = len(product.variants)
    out = {"en": "", "de": "", "zh": ""}
    material = material_of(product)
    if material:
        out = {"en": f"Material: {material['en']}. ", "de": f"Material: {material['de']}. ", "zh": f"材质：{material['zh']}。"}
    pieces = SET_OF.search(product.titles["en"])
    if pieces:
        number = pieces[1] or pieces[2]
        out["en"] += f"Set of {number}. "
        out["de"] += f"{number} Stück im Set. "
        out["zh"] += f"一套{number}件。"
    for word, *sentences in OCCASIONS:
        if word in product.titles["en"]:
            for language, sentence in zip(LANGUAGES, sentences):
                out[language] += sentence
    if count > 1:
        names = product.options[0].names
        plural = {"Colour": "colours", "Size": "sizes", "Finish": "finishes", "Herb": "herbs", "Text": "messages"}.get(names["en"], "versions")
        plural_de = {"Farbe": "Farben", "Größe": "Größen", "Kräuter": "Sorten", "Duft": "Düften", "Design": "Designs"}.get(names["de"], "Ausführungen")
        plural_zh = {"颜色": "种颜色", "尺寸": "种尺寸", "香味": "种香味", "图案": "种图案", "香草": "种香草"}.get(names["zh"], "款")
        plural = {"Scent": "scents", "Design": "designs"}.get(names["en"], plural)
        if len(product.options) > 1:
            plural, plural_de, plural_zh = "versions", "Ausführungen", "款"
        out["en"] += f"Comes in {count} {plural}. "
        out["de"] += f"Erhältlich in {count} {plural_de}. "
        out["zh"] += f"共{count}{plural_zh}。"
    grouped_de = f"{sold:,}".replace(",", ".")
    out["en"] += f"{sold:,} pieces sold in one year."
    out["de"] += f"{grouped_de} Stück in einem Jahr verkauft."
    out["zh"] += f"一年售出{sold:,}件。"
    return out


# Prices

def nines(cents: Decimal) -> int:
    """The nearest amount that ends in 9, never below 9."""
    tens = ((cents + 1) / 10).to_integral_value(ROUND_HALF_UP)
    return max(9, int(tens) * 10 - 1)


def prices_of(variant: Variant):
    if variant.eur_cents:
        eur = variant.eur_cents
        gbp = nines(Decimal(eur) / EUR_PER_GBP)
    else:
        gbp = variant.pence
        eur = nines(gbp * EUR_PER_GBP)
    usd = nines(gbp * USD_PER_GBP / UK_VAT)
    return (("EUR", eur), ("GBP", gbp), ("USD", usd))


def major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


# Stock

def stock_of(variant: Variant, rank: float):
    """Stock rows of one variant. `rank` is 0 for the best seller and 1 for the slowest."""
    if variant.sku == HOT_SKU:
        on_hand = {**HOT_STOCK, **{shop: 30 for shop in SHOPS}}
        return [(location, on_hand[location], 2 if location in SHOPS else 0) for location in (*WAREHOUSES, *SHOPS)]
    luck = steady("luck", variant.sku)
    if luck < 300:
        depth = 0
    elif luck < 750:
        depth = 1 + luck % 4
    else:
        weeks = 6 + steady("weeks", variant.sku) % 8
        depth = max(12, (variant.sold or 400 + luck) * weeks // 52)
    out = []
    shares = {"hamburg": 45, "leipzig": 30, "rotterdam": 25}
    if depth < 5:
        shares = {"hamburg": 100}
    elif depth < 60:
        shares = {"hamburg": 60, "rotterdam": 40}
    for location, share in shares.items():
        out.append((location, depth * share // 100, 0))
    keeps = 70 if rank < 0.3 else 45 if rank < 0.7 else 20
    for shop in SHOPS:
        if depth < 5 or steady("keeps", shop, variant.sku) >= keeps * 100:
            continue
        pieces = steady("shelf", shop, variant.sku) % 31
        out.append((shop, pieces, min(2, pieces)))
    return out


# Pictures

def dressed(picture, values):
    """The picture's words with what the option values add: their color, pattern and motif."""
    words = list(picture)
    for value in values:
        if value.motif.startswith("!"):
            words[0] = value.motif[1:]
        if value.color != "-":
            words = [words[0], value.color] + [word for word in words[1:] if word not in drawing.COLORS]
        if value.pattern or (value.motif and not value.motif.startswith("!")):
            words = [word for word in words if not word.startswith("+") and (word not in drawing.PATTERNS)]
        if value.pattern:
            words.append(value.pattern)
        if value.motif and not value.motif.startswith("!"):
            words.append("+" + value.motif)
    return words


def read_picture(words, where):
    article, color, pattern, motif = words[0], "", "", ""
    for word in words[1:]:
        if word.startswith("+"):
            motif = word[1:]
        elif word in drawing.COLORS:
            color = word
        elif word in drawing.PATTERNS:
            pattern = word
        elif word != "-":
            raise SystemExit(f"{where}: no such word of a picture: {word}")
    if article.startswith("@") and article[1:] not in drawing.SHAPES:
        raise SystemExit(f"{where}: no such shape: {article}")
    return article, color, pattern, motif


def read_emoji(package: Path):
    package = package / "icons.json" if package.is_dir() else package
    icons = json.loads(package.read_text(encoding="utf-8"))["icons"]
    return {name: icon["body"] for name, icon in icons.items()}


def write(path: Path, text: str):
    path.write_text(text, encoding="utf-8", newline="\n")


def write_table(name: str, columns, lines):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)


def draw_goods(products, categories, emoji):
    drawn = {}
    for product in products:
        fallback = categories[product.category][1]
        for variant in product.variants:
            words = dressed(product.picture, variant.values)
            article, color, pattern, motif = read_picture(words, f"{product.line} {variant.sku}")
            for name in (article, motif):
                if name and not name.startswith("@") and name not in emoji:
                    raise SystemExit(f"goods.txt:{product.line}: no such emoji: {name}")
            svg = drawing.picture(article, color or fallback, pattern, motif, emoji, fallback)
            if svg not in drawn:
                drawn[svg] = f"{variant.sku.lower()}.svg"
                write(MEDIA / drawn[svg], svg)
            variant.image = drawn[svg]


def product_lines(products, categories):
    for product in products:
        description = describe(product)
        for variant in product.variants:
            options = [";".join(f"{option.names[language]}={value.names[language]}" for option, value in zip(product.options, variant.values))
                       for language in LANGUAGES]
            yield [variant.sku, variant.gtin, product.handle, *(product.titles[language] for language in LANGUAGES),
                   *(description[language] for language in LANGUAGES), product.brand,
                   category_path(categories, product.category, "en"), *options,
                   "reduced" if product.net else "standard", variant.weight_grams, variant.image, "", "active"]


def location_lines(data: Path):
    cities = {}
    with gzip.open(data / "cities.csv.gz", "rt", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cities.setdefault((row["name"], row["country"]), row)
    for line in LOCATIONS:
        fields = line.split("|")
        city = cities[(fields[8], fields[7])]
        yield [*fields[:8], city["lat"], city["lon"], *fields[9:]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with the public data")
    parser.add_argument("emoji", type=Path, help="folder of @iconify-json/fluent-emoji-flat")
    arguments = parser.parse_args()

    options, values = read_words()
    categories = read_categories()
    goods = read_goods(read_sales(arguments.data), options, values)
    pantry = read_pantry(arguments.data)
    give_handles(goods + pantry)
    emoji = read_emoji(arguments.emoji)

    shutil.rmtree(MEDIA, ignore_errors=True)
    MEDIA.mkdir()
    draw_goods(goods + pantry, categories, emoji)
    for key, (_, ground, picture) in categories.items():
        article, color, pattern, motif = read_picture(picture.split(), key)
        write(MEDIA / f"category-{slug(key)}.svg", drawing.picture(article, color or ground, pattern, motif, emoji, ground))
    for name, svg in drawing.heroes(emoji).items():
        write(MEDIA / name, svg)

    everything = goods + pantry
    write_table("products.csv", PRODUCT_COLUMNS, product_lines(goods, categories))
    write_table("openfoodfacts-products.csv", PRODUCT_COLUMNS, product_lines(pantry, categories))
    variants = [variant for product in everything for variant in product.variants]
    write_table("prices.csv", ["sku", "currency", "amount"],
                ([variant.sku, currency, major(minor)] for variant in variants for currency, minor in prices_of(variant)))
    write_table("categories.csv", ["category", "title_en", "title_de", "title_zh", "position", "image"],
                ([category_path(categories, key, "en"), *(names[language] for language in LANGUAGES), position, f"category-{slug(key)}.svg"]
                 for position, (key, (names, _, _)) in enumerate(categories.items(), 1)))
    write_table("locations.csv", LOCATION_COLUMNS, location_lines(arguments.data))
    by_sales = sorted(variants, key=lambda variant: (-variant.sold, variant.sku))
    rank = {variant.sku: place / len(by_sales) for place, variant in enumerate(by_sales)}
    write_table("stock.csv", ["sku", "location", "on_hand", "safety_stock"],
                ([variant.sku, *row] for variant in variants for row in stock_of(variant, rank[variant.sku])))
    several = sum(1 for product in goods if len(product.variants) > 1)
    print(f"{len(goods)} products, {several} with several variants, {len(variants)} variants, {len(pantry)} pantry articles, "
          f"{len(list(MEDIA.iterdir()))} pictures")


if __name__ == "__main__":
    main()
