import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PYTHON } from '../support/foreign.ts';

/** What libxmlsec, which is what xmlsec1 is made of, and another libxml2 than the bus's say of a message. */
export type ForeignVerdict = {
  /** `closed`: it does not become readable. `unknown`: it is encrypted in a way that libxmlsec does not know. `elsewhere`: a reference that would have to be fetched, which is not tried. */
  readonly verdict: 'good' | 'bad' | 'unsigned' | 'unreadable' | 'elsewhere' | 'closed' | 'unknown';
  /** SHA-256 of exclusive canonical forms of the root and of its last child. */
  readonly root: string | null;
  readonly body: string | null;
  /** Unreadable for an xml:id that is no name, which is not its well-formedness (xml:id 1.0 §4): the bus makes no ids. */
  readonly isXmlId: boolean;
  /** Something in it was decrypted. */
  readonly isOpened: boolean;
};

export type ForeignJudge = {
  /**
   * @param certificate PEM: of whom the signature is said to be, where the message does not tell
   * @param key PEM: private, of whom it is encrypted to; null where it is not
   */
  readonly judge: (bytes: Uint8Array, certificate: string, key: string | null) => Promise<ForeignVerdict>;
  readonly close: () => Promise<void>;
};

/** One process for all messages: starting one for each would take longer than the rest together. */
export function startForeignJudge(): ForeignJudge {
  const child = spawn(PYTHON, [join(import.meta.dirname, 'foreign_judge.py')], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting: {
    readonly done: (verdict: ForeignVerdict) => void;
    readonly failed: (error: Error) => void;
  }[] = [];
  const gone = once(child, 'close').then(() => {
    for (const { failed } of waiting) failed(new Error('libxmlsec broke off'));
  });
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.done(JSON.parse(line)));
  return {
    judge: (bytes, certificate, key) =>
      new Promise((done, failed) => {
        waiting.push({ done, failed });
        const asked = { bytes: Buffer.from(bytes).toString('base64'), certificate, key };
        child.stdin.write(`${JSON.stringify(asked)}\n`);
      }),
    close: async () => {
      child.stdin.end();
      await gone;
    },
  };
}
