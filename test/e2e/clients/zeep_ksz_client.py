"""Asks a KSZ-shaped service for a person with zeep, which signs the request and verifies the answer.

zeep_ksz_client.py WSDL KEY CERTIFICATE BUS_CERTIFICATE CBE_NUMBER LEGAL_CONTEXT SSIN
"""

import datetime
import sys
import uuid

import xmlsec
import zeep
from lxml import etree
from zeep import ns
from zeep.exceptions import Fault
from zeep.wsse import signature, utils

wsdl, key, certificate, bus_certificate, cbe_number, legal_context, ssin = sys.argv[1:]


class WithTimestamp(signature.BinarySignature):
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
ticket = str(uuid.uuid4())
try:
    answer = client.service.searchPersonBySsin(
        informationCustomer={"ticket": ticket, "customerIdentification": {"cbeNumber": cbe_number}},
        legalContext=legal_context,
        criteria={"ssin": ssin},
    )
except Fault as fault:
    # zeep leaves the detail as XML; the contract's own type reads it.
    detail = fault.detail[0]
    told = client.get_element(detail.tag).parse(detail, client.wsdl.types)
    print("fault", told.detail[0].reasonCode, fault.message)
    sys.exit()
assert answer.informationCustomer.ticket == ticket, answer.informationCustomer.ticket
assert answer.informationCBSS.ticketCBSS != ticket
status = answer.status
found = [f"{each.fieldName}={each.fieldValue}" for each in status.information]
if answer.result:
    found += [answer.result.person.ssin._value_1, answer.result.person.name.lastName[0]]
print(status.value, status.code, *found)
