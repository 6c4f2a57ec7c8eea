import { Pool } from 'undici';
import { type Asker, signQuestions } from '../test/support/signed-questions.ts';
import type { RunningBus } from './bus.ts';
import { cpuMicros } from './cpu.ts';
import { hostileMessages } from './hostile-messages.ts';

export type Cost = {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds of the bus's CPU, the mean and the dearest of the times it was sent. */
  readonly mean: number;
  readonly worst: number;
};

const TIMES = 10;
/** Milliseconds of CPU after which a message is not sent again: how dear it is is known by then. */
const ENOUGH = 1000;
const PATH = '/GeefPersoonDienst-02.02/soap/WebService';
const HEADERS = { 'content-type': 'text/xml; charset=utf-8' };

/**
 * What the started bus pays to refuse each hostile message.
 *
 * @throws Error when one is not refused, or when the bus does not answer a good question after it
 */
export async function hostileCosts(bus: RunningBus, asker: Asker, insz: string): Promise<readonly Cost[]> {
  const pool = new Pool(bus.url, { connections: 1 });
  const post = async (bytes: Uint8Array) => {
    const { body } = await pool.request({ method: 'POST', path: PATH, headers: HEADERS, body: bytes });
    return body.text();
  };
  const isAnswered = (answer: string) => answer.includes('<Persoon');
  const [question] = await signQuestions(asker, insz, 1);
  const messages = hostileMessages(Buffer.from(question?.bytes ?? []).toString());
  const costs: Cost[] = [];
  for (const { name, bytes } of messages) {
    const times: number[] = [];
    while (times.length < TIMES && sum(times) < ENOUGH) {
      const before = cpuMicros(bus.pid);
      const answer = await post(bytes);
      times.push((cpuMicros(bus.pid) - before) / 1000);
      if (isAnswered(answer) || !/Fault|Uitzondering/.test(answer))
        throw new Error(`${name} was not refused`);
    }
    const [good] = await signQuestions(asker, insz, 1);
    if (!good || !isAnswered(await post(good.bytes))) throw new Error(`no answer after ${name}`);
    const mean = sum(times) / times.length;
    costs.push({ name, bytes: bytes.length, mean, worst: Math.max(...times) });
  }
  await pool.close();
  return costs;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
