import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Signer } from './baseline-signature.ts';

type Entry = {
  readonly id: string;
  readonly reference: string;
  readonly insz: string;
  readonly signer: Signer;
  readonly began: number;
  readonly filtered: readonly string[];
  readonly received: string;
  readonly sent: string;
};

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

export type Database = {
  /** Whether no message with this signature came before; each is noted by its own statement. */
  readonly isFirst: (signer: Signer) => boolean;
  /** One durable row an exchange, chained to the one before, with what the bus's own audit says of it. */
  readonly record: (entry: Entry) => void;
};

const LIFETIME = 5 * 60_000;

export function openDatabase(file: string): Database {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(
    'CREATE TABLE exchange (id TEXT PRIMARY KEY, at TEXT, ms REAL, certificate TEXT, fingerprint TEXT, ' +
      'service TEXT, reference TEXT, subject TEXT, legal_basis TEXT, outcome TEXT, filtered TEXT, ' +
      'digest_in TEXT, digest_out TEXT, previous_hash TEXT, row_hash TEXT)',
  );
  database.exec('CREATE INDEX by_time ON exchange (at); CREATE INDEX by_subject ON exchange (subject, at)');
  database.exec('CREATE TABLE seen (imprint TEXT PRIMARY KEY, until TEXT)');
  database.exec('CREATE INDEX by_end ON seen (until)');
  const note = database.prepare('INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING');
  const insert = database.prepare(`INSERT INTO exchange VALUES (${Array(15).fill('?').join(', ')})`);
  let previous = digest('');
  const record = ({ id, reference, insz, signer, began, filtered, received, sent }: Entry) => {
    const { subject, fingerprint } = signer;
    const values = [id, new Date().toISOString(), performance.now() - began, subject, fingerprint];
    const asked = ['GeefPersoon', reference, insz, 'Demodecreet, artikel 1', 'answered'];
    const row = [...values, ...asked, JSON.stringify(filtered), digest(received), digest(sent)];
    const hash = digest(previous + JSON.stringify(row));
    insert.run(...row, previous, hash);
    previous = hash;
  };
  const isFirst = ({ fingerprint, signature }: Signer) =>
    note.run(digest(fingerprint + signature), new Date(Date.now() + LIFETIME).toISOString()).changes === 1;
  return { isFirst, record };
}
