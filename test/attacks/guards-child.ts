import { makeCast } from './cast.ts';
import { sections } from './catalogue.ts';
import { craftOf } from './craft.ts';
import { guards } from './guards.ts';
import { type Bus, busWithout } from './mutated-bus.ts';

/**
 * `node guards-child.ts PART OF`: turns off one guard after the other of its part of the list, and writes a line of JSON for
 * each: which attacks got through. The first line is of a bus with every guard on.
 */
const [part = 0, of = 1] = process.argv.slice(2).map(Number);
const cast = await makeCast(new Date());
const canary = { url: 'http://127.0.0.1:9/', file: '/etc/hostname' };
const craft = craftOf('1.1', cast, canary, () => new Date());
const attacks = Object.values(sections)
  .flat()
  .map((attack) => ({ ...attack, message: attack.hostile(craft), good: attack.twin(craft) }));

async function through(bus: Bus, lines: readonly string[] | null): Promise<readonly string[]> {
  const got: string[] = [];
  for (const { line, what, twice, message } of attacks) {
    if (lines !== null && !lines.includes(line)) continue;
    if (twice) await bus(craft, message);
    if (await bus(craft, message)) got.push(`${line} ${what}`);
  }
  return got;
}

const tell = (index: number, got: readonly string[], refusedTwins: readonly string[]) =>
  process.stdout.write(`${JSON.stringify({ index, got, refusedTwins })}\n`);

const whole = await busWithout(null, cast);
const refusedTwins: string[] = [];
for (const { line, what, good } of attacks)
  if (!(await whole(craft, good))) refusedTwins.push(`${line} ${what}`);
tell(-1, await through(whole, null), refusedTwins);

for (const [index, guard] of guards.entries()) {
  if (index % of !== part) continue;
  tell(index, await through(await busWithout(guard, cast), guard.lines), []);
}
