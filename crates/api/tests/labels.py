"""Buys, books waybills of three kinds of numbers and prints their labels at a running shop, and reads them with what is not
ours: ZPL drawn by zebrash (npm's zpl-renderer-js), PDF by pdfium, the codes of both by zxing-cpp. A label that the decoder
does not read is a failure.

Reads SESAME_URL, SESAME_OPERATOR_PASSWORD, ZPL_RENDERER (the folder of zpl-renderer-js) and SESAME_SCRATCH (a folder for the
pictures).
"""

import io
import json
import os
import pathlib
import re
import subprocess
import sys

import pypdfium2
import zxingcpp
from desk import ask, booked, buy, check, done, finish, goods, sign_in
from PIL import Image

SCRATCH = pathlib.Path(os.environ["SESAME_SCRATCH"])
RENDERER = pathlib.Path(__file__).parents[3] / "xtask/foreign/zpl.mjs"
DOTS_PER_MM = 8
# Waybills of which kind, with what begins them.
NUMBERINGS = {
    "sscc": ({"kind": "sscc", "extension": 3, "prefix": "4012345"}, r"\d{18}"),
    "s10": ({"kind": "s10", "service": "RR", "country": "DE"}, r"RR\d{9}DE"),
    "plain": ({"kind": "plain", "prefix": "QQ", "digits": 9, "check": "mod10"}, r"QQ\d{10}"),
}
# Names with a part that must stand on the PDF; none where no font has its characters.
NAMES = [
    ("Grace Hopper", "Grace Hopper"),
    ("Zoë Łukasiewicz-Őry", "Zoë Łukasiewicz-Őry"),
    ("Ångström Ñandú", "Ångström Ñandú"),
    ("Константин Циолковский", "Константин Циолковский"),
    ("Ελένη Παπαδοπούλου", "Ελένη Παπαδοπούλου"),
    ("欧阳修", "欧阳修"),
    ("王小明（转 李四）", "王小明"),
    ("محمد علي", None),
    ("דוד בן־גוריון", None),
    ("👩‍👩‍👧‍👦 Family ✨", "Family"),
    ("🎉🎉🎉🎉", None),
    ("W" * 200, "WWWW"),
    ("Wolfeschlegelsteinhausenbergerdorff " * 5, "Wolfeschlegel"),
    ("欧阳修" * 66, "欧阳修"),
    ("^XZ^XA^FO50,50^BCN,100^FD123^FS^XZ", "^XZ^XA"),
    ("~JA~HS ^FS^FO0,0^GB800,1200,800^FS", "~JA"),
    ("_5EXZ_5EXA \\&>;>8", "_5EXZ"),
    ("^CI0^CC!^CD;^CT*", "^CI0"),
    ("<script>alert('&amp;')</script>", "<script>"),
    ("O'Neill, \"Bob\" & Söhne | 50 % {x}", "O'Neill"),
]


def carrier(kind):
    """A carrier that goes to Germany, with its id."""
    numbering, _ = NUMBERINGS[kind]
    service = {"code": "parcel", "name": "Paket – Größe M", "levels": ["standard"], "weight_max_grams": 31500}
    terms = {"code": f"labels-{kind}", "name": f"Träger {kind.upper()}", "active": True, "numbering": numbering, "currency": "EUR", "services": [service]}
    made = done("POST", "/carriers", {"terms": terms, "blocks": [{"first": 1234, "last": 9999}]})
    done("PUT", f"/carriers/{made['id']}/areas", {"csv": "country,zone,sorting_code\nDE,1,DE-10-B\n"})
    done("PUT", f"/carriers/{made['id']}/rates", {"csv": "service,zone,up_to_grams,price\nparcel,1,31500,4.19\n"})
    return made["id"]


def parcels():
    """A parcel for each name and kind of number: its id, its number, its kind, its name's part."""
    settings = done("GET", "/settings")
    lines = goods(1)
    card = {"provider": {"name": settings["payment_providers"][0]["name"], "token": "tok_success"}}
    carriers = {kind: carrier(kind) for kind in NUMBERINGS}
    orders = []
    for name, shown in NAMES:
        for kind in NUMBERINGS:
            street = name if len(name) > 100 else "Invalidenstraße 1"
            orders.append((kind, shown, buy(settings, lines, name.strip(), card, street=street.strip())))
    found = []
    for kind, shown, order in orders:
        fulfillment = order["fulfillments"][0]["id"]
        body = {"carrier": carriers[kind], "service": "parcel", "weight_grams": 1250}
        waybill = booked(fulfillment, body)
        number = waybill["parcel"]["number"]
        check("the number is of its kind", re.fullmatch(NUMBERINGS[kind][1], number), (kind, number))
        found.append((fulfillment, number, kind, shown))
    return found


