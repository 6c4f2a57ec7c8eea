import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { deaf, listening, replying } from '../sources/listener.ts';
import { dossierWorld, sound, whole } from '../support/dossier.ts';
import { INSZ } from '../support/message.ts';

const stepsOf = (record: Awaited<ReturnType<ReturnType<typeof dossierWorld>['ask']>>['record']) =>
  (record?.sources ?? []).map(({ source, outcome, step }) => `${step} ${source} ${outcome}`).sort();

test('gives person, household and enterprises from three sources as one answer', async () => {
  const { ask, faults } = dossierWorld();
  const { has, notices, record, text } = await ask();
  assert.deepEqual([has, notices, faults], [['Persoon', 'Gezin', 'Onderneming'], [], []]);
  assert.equal(text.match(/<Onderneming>/g)?.length, 2);
  assert.deepEqual([record?.outcome, record?.code], ['answered', null]);
  assert.deepEqual(stepsOf(record), [
    'Gezin: GeefGezinssamenstelling 02.02 rijksregister answered',
    'Onderneming: GeefOnderneming 02.00 kbo answered',
    'Onderneming: GeefOnderneming 02.00 kbo answered',
    'Persoon: GeefPersoon 02.02 ksz answered',
  ]);
  assert.deepEqual(
    record?.subjects.map(({ number }) => number),
    [INSZ, '0999990123', '0999992103'],
  );
});

test('asks no enterprise where the reference repertory names none', async () => {
  const { ask, calls } = dossierWorld({ references: [] });
  const { has, notices } = await ask();
  assert.deepEqual([has, notices], [['Persoon', 'Gezin'], []]);
  assert.deepEqual(calls.sort(), ['ksz', 'rijksregister']);
});

const endless = (request: IncomingMessage, response: ServerResponse) => {
  request.resume();
  const block = Buffer.alloc(1024 * 1024, ' ');
  let sent = 0;
  const more = () => {
    while (sent < 100 && response.write(block)) sent += 1;
    if (sent < 100) response.once('drain', more);
    else response.end();
  };
  more();
};

const ill: readonly (readonly [what: string, code: string, handler: Parameters<typeof listening>[0]])[] = [
  ['slow', '99996', () => {}],
  ['busy', '99996', replying(503)],
  ['cut off', '60006', (request) => void request.socket.destroy()],
  ['truncated', '60007', replying(200, '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/env')],
  ['answering another question', '60007', replying(200, '{"Inhoud":{}}')],
  ['sending 100 MB', '60007', endless],
  ['sending nothing', '60006', replying(200)],
];

for (const [what, code, handler] of ill) {
  test(`gives the rest with a warning in the source's name when it is ${what}`, async () => {
    const household = await listening(handler, { deadline: 1000 });
    const { ask, faults } = dossierWorld({ sources: { rijksregister: household } });
    const { has, notices, record } = await ask();
    assert.deepEqual([has, notices], [['Persoon', 'Onderneming'], [`${code} RR WAARSCHUWING Gezin`]]);
    const trace = record?.sources.find(({ source }) => source === 'rijksregister');
    assert.deepEqual([record?.outcome, trace?.outcome, faults], ['answered', code, []]);
    assert.ok(trace?.reason);
  });
}

test('gives the rest when a source cannot be reached', async () => {
  const { notices, has } = await dossierWorld({ sources: { kbo: await deaf() } }).ask();
  assert.deepEqual(has, ['Persoon', 'Gezin']);
  assert.deepEqual(new Set(notices), new Set(['99997 KBO WAARSCHUWING Onderneming']));
});

test("refuses the whole in the source's name where the service wants all or nothing, and gives up the others", async () => {
  const busy = await listening(replying(503));
  const silent = { ...(await listening(() => {})), kind: 'rest' as const };
  const { ask } = dossierWorld({
    sources: { kbo: busy, ksz: silent },
    together: { partial: 'refuse', deadline: 2000 },
  });
  const began = performance.now();
  const { has, notices, record } = await ask();
  assert.ok(performance.now() - began < 1000);
  assert.deepEqual([has, notices], [[], ['99996 KBO FOUT']]);
  assert.deepEqual([record?.outcome, record?.code], ['refused', '99996']);
  assert.ok(record?.sources.some(({ source }) => source === 'ksz'));
});

test('all steps together get no longer than the service says', async () => {
  const silent = await listening(() => {}, { deadline: 5000 });
  const { ask } = dossierWorld({
    sources: { rijksregister: silent },
    together: { partial: 'warn', deadline: 1000 },
  });
  const began = performance.now();
  const { notices } = await ask();
  assert.ok(performance.now() - began < 3000, `${performance.now() - began} ms`);
  assert.deepEqual(notices, ['99996 RR WAARSCHUWING Gezin']);
});

test('refuses when nothing came at all', async () => {
  const busy = await listening(replying(503));
  const { ask } = dossierWorld({
    sources: { ksz: { ...busy, kind: 'rest' }, rijksregister: busy },
    references: [],
  });
  const { record, notices } = await ask();
  assert.deepEqual([record?.outcome, record?.code, notices.length], ['refused', '99996', 1]);
});

