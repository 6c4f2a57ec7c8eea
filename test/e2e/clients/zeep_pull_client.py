"""Asks for what changed about persons with zeep; says the receipt, and of each change its number and whom it is about.

zeep_pull_client.py WSDL KEY CERTIFICATE BUS_CERTIFICATE URI HOEDANIGHEID [RECEIPT]
"""

import sys
import uuid

from zeep_signed import signed_client

wsdl, key, certificate, bus_certificate, uri, hoedanigheid, receipt = sys.argv[1:]

client = signed_client(wsdl, key, certificate, bus_certificate)
reference = str(uuid.uuid4())
asked = {"Identificatie": uri, "Hoedanigheid": hoedanigheid}
if receipt:
    asked["Ontvangstreferte"] = receipt
answer = client.service.GeefPersoonMutatiesNotificaties(
    Verzoek={
        "Context": {
            "Naam": "GeefPersoonMutatiesNotificaties",
            "Versie": "02.00.0000",
            "Bericht": {
                "Type": "VRAAG",
                "Tijdstip": {"Datum": "2026-11-22", "Tijd": "10:15:00.000"},
                "Afzender": {"Identificatie": uri, "Referte": reference, "Hoedanigheid": hoedanigheid},
            },
        },
        "Vragen": {"Vraag": {"Referte": reference, "Inhoud": asked}},
    }
)
told = answer.Antwoorden.Antwoord
assert told.Referte == reference, told.Referte
if told.Inhoud is None:
    print(*[each.Identificatie for each in told.Uitzonderingen.Uitzondering])
else:
    subjects = told.Inhoud.Onderwerpen.Onderwerp
    print(told.Inhoud.Ontvangstreferte, *[f"{each.Referte}:{each.Inhoud.Persoon.INSZ}" for each in subjects])
