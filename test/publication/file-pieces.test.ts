import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClosedFile, PublishedRecord } from '../../src/exchange/publication.ts';
import { filePieces } from '../../src/publication/file-pieces.ts';
import { visibleTo } from '../../src/publication/visible.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { bytesOf, closedFile, inszOf, publication, record, records, SPEAKER } from './records.ts';

type Each = (index: number) => PublishedRecord;

const write = async (count: number, changes: Partial<ClosedFile> = {}, each?: Each) => {
  const pieces = filePieces(publication, { ...closedFile, ...changes }, SPEAKER, records(count, each));
  const text = (await bytesOf(pieces.bytes)).toString('utf8');
  return { text, records: pieces.records() };
};
/** What a validator says of the file as a whole. */
const violations = (text: string) => {
  const tree = parseTree(Buffer.from(text));
  try {
    return publication.violations(tree.root);
  } finally {
    tree.dispose();
  }
};
const csv = { format: 'csv', name: 'x.csv' } as const;

test('says who sends to whom, and each change with what kind it is and when', async () => {
  const { text } = await write(1, { visible: ['INSZ', '@Bron'] });
  assert.equal(
    text,
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<p:PubliceerMutatiePersoon xmlns:p="http://magda.vlaanderen.be/persoon/file/publiceermutatiepersoon/v02_02">' +
      '<Publicatie><Context><Naam>PubliceerMutatiePersoon</Naam><Versie>02.02.0000</Versie><Bericht>' +
      '<Type>PUBLICATIE</Type><Tijdstip><Datum>2026-03-02</Datum><Tijd>03:00:00.417</Tijd></Tijdstip>' +
      '<Afzender><Identificatie>vip.vlaanderen.be</Identificatie>' +
      '<Referte>0b8f9a46-5a0e-4c1c-9f7e-2f2a5f0d7c11</Referte></Afzender>' +
      '<Ontvanger><Identificatie>stad.example</Identificatie><Hoedanigheid>6001</Hoedanigheid></Ontvanger>' +
      '</Bericht></Context><Onderwerpen>\n' +
      '<Onderwerp><Referte>1</Referte><Inhoud><Metadata><Referte>bron-1</Referte><Type>02</Type>' +
      `<Datum>2026-02-27</Datum></Metadata><Persoon Bron="RR"><INSZ>${inszOf(1)}</INSZ></Persoon></Inhoud></Onderwerp>\n` +
      '</Onderwerpen></Publicatie></p:PubliceerMutatiePersoon>\n',
  );
  assert.doesNotMatch((await write(1, { hoedanigheid: null })).text, /Hoedanigheid/);
});

for (const count of [0, 1, 99, 100, 101, 250]) {
  test(`is valid as a whole with ${count} records, however they were taken together`, async () => {
    const { text, records } = await write(count);
    assert.deepEqual(violations(text), []);
    assert.equal(records, count);
    const references = [...text.matchAll(/<Onderwerp><Referte>(\d+)</g)].map(([, id]) => Number(id));
    assert.deepEqual(
      references,
      Array.from({ length: count }, (_, index) => index + 1),
    );
  });
}

test('has the same bytes whenever it is written', async () => {
  assert.equal((await write(150)).text, (await write(150)).text);
});

test('takes long records in smaller handfuls and puts them together all the same', async () => {
  const name = 'x'.repeat(40);
  const voornamen = `<Voornaam>${name}</Voornaam>`.repeat(3000);
  const long: Each = (index) =>
    record(index, { content: record(index).content.replace('<Voornaam>Lieve</Voornaam>', voornamen) });
  const { text } = await write(5, {}, long);
  assert.deepEqual(violations(text), []);
  assert.equal(text.split(name).length - 1, 15_000);
});

test('shows of each payload what the frozen paths show, and no more', async () => {
  const { text } = await write(3, { visible: ['INSZ', 'Geslacht/Code'] });
  assert.doesNotMatch(text, /Maes|Bron|1961-05-12|Geboorte/);
  assert.equal(text.match(/<Geslacht><Code>2<\/Code><\/Geslacht>/g)?.length, 3);
  assert.deepEqual(violations(text), []);
});

test('keeps of a change of which nothing else may be seen about whom it is', async () => {
  const { text, records } = await write(2, { visible: ['INSZ', 'Overlijden/**'] });
  assert.equal(records, 2);
  assert.match(text, new RegExp(`<Persoon><INSZ>${inszOf(2)}</INSZ></Persoon>`));
});

test('never filters away about whom a change is', async () => {
  assert.deepEqual(visibleTo(publication, ['**'], ['Geslacht/**']), ['Geslacht/**', 'INSZ']);
  assert.deepEqual(visibleTo(publication, ['INSZ', 'Naam/**'], []), ['INSZ', 'Naam/**']);
  await assert.rejects(write(1, { visible: ['Naam/**'] }), /nothing of Persoon may be shown: .*without INSZ/);
  await assert.rejects(write(1, { visible: [] }), /nothing of Persoon may be shown/);
});

test('names the record that does not fit the schema', async () => {
  const broken: Each = (index) =>
    index === 137 ? record(index, { content: '<Persoon><INSZ>1</INSZ></Persoon>' }) : record(index);
  await assert.rejects(
    write(300, {}, broken),
    /record 137 \(mutation 137\) does not fit the schema: .*INSZ: /,
  );
  const other: Each = (index) => record(index, { content: '<Iets/>' });
  await assert.rejects(write(1, {}, other), /record 1 \(mutation 1\) .*not allowed here; expected: Persoon/);
});

test('refuses a payload that would be several records, or more than a payload', async () => {
  const inside = record(1).content;
  const out: Each = (index) =>
    record(index, {
      content: `${inside}</Inhoud></Onderwerp><Onderwerp><Referte>9</Referte><Inhoud>${inside}`,
    });
  await assert.rejects(write(1, {}, out), /1 records after record 0 came to 2/);
  const twice: Each = (index) => record(index, { content: `${inside}${inside}` });
  await assert.rejects(write(1, {}, twice), /record 1 .*not allowed here/);
});

test('writes CSV: the day first, every value quoted, hidden and absent ones empty', async () => {
  const died: Each = (index) =>
    record(index, {
      reference: 'bron;"1"',
      content: record(index).content.replace(
        '</Persoon>',
        '<Overlijden><Datum>2026-02-20</Datum></Overlijden></Persoon>',
      ),
    });
  const whole = await write(1, csv, died);
  assert.equal(whole.text, `"2026-02-27";"02";"1";"${inszOf(1)}";"2";"1961-05-12";"2026-02-20"\r\n`);
  const narrow = await write(2, { ...csv, visible: ['INSZ'] }, died);
  assert.equal(narrow.text.split('\r\n')[1], `"2026-02-27";"02";"2";"${inszOf(2)}";"";"";""`);
  assert.deepEqual([(await write(0, csv)).text, narrow.records], ['', 2]);
});

test('doubles a quote and keeps a line break in a value', async () => {
  const odd: Each = (index) => record(index, { content: record(index).content, id: 'a"b\n;c' });
  assert.match((await write(1, csv, odd)).text, /;"a""b\n;c";/);
});

test('makes no CSV of a publication that has none', () => {
  const without = { ...publication, columns: null };
  assert.throws(
    () => filePieces(without, { ...closedFile, ...csv }, SPEAKER, records(1)),
    /there is no CSV of PubliceerMutatiePersoon/,
  );
});
