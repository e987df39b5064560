"""Buys, pays, hands over and refunds at a running shop, and reads its invoices with pypdf, which is not ours: every
amount on them is held against the order as /api/v1 tells it, to the cent.

Reads SESAME_URL and SESAME_OPERATOR_PASSWORD.
"""

import io
import re

from desk import ask, buy, check, code, done, finish, goods, sign_in, until
from pypdf import PdfReader

NAMES = {"en": "Ada Łukasiewicz-Őry", "de": "محمد 👩‍👧 Ada", "zh": "欧阳 修"}


def read(order, path, language):
    """The text of a document, without what its lines are broken with, and its pages."""
    status, headers, data = ask("GET", f"/orders/{order['id']}/{path}?language={language}")
    assert status == 200, data[:500]
    check("it is a PDF", headers["Content-Type"] == "application/pdf" and data.startswith(b"%PDF-"))
    _, _, again = ask("GET", f"/orders/{order['id']}/{path}?language={language}")
    check("the same order gives the same bytes", data == again)
    reader = PdfReader(io.BytesIO(data))
    check("it is tagged", reader.trailer["/Root"]["/MarkInfo"]["/Marked"])
    check("it says its language", reader.trailer["/Root"]["/Lang"] == language)
    pages = [page.extract_text() for page in reader.pages]
    return re.sub(r"\s+", "", "".join(pages)), pages


def euros(amount, language):
    """An amount as the reader's language writes it, without blanks."""
    sign, amount = ("−" if amount < 0 else ""), abs(amount)
    mark, point = (".", ",") if language == "de" else (",", ".")
    text = f"{amount // 100:,}".replace(",", mark) + point + f"{amount % 100:02}"
    return f"{sign}{text}€" if language == "de" else f"{sign}€{text}"


def check_invoice(order, language, name):
    """Every line, every sum and every rate of an invoice against the order."""
    text, pages = read(order, "invoice", language)
    number = order["papers"][0]["number"]
    check("its number", number in text, text)
    check("the seller", "SesameHandelsGmbH" in text and "DE123456789" in text, text[:400])
    if name:
        check("the buyer", re.sub(r"\s+", "", name) in text, text[:600])
    for line in order["lines"]:
        net = line["total"]["amount"] - line["tax"]["amount"]
        for part in [line["sku"], euros(line["total"]["amount"], language), euros(net, language)]:
            check(f"line {line['number']}", part in text, part)
    totals = {name: value["amount"] for name, value in order["totals"].items()}
    rates = {}
    for line in order["lines"]:
        known = rates.setdefault(line["tax_rate_ppm"], [0, 0])
        known[0] += line["total"]["amount"]
        known[1] += line["tax"]["amount"]
    shipping_tax = totals["tax"] - sum(tax for _, tax in rates.values())
    check("the order adds up", totals["goods"] + totals["shipping"] == totals["total"], totals)
    if totals["shipping"]:
        standard = rates.setdefault(190_000, [0, 0])
        standard[0] += totals["shipping"]
        standard[1] += shipping_tax
    wanted = [totals["goods"], totals["shipping"], totals["total"] - totals["tax"], totals["tax"], totals["total"]]
    for gross, tax in rates.values():
        wanted += [gross, tax, gross - tax]
    for amount in wanted:
        check("a sum", euros(amount, language) in text, (amount, text[-900:]))
    head = {"en": "Unit price", "de": "Einzelpreis", "zh": "单价"}[language]
    for page in pages[: len(pages) - 1]:
        check("each page has the table's head", head in page, page[:300])
    return text, pages


def main():
    """The whole way."""
    sign_in()
    settings = done("GET", "/settings")
    seller = settings["sellers"][0]
    billing = {"name": "Sesame Handels GmbH", "street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country": "DE", "tax_id": "DE123456789", "lines": ["HRB 1"]}
    saved = done("PUT", f"/sellers/{seller['id']}/billing", billing)
    check("what invoices say is kept", saved["says"]["tax_id"] == "DE123456789", saved)
    check("a name is needed", code(ask("PUT", f"/sellers/{seller['id']}/billing", {"name": " "})) == "field_invalid")
    card = {"provider": {"name": settings["payment_providers"][0]["name"], "token": "tok_success"}}
    few = goods(3)

    for language, name in NAMES.items():
        order = buy(settings, few, name, card)
        order = until("it is paid", order, lambda o: o["papers"])
        shown = {"de": None}.get(language, name)
        text, _ = check_invoice(order, language, shown)
        check("what no font has is a box", language != "de" or "□" in text, text[:600])
    before = read(order, "invoice", "en")[0]

    for step in ("pick", "pack", "ship"):
        parcel = order["fulfillments"][0]["id"]
        done("POST", f"/fulfillments/{parcel}/{step}", {"carrier": "DHL", "tracking_number": "J1"} if step == "ship" else {})
    refund = {"lines": [{"number": order["lines"][0]["number"], "quantity": 1}], "extra": 100, "note": "scratched"}
    done("POST", f"/orders/{order['id']}/refunds", refund)
    order = until("it went back", order, lambda o: len(o["papers"]) == 2)
    check("an invoice does not change", read(order, "invoice", "en")[0] == before)
    note = order["papers"][1]
    text, _ = read(order, f"credit-notes/{note['refund']}", "en")
    back = order["refunds"][0]["amount"]["amount"]
    for part in [note["number"], order["papers"][0]["number"], euros(back, "en"), euros(100, "en"), euros(back - 100, "en")]:
        check("the credit note", part in text, (part, text))
    check("no other refund", code(ask("GET", f"/orders/{order['id']}/credit-notes/refund_0000000000001")) == "not_found")
    done("PUT", f"/sellers/{seller['id']}/billing", {**billing, "name": "Another GmbH"})
    check("the seller is as they were on its day", read(order, "invoice", "en")[0] == before)
    done("PUT", f"/sellers/{seller['id']}/billing", billing)

    order = buy(settings, few, "Later", {"provider": {"name": settings["payment_providers"][0]["name"]}})
    check("what is neither paid nor handed over has none", order["papers"] == [])
    check("and says so", code(ask("GET", f"/orders/{order['id']}/invoice")) == "wrong_state")
    check("a language is known or not", code(ask("GET", f"/orders/{order['id']}/invoice?language=xx")) == "parameter_invalid")

    many = goods(100)
    order = until("it is paid", buy(settings, many, "Many", card), lambda o: o["papers"])
    _, pages = check_invoice(order, "de", "Many")
    check("many lines take pages", len(pages) > len(many) / 20, len(pages))
    for page, text in enumerate(pages, 1):
        check("its foot", f"Seite {page} von {len(pages)}" in text, text[-200:])
    finish()


if __name__ == "__main__":
    main()
