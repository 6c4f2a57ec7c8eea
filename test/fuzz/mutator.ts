import type { Random } from './random.ts';

/** Makes another text of a text; the same again where there is nothing in it to change. */
export type Mutator = (text: string, random: Random, others: readonly string[]) => string;

/** By name: findings say which were used, in their order. */
export type Mutators = Readonly<Record<string, Mutator>>;

export const NAMESPACES = [
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://www.w3.org/2003/05/soap-envelope',
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  'http://www.w3.org/2000/09/xmldsig#',
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02',
  'http://www.w3.org/XML/1998/namespace',
  'http://www.w3.org/2000/xmlns/',
  'urn:x',
  'relative',
  '',
] as const;

export const PREFIXES = ['s', 'wsse', 'wsu', 'ds', 'g', 'x', 'ec', 'xml', 'xmlns'] as const;
