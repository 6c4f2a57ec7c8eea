import type { X509Certificate } from 'node:crypto';
import { answerOn, type Responding } from './answer-state.ts';
import { findingOfIssuance, findingsOfIssuer, findingsOfSigner } from './certificate-rules.ts';
import { bad, describe, type Explanation, type Finding, good, type Link } from './chain-link.ts';
import { MAX_CHAIN, type Path, pathsFrom, type Step } from './chain-path.ts';
import { nameFindings } from './name-constraints.ts';
import type { OcspQuestion } from './ocsp-question.ts';
import { type RevocationBook, revocationOf } from './revocation-state.ts';
import { issuerName, subjectName } from './subject-name.ts';

/** Whom the bus believes, and what it knows of those that are to be believed no more. */
export type Trusting = {
  readonly configured: readonly Step[];
  readonly revocation: RevocationBook;
  readonly responding: Responding;
};

const SETTING = 'KRUISPUNT_AUTHORITIES';

/**
 * Judges a chain at a moment, every field of every link. What the bus decides by and what an operator is told are this
 * one explanation. Of several ways to an authority it is the first that holds, or else that with the fewest faults.
 *
 * @param chain the signer's certificate first, then whatever may help to reach an authority, in any order
 */
export function explainChain(
  chain: readonly [X509Certificate, ...X509Certificate[]],
  trusting: Trusting,
  at: Date,
): Explanation {
  const [signer, ...others] = chain;
  const explained = pathsFrom(signer, trusting.configured, others).map((path) =>
    explainPath(path, trusting, at),
  );
  const faults = ({ links }: Explanation) => faultsIn(links);
  const [first, ...rest] = explained;
  if (!first) throw new Error('a certificate with no way at all');
  return rest.reduce((a, b) => (faults(b) < faults(a) ? b : a), first);
}

const faultsIn = (links: readonly Link[]) =>
  links.flatMap(({ findings }) => findings).filter(({ verdict }) => verdict === 'bad').length;

function explainPath({ steps, end }: Path, trusting: Trusting, at: Date): Explanation {
  let from = Number.NEGATIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  const questions: OcspQuestion[] = [];
  const within = (since: number, last: number) => {
    from = Math.max(from, since);
    until = Math.min(until, last);
  };
  const links = steps.map((step, index): Link => {
    const { certificate, file } = step;
    const next = steps[index + 1] ?? null;
    const isAnchor = next === null && end === 'authority';
    within(certificate.validFromDate.getTime(), certificate.validToDate.getTime());
    const findings = [
      next ? issuedBy(next) : endFinding(step, end, steps, trusting.configured),
      ...(isAnchor ? [] : [findingOfIssuance(certificate)]),
      validity(certificate, at),
      ...(index === 0 ? findingsOfSigner(certificate) : findingsOfIssuer(certificate, index - 1)),
      ...nameFindings(certificate, index === 0, steps.slice(index + 1)),
    ];
    if (!isAnchor) {
      const revocation = revocationOf(certificate, next?.certificate ?? null, trusting.revocation, at);
      within(revocation.from, revocation.until);
      findings.push(revocation.finding);
      const answer = next && answerOn(certificate, next.certificate, trusting.responding, at);
      if (answer) {
        within(answer.from, answer.until);
        findings.push(answer.finding);
        if (answer.question) questions.push(answer.question);
      }
    }
    const { validFromDate: validFrom, validToDate: validUntil } = certificate;
    return { certificate: describe(certificate), validFrom, validUntil, file, findings };
  });
  // Nobody is asked about a chain that is refused whatever the answer.
  const asks = questions.length === faultsIn(links) ? questions : [];
  return { links, fault: faultIn(links), questions: asks, from, until };
}

/** In one line: which link, which field, what is wrong, and what would mend it. */
function faultIn(links: readonly Link[]): string | null {
  for (const [index, { findings, file }] of links.entries()) {
    const wrong = findings.find(({ verdict }) => verdict === 'bad');
    if (!wrong) continue;
    const where = `certificate ${index + 1} of ${links.length}, ${file === null ? 'from the message' : `in ${file}`}`;
    return `${wrong.says} (${wrong.field} of ${where}; to mend it: ${wrong.mend})`;
  }
  return null;
}

const placeOf = ({ file }: Step) => (file === null ? 'which came with it' : `in ${file}`);

const issuedBy = (issuer: Step): Finding =>
  good('issuer', `issued by ${subjectName(issuer.certificate)}, ${placeOf(issuer)}`);

function endFinding(
  { certificate, file }: Step,
  end: Path['end'],
  steps: readonly Step[],
  configured: readonly Step[],
): Finding {
  const name = subjectName(certificate);
  const issuer = issuerName(certificate);
  if (end === 'authority') return good('issuer', `is a configured authority, in ${file}`);
  if (end === 'too long') {
    const of = subjectName(steps[0]?.certificate ?? certificate);
    return bad(
      'issuer',
      `chain of ${of} is longer than ${MAX_CHAIN}`,
      `an authority nearer to it in ${SETTING}`,
    );
  }
  const says = `${name} was not issued by a configured authority, but by ${issuer}`;
  const namesake = configured.find((step) => subjectName(step.certificate) === issuer);
  if (namesake)
    return bad(
      'issuer',
      `${says} with another key than the one of that name`,
      `${namesake.file} (${SETTING})`,
    );
  return issuer === name
    ? bad('issuer', `${says}, itself`, `if it is to be believed, put it into a file of ${SETTING}`)
    : bad('issuer', says, `put ${issuer} into a file of ${SETTING}, or have it sent along (PKIPath)`);
}

function validity(certificate: X509Certificate, at: Date): Finding {
  const { validFromDate: from, validToDate: until } = certificate;
  const name = subjectName(certificate);
  if (at < from)
    return bad(
      'validity',
      `certificate ${name} is not valid before ${from.toISOString()}`,
      'wait, or look at the clock of this machine',
    );
  if (at > until)
    return bad(
      'validity',
      `certificate ${name} expired on ${until.toISOString()}`,
      'a renewed certificate, or the clock of this machine',
    );
  return good('validity', `${from.toISOString()} to ${until.toISOString()}`);
}
