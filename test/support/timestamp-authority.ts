import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Authority, issue, makeAuthority, type Wishes } from './certificates.ts';
import { temporaryFolder } from './program.ts';

/** An authority that stamps with the time (RFC 3161), played by openssl. */

export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const POLICY = '1.3.6.1.4.1.99999.1.2';

export const forStamping: Wishes = { purposes: { ids: [TIME_STAMPING], critical: true } };

export type TimestampAuthority = {
  /** PEM of who certified it, in a file. */
  readonly certifier: string;
  readonly signer: Authority;
  /** What openssl answers to a query; `changes` are lines of its configuration. */
  readonly reply: (query: Buffer, changes?: readonly string[]) => Buffer;
  /** What openssl reads in a query. */
  readonly shown: (query: Buffer) => string;
  /** The token that says what `info` (a TSTInfo) has, signed by whomever. */
  readonly resigned: (info: Buffer, by: Authority) => Buffer;
  /** Whether openssl takes a token for a stamp on this digest; what it says of it. */
  readonly openssl: (token: Buffer, digest: string) => string;
};

export async function makeTimestampAuthority(name = 'Voorbeeld TSA'): Promise<TimestampAuthority> {
  const folder = temporaryFolder();
  const file = (named: string, content: string | Buffer) => {
    const path = join(folder, named);
    writeFileSync(path, content);
    return path;
  };
  const certifier = await makeAuthority(`${name} CA`);
  const signer = await issue(certifier, name, forStamping);
  const ca = file('ca.pem', certifier.certificate);
  const run = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const keys = (by: Authority) => ({
    certificate: file('signer.pem', by.certificate),
    key: file('signer.key.pem', by.privateKey),
  });

  const reply = (query: Buffer, changes: readonly string[] = []) => {
    const { certificate, key } = keys(signer);
    const lines = [
      ...['[tsa]', 'default_tsa = stamps', '[stamps]', 'serial = serial', `signer_cert = ${certificate}`],
      ...[`signer_key = ${key}`, 'signer_digest = sha256', `default_policy = ${POLICY}`, 'digests = sha256'],
      ...['accuracy = secs:1', 'ess_cert_id_alg = sha256'],
    ];
    const set = new Map([...lines, ...changes].map((line) => [line.split(' = ')[0], line]));
    const config = file('tsa.cnf', `${[...set.values()].join('\n')}\n`);
    run('ts', '-reply', '-config', config, '-queryfile', file('q.tsq', query), '-out', 'r.tsr');
    return execFileSync('cat', [join(folder, 'r.tsr')]);
  };

  const shown = (query: Buffer) => run('ts', '-query', '-in', file('q.tsq', query), '-text').toString();

  const resigned = (info: Buffer, by: Authority) => {
    const { certificate, key } = keys(by);
    const type = '1.2.840.113549.1.9.16.1.4';
    const how = ['-sign', '-binary', '-nodetach', '-cades', '-md', 'sha256', '-econtent_type', type];
    const files = ['-in', file('info.der', info), '-signer', certificate, '-inkey', key];
    return run('cms', ...how, ...files, '-outform', 'DER');
  };

  const openssl = (token: Buffer, digest: string) => {
    const how = ['-verify', '-digest', digest, '-in', file('t.der', token), '-token_in', '-CAfile', ca];
    return run('ts', ...how).toString();
  };
  return { certifier: ca, signer, reply, shown, resigned, openssl };
}

/** The same behind an address. `fail` has it answer with HTTP status 503 from then on, or no more. */
export async function serveTimestamps(authority: TimestampAuthority) {
  let failing = false;
  let asked = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    asked += 1;
    const fits =
      request.method === 'POST' && request.headers['content-type'] === 'application/timestamp-query';
    if (failing || !fits) return void response.writeHead(failing ? 503 : 415).end();
    const reply = authority.reply(Buffer.concat(chunks));
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(reply);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/tsa`,
    asked: () => asked,
    fail: (now: boolean) => {
      failing = now;
    },
    close: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}
