import { value } from '../../src/wss/der.ts';
import {
  type Authority,
  digitalSignature,
  issue,
  keyCertSign,
  keyEncipherment,
  makeAuthority,
  nonRepudiation,
  revoke,
  type TestCertificate,
  type Wishes,
} from '../support/certificates.ts';
import { makeAnswers, type Responder, type Unanswered } from './answers.ts';

/**
 * Who signs in the catalogue. The bad certificates have the very name and key of the good one, so that each differs from
 * it in nothing but what is wrong with it.
 */
export type Cast = {
  readonly authorities: readonly string[];
  readonly revoked: readonly Buffer[];
  /** Parties of the demo world by name, under an authority of the tests. */
  readonly parties: Readonly<
    Record<'afnemer' | 'beperkt' | 'leverancier' | 'legacy' | 'legacy-header', TestCertificate>
  >;
  /** To whom questions are encrypted. */
  readonly bus: TestCertificate;
  readonly bad: Readonly<Record<Bad, Signing>>;
  /** Whose answers are bad. */
  readonly unanswered: Readonly<Record<Unanswered, TestCertificate>>;
  /** Of the same authority, with an answer that is good. */
  readonly answered: TestCertificate;
  readonly responder: Responder;
  /** As those of `bad` should be: an intermediate that is sent along. */
  readonly chained: Signing;
};

/** A signer, and the certificates that it sends beside its own. */
export type Signing = { readonly by: TestCertificate; readonly along: readonly TestCertificate[] };

const DAY = 86_400_000;
const AFNEMER = { organisation: 'CBE 0999990420' };
const ISSUES = { ca: true, usage: keyCertSign };
const NAME_CONSTRAINTS = '2.5.29.30';
/** Constraints that permit (0xa0) or exclude (0xa1) all that is called so by country. */
function subtrees(tag: number, country: string): Buffer {
  const attribute = value(0x30, Buffer.from('0603550406', 'hex'), value(0x13, Buffer.from(country)));
  return value(0x30, value(tag, value(0x30, value(0xa4, value(0x30, value(0x31, attribute))))));
}
const alone = (by: TestCertificate): Signing => ({ by, along: [] });

export async function makeCast(now: Date): Promise<Cast> {
  const away = (days: number) => new Date(now.getTime() + days * DAY);
  const authority = await makeAuthority('Catalogus CA');
  const lapsed = await makeAuthority('Lijst verlopen CA', undefined, { kind: 'p-256' });
  const good = (by: Authority | undefined, wishes: Wishes = {}) =>
    issue(by, 'afnemer', { ...AFNEMER, ...wishes });
  const intermediate = await issue(authority, 'Tussen CA', { kind: 'p-256', ...ISSUES });
  const { responder, list, ...asked } = await makeAnswers(good, away);
  const bad = await makeBad(authority, good, away, intermediate);
  return {
    authorities: [authority.certificate, lapsed.certificate, responder.issuer.certificate],
    revoked: [
      await revoke(authority, [bad.revoked.by.serial], away(1), away(-1)),
      await revoke(lapsed, [], away(-1), away(-2)),
      list,
    ],
    ...{ responder, ...asked },
    parties: {
      afnemer: await good(authority),
      beperkt: await issue(authority, 'beperkt', { organisation: 'CBE 0999990519' }),
      legacy: await issue(authority, 'legacy', { organisation: 'CBE 0999990915' }),
      'legacy-header': await issue(authority, 'legacy-header', { organisation: 'CBE 0999991014' }),
      leverancier: await issue(authority, 'leverancier', { organisation: 'CBE 0999990618' }),
    },
    bus: await issue(authority, 'bus', { usage: digitalSignature | keyEncipherment }),
    bad: { ...bad, 'of a list that expired': alone(await good(lapsed)) },
    chained: { by: await good(intermediate), along: [intermediate] },
  };
}

type Bad = keyof Awaited<ReturnType<typeof makeBad>> | 'of a list that expired';

async function makeBad(
  authority: Authority,
  good: (by: Authority | undefined, wishes?: Wishes) => Promise<Authority>,
  away: (days: number) => Date,
  intermediate: Authority,
) {
  const impostor = await makeAuthority('Catalogus CA', undefined, { kind: 'p-256' });
  const unknown = await makeAuthority('Onbekende CA', undefined, { kind: 'p-256' });
  const noCa = await issue(authority, 'Geen CA', { kind: 'p-256', usage: keyCertSign });
  const mayNotIssue = await issue(authority, 'Tekent geen certificaten', {
    ...{ kind: 'p-256', ca: true, usage: digitalSignature },
  });
  const short = await issue(authority, 'Korte CA', { kind: 'p-256', ...ISSUES, pathLength: 0 });
  const permits = await issue(authority, 'Beperkte CA', {
    ...{ kind: 'p-256', ...ISSUES, extensions: { [NAME_CONSTRAINTS]: subtrees(0xa0, 'NL') } },
  });
  const excludes = await issue(authority, 'Uitsluitende CA', {
    ...{ kind: 'p-256', ...ISSUES, extensions: { [NAME_CONSTRAINTS]: subtrees(0xa1, 'BE') } },
  });
  const below = await issue(short, 'Te diep CA', { kind: 'p-256', ...ISSUES });
  return {
    'self-signed': alone(await good(undefined)),
    'of another authority': { by: await good(unknown), along: [unknown] },
    'of an authority of the same name': { by: await good(impostor), along: [impostor] },
    'by an intermediate that is no CA': { by: await good(noCa), along: [noCa] },
    'by an intermediate that may not issue': { by: await good(mayNotIssue), along: [mayNotIssue] },
    'below the path length': { by: await good(below), along: [below, short] },
    'of an authority for others': { by: await good(permits), along: [permits] },
    'of an authority for all but these': { by: await good(excludes), along: [excludes] },
    'with seven certificates': {
      by: await good(authority),
      along: [intermediate, noCa, short, below, mayNotIssue, unknown],
    },
    'without digitalSignature': alone(await good(authority, { usage: nonRepudiation })),
    'with an unknown critical extension': alone(await good(authority, { critical: '1.2.3.4.5' })),
    'issued with SHA-1': alone(await good(authority, { hash: 'SHA-1' })),
    'with RSA of 1024 bits': alone(await good(authority, { kind: 'rsa-1024' })),
    'on P-521': alone(await good(authority, { kind: 'p-521' })),
    'that has expired': alone(await good(authority, { notBefore: away(-9), notAfter: away(-1) })),
    'that is not yet valid': alone(await good(authority, { notBefore: away(1), notAfter: away(9) })),
    revoked: alone(await good(authority)),
    'of somebody else': alone(await issue(authority, 'vreemde')),
    'whose name reads like a party': alone(
      await issue(authority, 'afnemer,O=CBE 0999990420,C=BE', { kind: 'p-256' }),
    ),
  };
}
