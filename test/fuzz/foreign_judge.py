"""Judges messages by libxmlsec and by the system's libxml2: one JSON object a line in, one out."""

import base64
import copy
import hashlib
import json
import sys

import xmlsec
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
XENC = "http://www.w3.org/2001/04/xmlenc#"
# libxmlsec 1.2 has the one of XML Encryption 1.0 only.
OAEP_OF_1_1 = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
keys = {}


class NotKnown(Exception):
    pass


def key_of(pem):
    if pem not in keys:
        if len(keys) > 1000:
            keys.clear()
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


def tokens_in(root, signature):
    """DER of each certificate that KeyInfo leads to, whatever it is; none where it leads nowhere."""
    info = signature.find("{%s}KeyInfo" % DS)
    if info is None:
        return []
    found = list(info.iter("{%s}X509Certificate" % DS))
    for reference in info.iter("{%s}Reference" % WSSE):
        for element in root.iter("*"):
            ids = (element.get("{%s}Id" % WSU), element.get("Id"))
            if any(each is not None and reference.get("URI") == "#" + each for each in ids):
                found.append(element)
    ders = []
    for element in found:
        try:
            der = base64.b64decode("".join(element.itertext()))
        except ValueError:
            continue
        is_path = element.get("ValueType", "").endswith("#X509PKIPathv1")
        ders.extend(certificates_in(der) if is_path else [der])
    return ders


def certificates_in(path):
    """The elements of a DER SEQUENCE, which is what a PkiPath is."""

    def header(at):
        length, size = path[at + 1], 2
        if length > 127:
            size += length - 128
            length = int.from_bytes(path[at + 2 : at + size], "big")
        return at + size, at + size + length

    found = []
    try:
        at, end = header(0)
        while at < end:
            _, behind = header(at)
            found.append(path[at:behind])
            at = behind
    except IndexError:
        pass
    return found


def pem_of(der):
    return "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(der).decode()


def verdict_of(root, pem):
    signature = signature_in(root)
    if signature is None:
        return "unsigned"
    # Whatever else a reference may name, nothing is fetched.
    for reference in signature.iter("{%s}Reference" % DS):
        if not reference.get("URI", "").startswith("#"):
            return "elsewhere"
    # Judged by the certificate that the message says it was signed with, which a mutation may have changed too.
    pems = [pem_of(der) for der in tokens_in(root, signature)] or [pem]
    return "good" if any(verifies(root, signature, each) for each in pems) else "bad"


def verifies(root, signature, pem):
    context = xmlsec.SignatureContext()
    try:
        context.key = key_of(pem)
        register_ids(context, root)
        context.verify(signature)
        return True
    except (xmlsec.Error, ValueError, TypeError):
        return False


def opened(root, key):
    """The message with its Body in the clear, parsed anew; as it is where nothing in it is encrypted."""
    body = next(iter(root.findall("{*}Body")[-1:]), None)
    data = body.find("{%s}EncryptedData" % XENC) if body is not None else None
    if data is None:
        return root
    # WS-Security puts the key into the header; libxmlsec looks for it in the KeyInfo of what it opens.
    wrapped = root.find("{*}Header/{%s}Security/{%s}EncryptedKey" % (WSSE, XENC))
    info = data.find("{%s}KeyInfo" % DS)
    if wrapped is None:
        raise ValueError("no key")
    if info is None:
        info = etree.Element("{%s}KeyInfo" % DS)
        data.insert(1, info)
    for child in list(info):
        info.remove(child)
    key_there = copy.deepcopy(wrapped)
    for child in key_there.findall("{%s}KeyInfo" % DS):
        key_there.remove(child)
    info.append(key_there)
    method = wrapped.find("{%s}EncryptionMethod" % XENC)
    if method is not None and method.get("Algorithm") == OAEP_OF_1_1:
        raise NotKnown
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(key, xmlsec.constants.KeyDataFormatPem))
    xmlsec.EncryptionContext(manager).decrypt(data)
    return etree.fromstring(etree.tostring(root.getroottree()), PARSER)


def said(verdict, root=None, body=None, is_xml_id=False, is_opened=False):
    return {"verdict": verdict, "root": root, "body": body, "isXmlId": is_xml_id, "isOpened": is_opened}


def judge(asked):
    try:
        sent = etree.fromstring(base64.b64decode(asked["bytes"]), PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        return said("unreadable", is_xml_id="xml:id" in str(error))
    try:
        root = sent if asked["key"] is None else opened(sent, asked["key"])
    except NotKnown:
        return said("unknown")
    except (xmlsec.Error, etree.LxmlError, ValueError, TypeError):
        return said("closed")
    children = [child for child in root if isinstance(child.tag, str)]
    body = form_of(children[-1]) if children else None
    verdict = verdict_of(root, asked["certificate"])
    return said(verdict, form_of(root), body, is_opened=root is not sent)


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
