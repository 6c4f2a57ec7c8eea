import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grantMistakes } from '../../src/cli/grant-mistakes.ts';
import { loadServices } from '../../src/contract/load-services.ts';
import { unlimited } from '../../src/exchange/party.ts';
import { repertoryWorld } from '../support/repertory.ts';
import { ask } from './services-ask.ts';

const registering = {
  service: 'RegistreerInschrijving',
  version: '02.00',
  inhoud:
    '<Inschrijving><Identificatie>stad.example/burgerzaken</Identificatie><Hoedanigheid>6001</Hoedanigheid>' +
    '<INSZ>74651210490</INSZ><Periode><Begin>2026-01-01</Begin></Periode></Inschrijving>',
};

test('writes nothing under a grant that hides what came of it', async () => {
  let writings = 0;
  const world = repertoryWorld([], {
    rewriteRegistrations: async () => {
      writings++;
      throw new Error('nothing may be written');
    },
  });
  const { grantFor } = world.parts;
  const hiding: typeof grantFor = (asked) => {
    const found = grantFor(asked);
    return found && { ...found, visible: [] };
  };
  const answer = await ask({ ...world, parts: { ...world.parts, grantFor: hiding } }, registering);
  assert.equal(answer.record.code, '15021');
  assert.match(answer.record.reason ?? '', /hides Resultaat: nothing was written/);
  assert.equal(writings, 0);
});

test('tells of such a grant when it is made', () => {
  const { services } = loadServices(['wsdl'], ['xsd']);
  const mistakes = (visible: readonly string[]) =>
    grantMistakes(
      {
        ...{ id: null, party: 'stad', uri: 'stad.example', hoedanigheid: null, service: 'RegistreerBewijs' },
        ...{ version: '02.00', legalBasis: 'Decreet', validFrom: new Date(0), validUntil: null, visible },
        ...unlimited,
      },
      {
        ...{ parties: new Map(), services, publications: [], excused: new Set(['stad']) },
        canBeEncryptedTo: () => null,
      },
    ).map(([key, text]) => `${key.join('.')}: ${text}`);
  const said = 'visible: it hides what came of a writing: grant Resultaat';
  assert.ok(mistakes([]).includes(said));
  assert.ok(mistakes(['Melding']).includes(said));
  for (const visible of ['**', 'Resultaat']) assert.ok(!mistakes([visible]).includes(said));
});