def printed(fulfillments, form, key=None):
    """The bytes of a document, and whether it was written before."""
    status, headers, data = ask("POST", "/labels", {"fulfillments": fulfillments, "format": form}, key)
    assert status == 200, data[:500]
    return data, headers.get("Idempotent-Replayed") == "true"


def drawn_zpl(zpl):
    """Pictures of labels, drawn by a renderer of others."""
    source = SCRATCH / "labels.zpl"
    source.write_bytes(zpl)
    for old in SCRATCH.glob("*.png"):
        old.unlink()
    command = ["node", str(RENDERER), os.environ["ZPL_RENDERER"], str(source), str(SCRATCH)]
    subprocess.run(command, check=True, stdout=sys.stdout)
    files = sorted(SCRATCH.glob("*.png"))
    return [Image.open(io.BytesIO(file.read_bytes())).convert("L") for file in files]


def drawn_pdf(pdf):
    """Pictures of a document's pages as a printer with 203 dpi has them, and what their texts are."""
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        size = tuple(round(side / 72 * 25.4, 1) for side in page.get_size())
        check("100 × 150 mm", size == (100.0, 150.0), size)
        picture = page.render(scale=DOTS_PER_MM * 25.4 / 72).to_pil().convert("L")
        yield picture, page.get_textpage().get_text_range()


def check_codes(what, picture, number, kind, slack):
    """The decoder reads the number twice, and nothing else."""
    found = {str(one.format).split(".")[-1].replace(" ", ""): one for one in zxingcpp.read_barcodes(picture)}
    wanted = f"(00){number}" if kind == "sscc" else number
    bars, matrix = found.get("Code128"), found.get("DataMatrix")
    check(f"{what}: bars", bars is not None and bars.text == wanted, (wanted, found))
    check(f"{what}: Data Matrix", matrix is not None and matrix.text == wanted, (wanted, found))
    is_gs1 = [one.content_type == zxingcpp.ContentType.GS1 for one in found.values()]
    check(f"{what}: two codes, of GS1 for an SSCC alone", is_gs1 == [kind == "sscc"] * 2, found)
    if bars is not None:
        check_quiet(what, picture, (bars.position.top_left.y + bars.position.bottom_left.y) // 2, slack)


def check_quiet(what, picture, y, slack):
    """Beside the bars it is white for ten modules or more; bars have whole modules, but for dots that drawing may add."""
    row = [value < 128 for value in picture.crop((0, y, picture.width, y + 1)).tobytes()]
    edges = [x for x in range(1, len(row)) if row[x] != row[x - 1]]
    widths = [b - a for a, b in zip(edges, edges[1:])]
    # A start symbol begins with two modules of black.
    module = widths[0] / 2
    quiet = min(edges[0], len(row) - edges[-1])
    check(f"{what}: quiet zones", quiet >= 10 * module, (quiet, module))
    wrong = [width for width in widths if abs(width - max(1, round(width / module)) * module) > slack or width > 4 * module + slack]
    check(f"{what}: whole modules", not wrong, (module, widths))


def main():
    """The whole way."""
    sign_in()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    made = parcels()
    ids = [fulfillment for fulfillment, *_ in made]
    zpl, _ = printed(ids, "zpl", "labels-zpl")
    again, is_replayed = printed(ids, "zpl", "labels-zpl")
    check("asked for again under its key, it is the same and counted once", zpl == again and is_replayed)
    pictures = drawn_zpl(zpl)
    check("a label each", len(pictures) == len(made), len(pictures))
    for picture, (_, number, kind, shown) in zip(pictures, made):
        check("800 × 1200 dots", picture.size == (800, 1200), picture.size)
        check_codes(f"ZPL {number} {shown}", picture, number, kind, 0)

    pdf, _ = printed(ids, "pdf")
    pages = list(drawn_pdf(pdf))
    check("a page each", len(pages) == len(made), len(pages))
    for (picture, text), (_, number, kind, shown) in zip(pages, made):
        # A page is in points, and its edges fall between dots.
        check_codes(f"PDF {number} {shown}", picture, number, kind, 1)
        check("the number for people", number in text, text)
        check("printed again", "REPRINT 2" in text, text)
        check("the name", shown is None or shown in text.replace("\r\n", ""), (shown, text))

    _, third = next(drawn_pdf(printed(ids[:1], "pdf")[0]))
    check("a third time", "REPRINT 3" in third, third)
    unknown = ids[0][:-1] + ("0" if ids[0][-1] != "0" else "1")
    answer = ask("POST", "/labels", {"fulfillments": [ids[1], unknown], "format": "pdf"})
    refused = json.loads(answer[2])["error"]
    check("all or none", refused["code"] == "labels_refused" and refused["details"]["refused"] == [{"fulfillment": unknown, "why": "unknown"}], refused)
    print(f"{len(made)} labels, each as ZPL and as PDF, each with two codes")
    finish()


if __name__ == "__main__":
    main()
