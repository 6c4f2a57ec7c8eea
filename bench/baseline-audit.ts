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

/** One durable row an exchange, with what the bus's own audit says of it. */
export function audit(file: string): (entry: Entry) => void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(
    'CREATE TABLE exchange (id TEXT PRIMARY KEY, at TEXT, ms REAL, certificate TEXT, fingerprint TEXT, ' +
      'service TEXT, reference TEXT, subject TEXT, legal_basis TEXT, outcome TEXT, filtered TEXT, ' +
      'digest_in TEXT, digest_out TEXT)',
  );
  database.exec('CREATE INDEX by_time ON exchange (at); CREATE INDEX by_subject ON exchange (subject, at)');
  const insert = database.prepare(`INSERT INTO exchange VALUES (${Array(13).fill('?').join(', ')})`);
  return ({ id, reference, insz, signer, began, filtered, received, sent }) => {
    const { subject, fingerprint } = signer;
    const values = [id, new Date().toISOString(), performance.now() - began, subject, fingerprint];
    const asked = ['GeefPersoon', reference, insz, 'Demodecreet, artikel 1', 'answered'];
    insert.run(...values, ...asked, JSON.stringify(filtered), digest(received), digest(sent));
  };
}
