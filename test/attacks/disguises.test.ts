import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sent } from './attack.ts';
import { makeCast } from './cast.ts';
import { sections } from './catalogue.ts';
import { craftOf } from './craft.ts';
import { busWithout } from './mutated-bus.ts';

/** The catalogue once more in other clothes, past the stages that decide on a message alone: no verdict may change. */

type Disguise = {
  /** How the signer writes. */
  readonly written: (text: string) => string;
  /** What becomes of the bytes on the way. */
  readonly sent: (message: string | Uint8Array) => string | Uint8Array;
};
const as = (text: string) => text;
const asIs: Disguise['sent'] = (message) => message;
const marked: Disguise['sent'] = (message) => (typeof message === 'string' ? `\ufeff${message}` : message);

const disguises: Readonly<Record<string, Disguise>> = {
  'with a byte order mark': { written: as, sent: marked },
  'pretty-printed by the signer': { written: (text) => text.replaceAll('><', '>\n\t<'), sent: asIs },
  'with text in CDATA': {
    written: (text) => text.replaceAll(/<(Naam|Taal|Bron)>(\w+)</g, '<$1><![CDATA[$2]]><'),
    sent: asIs,
  },
  'with other prefixes in the Body': {
    written: (text) =>
      text
        .replaceAll('<g:', '<dienst:')
        .replaceAll('</g:', '</dienst:')
        .replaceAll('xmlns:g=', 'xmlns:dienst='),
    sent: asIs,
  },
  'with declarations on the envelope': {
    written: (text) =>
      text
        .replace(' xmlns:wsse', ' xmlns:g="urn:g" xmlns:y="urn:y" xmlns="urn:none" xmlns:wsse')
        .replace('<Verzoek>', '<Verzoek xmlns="">'),
    sent: asIs,
  },
};

const cast = await makeCast(new Date());
const bus = await busWithout(null, cast);
const canary = { url: 'http://127.0.0.1:9/', file: '/etc/hostname' };
const attacks = Object.values(sections).flat();

for (const [how, { written, sent }] of Object.entries(disguises)) {
  test(`refuses every attack and takes every twin ${how}`, async () => {
    const craft = craftOf('1.2', cast, canary, () => new Date(), written);
    const wrong: string[] = [];
    const dressed = (message: string | Sent): string | Sent =>
      typeof message === 'object' && 'body' in message
        ? { ...message, body: sent(message.body) }
        : { body: sent(message) };
    for (const { line, what, twin, hostile, twice } of attacks) {
      if (!(await bus(craft, dressed(twin(craft))))) wrong.push(`${line} ${what}: its twin is refused`);
      const message = dressed(hostile(craft));
      if (twice) await bus(craft, message);
      if (await bus(craft, message)) wrong.push(`${line} ${what}: it gets through`);
    }
    assert.deepEqual(wrong, []);
  });
}
