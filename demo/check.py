#!/usr/bin/env python3
"""Checks the demo goods: `python3 demo/check.py`. Prints each fault with file and line; exits 1 if there is one."""

import csv
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # Leaves no cache folder in the repository.
import build  # noqa: E402

HERE = Path(__file__).resolve().parent
FAULTS = []

CURRENCIES = {"EUR", "GBP", "USD"}
PICTURE_BYTES_MAX = 12_000
FOLDER_BYTES_MAX = 6_000_000
PIECES_MAX = 1_000_000
PRODUCTS_WITH_VARIANTS_MIN = 60
LICENSES = ("CC BY 4.0", "ODbL 1.0", "MIT", "GeoNames", "Open Food Facts", "UCI Machine Learning Repository", "Microsoft Corporation")
SVG_FORBIDDEN = re.compile(r"<script|<foreignObject|<image|<text|<style|\son[a-z]+=|javascript:|href=\"(?!#)|<!ENTITY", re.I)


def fault(file: str, line: int, text: str):
    FAULTS.append(f"demo/{file}:{line}: {text}")


def table(name: str, columns):
    """The lines of a CSV file as (line number, row); the header must be exactly `columns`."""
    with open(HERE / name, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != columns:
            fault(name, 1, f"columns are {reader.fieldnames}, not {columns}")
            return []
        return [(reader.line_num, row) for row in reader]


def gtin_holds(gtin: str) -> bool:
    digits = [int(digit) for digit in gtin] if gtin.isdigit() else []
    weighted = sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return len(digits) in (8, 12, 13, 14) and weighted % 10 == 0


def check_categories():
    leaves, all_paths = set(), set()
    for line, row in table("categories.csv", ["category", "title_en", "title_de", "title_zh", "position", "image"]):
        path = row["category"]
        if path in all_paths:
            fault("categories.csv", line, f"{path} is there twice")
        all_paths.add(path)
        if not (row["title_en"] and row["title_de"] and row["title_zh"] and row["position"].isdigit()):
            fault("categories.csv", line, "a title or the position is missing")
        if not (HERE / "media" / row["image"]).is_file():
            fault("categories.csv", line, f"no picture {row['image']}")
        if " > " in path:
            leaves.add(path)
            if path.split(" > ")[0] not in all_paths:
                fault("categories.csv", line, "the category above it comes later or not at all")
    return leaves


def check_row(name: str, line: int, row, leaves):
    for column in ("sku", "product", "title_en", "description_en"):
        if not row[column]:
            fault(name, line, f"{column} is empty")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["product"]):
        fault(name, line, f"{row['product']} is not a slug")
    if row["category"] not in leaves:
        fault(name, line, f"{row['category']} is no leaf of categories.csv")
    if row["gtin"] and not gtin_holds(row["gtin"]):
        fault(name, line, f"the check digit of {row['gtin']} is wrong")
    if not (HERE / "media" / row["image"]).is_file() or not row["image"]:
        fault(name, line, f"no picture {row['image']}")
    if row["tax_category"] not in ("standard", "reduced", "zero") or row["status"] not in ("active", "draft", "archived"):
        fault(name, line, "no such tax category or status")
    if not row["weight_grams"].isdigit() or not 0 < int(row["weight_grams"]) < 30_000:
        fault(name, line, f"{row['weight_grams']} is no weight")


def check_products(leaves):
    skus, options_of, shared_of, food = {}, {}, {}, set()
    for name in ("products.csv", "openfoodfacts-products.csv"):
        for line, row in table(name, build.PRODUCT_COLUMNS):
            check_row(name, line, row, leaves)
            if row["sku"].upper() in skus:
                fault(name, line, f"SKU {row['sku']} is there twice")
            skus[row["sku"].upper()] = row["sku"]
            food.update({row["sku"]} if row["gtin"] else set())
            if name.startswith("open") and (not row["gtin"] or row["tax_category"] != "reduced"):
                fault(name, line, "food has a GTIN and the reduced rate")
            shared = [row[column] for column in ("title_en", "title_de", "title_zh", "description_en", "category", "tax_category")]
            if shared_of.setdefault(row["product"], shared) != shared:
                fault(name, line, f"{row['product']}: title, description, category or tax differ between variants")
            seen = options_of.setdefault(row["product"], {})
            if row["options"] in seen:
                fault(name, line, f"{row['product']}: the options are those of line {seen[row['options']]}")
            seen[row["options"]] = line
            pairs = [pair.split("=") for pair in row["options"].split(";")] if row["options"] else []
            if any(len(pair) != 2 or not all(pair) for pair in pairs):
                fault(name, line, f"{row['options']} are no options")
            for column in ("options_de", "options_zh"):
                if [pair.count("=") for pair in row[column].split(";") if pair] != [1] * len(pairs):
                    fault(name, line, f"{column} are not those of {row['options']}")
    for product, seen in options_of.items():
        named = {tuple(pair.split("=")[0] for pair in options.split(";")) for options in seen}
        if len(named) > 1 or (len(seen) > 1 and "" in seen):
            fault("products.csv", min(seen.values()), f"{product}: its variants have different options")
    several = sum(1 for seen in options_of.values() if 2 <= len(seen) <= 8)
    if several < PRODUCTS_WITH_VARIANTS_MIN:
        fault("products.csv", 1, f"only {several} products have 2 to 8 variants")
    return set(skus.values())


