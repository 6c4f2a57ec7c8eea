"""Asks for a person with zeep, which signs the question and verifies the answer.

zeep_client.py WSDL KEY CERTIFICATE BUS_CERTIFICATE SIGNER URI HOEDANIGHEID INSZ
"""

import datetime
import sys
import uuid

import xmlsec
import zeep
from lxml import etree
from zeep import ns
from zeep.wsse import signature, utils

wsdl, key, certificate, bus_certificate, signer, uri, hoedanigheid, insz = sys.argv[1:]


class WithTimestamp(getattr(signature, signer)):
    """zeep signs a Timestamp when there is one; it does not make one itself."""

    def apply(self, envelope, headers):
        security = utils.get_security_header(envelope)
        timestamp = etree.SubElement(security, etree.QName(ns.WSU, "Timestamp"))
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        for name, moment in (("Created", now), ("Expires", now + datetime.timedelta(minutes=5))):
            etree.SubElement(timestamp, etree.QName(ns.WSU, name)).text = moment.isoformat(timespec="seconds") + "Z"
        return super().apply(envelope, headers)

    def verify(self, envelope):
        signature.verify_envelope(envelope, bus_certificate)
        return envelope


client = zeep.Client(
    wsdl,
    wsse=WithTimestamp(
        key,
        certificate,
        signature_method=xmlsec.Transform.RSA_SHA256,
        digest_method=xmlsec.Transform.SHA256,
    ),
)
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
