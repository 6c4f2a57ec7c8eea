import assert from 'node:assert/strict';
import { below } from '../../src/dialect/path.ts';
import type { Registration, Subject } from '../../src/exchange/party.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { readPayload } from '../../src/xml/envelope.ts';
import { AT, INSZ, party, wording } from '../support/message.ts';
import { travel, trust } from '../support/parts-in-memory.ts';
import { type Asked, repertoryQuestion, type repertoryWorld, serviceOf } from '../support/repertory.ts';
import { received } from '../support/signed-message.ts';

/** Questions to the repertory in few words, and what they come down to. */

export const ENTERPRISE = '0999990123';
export const person: Subject = { kind: 'person', number: INSZ };
export const enterprise: Subject = { kind: 'enterprise', number: ENTERPRISE };

export const lineOf = (begin: string, end: string | null = null, changes: Partial<Registration> = {}) => ({
  ...{ partyId: party.id, hoedanigheid: '6001', subject: person, begin, end },
  ...changes,
});

export const period = (begin: string | null, end: string | null = null) =>
  `<Periode>${begin === null ? '' : `<Begin>${begin}</Begin>`}${end === null ? '' : `<Einde>${end}</Einde>`}</Periode>`;

export const insz = (number = INSZ) => `<INSZ>${number}</INSZ>`;

/** A BetrokkenSubject of some type, with subjects of types of their own. */
export const concerned = (type: string, ...subjects: readonly (readonly [type: string, number: string])[]) =>
  `<BetrokkenSubject><Type>${type}</Type><Subjecten>${subjects
    .map(([own, number]) => `<Subject><Type>${own}</Type><Sleutel>${number}</Sleutel></Subject>`)
    .join('')}</Subjecten></BetrokkenSubject>`;

export const aPerson = (number = INSZ) => concerned('PERS', ['PERS', number]);
export const anEnterprise = (number = ENTERPRISE) => concerned('OND', ['OND', number]);

/** The element of that name, as the sender of the Context would fill it in. */
export const own = (name: string, rest: string, { uri = wording.uri, hoedanigheid = '6001' } = {}) =>
  `<${name}><Identificatie>${uri}</Identificatie><Hoedanigheid>${hoedanigheid}</Hoedanigheid>${rest}</${name}>`;

export type World = ReturnType<typeof repertoryWorld>;
type Question = Partial<Asked> & Pick<Asked, 'inhoud'>;

/** So many lines of one day each, no two of which touch. */
export const manyDays = (count: number): readonly Registration[] =>
  Array.from({ length: count }, (_, at) => {
    const day = new Date(Date.UTC(2000, 0, 1 + 2 * at)).toISOString().slice(0, 10);
    return lineOf(day, day);
  });

/** Level 3 only: what the answer holds and what the audit says of it. */
export async function ask(world: World, asked: Question, by?: Parameters<typeof repertoryQuestion>[1]) {
  const { bytes, text, status } = await travel(world.parts, repertoryQuestion(asked, by));
  assert.equal(status, 200, text);
  const { envelope, dispose } = received(bytes);
  verifyReply(envelope, { trust, at: AT });
  const payload = readPayload(envelope);
  const { contract } = serviceOf(asked.service ?? 'RegistreerInschrijving', asked.version ?? '02.01');
  assert.deepEqual(contract.violations(payload), []);
  const answer = below(payload, 'Repliek/Antwoorden/Antwoord');
  assert.ok(answer, text);
  const notices = (answer.child('Uitzonderingen')?.children ?? []).map(
    (each) => `${each.child('Identificatie')?.text} ${each.child('Type')?.text}`,
  );
  const result = below(answer, 'Inhoud/Resultaat')?.text ?? null;
  const described = below(answer, 'Inhoud/Resultaat')?.attributes[0]?.value ?? null;
  const lines = (below(answer, 'Inhoud/Inschrijvingen')?.children ?? []).map((line) =>
    [
      below(line, 'Identificatie')?.text,
      below(line, 'BetrokkenSubject/Subjecten/Subject/Sleutel')?.text,
      below(line, 'Periode/Begin')?.text,
      below(line, 'Periode/Einde')?.text ?? 'open',
    ].join(' '),
  );
  dispose();
  const record = world.records.at(-1);
  assert.ok(record);
  return { notices, result, described, lines, record };
}