def check_prices(skus):
    priced = {}
    for line, row in table("prices.csv", ["sku", "currency", "amount"]):
        if row["sku"] not in skus:
            fault("prices.csv", line, f"no such SKU: {row['sku']}")
        if not re.fullmatch(r"\d+\.\d\d", row["amount"]) or float(row["amount"]) <= 0:
            fault("prices.csv", line, f"{row['amount']} is no amount")
        if row["currency"] in priced.setdefault(row["sku"], set()):
            fault("prices.csv", line, f"a second price in {row['currency']}")
        priced[row["sku"]].add(row["currency"])
    for sku in sorted(skus):
        if priced.get(sku) != CURRENCIES:
            fault("prices.csv", 1, f"{sku} has prices in {sorted(priced.get(sku, ()))}")


def check_locations():
    kinds = {}
    for line, row in table("locations.csv", build.LOCATION_COLUMNS):
        kinds[row["location"]] = row["kind"]
        if row["kind"] not in ("warehouse", "shop") or any(row[key] not in ("yes", "no") for key in ("ships", "collects", "sells")):
            fault("locations.csv", line, "no such kind, or a flag is not yes or no")
        if not (35 < float(row["lat"]) < 70 and -10 < float(row["lon"]) < 30):
            fault("locations.csv", line, "the coordinates are not in Europe")
        if row["ship_cutoff"] and not re.fullmatch(r"[0-2]\d:[0-5]\d", row["ship_cutoff"]):
            fault("locations.csv", line, f"{row['ship_cutoff']} is no time of day")
        if (row["ships"] == "yes") != bool(row["ship_cutoff"]):
            fault("locations.csv", line, "a location that ships has a cutoff, the others have none")
    if sorted(kinds.values()) != ["shop"] * 5 + ["warehouse"] * 3:
        fault("locations.csv", 1, "not 3 warehouses and 5 shops")
    return kinds


def check_stock(skus, kinds):
    stocked, seen = {}, set()
    for line, row in table("stock.csv", ["sku", "location", "on_hand", "safety_stock"]):
        key = (row["sku"], row["location"])
        if row["sku"] not in skus or row["location"] not in kinds:
            fault("stock.csv", line, f"no such SKU or location: {key}")
            continue
        if key in seen:
            fault("stock.csv", line, f"{key} is there twice")
        seen.add(key)
        if not (row["on_hand"].isdigit() and row["safety_stock"].isdigit() and int(row["on_hand"]) <= PIECES_MAX):
            fault("stock.csv", line, "not a count of pieces")
        elif kinds[row["location"]] == "shop" and int(row["on_hand"]) > 30:
            fault("stock.csv", line, "a shop holds at most 30")
        else:
            stocked[row["sku"]] = stocked.get(row["sku"], 0) + int(row["on_hand"])
    for sku in sorted(skus):
        if sku not in stocked:
            fault("stock.csv", 1, f"{sku} has no stock row")
    if not any(pieces == 0 for pieces in stocked.values()) or max(stocked.values(), default=0) < 50_000:
        fault("stock.csv", 1, "there is no article sold out, or no hot one with plenty")


def check_pictures():
    for path in sorted((HERE / "media").iterdir()):
        text = path.read_text(encoding="utf-8")
        if SVG_FORBIDDEN.search(text):
            fault(f"media/{path.name}", 1, f"has {SVG_FORBIDDEN.search(text)[0]}")
        if path.suffix != ".svg" or len(text.encode()) > PICTURE_BYTES_MAX:
            fault(f"media/{path.name}", 1, "is no small SVG")
    size = sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    if size > FOLDER_BYTES_MAX:
        fault("media", 1, f"the folder has {size} bytes, more than {FOLDER_BYTES_MAX}")


def main() -> int:
    skus = check_products(check_categories())
    check_prices(skus)
    check_stock(skus, check_locations())
    check_pictures()
    licenses = (HERE / "LICENSES.md").read_text(encoding="utf-8")
    for name in LICENSES:
        if name not in licenses:
            fault("LICENSES.md", 1, f"{name} is not credited")
    for text in FAULTS:
        print(text, file=sys.stderr)
    print(f"demo goods: {len(skus)} variants, {len(FAULTS)} faults")
    return 1 if FAULTS else 0


if __name__ == "__main__":
    sys.exit(main())