test('says that there are no data where no source has any', async () => {
  const { record, notices } = await dossierWorld({
    sources: { ksz: { ...(await listening(replying(404))), kind: 'rest' } },
    references: [],
  }).ask('66612027169');
  assert.deepEqual([record?.outcome, record?.code], ['refused', '30001']);
  assert.equal(notices.length, 1);
});

const { GeefOnderneming: _, ...withoutEnterprises } = whole;

test('asks nobody for a part for which the party holds no grant, and does not tell how much there is', async () => {
  const asking = async (references?: readonly never[]) => {
    const world = dossierWorld({ grants: withoutEnterprises, ...(references ? { references } : {}) });
    return { ...(await world.ask()), calls: world.calls.sort() };
  };
  for (const { has, notices, calls, record } of [await asking(), await asking([])]) {
    assert.deepEqual(has, ['Persoon', 'Gezin']);
    assert.deepEqual(notices, ['40006 MAGDA WAARSCHUWING Onderneming']);
    assert.deepEqual(calls, ['ksz', 'rijksregister']);
    assert.equal(record?.sources.find(({ outcome }) => outcome === '40006')?.source, 'kbo');
  }
});

test('lets nothing of a part out in the clear whose own grant has answers encrypted', async () => {
  const { has, notices, record, calls } = await (async () => {
    const world = dossierWorld({ encrypted: ['GeefPersoon'], references: [] });
    return { ...(await world.ask()), calls: world.calls };
  })();
  assert.deepEqual(
    [has, notices, calls],
    [['Gezin'], ['40006 MAGDA WAARSCHUWING Persoon'], ['rijksregister']],
  );
  const reasons = (record?.sources ?? []).map(({ reason }) => reason);
  assert.ok(reasons.includes('grant 31 for GeefPersoon 02.02 has answers encrypted, this one has not'));
});

test('filters each part to the grant for its own service, whatever the grant for the whole shows', async () => {
  const grants = {
    ...whole,
    GeefPersoon: ['Persoon/INSZ'],
    GeefGezinssamenstelling: ['Gezinsleden/Gezinslid/INSZ', 'Gezinsleden/Gezinslid/Positie/**'],
  };
  const { text, record } = await dossierWorld({ grants, references: [] }).ask();
  assert.match(text, /<Persoon><INSZ>74651210490<\/INSZ><\/Persoon><Gezin><Gezinslid><INSZ>/);
  assert.doesNotMatch(text, /Maes|Peeters/);
  assert.ok(record?.sources.every(({ hidden }) => hidden && hidden.length > 0));
});

test('filters the whole to its own grant too', async () => {
  const { has, text } = await dossierWorld({
    grants: { ...whole, GeefDossier: ['Dossier/Persoon/INSZ'] },
  }).ask();
  assert.deepEqual(has, ['Persoon']);
  assert.doesNotMatch(text, /Maes/);
});

test('demands of each step the registration that its service demands', async () => {
  let asked = 0;
  const { ask, calls } = dossierWorld({
    references: [],
    // The first is for the whole.
    registered: async () => ++asked === 1,
  });
  const { record } = await ask();
  assert.deepEqual([record?.code, calls], ['40003', []]);
});

test("does not believe a source that answers another step's question", async () => {
  const seen: string[] = [];
  const { ask } = dossierWorld({
    sources: {
      kbo: await listening(async (request, response) => {
        for await (const chunk of request) seen.push(String(chunk));
        replying(200, '<a/>')(request, response);
      }),
    },
  });
  const { notices } = await ask();
  assert.deepEqual(new Set(notices), new Set(['60007 KBO WAARSCHUWING Onderneming']));
  const references = seen.map((text) => /<Referte>([^<]*)/.exec(text)?.[1]);
  assert.equal(new Set(references).size, 2);
});

test('asks every source at the same time: each answers only when all have been asked', async () => {
  const asked = new Set<string>();
  const all = Promise.withResolvers<void>();
  const together = async (to: keyof typeof sound) => {
    const { url } = sound[to];
    return listening(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      if (asked.add(to).size === 3) all.resolve();
      await all.promise;
      const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
      const reply = await fetch(new URL(request.url ?? '/', url), {
        method: request.method ?? 'GET',
        ...body,
      });
      replying(reply.status, Buffer.from(await reply.arrayBuffer()))(request, response);
    });
  };
  const { ask } = dossierWorld({
    sources: {
      ksz: { ...(await together('ksz')), kind: 'rest' },
      rijksregister: await together('rijksregister'),
      kbo: await together('kbo'),
    },
  });
  const { has, notices } = await ask();
  assert.deepEqual([has, notices], [['Persoon', 'Gezin', 'Onderneming'], []]);
});

test('a part whose service is served no longer is lacking like any other', async () => {
  const { ask, calls, faults } = dossierWorld({ gone: 'GeefGezinssamenstelling' });
  const { has, notices } = await ask();
  assert.deepEqual([has, notices], [['Persoon', 'Onderneming'], ['60011 MAGDA WAARSCHUWING Gezin']]);
  assert.deepEqual([calls.includes('rijksregister'), faults], [false, []]);
});
