import { createHash, createSign, type KeyObject } from 'node:crypto';
import type { Element } from '../exchange/element.ts';
import { namespaces } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';

/**
 * Fills in a signature that somebody laid out: every empty DigestValue with the digest of what its Reference names,
 * as its Transforms say, then the SignatureValue over SignedInfo. The template decides the shape, so that a sample can
 * show how one client or another signs; nothing here is taken from how the bus verifies.
 *
 * @throws Error when the template names an algorithm or an id that is not there
 */
export function signTemplate(template: string, key: KeyObject): string {
  const digested = fill(template, 'DigestValue', (root) => {
    const references = all(root, 'Reference', namespaces.ds).filter((each) =>
      each.child('DigestValue', namespaces.ds),
    );
    return references.map((reference) => digestOf(root, reference));
  });
  return fill(digested, 'SignatureValue', (root) =>
    all(root, 'SignedInfo', namespaces.ds).map((info) => sign(info, key)),
  );
}

/** Computes one value for each empty element of that name and writes them in, in document order. */
function fill(text: string, name: string, compute: (root: Element) => readonly string[]): string {
  const tree = parseTree(Buffer.from(text));
  const values = [...compute(tree.root)];
  tree.dispose();
  const empty = new RegExp(`(<((?:[\\w.-]+:)?${name})(?:\\s[^>]*)?)(?:/>|></\\2>)`, 'g');
  return text.replace(empty, (whole, start: string, tag: string) => {
    const value = values.shift();
    return value === undefined ? whole : `${start}>${value}</${tag}>`;
  });
}

const DIGESTS: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#sha1': 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};

function digestOf(root: Element, reference: Element): string {
  const id = reference.attribute('URI')?.slice(1) ?? '';
  const target = all(root, null, null).find((each) =>
    each.attributes.some((attribute) => attribute.name === 'Id' && attribute.value === id),
  );
  if (!target) throw new Error(`the template's Reference to #${id} names no element`);
  const transforms = reference.child('Transforms', namespaces.ds)?.children ?? [];
  const canonical = transforms.findLast((each) => each.attribute('Algorithm')?.includes('c14n'));
  const algorithm = reference.child('DigestMethod', namespaces.ds)?.attribute('Algorithm') ?? '';
  const digest = DIGESTS[algorithm];
  if (!digest) throw new Error(`the template's DigestMethod ${algorithm} is not known`);
  return createHash(digest)
    .update(canonicalAs(target, canonical ?? null))
    .digest('base64');
}

function sign(info: Element, key: KeyObject): string {
  const algorithm = info.child('SignatureMethod', namespaces.ds)?.attribute('Algorithm') ?? '';
  const digest = /(sha1|sha256|sha384|sha512)$/.exec(algorithm)?.[1];
  if (!digest) throw new Error(`the template's SignatureMethod ${algorithm} is not known`);
  const bytes = canonicalAs(info, info.child('CanonicalizationMethod', namespaces.ds));
  return createSign(digest).update(bytes).sign({ key, dsaEncoding: 'ieee-p1363' }, 'base64');
}

function canonicalAs(target: Element, method: Element | null): Uint8Array {
  if (!method?.attribute('Algorithm')?.startsWith(namespaces.excC14n)) return target.canonicalInclusive();
  const list = method.child('InclusiveNamespaces', namespaces.excC14n)?.attribute('PrefixList')?.trim() ?? '';
  const prefixes = list === '' ? [] : list.split(/\s+/);
  return target.canonical(prefixes.map((prefix) => (prefix === '#default' ? '' : prefix)));
}

function all(from: Element, name: string | null, namespace: string | null): readonly Element[] {
  const here = (name === null || from.name === name) && (namespace === null || from.namespace === namespace);
  return [...(here ? [from] : []), ...from.children.flatMap((child) => all(child, name, namespace))];
}
