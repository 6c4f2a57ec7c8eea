import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import { openRecords, type RecordDocument, recordDocuments } from '../../src/xml/record-documents.ts';

const shape = { name: 'R', depth: 3, most: 2 };
const file = (...records: readonly string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<p:f xmlns:p="urn:u"><h>é</h><l a=">">${records.join('\n')}\n</l><t/></p:f>\n`;

async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function documentsOf(text: string, size = 7, of = shape): Promise<RecordDocument[]> {
  const all: RecordDocument[] = [];
  for await (const each of recordDocuments(inPieces(text, size), of)) all.push(each);
  return all;
}

/** What each document holds: how many come before, what is in its records, and whether head and tail are there. */
const readAll = (documents: readonly RecordDocument[], of = shape) =>
  documents.map((document) => {
    const { root, records, dispose } = openRecords(document, of);
    const read = [document.from, records.map(({ text }) => text), root.children.map(({ name }) => name)];
    dispose();
    return read;
  });

const refusal = async (work: () => unknown) => {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  return 'not refused';
};

for (const size of [1, 7, 4096])
  test(`cuts a file into documents of some records, whatever the pieces (${size}) it comes in`, async () => {
    const five = [1, 2, 3, 4, 5].map((each) => (each === 4 ? '<R/>' : `<R q="/>">${each}<!--<R/>--></R>`));
    const documents = await documentsOf(file(...five), size);
    assert.deepEqual(readAll(documents), [
      [0, ['1', '2'], ['h', 'l']],
      [2, ['3', ''], ['h', 'l']],
      [4, ['5'], ['h', 'l', 't']],
    ]);
  });

test('a file without records is one document', async () => {
  assert.deepEqual(readAll(await documentsOf(file())), [[0, [], ['h', 'l', 't']]]);
});

test('every byte between the records is in a document', async () => {
  const documents = await documentsOf(file('<R/>', '<S/><R/>', '</l><l><R/>'));
  const whole = documents.flatMap(({ records }) => records).join('');
  assert.equal(whole, '<R/>\n<S/><R/>\n</l><l><R/>');
});

test('says which record is not well-formed', async () => {
  const wrong = await documentsOf(file('<R>1</R>', '<R>2</R>', '<R>3</R>', '<R><x></R></R>'));
  assert.match(await refusal(() => readAll(wrong)), /^record 4: not well-formed, line /);
});

for (const [what, text, said] of [
  ['a document type', `<!DOCTYPE f [<!ENTITY a "b">]>${file('<R/>').slice(39)}`, /document type/],
  ['a processing instruction', file('<R><?a b?></R>'), /^record 1: processing instruction/],
  ['another encoding', file('<R/>').replace('UTF-8', 'ISO-8859-1'), /encoding|ISO-8859-1/i],
  ['nothing at all', '', /not well-formed/],
] as const)
  test(`refuses ${what}`, async () => {
    assert.match(await refusal(async () => readAll(await documentsOf(text))), said);
  });

test('refuses UTF-16, and what is too long to be held in memory', async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(file('<R/>'), 'utf16le')]);
  const cut = async (bytes: Buffer) => {
    async function* whole() {
      yield bytes;
    }
    for await (const each of recordDocuments(whole(), shape)) assert.fail(String(each.from));
  };
  assert.match(await refusal(() => cut(utf16)), /UTF-16/);
  const long = 'x'.repeat(1024 * 1024);
  assert.match(await refusal(() => documentsOf(file('<R/>', `<R>${long}</R>`), 65_536)), /^record 2, or/);
  assert.match(await refusal(() => documentsOf(file(`${long}`), 65_536)), /^record 1, or/);
  assert.match(
    await refusal(() => documentsOf(file(`<!--${long.slice(0, 99_999)}--><R/>`), 65_536)),
    /more than 65536 bytes/,
  );
});
