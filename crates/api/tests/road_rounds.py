"""Plans couriers' rounds at a running shop whose roads a real OSRM engine measures, in a town of our own (town.osm): over
the river there is one bridge far in the east, two streets are one-way, and no way leads to the island.

What the shop planned is held against the engine's own words: the shortest of all orders of the doors by its table, and the
length of that way by its route service. Reads SESAME_URL, SESAME_OPERATOR_PASSWORD and OSRM_URL.
"""

import itertools
import json
import os
import time
import urllib.request

from desk import WAIT_SECONDS, ask, buy, check, code, done, finish, goods, sign_in

# Latitude and longitude.
WAREHOUSE = (53.55073, 9.99302)
DOORS = {"20991": (53.54573, 9.99302), "20992": (53.54973, 10.01), "20993": (53.55073, 10.0)}
ISLAND = {"20994": (53.45, 9.995)}
HOUR_MS = 3_600_000


def engine(service, points, further=""):
    """What the engine says of points."""
    places = ";".join(f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in points)
    with urllib.request.urlopen(f"{os.environ['OSRM_URL']}/{service}/v1/driving/{places}?{further}", timeout=30) as answer:
        return json.load(answer)


def shortest(doors):
    """The meters of the shortest way to all doors and back, and the doors in its order."""
    points = [WAREHOUSE, *doors]
    table = engine("table", points, "annotations=distance")["distances"]
    orders = itertools.permutations(range(1, len(points)))
    length = lambda order: sum(round(table[a][b]) for a, b in zip([0, *order], [*order, 0]))
    order = min(orders, key=length)
    return length(order), [points[at] for at in order]


def send(settings, postal_code):
    """Sends an order to a door, with a waybill of the shop's own couriers; gives where it leaves from, and what was promised."""
    card = {"provider": {"name": settings["payment_providers"][0]["name"], "token": "tok_success"}}
    order = buy(settings, goods(1), "Lee", card, postal_code=postal_code, city="Hamburg", street=f"Weg {postal_code}")
    fulfillment = order["fulfillments"][0]
    check("it leaves from the warehouse", fulfillment["location"]["name"] == "Warehouse Hamburg", fulfillment["location"])
    for _ in range(WAIT_SECONDS * 10):
        answer = ask("POST", f"/fulfillments/{fulfillment['id']}/waybill", {"weight_grams": 1000})
        if answer[0] == 200 or code(answer) != "order_not_confirmed":
            break
        time.sleep(0.1)
    check("our couriers bring it", answer[0] == 200 and json.loads(answer[2])["parcel"]["carrier"]["name"] == "Our couriers", answer)
    return fulfillment["location"]["id"], order["delivery"]["promise"]


def plan(sent):
    """Plans a round of one courier, who leaves when all receivers are there and waits for none; gives what it came to."""
    location = sent[0][0]
    promises = [promise for _, promise in sent]
    begins = max(promise["earliest"] for promise in promises)
    ends = max(promise["latest"] for promise in promises) + 4 * HOUR_MS
    courier = {"vehicle": "van", "from": begins, "until": ends}
    body = {"day": time.strftime("%Y-%m-%d"), "location": location, "couriers": [courier]}
    made = done("POST", "/rounds/plan", body)
    check("one round with all of it", len(made["rounds"]) == 1 and made["left"] == [] and made["places_unknown"] == [], made)
    return made, done("GET", f"/rounds/{made['rounds'][0]['id']}")["round"]


def visited(round_):
    """Where a round goes, in order."""
    stops = {stop["number"]: stop["position"] for stop in round_["stops"]}
    return [(stops[number]["latitude"], stops[number]["longitude"]) for number in round_["order"]]


def check_roads(sent):
    """The plan is the shortest way there is, over the bridge and along one-way streets."""
    made, round_ = plan(sent)
    check("measured along roads", made["distances"] == round_["distances"] == "road" and made["roads_failure"] is None, made)
    meters, order = shortest(list(DOORS.values()))
    check("it is as short as can be", round_["meters"] == meters, (round_["meters"], meters))
    check("in that order", visited(round_) == order, (visited(round_), order))
    # A courier may turn around at a door, as the table has it.
    further = "overview=full&geometries=geojson&continue_straight=false"
    way = engine("route", [WAREHOUSE, *visited(round_), WAREHOUSE], further)["routes"][0]
    check("the engine drives as far", abs(way["distance"] - meters) <= len(DOORS) + 1, (way["distance"], meters))
    check("the engine drives as long", 0 <= round_["seconds"] - way["duration"] - len(DOORS) * 180 < 60, (round_["seconds"], way["duration"]))
    south = [point for point in way["geometry"]["coordinates"] if point[1] < 53.548]
    crossing = [point for point in way["geometry"]["coordinates"] if point == [10.025, 53.54573]]
    check("over the bridge, there and back", len(south) > 2 and len(crossing) == 2, way["geometry"])


def check_island(sent):
    """No way leads to the island: that leg is an estimate, and is said to be."""
    made, round_ = plan(sent)
    check("measured as far as there are roads", made["distances"] == round_["distances"] == "mixed", made)
    check("nothing failed", made["roads_failure"] is None, made)
    check("it goes to the island", visited(round_)[-1] in ISLAND.values() or visited(round_)[0] in ISLAND.values(), round_)


def main():
    """The whole way."""
    sign_in()
    settings = done("GET", "/settings")
    rows = [f"DE,{code},{latitude},{longitude}" for code, (latitude, longitude) in {**DOORS, **ISLAND}.items()]
    done("PUT", "/gazetteer", {"csv": "\n".join(["country,postal_prefix,latitude,longitude", *rows, ""])})
    check_roads([send(settings, postal_code) for postal_code in DOORS])
    # Others as well, so that a part of the round has roads.
    check_island([send(settings, postal_code) for postal_code in ["20991", "20993", *ISLAND]])
    finish()


if __name__ == "__main__":
    main()
