"""Asks a KSZ-shaped service for a person with zeep, which signs the request and verifies the answer.

zeep_ksz_client.py WSDL KEY CERTIFICATE BUS_CERTIFICATE CBE_NUMBER LEGAL_CONTEXT SSIN
"""

import sys
import uuid

from zeep.exceptions import Fault
from zeep_signed import signed_client

wsdl, key, certificate, bus_certificate, cbe_number, legal_context, ssin = sys.argv[1:]

client = signed_client(wsdl, key, certificate, bus_certificate)
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
