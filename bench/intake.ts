/**
 * `node bench/intake.ts`: what it costs to take in a file that a source laid down, through the started program with its
 * embedded database. First a file whose one fault is in record `--fault` is laid down, of which nothing may be taken and
 * whose receipt must name that record; then the same file without the fault, and every record of it must be there.
 *
 *   --records N   how many changes are in the file (400,100)
 *   --fault N     which of them does not fit the schema (400,000)
 *   --json        the figures as JSON
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { demoParty } from '../src/cli/demo-party.ts';
import { inszOf } from '../test/publication/records.ts';
import { around, signedVoucher, told, voucherOver } from '../test/support/laid-down.ts';
import { startBus } from './bus.ts';
import { cpuMicros, loadNow, machine, rssMegabytes } from './cpu.ts';
import { asText, type Figure, isMet } from './report.ts';

const { values } = parseArgs({
  options: { records: { type: 'string' }, fault: { type: 'string' }, json: { type: 'boolean' } },
});
const options = z
  .object({
    records: z.coerce.number().int().positive().default(400_100),
    fault: z.coerce.number().int().positive().default(400_000),
    json: z.boolean().default(false),
  })
  .parse(values);

const NAME = '<Naam DatumBegin="2026-05-09"><Achternamen><Achternaam>Maes</Achternaam></Achternamen></Naam>';
const FAULT = '<Naam DatumBegin="2026-05-09"><Achternaam>Maes</Achternaam></Naam>';

const PATIENCE = 30 * 60_000;
/** What the bus may grow by, whatever the file's size. */
const MOST_MEGABYTES = 300;

const loadBefore = loadNow();
const folder = mkdtempSync(join(tmpdir(), 'kruispunt-bench-'));
const bus = await startBus(folder, [], { KRUISPUNT_SWEEP_SECONDS: '1', KRUISPUNT_SFTP_PORT: '0' });
const figures: Figure[] = [];
const atFirst = rssMegabytes(bus.pid);
try {
  const bron = demoParty(join(folder, 'demo'), 'bron');
  const party = `p${Number(query('SELECT id AS count FROM party WHERE name = ?', 'bron'))}`;
  const [toVip, fromVip] = [join(folder, 'files', party, 'To_Vip'), join(folder, 'files', party, 'From_Vip')];
  mkdirSync(toVip, { recursive: true });

  /** The file in pieces, so that making it needs no memory that would be counted as anybody's. */
  function writeFile(path: string, fault: number | null) {
    const { head, tail } = around(bron);
    const sha256 = createHash('sha256');
    const file = openSync(path, 'w');
    let size = 0;
    const add = (text: string) => {
      sha256.update(text);
      size += writeSync(file, text);
    };
    add(head);
    for (let index = 1; index <= options.records; index++)
      add(`${told(inszOf(index), `b-${index}`, { content: index === fault ? FAULT : NAME })}\n`);
    add(tail);
    closeSync(file);
    return { size, sha256: sha256.digest('hex') };
  }

  async function layDown(name: string, fault: number | null) {
    const facts = writeFile(join(toVip, `${name}.xml`), fault);
    const voucher = voucherOver(facts, bron, { name: `${name}.xml`, records: options.records });
    const [began, cpu, idle] = [performance.now(), cpuMicros(bus.pid), rssMegabytes(bus.pid)];
    writeFileSync(join(toVip, `${name}.voucher.xml`), signedVoucher(voucher, bron));
    const receipt = join(fromVip, `${voucher.id}.ack.xml`);
    let peak = 0;
    while (!existsSync(receipt)) {
      if (performance.now() - began > PATIENCE) throw new Error('no receipt came');
      peak = Math.max(peak, rssMegabytes(bus.pid));
      await pause(50);
    }
    const seconds = (performance.now() - began) / 1000;
    const perRecord = (cpuMicros(bus.pid) - cpu) / options.records;
    return { said: readFileSync(receipt, 'utf8'), seconds, idle, peak, perRecord, size: facts.size };
  }

  function measured(
    name: string,
    { seconds, idle, peak, perRecord, size }: Awaited<ReturnType<typeof layDown>>,
  ) {
    const note = `${Math.round(size / 1e6)} MB; ${perRecord.toFixed(1)} µs CPU a record`;
    const rate = options.records / seconds;
    figures.push(
      { name, value: seconds, unit: 's', note, target: null },
      { name: '  records', value: rate, unit: '/s', note: '', target: null },
      {
        ...{ name: '  growth of RSS at its highest', value: peak - atFirst, unit: 'MB' },
        note: `${idle.toFixed(0)} MB when it came, ${peak.toFixed(0)} MB at its highest`,
        target: { most: MOST_MEGABYTES },
      },
    );
  }

  const faulty = await layDown('faulty', options.fault);
  const named = /<r:record>(\d+)<.*?<r:reference>([^<]+)<.*?<r:detail>([^<]+)/.exec(faulty.said);
  if (!faulty.said.includes('>REJECTED<') || Number(named?.[1]) !== options.fault)
    throw new Error(`the receipt does not name record ${options.fault}:\n${faulty.said}`);
  if (mutations() !== 0) throw new Error(`${mutations()} records of a rejected file were taken`);
  console.error(`rejected: record ${named?.[1]} (${named?.[2]}): ${named?.[3]}`);
  measured(`a fault in record ${options.fault}: checked, rejected`, faulty);
  const whole = await layDown('whole', null);
  if (!whole.said.includes('>ACCEPTED<') || mutations() !== options.records)
    throw new Error(`${mutations()} records were taken:\n${whole.said}`);
  measured('without it: checked, matched, taken', whole);
} finally {
  await bus.stop();
  rmSync(folder, { recursive: true, force: true });
}
const at = `${new Date().toISOString().slice(0, 16)}, ${options.records} records`;
const report = { at, machine: machine(), load: [loadBefore, loadNow()], figures } as const;
console.log(options.json ? JSON.stringify(report, null, 2) : asText(report));
if (figures.some((each) => isMet(each) === false)) process.exitCode = 1;

function query(statement: string, ...given: readonly string[]): unknown {
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 10_000, readOnly: true });
  try {
    return database.prepare(statement).get(...given)?.count;
  } finally {
    database.close();
  }
}

function mutations(): number {
  return Number(query('SELECT COUNT(*) AS count FROM mutation'));
}
