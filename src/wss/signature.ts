import type { Element } from '../exchange/element.ts';
import { namespaces } from '../xml/names.ts';
import {
  algorithms,
  type DigestMethod,
  digestMethods,
  type SignatureMethod,
  signatureMethods,
} from './algorithms.ts';
import { failed } from './failed.ts';

/** How an element becomes bytes: exclusive with its PrefixList, or inclusive. */
export type Canonical = { readonly inclusive: boolean; readonly prefixes: readonly string[] };

export type Reference = {
  readonly id: string;
  readonly canonical: Canonical;
  readonly method: DigestMethod;
  readonly digest: Buffer;
};

/** What a ds:Signature says, nothing of it believed yet. */
export type Signature = {
  readonly info: Element;
  readonly canonical: Canonical;
  readonly method: SignatureMethod;
  readonly references: readonly Reference[];
  readonly value: Buffer;
  readonly keyInfo: Element;
};

// Body, Timestamp, token and the seven header blocks of WS-Addressing; every reference costs a canonical form.
const MAX_REFERENCES = 10;
const MAX_PREFIX_LIST = 2000;

/**
 * Reads a ds:Signature that has exactly the parts it needs, in the order of its schema, with algorithms that are known.
 * No cryptography and no canonical form happens here, so that a signature made to exhaust costs nothing.
 *
 * @throws Refusal ERR_025
 */
export const readSignature = (signature: Element): Signature => read(signature, readReference);

/** The same of a signature over the whole document in which it stands: its references have an empty URI. */
export const readEnvelopedSignature = (signature: Element): Signature => read(signature, readWhole);

function read(signature: Element, readEach: (reference: Element | undefined) => Reference): Signature {
  const [info, value, keyInfo] = exactly(signature, ['SignedInfo', 'SignatureValue', 'KeyInfo']);
  const [canonicalization, signatureMethod, ...references] = info.children;
  expectDs(canonicalization, 'CanonicalizationMethod');
  expectDs(signatureMethod, 'SignatureMethod');
  const algorithm = signatureMethod.attribute('Algorithm') ?? '';
  const method = signatureMethods.get(algorithm);
  if (!method) throw failed(`signature algorithm ${JSON.stringify(algorithm)} is not allowed`);
  if (signatureMethod.children.length > 0) throw failed('SignatureMethod has parameters');
  if (references.length > MAX_REFERENCES)
    throw failed(`${references.length} references, at most ${MAX_REFERENCES}`);
  return {
    info,
    canonical: readCanonical(canonicalization),
    method,
    references: references.map(readEach),
    value: base64(value),
    keyInfo,
  };
}

