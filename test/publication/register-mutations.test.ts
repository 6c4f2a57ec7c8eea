import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSZ, party } from '../support/message.ts';
import { publicationWorld } from '../support/publication-world.ts';
import { ask, notification, notifying } from './services-ask.ts';

test('a source tells of one change or many, and the audit knows about whom', async () => {
  const world = publicationWorld();
  const payload = `<Persoon xmlns:x="urn:x"><INSZ>${INSZ}</INSZ></Persoon>`;
  const answer = await ask(
    world,
    notifying(notification(), notification({ reference: 'm-2', type: '04', payload })),
  );
  assert.deepEqual([answer.result, answer.notices], ['1', []]);
  assert.deepEqual(answer.record.subjects, [{ kind: 'person', number: INSZ }]);
  const told = {
    ...{ publication: 'PubliceerMutatiePersoon', version: '02.02' },
    ...{ subject: { kind: 'person', number: INSZ }, occurredOn: '2026-05-09' },
    content: `<Persoon><INSZ>${INSZ}</INSZ></Persoon>`,
  };
  assert.deepEqual(
    [...world.mutations],
    [
      [`${party.id} m-1`, { ...told, reference: 'm-1', type: '02' }],
      [`${party.id} m-2`, { ...told, reference: 'm-2', type: '04' }],
    ],
  );
});

test('the same again is a warning, since it was taken', async () => {
  const world = publicationWorld();
  await ask(world, notifying(notification()));
  const again = await ask(world, notifying(notification(), notification({ reference: 'm-2' })));
  assert.deepEqual(
    [again.result, again.notices, again.circumstances],
    ['1', ['40145 WAARSCHUWING'], ['1 / 2']],
  );
  assert.equal(world.mutations.size, 2);
});

test('a reference that stands for something else makes the whole message not taken', async () => {
  const world = publicationWorld();
  await ask(world, notifying(notification()));
  const other = await ask(world, notifying(notification({ reference: 'm-2' }), notification({ type: '03' })));
  assert.deepEqual([other.result, other.notices, other.circumstances], ['0', ['40144 FOUT'], ['m-1']]);
  assert.equal(world.mutations.size, 1);
});

test('a content is held against the schema of the publication, each mistake by its notification', async () => {
  const world = publicationWorld();
  const wrong = await ask(
    world,
    notifying(
      notification(),
      notification({
        reference: 'm-2',
        payload: `<Persoon><INSZ>${INSZ}</INSZ><Kleur>rood</Kleur></Persoon>`,
      }),
      notification({ reference: 'm-3', payload: '<Onderneming/>' }),
    ),
  );
  assert.equal(wrong.result, '0');
  assert.ok(
    wrong.notices.length >= 2 && wrong.notices.every((each) => each === '20008 FOUT'),
    wrong.notices.join(),
  );
  assert.match(wrong.circumstances[0] ?? '', /^Notificatie\[2\] \(m-2\): .*Kleur/);
  assert.match(wrong.circumstances.at(-1) ?? '', /^Notificatie\[3\] \(m-3\): Inhoud: /);
  assert.doesNotMatch(wrong.circumstances.join(), /rood/, 'no values');
  assert.equal(world.mutations.size, 0);
});

test('days and numbers that cannot exist, and publications that there are not, are told apart', async () => {
  const world = publicationWorld();
  const payload = '<Persoon><INSZ>00610100109</INSZ></Persoon>';
  const wrong = await ask(
    world,
    notifying(notification({ day: '2026-02-30' }), notification({ reference: 'm-2', payload })),
  );
  assert.deepEqual(wrong.notices, ['20001 FOUT', '20002 FOUT']);
  assert.match(wrong.circumstances.join(), /Notificatie\[1\] \(m-1\).*Notificatie\[2\] \(m-2\)/);
  const { inhoud, ...service } = notifying(notification());
  const elsewhere = await ask(world, { ...service, inhoud: inhoud.replace('02.02', '01.00') });
  assert.deepEqual([elsewhere.result, elsewhere.notices], ['0', ['40034 FOUT']]);
  const snapshot = { ...service, inhoud: inhoud.replace('PubliceerMutatiePersoon', 'PubliceerPersoon') };
  const untold = await ask(world, snapshot);
  assert.deepEqual([untold.result, untold.notices], ['0', ['40034 FOUT']]);
  assert.match(untold.circumstances.join(), /PubliceerPersoon is of MOMENTOPNAME/);
  assert.equal(world.mutations.size, 0);
});

test('what the database could not keep was not taken, and may be told again', async () => {
  const world = publicationWorld(true, {
    acceptMutations: async () => {
      throw new Error('the database is gone');
    },
  });
  const answer = await ask(world, notifying(notification()));
  assert.deepEqual([answer.result, answer.notices], [null, ['60009 FOUT']]);
});
