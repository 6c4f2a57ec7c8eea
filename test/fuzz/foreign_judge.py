"""Judges messages by libxmlsec and by the system's libxml2: one JSON object a line in, one out."""

import base64
import hashlib
import json
import sys

import xmlsec
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
keys = {}


def key_of(pem):
    if pem not in keys:
        keys[pem] = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
    return keys[pem]


def form_of(element):
    """SHA-256 of the exclusive canonical form of the subtree, None where there is none."""
    try:
        text = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
        return hashlib.sha256(text).hexdigest()
    except etree.LxmlError:
        return None


def register_ids(context, root):
    """As `xmlsec1 --id-attr:Id` does it for the parts that may be signed."""
    for element in root.iter("*"):
        for name in ("{%s}Id" % WSU, "Id"):
            if element.get(name) is None:
                continue
            if name == "Id" and etree.QName(element).localname != "Body":
                continue
            try:
                context.register_id(element, "Id", WSU if name != "Id" else None)
            except xmlsec.Error:
                pass


def signature_in(root):
    """The one that the bus looks at, by its place; the first where there is none."""
    for header in root.findall("{*}Header"):
        for place in (*header.findall("{%s}Security" % WSSE), header):
            for signature in place.findall("{%s}Signature" % DS):
                return signature
    return next(root.iter("{%s}Signature" % DS), None)


def verdict_of(root, pem):
    signature = signature_in(root)
    if signature is None:
        return "unsigned"
    # Whatever else a reference may name, nothing is fetched.
    for reference in signature.iter("{%s}Reference" % DS):
        if not reference.get("URI", "").startswith("#"):
            return "elsewhere"
    context = xmlsec.SignatureContext()
    context.key = key_of(pem)
    register_ids(context, root)
    try:
        context.verify(signature)
        return "good"
    except (xmlsec.Error, ValueError, TypeError):
        return "bad"


def judge(asked):
    try:
        root = etree.fromstring(base64.b64decode(asked["bytes"]), PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        return {"verdict": "unreadable", "root": None, "body": None, "isXmlId": "xml:id" in str(error)}
    children = [child for child in root if isinstance(child.tag, str)]
    body = form_of(children[-1]) if children else None
    verdict = verdict_of(root, asked["certificate"])
    return {"verdict": verdict, "root": form_of(root), "body": body, "isXmlId": False}


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
