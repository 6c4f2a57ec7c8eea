import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QName } from '../../src/xml/names.ts';
import { hole, stencil } from '../../src/xml/stencil.ts';
import { attribute, element, fragment, write } from '../../src/xml/write.ts';

const urn = (name: string): QName => ({ namespace: 'urn:a', name, prefix: 'a' });
const letter = (id: string, moment: string, inside: string | ReturnType<typeof fragment>) =>
  element(
    urn('Brief'),
    [element(urn('Van'), '<Zo> & "co"'), element(urn('Op'), moment), element(urn('Inhoud'), [inside])],
    [attribute(urn('Id'), `B-${id}`), attribute({ ...urn('om'), prefix: '' }, `#${id}#${id}`)],
  );
const fill = stencil<'id' | 'moment' | 'inside'>(letter(hole('id'), hole('moment'), hole('inside')));
const inside = Buffer.from('<b xmlns="urn:b">1 &gt; 0, é</b>');

test('filled in, it is what would have been written', () => {
  for (const [id, moment] of [
    ['7f-1', '2026-03-02T10:00:00.000Z'],
    ['x', ''],
  ] as const) {
    const whole = write(letter(id, moment, fragment(inside)));
    assert.equal(fill({ id, moment, inside }).toString('utf8'), whole);
  }
});

test('takes no text that would have to be escaped', () => {
  for (const text of ['<', '&', '"', 'a b', '\n', 'é', '\ue000', '>'])
    assert.throws(() => fill({ id: text, moment: '', inside }), /id is not plain text/);
});

test('is made of ASCII only', () => {
  assert.throws(() => stencil(element(urn('Van'), `Zoë ${hole('id')}`)), /a stencil is ASCII/);
});
