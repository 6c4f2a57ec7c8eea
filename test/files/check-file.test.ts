import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { VoucherFile } from '../../src/exchange/voucher.ts';
import { checkFileAgainstVoucher } from '../../src/files/check-file.ts';
import { csvRecords, type RecordCounter, xmlRecords } from '../../src/files/record-counter.ts';
import { filePieces } from '../../src/publication/file-pieces.ts';
import { bytesOf, closedFile, publication, records, SPEAKER } from '../publication/records.ts';

const folder = mkdtempSync(join(tmpdir(), 'check-file-'));
after(() => rmSync(folder, { recursive: true }));

const ONDERWERP = { name: 'Onderwerp', depth: 4 };

const said = (bytes: Uint8Array, changes: Partial<VoucherFile> = {}): VoucherFile => ({
  ...{ name: 'a.xml', mediaType: 'application/xml', size: bytes.byteLength, part: 1, parts: 1 },
  ...{ sha256: createHash('sha256').update(bytes).digest('hex'), records: 3 },
  ...changes,
});

for (const format of ['xml', 'csv'] as const) {
  test(`finds a file in ${format} as its voucher says`, async () => {
    const { bytes } = filePieces(publication, { ...closedFile, format }, SPEAKER, records(250));
    const all = await bytesOf(bytes);
    const path = join(folder, `whole.${format}`);
    writeFileSync(path, all);
    const mediaType = format === 'xml' ? 'application/xml' : 'text/csv';
    const voucher = said(all, { records: 250, mediaType });
    assert.deepEqual(await checkFileAgainstVoucher(path, voucher, ONDERWERP), []);
    assert.deepEqual(
      await checkFileAgainstVoucher(
        path,
        { ...voucher, size: 1, sha256: '0'.repeat(64), records: 251 },
        ONDERWERP,
      ),
      [
        `a.xml: sizeInBytes is ${all.length}, the voucher says 1`,
        `a.xml: digest is ${voucher.sha256}, the voucher says ${'0'.repeat(64)}`,
        'a.xml: numberOfRecords is 250, the voucher says 251',
      ],
    );
  });
}

test('says of a file that is not there that it is not there', async () => {
  const missing = await checkFileAgainstVoucher(join(folder, 'none'), said(Buffer.alloc(0)), ONDERWERP);
  assert.deepEqual(missing, ['a.xml is not there']);
});

/** Counts in one piece, and byte by byte. */
function counted(make: () => RecordCounter, text: string): number {
  const [one, many] = [make(), make()];
  one.add(Buffer.from(text));
  for (const byte of Buffer.from(text)) many.add(Buffer.from([byte]));
  assert.equal(many.count(), one.count(), text);
  return one.count();
}

for (const [what, text, count] of [
  ['nothing in an empty file', '', 0],
  ['elements of the name at the depth', '<a><R/><R></R><R b="1"/><S/><R\n/></a>', 4],
  ['prefixed ones too', '<p:a xmlns:p="u"><p:R/><q:R></q:R></p:a>', 2],
  ['none at another depth', '<R><b><R/></b><R><R/></R></R>', 1],
  ['none in comments, however they begin', '<a><!--<R/>--><!--><R/>--><!-- -- ><R/> --><R/></a>', 1],
  ['none in character data', '<a><b><![CDATA[<R/></b></a>]]>]]&gt;</b><R/></a>', 1],
  ['none in processing instructions or declarations', '<?xml version="1.0"?><a><?p <R/> ?><R/></a>', 1],
  ['none in values, whatever they hold', `<a><b c="<R/>/>" d='">'/><R/></a>`, 1],
  ['not what has a longer or a shorter name', '<a><RR/><r/><R.x/></a>', 0],
] as const) {
  test(`counts ${what}`, () => {
    assert.equal(
      counted(() => xmlRecords({ name: 'R', depth: 2 }), text),
      count,
    );
  });
}

for (const [what, text, count] of [
  ['nothing in an empty file', '', 0],
  ['lines however they end, the last one too', '"a";"b"\r\n"c"\n"d"', 3],
  ['no line break within quotes', '"a\n""b""\n";"c"\r\n', 1],
] as const) {
  test(`counts of CSV ${what}`, () => assert.equal(counted(csvRecords, text), count));
}
