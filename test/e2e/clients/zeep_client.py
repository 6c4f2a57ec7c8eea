"""Asks for a person with zeep, which signs the question and verifies the answer.

zeep_client.py WSDL KEY CERTIFICATE BUS_CERTIFICATE SIGNER URI HOEDANIGHEID INSZ
"""

import sys
import uuid

from zeep_signed import signed_client

wsdl, key, certificate, bus_certificate, signer, uri, hoedanigheid, insz = sys.argv[1:]

client = signed_client(wsdl, key, certificate, bus_certificate, signer)
reference = str(uuid.uuid4())
answer = client.service.GeefPersoon(
    Verzoek={
        "Context": {
            "Naam": "GeefPersoon",
            "Versie": "02.02.0000",
            "Bericht": {
                "Type": "VRAAG",
                "Tijdstip": {"Datum": "2026-11-21", "Tijd": "10:15:00.000"},
                "Afzender": {"Identificatie": uri, "Referte": reference, "Hoedanigheid": hoedanigheid},
            },
        },
        "Vragen": {
            "Vraag": {"Referte": reference, "Inhoud": {"Criteria": {"INSZ": insz}, "Bron": "RR", "Taal": "nl"}}
        },
    }
)
antwoord = answer.Antwoorden.Antwoord
assert antwoord.Referte == reference, antwoord.Referte
print(antwoord.Inhoud.Persoon.INSZ, antwoord.Inhoud.Persoon.Naam.Achternamen.Achternaam[0]._value_1)
