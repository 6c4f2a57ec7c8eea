import type { X509Certificate } from 'node:crypto';
import { extensionsOf } from './certificate-extensions.ts';
import { bad, type Finding, good } from './chain-link.ts';
import { type Der, parts, readAll } from './der.ts';
import { type GeneralName, generalName, hostNames, namesOf } from './general-names.ts';
import { isWithin } from './name-within.ts';
import { subjectName, tbsOf } from './subject-name.ts';

/** What an authority may call those that it certifies, and those that they certify (RFC 5280 §4.2.1.10). */
export type NameConstraints = {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
};

// Whoever sends a chain may write as many names and constraints as fit: no authority needs as many.
const MAX_COMPARED = 10_000;
const ANOTHER = 'its owner needs a certificate of an authority that may call it so';

/** @throws Error when they cannot be read, or say what is never said: distances (minimum, maximum) */
export function readNameConstraints(value: Der): NameConstraints {
  const found = parts(value);
  const [permitted, excluded] = [0xa0, 0xa1].map((tag) => found.find((each) => each.tag === tag));
  if (found.some((each) => each !== permitted && each !== excluded))
    throw new Error('constraints of another kind');
  return { permitted: subtrees(permitted), excluded: subtrees(excluded) };
}

const subtrees = (list: Der | undefined): readonly GeneralName[] =>
  (list ? readAll(list.content) : []).map((subtree) => {
    const [base, ...distances] = parts(subtree);
    if (!base || distances.length > 0) throw new Error('constraints with a distance');
    return generalName(base);
  });

/**
 * Whether a certificate is called what all its issuers, up to the authority that is configured, may call anybody.
 *
 * @param isSigner it is the first of its chain; of others those that were issued to itself (a new key) are let through
 * @returns nothing when nobody above it is constrained
 */
export function nameFindings(
  certificate: X509Certificate,
  isSigner: boolean,
  issuers: readonly { readonly certificate: X509Certificate }[],
): readonly Finding[] {
  const { issuer, subject } = tbsOf(certificate.raw);
  if (!isSigner && issuer.whole.equals(subject.whole)) return [];
  const above = issuers.flatMap(({ certificate: each }) => {
    const { nameConstraints } = extensionsOf(each);
    return nameConstraints ? [{ by: subjectName(each), encoded: nameConstraints }] : [];
  });
  if (above.length === 0) return [];
  for (const { by, encoded } of above) {
    const fault = faultUnder(certificate, isSigner, encoded);
    if (fault !== null) {
      const says = `${subjectName(certificate)} is not what ${by} may certify: ${fault}`;
      return [bad('nameConstraints', says, ANOTHER)];
    }
  }
  return [good('nameConstraints', `within those of ${above.map(({ by }) => by).join(' and ')}`)];
}

function faultUnder(certificate: X509Certificate, isSigner: boolean, encoded: Der): string | null {
  try {
    const constraints = readNameConstraints(encoded);
    const { alternativeNames } = extensionsOf(certificate);
    const names = namesOf(certificate, alternativeNames);
    const hosts = isSigner && !names.some(({ form }) => form === 'dNSName') ? hostNames(certificate) : [];
    return faultOf([...names, ...hosts], constraints);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A form that nothing is permitted of is not constrained, unless something of it is excluded. */
function faultOf(names: readonly GeneralName[], { permitted, excluded }: NameConstraints): string | null {
  if (names.length * (permitted.length + excluded.length) > MAX_COMPARED)
    return `${names.length} names under ${permitted.length + excluded.length} constraints are too many`;
  for (const name of names) {
    const sameForm = ({ form }: GeneralName) => form === name.form;
    const allowed = permitted.filter(sameForm);
    if (allowed.length > 0 && !allowed.some((base) => isWithin(name, base)))
      return `its ${name.form} is in nothing that is permitted`;
    if (excluded.filter(sameForm).some((base) => isWithin(name, base))) return `its ${name.form} is excluded`;
  }
  return null;
}
