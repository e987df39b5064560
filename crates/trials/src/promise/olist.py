"""Olist's tables (orders, customers, order_items, sellers; plain or gzipped) as a history for `promise-backtest`.

    python3 olist.py FOLDER > history.csv

One line for each order that joins fully, has a single seller and went all the way. Origins are sellers within their
state, destinations two digits of the postal code within the state.
"""

import csv
import gzip
import pathlib
import sys


def rows(folder, name):
    """The rows of a table."""
    path = folder / f"{name}.csv"
    if path.exists():
        file = path.open(newline="", encoding="utf-8")
    else:
        file = gzip.open(folder / f"{name}.csv.gz", "rt", newline="", encoding="utf-8")
    with file:
        yield from csv.DictReader(file)


def main():
    """Writes the history."""
    folder = pathlib.Path(sys.argv[1])
    customers = {row["customer_id"]: row for row in rows(folder, "customers")}
    sellers = {row["seller_id"]: row for row in rows(folder, "sellers")}
    sold_by = {}
    for row in rows(folder, "order_items"):
        sold_by.setdefault(row["order_id"], set()).add(row["seller_id"])
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["ordered", "handed_over", "delivered", "from", "to", "promised"])
    for order in rows(folder, "orders"):
        times = [
            order["order_purchase_timestamp"],
            order["order_delivered_carrier_date"],
            order["order_delivered_customer_date"],
        ]
        seller = sold_by.get(order["order_id"], set())
        if order["basket_equals_payment"] != "1" or len(seller) != 1 or not all(times):
            continue
        seller, customer = sellers[min(seller)], customers[order["customer_id"]]
        origin = f"{seller['seller_state']}/{seller['seller_id'][:8]}"
        area = customer["customer_zip_code_prefix"][:2]
        destination = f"{customer['customer_state']}/{area}"
        # A promised day is kept until it ends.
        promised = order["order_estimated_delivery_date"][:10] + "T24:00:00"
        out.writerow([*times, origin, destination, promised])


main()
