import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { VoucherFile } from '../exchange/voucher.ts';
import { isMissing } from './durable.ts';
import { csvRecords, type RecordCounter, xmlRecords } from './record-counter.ts';

/**
 * Holds a file against what its voucher says of it: size, digest and number of records, in one reading.
 *
 * @param record the element that is one record, and how deep it stands (the root: 1)
 * @returns what differs; [] when it is the file that is meant
 */
export async function checkFileAgainstVoucher(
  path: string,
  said: VoucherFile,
  record: { readonly name: string; readonly depth: number },
): Promise<readonly string[]> {
  const sha256 = createHash('sha256');
  const counter: RecordCounter = said.mediaType === 'text/csv' ? csvRecords() : xmlRecords(record);
  let size = 0;
  try {
    await pipeline(createReadStream(path), async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) {
        sha256.update(piece);
        counter.add(piece);
        size += piece.byteLength;
      }
    });
  } catch (error) {
    if (isMissing(error)) return [`${said.name} is not there`];
    throw error;
  }
  return [
    ...differs(`${said.name}: sizeInBytes`, said.size, size),
    ...differs(`${said.name}: digest`, said.sha256, sha256.digest('hex')),
    ...differs(`${said.name}: numberOfRecords`, said.records, counter.count()),
  ];
}

const differs = (what: string, said: number | string, found: number | string) =>
  said === found ? [] : [`${what} is ${found}, the voucher says ${said}`];
