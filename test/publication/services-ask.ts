import assert from 'node:assert/strict';
import { below } from '../../src/dialect/path.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { readPayload } from '../../src/xml/envelope.ts';
import { AT, INSZ, wording } from '../support/message.ts';
import { travel, trust } from '../support/parts-in-memory.ts';
import { type Asked, publicationQuestion, serviceOf, type World } from '../support/publication-world.ts';
import { received } from '../support/signed-message.ts';

/** Questions to the services around publications in few words, and what they come down to. */

const naming = (name: string) => `<Publicatie><Naam>${name}</Naam><Versie>02.02</Versie></Publicatie>`;
export const named = naming('PubliceerMutatiePersoon');

type Told = { reference?: string; type?: string; day?: string; payload?: string };

export const notification = ({ reference = 'm-1', type = '02', day = '2026-05-09', payload }: Told = {}) =>
  `<Notificatie><Referte>${reference}</Referte><Type>${type}</Type><Datum>${day}</Datum>` +
  `<Inhoud>${payload ?? `<Persoon><INSZ>${INSZ}</INSZ></Persoon>`}</Inhoud></Notificatie>`;

export const notifying = (...notifications: readonly string[]): Asked => ({
  ...{ service: 'RegistreerMutatieNotificatie', version: '02.01' },
  inhoud: `${named}<Notificaties>${notifications.join('')}</Notificaties>`,
});

export const subscribing = (
  rest = '<Planning>0 3 * * *</Planning><Rechtsgrond>Decreet A</Rechtsgrond>',
  publication = 'PubliceerMutatiePersoon',
): Asked => ({
  ...{ service: 'RegistreerAbonnement', version: '01.00' },
  inhoud: `<Abonnement>${naming(publication)}${rest}</Abonnement>`,
});

export const stopping = (number: number): Asked => ({
  ...{ service: 'StopAbonnement', version: '01.00', inhoud: `<Nummer>${number}</Nummer>` },
});

export const listing = (criteria = ''): Asked => ({
  ...{ service: 'GeefAbonnementen', version: '01.00', inhoud: `<Criteria>${criteria}</Criteria>` },
});

export const pulling = (rest = '', uri = wording.uri): Asked => ({
  ...{ service: 'GeefPersoonMutatiesNotificaties', version: '02.00' },
  inhoud: `<Identificatie>${uri}</Identificatie><Hoedanigheid>6001</Hoedanigheid>${rest}`,
});

/** What the answer holds and what the audit says of it. */
export async function ask(world: World, asked: Asked) {
  const { bytes, text, status } = await travel(world.parts, publicationQuestion(asked));
  assert.equal(status, 200, text);
  const { envelope, dispose } = received(bytes);
  verifyReply(envelope, { trust, at: AT });
  const payload = readPayload(envelope);
  assert.deepEqual(serviceOf(asked.service, asked.version).contract.violations(payload), []);
  const answer = below(payload, 'Repliek/Antwoorden/Antwoord');
  const around = answer ?? below(payload, 'Repliek');
  const notices = (around?.child('Uitzonderingen')?.children ?? []).map(
    (each) => `${each.child('Identificatie')?.text} ${each.child('Type')?.text}`,
  );
  const circumstances = (around?.child('Uitzonderingen')?.children ?? []).map(
    (each) => each.child('Omstandigheid')?.text ?? '',
  );
  const textAt = (path: string) => (answer && below(answer, `Inhoud/${path}`)?.text) ?? null;
  const result = textAt('Resultaat');
  const number = textAt('Nummer');
  const listed = ((answer && below(answer, 'Inhoud/Abonnementen')?.children) ?? []).map((each) =>
    ['Nummer', 'Voorwaarden/Planning', 'Voorwaarden/Formaat', 'Voorwaarden/Periode/Einde']
      .map((path) => below(each, path)?.text ?? '-')
      .join(' '),
  );
  const told = ((answer && below(answer, 'Inhoud/Onderwerpen')?.children) ?? []).map((each) =>
    Buffer.from(each.canonical()).toString('utf8'),
  );
  const receipt = textAt('Ontvangstreferte');
  dispose();
  const record = world.records.at(-1);
  assert.ok(record);
  return { notices, circumstances, result, number, listed, told, receipt, record };
}
