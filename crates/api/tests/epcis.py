"""Buys, books waybills, says what was seen of the parcels, and holds the EPCIS documents that a running shop writes against
GS1's schema with a program of others (npm's epcis2.js); what that program writes, the shop reads.

Reads SESAME_URL, SESAME_OPERATOR_PASSWORD, EPCIS (the folder of epcis2.js) and SESAME_SCRATCH (a folder for documents).
"""

import datetime
import json
import os
import pathlib
import subprocess

from desk import ask, booked, buy, check, done, finish, goods, sign_in

SCRATCH = pathlib.Path(os.environ["SESAME_SCRATCH"])
PROGRAM = pathlib.Path(__file__).parents[3] / "xtask/foreign/epcis.mjs"
NUMBERINGS = {
    "sscc": {"kind": "sscc", "extension": 3, "prefix": "4012345"},
    "s10": {"kind": "s10", "service": "RR", "country": "DE"},
}
# All that can be said of a parcel, but that it is delivered: that counts before anything else.
STATUSES = ["pending", "picked_up", "in_transit", "on_hold", "delivery_delayed", "out_for_delivery", "delivery_failed", "ready_for_pickup", "return_to_sender"]


def at(seconds):
    """A moment some seconds from now."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def program(*arguments):
    """Whether the program of others is content, and what it prints."""
    command = ["node", str(PROGRAM), os.environ["EPCIS"], *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode == 0, ran.stdout + ran.stderr[-1000:]


def conforms(what, document):
    """Holds a document against the schema."""
    file = SCRATCH / "document.json"
    file.write_text(json.dumps(document))
    content, said = program("check", str(file))
    check(what, content, said)


def carrier(kind):
    """A carrier that goes to Germany, with its id."""
    service = {"code": "parcel", "name": "Parcel", "levels": ["standard"], "weight_max_grams": 31500}
    terms = {"code": f"epcis-{kind}", "name": kind, "active": True, "numbering": NUMBERINGS[kind], "currency": "EUR", "services": [service], "own_fleet": True}
    made = done("POST", "/carriers", {"terms": terms, "blocks": [{"first": 1234, "last": 9999}]})
    done("PUT", f"/carriers/{made['id']}/areas", {"csv": "country,zone,sorting_code\nDE,1,DE-10-B\n"})
    done("PUT", f"/carriers/{made['id']}/rates", {"csv": "service,zone,up_to_grams,price\nparcel,1,31500,4.19\n"})
    return made["id"]


def parcels():
    """A parcel of each kind of number, with its id and number."""
    settings = done("GET", "/settings")
    card = {"provider": {"name": settings["payment_providers"][0]["name"], "token": "tok_success"}}
    lines = goods(1)
    for kind in NUMBERINGS:
        order = buy(settings, lines, "Grace Hopper", card)
        fulfillment = order["fulfillments"][0]["id"]
        body = {"carrier": carrier(kind), "service": "parcel", "weight_grams": 1250}
        yield fulfillment, booked(fulfillment, body)["parcel"]["number"]


def see(fulfillment, number):
    """Tells all that can be seen of a parcel, takes one back, and scans it at a hub."""
    events = [{"number": number, "at": at(place), "status": status, "key": status, "place": "Depot 7", "reason": "damaged"} for place, status in enumerate(STATUSES)]
    events.append({**events[-1], "withdraws": True})
    told = done("POST", "/parcels/events", {"events": events})
    check("all are taken", all(row["taken"] for row in told["results"]), told)
    hub = done("GET", "/hubs")["hubs"][0]["id"]
    scan = {"key": f"scan-{number}", "at": 0, "label": number, "what": "arrived"}
    scanned = done("POST", f"/hubs/{hub}/scans", {"scans": [scan]})
    check("the scan is taken", scanned["results"][0]["result"] == "taken", scanned)
    document = done("GET", f"/fulfillments/{fulfillment}/epcis")
    check("all are written", len(document["epcisBody"]["eventList"]) == len(STATUSES) + 1, document)
    conforms("a parcel's document fits GS1's schema", document)
    return document


def main():
    sign_in()
    documents = {number: see(fulfillment, number) for fulfillment, number in parcels()}
    conforms("the document of all fits GS1's schema", done("GET", "/parcels/epcis?limit=200"))
    told = done("POST", "/parcels/epcis", next(iter(documents.values())))
    check("the shop reads what it writes", all(row["result"]["taken"] for row in told["results"]), told)

    sscc = next(number for number in documents if number.isdigit())
    content, text = program("write", at(30), sscc)
    check("the program of others writes a document", content, text)
    told = done("POST", "/parcels/epcis", json.loads(text))["results"]
    check("the shop reads it", [row["result"]["status"] for row in told] == ["in_transit"], told)
    check("and knows it by its hash", told[0]["event_id"].startswith("ni:///sha-256;"), told)

    broken = json.loads(json.dumps(documents[sscc]))
    broken["epcisBody"]["eventList"][0]["bizStep"] = "teleporting"
    (SCRATCH / "document.json").write_text(json.dumps(broken))
    check("the schema refuses what is none", not program("check", str(SCRATCH / "document.json"))[0])
    status, _, answer = ask("POST", "/parcels/epcis", broken)
    first = json.loads(answer)["results"][0]["result"] if status == 200 else answer
    check("and so does the shop", status == 200 and first["code"] == "event_invalid", first)
    finish()


if __name__ == "__main__":
    main()