function readReference(reference: Element | undefined): Reference {
  expectDs(reference, 'Reference');
  const uri = reference.attribute('URI') ?? '';
  // XPointers, whole documents and anything outside the message are what wrapping attacks are made of.
  if (!/^#[\p{L}_][\p{L}\p{N}._-]*$/u.test(uri))
    throw failed(`Reference URI ${JSON.stringify(uri)} is no #id`);
  return { id: uri.slice(1), ...readDigest(reference, uri, readTransforms) };
}

/** Without its signature, which would have to sign itself otherwise. */
function readWhole(reference: Element | undefined): Reference {
  expectDs(reference, 'Reference');
  const uri = reference.attribute('URI');
  if (uri !== '') throw failed(`Reference URI ${JSON.stringify(uri)} is not the whole document`);
  return { id: '', ...readDigest(reference, 'the document', readEnveloped) };
}

function readDigest(
  reference: Element,
  what: string,
  readForm: (transforms: Element) => Canonical,
): Omit<Reference, 'id'> {
  if (reference.children[0]?.name !== 'Transforms') throw failed(`Reference ${what} without Transforms`);
  const [transforms, digestMethod, digest] = exactly(reference, [
    'Transforms',
    'DigestMethod',
    'DigestValue',
  ]);
  const algorithm = digestMethod.attribute('Algorithm') ?? '';
  const method = digestMethods.get(algorithm);
  if (!method) throw failed(`digest algorithm ${JSON.stringify(algorithm)} of ${what} is not allowed`);
  return { canonical: readForm(transforms), method, digest: base64(digest) };
}

/** A canonical form, after at most one enveloped-signature: that takes nothing out of a part the signature is not in. */
function readTransforms({ children }: Element): Canonical {
  const [first, second, ...rest] = children;
  const enveloped = first?.attribute('Algorithm') === algorithms.enveloped;
  const last = enveloped ? second : first;
  if (rest.length > 0 || (!enveloped && second)) throw failed(`${children.length} transforms in a Reference`);
  expectDs(first, 'Transform');
  expectDs(last, 'Transform');
  if (enveloped && first.children.length > 0) throw failed('enveloped-signature has parameters');
  return readCanonical(last);
}

/** What must be left out is the signature itself, so that the transform that does it must be there. */
function readEnveloped(transforms: Element): Canonical {
  if (
    transforms.children.length !== 2 ||
    transforms.children[0]?.attribute('Algorithm') !== algorithms.enveloped
  )
    throw failed('the transforms of a document are not enveloped-signature and a canonical form');
  return readTransforms(transforms);
}

function readCanonical(method: Element): Canonical {
  const algorithm = method.attribute('Algorithm') ?? '';
  const [parameter, ...rest] = method.children;
  if (algorithm === algorithms.inclusive && !parameter) return { inclusive: true, prefixes: [] };
  if (algorithm !== algorithms.exclusive)
    throw failed(`${method.name} algorithm ${JSON.stringify(algorithm)} is not allowed`);
  if (!parameter) return { inclusive: false, prefixes: [] };
  if (
    rest.length > 0 ||
    parameter.name !== 'InclusiveNamespaces' ||
    parameter.namespace !== namespaces.excC14n
  )
    throw failed('exclusive C14N has parameters that are not known');
  const list = parameter.attribute('PrefixList');
  if ((list?.length ?? 0) > MAX_PREFIX_LIST) throw failed('PrefixList is too long');
  // Some verifiers take two spaces for the default namespace between them, and no list for a fault.
  if (list === null || !/^(?:[^ \t\r\n]+ )*[^ \t\r\n]*$/.test(list))
    throw failed('PrefixList is not prefixes with a space between them');
  const prefixes = list.split(' ').filter((prefix) => prefix !== '');
  return { inclusive: false, prefixes: prefixes.map((prefix) => (prefix === '#default' ? '' : prefix)) };
}

/** The children of `parent` when they are precisely these elements of XML Signature. */
export function exactly<const Names extends readonly string[]>(
  parent: Element,
  names: Names,
): { readonly [Each in keyof Names]: Element } {
  const { children } = parent;
  const fits = (child: Element, index: number) =>
    child.name === names[index] && child.namespace === namespaces.ds;
  if (children.length !== names.length || !children.every(fits)) {
    const found = children.map((child) => child.name).slice(0, MAX_REFERENCES);
    throw failed(`${parent.name} holds [${found.join(' ')}] where [${names.join(' ')}] belongs`);
  }
  // One element for each name, as was just established; the compiler cannot count along.
  return children as { readonly [Each in keyof Names]: Element };
}

function expectDs(element: Element | undefined, name: string): asserts element is Element {
  if (element?.name !== name || element.namespace !== namespaces.ds)
    throw failed(`${element?.name ?? 'nothing'} where ${name} belongs`);
}

/** The bytes that an element without children holds in base64. */
export function base64(element: Element): Buffer {
  const { text } = element;
  const bytes = Buffer.from(text, 'base64');
  // Written again it is the same, unless there is white space in it or its last bits are not zero: then look closer.
  const plain = text.length > 0 && bytes.toString('base64') === text;
  if (element.children.length > 0 || !(plain || BASE64.test(text.replace(/[ \t\r\n]+/g, ''))))
    throw failed(`${element.name} does not hold base64`);
  return bytes;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;
