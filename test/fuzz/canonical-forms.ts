import type { Element } from '../../src/exchange/element.ts';
import type { Envelope } from '../../src/exchange/message.ts';
import { namespaces } from '../../src/xml/names.ts';
import { walkedExclusive, walkedInclusive } from './walked.ts';

/** Prefixes of which some are declared where messages stand, and some are not. */
const LISTS: readonly (readonly string[])[] = [[], ['', 's', 'g', 'q', 'x']];

/**
 * Canonical forms of the parts that signatures are about, made as the bus makes them, which takes parts out of the tree
 * and puts them back, against libxml2's walk through the whole document. The tree must be afterwards what it was before.
 */
export function differencesIn({ root, header, body }: Envelope): readonly string[] {
  const before = walkedExclusive(root);
  // libxml2 goes by every declaration of the document; such a message may not be accepted (see judge.ts).
  if (before === null) return [];
  const security = header?.child('Security', namespaces.wsse) ?? null;
  const signature = (security ?? header)?.child('Signature', namespaces.ds) ?? null;
  const parts = [body, security?.children[0], signature?.children[0], header?.children.at(-1)];
  const found = [...new Set(parts)].flatMap((part) => (part ? differences(part) : []));
  return walkedExclusive(root) === before ? found : [...found, 'the tree was left in another state'];
}

function differences(part: Element): readonly string[] {
  const exclusive = LISTS.filter(
    (list) => formOf(() => part.canonical(list)) !== walkedExclusive(part, list),
  );
  const inclusive = formOf(() => part.canonicalInclusive()) === walkedInclusive(part);
  return [
    ...exclusive.map((list) => `${part.name} has another canonical form with [${list.join(' ')}]`),
    ...(inclusive ? [] : [`${part.name} has another inclusive canonical form`]),
  ];
}

function formOf(make: () => Uint8Array): string | null {
  try {
    return Buffer.from(make()).toString('utf8');
  } catch {
    return null;
  }
}
