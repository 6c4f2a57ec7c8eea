import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeQuestion } from '../../src/dialect/magda-question.ts';
import { systemClock } from '../../src/exchange/clock.ts';
import { createSigner, type MessageSigner } from '../../src/wss/sign.ts';
import { plain, type QName } from '../../src/xml/names.ts';
import { element } from '../../src/xml/write.ts';
import { partyIn } from './foreign.ts';

/** A signed question, and the reference that its answer must echo. */
export type Question = { readonly bytes: Uint8Array; readonly reference: string };

export type Asker = {
  readonly privateKey: string;
  readonly certificate: string;
  readonly uri: string;
  readonly hoedanigheid: string | null;
};

const NAMESPACE = 'http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02';
const TOGETHER = 16;

/** Header blocks that are not signed, as clients with WS-Addressing send them: with them a question is 5 KB. */
const addressed = (name: string): QName => ({
  namespace: 'http://www.w3.org/2005/08/addressing',
  name,
  prefix: 'wsa',
});
const addressing = (reference: string) => [
  element(addressed('To'), 'http://127.0.0.1/GeefPersoonDienst-02.02/soap/WebService'),
  element(addressed('Action'), 'GeefPersoonDienst-02.02'),
  element(addressed('MessageID'), `urn:uuid:${reference}`),
];

export const signerOf = ({ privateKey, certificate }: Asker): MessageSigner =>
  createSigner({ privateKey, certificate, clock: systemClock, randomId: randomUUID });

/** Fresh questions, each signed on its own; they can be sent for five minutes. */
export async function signQuestions(
  asker: Asker,
  insz: string,
  count: number,
  signer = signerOf(asker),
): Promise<readonly Question[]> {
  const signed: Question[] = [];
  while (signed.length < count) {
    const some = Array.from({ length: Math.min(TOGETHER, count - signed.length) }, () =>
      signQuestion(signer, asker, insz),
    );
    signed.push(...(await Promise.all(some)));
  }
  return signed;
}

async function signQuestion(signer: MessageSigner, asker: Asker, insz: string): Promise<Question> {
  const reference = randomUUID();
  const { uri, hoedanigheid } = asker;
  const content = element(plain('Inhoud'), [
    element(plain('Criteria'), [element(plain('INSZ'), insz)]),
    element(plain('Bron'), 'RR'),
    element(plain('Taal'), 'nl'),
  ]);
  const question = writeQuestion({
    request: { namespace: NAMESPACE, name: 'GeefPersoon', prefix: 'ns' },
    name: 'GeefPersoon',
    version: '02.02',
    at: new Date(),
    sender: { uri, hoedanigheid, reference, endUser: null },
    reference,
    content,
  });
  return { bytes: await signer.sign([question], '1.1', addressing(reference)), reference };
}

/** Who asks as a party of a demo world. */
export function askerIn(demo: string, name: string): Asker {
  const read = (file: string) => readFileSync(join(demo, file), 'utf8');
  const { uri, hoedanigheid } = partyIn(demo, name);
  return { privateKey: read(`${name}.key.pem`), certificate: read(`${name}.crt.pem`), uri, hoedanigheid };
}
