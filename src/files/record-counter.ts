import { recordScanner } from '../xml/record-scanner.ts';

/** Counts the records of a file while its bytes come by. Whether the file is well-formed or valid is for others. */
export type RecordCounter = { readonly add: (piece: Uint8Array) => void; readonly count: () => number };

const QUOTE = 0x22;
const LF = 0x0a;

/** Elements of one local name at one depth (the root: 1), in UTF-8 XML. */
export function xmlRecords(shape: { readonly name: string; readonly depth: number }): RecordCounter {
  let count = 0;
  const { add } = recordScanner(shape, { begins: () => count++, ends: () => {} });
  return { add, count: () => count };
}

/** Lines that are not within quotes; the last one need not be ended. */
export function csvRecords(): RecordCounter {
  let count = 0;
  let quoted = false;
  let open = false;
  return {
    add: (piece) => {
      for (const byte of piece) {
        if (byte === QUOTE) quoted = !quoted;
        if (byte === LF && !quoted) {
          count++;
          open = false;
        } else open = true;
      }
    },
    count: () => (open ? count + 1 : count),
  };
}
