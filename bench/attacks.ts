/**
 * `node bench/attacks.ts`: what the started bus pays for each attack of the catalogue (test/attacks), and for one of each of its
 * lines filled up to a megabyte with text, elements, attributes, namespaces, comments and references of characters: processor time, and how
 * much more memory it has at its highest while one is refused.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Sent } from '../test/attacks/attack.ts';
import { sections } from '../test/attacks/catalogue.ts';
import { startWorld } from '../test/attacks/world.ts';
import { cpuMicros, loadNow, machine } from './cpu.ts';
import { median, quantile } from './numbers.ts';
import { asText, type Figure } from './report.ts';

const { values } = parseArgs({ options: { times: { type: 'string' } } });
const { times } = z.object({ times: z.coerce.number().int().positive().default(7) }).parse(values);

const MEGABYTE = 1_048_576;
const many = (text: string, count: number) => text.repeat(count);
const numbered = (count: number, each: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => each(index)).join('');
/** What an attacker could put beside an attack so that it costs more; each stays below the limits that would end it early. */
const fillers: Readonly<Record<string, string>> = {
  text: many('a', 1_000_000),
  elements: many('<a>b</a>', 19_000),
  attributes: many(`<a${numbered(490, (index) => ` b${index}=""`)}/>`, 39),
  namespaces: many(`<a${numbered(490, (index) => ` xmlns:p${index}="urn:${index}"`)}/>`, 39),
  comments: many(`<!--${many('a', 900)}-->`, 990),
  references: many('&#65;', 190_000),
  ids: many('<a Id="b"/>', 19_000),
};

type Cost = {
  readonly name: string;
  readonly bytes: number;
  readonly cpu: number[];
  readonly growth: number[];
};

const loadBefore = loadNow();
const world = await startWorld();
const { pid } = world;
const [craft] = world.crafts;
if (!craft) throw new Error('nobody makes messages');

/** MB; the highest since it was last asked, if Linux lets that be begun anew. */
const memory = (what: 'VmRSS' | 'VmHWM') =>
  Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) /
  1024;
const forgetHighest = () => writeFileSync(`/proc/${pid}/clear_refs`, '5');

function filled(message: string | Sent, filler: string): string | null {
  if (typeof message !== 'string' || !message.includes('</s:Header>')) return null;
  const text = message.replace('</s:Header>', () => `<x:F xmlns:x="urn:x">${filler}</x:F></s:Header>`);
  return Buffer.byteLength(text) <= MEGABYTE ? text : null;
}

async function measured(name: string, message: string | Sent): Promise<Cost> {
  const body = typeof message === 'string' ? message : message.body;
  const cost: Cost = { name, bytes: Buffer.byteLength(body), cpu: [], growth: [] };
  for (let time = 0; time < times; time++) {
    forgetHighest();
    const [before, rss] = [cpuMicros(pid), memory('VmRSS')];
    await world.post(craft as NonNullable<typeof craft>, message);
    cost.cpu.push((cpuMicros(pid) - before) / 1000);
    cost.growth.push(memory('VmHWM') - rss);
  }
  return cost;
}

try {
  const messages = Object.values(sections)
    .flat()
    .filter(({ twice }) => !twice)
    .flatMap(({ line, what, hostile }, index, all) => {
      const message = hostile(craft);
      const isFirst = all.findIndex((other) => other.line === line) === index;
      const fill = Object.entries(fillers).map(([with_, filler]) => {
        const text = filled(message, filler);
        return text === null ? [] : [{ name: `${line} ${what}, with ${with_}`, message: text }];
      });
      return [{ name: `${line} ${what}`, message }, ...(isFirst ? fill.flat() : [])];
    });
  // What has grown once stays: the first of each kind are let grow.
  for (const filler of Object.values(fillers)) {
    const text = filled(craft.signed(), filler);
    for (let time = 0; time < 5 && text !== null; time++) await world.post(craft, text);
  }
  const costs: Cost[] = [];
  for (const { name, message } of messages) costs.push(await measured(name, message));
  const usual = ({ cpu }: Cost) => median(cpu);
  const least = ({ growth }: Cost) => Math.min(...growth);
  const dearest = costs.toSorted((a, b) => usual(b) - usual(a)).slice(0, 8);
  const largest = costs.toSorted((a, b) => least(b) - least(a)).slice(0, 4);
  const figures: Figure[] = [
    {
      ...{ name: `${costs.length} hostile messages, the usual one`, value: quantile(costs.map(usual), 0.5) },
      ...{ unit: 'ms CPU', target: null, note: `each ${times} times` },
    },
    ...dearest.map(
      (cost): Figure => ({
        ...{ name: cost.name, value: usual(cost), unit: 'ms CPU', target: { most: 50 } },
        note: `median; worst ${Math.max(...cost.cpu).toFixed(1)} ms, ${cost.bytes} B`,
      }),
    ),
    ...largest.map(
      (cost): Figure => ({
        ...{ name: cost.name, value: least(cost), unit: 'MB more', target: { most: 32 } },
        note: `least of ${times}; most ${Math.max(...cost.growth).toFixed(0)} MB, ${cost.bytes} B`,
      }),
    ),
    {
      ...{ name: 'memory at the end', value: memory('VmRSS'), unit: 'MB', target: null },
      note: `${costs.length * times} hostile messages`,
    },
  ];
  const at = new Date().toISOString().slice(0, 16);
  console.log(asText({ at, machine: machine(), load: [loadBefore, loadNow()], figures }));
} finally {
  await world.close();
}
