"""A zeep client that signs what it sends, with a Timestamp, and verifies what it gets."""

import datetime

import xmlsec
import zeep
from lxml import etree
from zeep import ns
from zeep.wsse import signature, utils


def signed_client(wsdl, key, certificate, bus_certificate, signer="BinarySignature"):
    class WithTimestamp(getattr(signature, signer)):
        """zeep signs a Timestamp when there is one; it does not make one itself."""

        def apply(self, envelope, headers):
            security = utils.get_security_header(envelope)
            timestamp = etree.SubElement(security, etree.QName(ns.WSU, "Timestamp"))
            now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
            for name, moment in (("Created", now), ("Expires", now + datetime.timedelta(minutes=5))):
                etree.SubElement(timestamp, etree.QName(ns.WSU, name)).text = (
                    moment.isoformat(timespec="seconds") + "Z"
                )
            return super().apply(envelope, headers)

        def verify(self, envelope):
            signature.verify_envelope(envelope, bus_certificate)
            return envelope

    return zeep.Client(
        wsdl,
        wsse=WithTimestamp(
            key,
            certificate,
            signature_method=xmlsec.Transform.RSA_SHA256,
            digest_method=xmlsec.Transform.SHA256,
        ),
    )
