import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { type Program, runVerb, startProgram, temporaryFolder } from '../support/program.ts';
import type { Sent } from './attack.ts';
import { makeCast } from './cast.ts';
import { type Craft, craftOf, INSZ } from './craft.ts';

/** One started bus with its demo world, a source that counts, and listeners that nobody may ever call. */

export type Told = { readonly status: number; readonly exchange: string; readonly text: string };
export type Row = {
  readonly outcome: string;
  readonly level: number | null;
  readonly code: string | null;
  readonly reason: string;
  readonly sources: string;
};
/** What it cost the process since it started. */
export type Cost = { readonly cpuMs: number; readonly rssMb: number };

export type World = {
  readonly crafts: readonly Craft[];
  readonly folder: string;
  readonly post: (craft: Craft, sent: string | Sent) => Promise<Told>;
  readonly rows: (exchange: string) => readonly Row[];
  readonly exchanges: () => number;
  /** Questions that came to the source, and anything that came to the canary. */
  readonly asked: () => number;
  readonly strayed: () => number;
  readonly cost: () => Cost;
  /** Of the program. */
  readonly pid: number;
  /** Text of the source's answer, and of the file that nobody may read. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
};

// USER_HZ of Linux, whatever the kernel's own.
const TICKS_PER_SECOND = 100;
const CANARY = 'kanarie-in-de-mijn';

export async function startWorld(): Promise<World> {
  const [folder, kept] = [temporaryFolder(), demoFolder()];
  const cast = await makeCast(new Date());
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const settings = {
    KRUISPUNT_VAR: kept,
    // All attacks come from one address, and none is to wait.
    KRUISPUNT_REFUSED_PERCENT: '100',
    KRUISPUNT_DECRYPTION_KEYS: file('bus.pem', cast.bus.privateKey + cast.bus.certificate),
    KRUISPUNT_AUTHORITIES: file('authorities.pem', cast.authorities.join('')),
    KRUISPUNT_REVOCATION_LISTS: cast.revoked.map((list, index) => file(`${index}.crl`, list)).join(':'),
  };
  const responder = await listening(
    createServer(async (request, response) => {
      response.end(cast.responder.answer(Buffer.concat(await request.toArray())));
    }),
  );
  let strayed = 0;
  const canary = await listening(createServer((_, answer) => answer.end()));
  canary.server.on('connection', () => strayed++);
  const program = await startProgram({
    ...settings,
    KRUISPUNT_OCSP_RESPONDERS: `${file('asked.pem', cast.responder.file.text)}=${responder.url}/`,
  });
  const source = await countingSource(join(kept, 'demo'));
  await runVerb(['source', 'change', 'ksz', '--url', source.url], settings);
  const database = new DatabaseSync(join(kept, 'kruispunt.db'), { readOnly: true });
  const here = { url: `${canary.url}/`, file: file('canary.txt', CANARY) };
  const crafts = (['1.1', '1.2'] as const).map((soap) => craftOf(soap, cast, here, () => new Date()));
  const world: World = {
    crafts,
    folder,
    post: (craft, sent) => post(program.url, craft, sent),
    rows: (exchange) => rowsOf(database, exchange),
    exchanges: () => Number(database.prepare('SELECT count(*) AS n FROM exchange').get()?.n),
    asked: source.asked,
    strayed: () => strayed,
    cost: () => costOf(program.pid),
    pid: program.pid,
    secrets: [...source.secrets, CANARY],
    close: async () => {
      database.close();
      await program.stop();
      for (const { server } of [canary, source, responder]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
  await untilTheSourceIsAsked(world, program);
  return world;
}

async function listening(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Knows about one person what the demo source of the KSZ knows. */
async function countingSource(demo: string) {
  const { ksz } = JSON.parse(readFileSync(join(demo, 'sources.json'), 'utf8'));
  const answer = await (await fetch(`${ksz}/personen/${INSZ}`)).text();
  let asked = 0;
  const { server, url } = await listening(
    createServer((_, response) => {
      asked++;
      response.setHeader('content-type', 'application/json').end(answer);
    }),
  );
  const names = /"Achternaam":\s*"([^"]+)"|"Achternamen?":[^\]]*?"(\w{3,})"/.exec(answer);
  return { server, url, asked: () => asked, secrets: [names?.[1] ?? names?.[2] ?? assert.fail(answer)] };
}

/** A change of the configuration is noticed within a second. */
async function untilTheSourceIsAsked(world: World, program: Program): Promise<void> {
  const [craft = assert.fail()] = world.crafts;
  let last = '';
  const look = async () => {
    last = (await world.post(craft, craft.signed())).text;
    return world.asked() > 0;
  };
  if (world.asked() === 0) await eventually(() => `${last}\n${program.output()}`, look, 100);
}

async function post(url: string, craft: Craft, sent: string | Sent): Promise<Told> {
  const {
    body,
    path = '/soap/WebService',
    contentType,
    soapAction,
    headers,
  } = typeof sent === 'string' ? { body: sent } : sent;
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': contentType ?? (craft.version === '1.1' ? 'text/xml' : 'application/soap+xml'),
      ...(soapAction === undefined ? {} : { soapaction: soapAction }),
      ...headers,
    },
    body: Buffer.from(body),
  });
  const exchange = response.headers.get('x-kruispunt-exchange') ?? '';
  return { status: response.status, exchange, text: await response.text() };
}

const rowsOf = (database: DatabaseSync, exchange: string): readonly Row[] =>
  database
    .prepare('SELECT outcome, refusal_level, code, reason, sources FROM exchange WHERE id = ?')
    .all(exchange)
    .map(({ outcome, refusal_level: level, code, reason, sources }) => ({
      outcome: String(outcome),
      level: level === null ? null : Number(level),
      code: code === null ? null : String(code),
      reason: String(reason),
      sources: String(sources),
    }));

function costOf(pid: number): Cost {
  // The name in brackets may hold spaces; what is counted comes after it (proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuMs: (ticks * 1000) / TICKS_PER_SECOND,
    rssMb: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024,
  };
}
