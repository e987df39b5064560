"""A Karrio server for the suite: its database, its account, and a carrier of its kind `generic`, which moves nothing.

`prepare` makes them in the folder WORK_DIR; `see NUMBER STATUS DESCRIPTION PLACE` lets the carrier see a parcel, which Karrio
then tells its webhooks. Runs in the Python of Karrio, with its settings in the environment, and reads KARRIO_TOKEN and
KARRIO_WEBHOOK_SECRET.
"""

import os
import sys
from datetime import datetime, timezone

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karrio.server.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from karrio.server.core.utils import create_carrier_snapshot  # noqa: E402
from karrio.server.events.models import Webhook  # noqa: E402
from karrio.server.manager.models import Shipment, Tracking  # noqa: E402
from karrio.server.providers.models import CarrierConnection, RateSheet, ServiceLevel  # noqa: E402
from karrio.server.user.models import Token  # noqa: E402

CARRIER = "swift"
# What the carrier charges: the second is no number that a float could hold.
SERVICES = {"swift_parcel": 4.35, "swift_express": 9.9}


class Tables:
    """Instead of hundreds of migrations, the tables as they are in the end."""

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


def prepare():
    """A database with an account, its key, a carrier with two services, and a webhook that points nowhere yet."""
    settings.MIGRATION_MODULES = Tables()
    call_command("migrate", run_syncdb=True, verbosity=0)
    user = get_user_model().objects.create_superuser("suite@example.com", "a-password-for-the-suite")
    Token.objects.create(user=user, key=os.environ["KARRIO_TOKEN"], label="suite", test_mode=False)
    sheet = RateSheet.objects.create(
        name="Suite", slug="suite", carrier_name="generic", created_by=user,
        zones=[{"id": "zone_1", "label": "Germany", "country_codes": ["DE"]}],
    )
    for code in SERVICES:
        service = ServiceLevel.objects.create(
            service_name=code.replace("_", " ").title(), service_code=code, currency="EUR", active=True, domicile=True,
            transit_days=1, max_weight=31.5, weight_unit="KG", zone_ids=["zone_1"], created_by=user,
        )
        sheet.services.add(service)
        sheet.update_service_rate(service.id, "zone_1", {"rate": SERVICES[code]})
    credentials = {"display_name": "Swift", "custom_carrier_name": CARRIER, "account_country_code": "DE"}
    CarrierConnection.objects.create(
        carrier_code="generic", carrier_id=CARRIER, credentials=credentials, rate_sheet=sheet, active=True, test_mode=False,
        capabilities=["rating", "shipping"], created_by=user,
    )
    Webhook.objects.create(
        url="http://127.0.0.1:9/", secret=os.environ["KARRIO_WEBHOOK_SECRET"], enabled_events=["all"], test_mode=False,
        created_by=user,
    )


def see(number, status, description, place):
    """The carrier saw a parcel: what Karrio's worker writes when a carrier tells it."""
    shipment = Shipment.objects.get(tracking_number=number)
    tracker = Tracking.objects.filter(tracking_number=number).first()
    if tracker is None:
        carrier = CarrierConnection.objects.get(carrier_id=CARRIER)
        tracker = Tracking.objects.create(
            tracking_number=number, shipment=shipment, carrier=create_carrier_snapshot(carrier), test_mode=False,
            created_by=shipment.created_by,
        )
    now = datetime.now(timezone.utc)
    event = {
        "date": now.strftime("%Y-%m-%d"), "time": now.strftime("%I:%M %p"), "timestamp": now.isoformat(timespec="milliseconds"),
        "status": status, "code": status.upper(), "description": description, "location": place,
    }
    tracker.status, tracker.events = status, [event, *(tracker.events or [])]
    tracker.save(update_fields=["status", "events", "updated_at"])


if __name__ == "__main__":
    {"prepare": prepare, "see": see}[sys.argv[1]](*sys.argv[2:])
