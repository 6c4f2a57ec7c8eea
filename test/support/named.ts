import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** Whether somebody is named where nobody may be. */

/** Tables that must know about whom they are, for as long as they have work with it: docs/security.md. */
const REGISTERS = new Set([
  ...['registration', 'registration_history', 'registration_lock', 'population_member', 'source_reference'],
  ...['mutation', 'question'],
]);

/** The numbers of everybody in a demo world. */
export function demoNumbers(folder: string): readonly string[] {
  const persons: readonly { readonly insz: string }[] = JSON.parse(
    readFileSync(join(folder, 'demo', 'persons.json'), 'utf8'),
  );
  return persons.map(({ insz }) => insz);
}

export type Texts = Readonly<Record<string, string>>;

/** The places among these where one of the numbers stands, with the number. */
export const namedIn = (texts: Texts, numbers: readonly string[]): readonly string[] =>
  Object.entries(texts).flatMap(([where, text]) =>
    numbers.filter((number) => text.includes(number)).map((number) => `${where}: ${number}`),
  );

type Sql = (statement: string) => Promise<readonly Record<string, unknown>[]>;

/** Every row of every table but the registers, by table. */
export async function tableTexts(sql: Sql, tables: readonly string[]): Promise<Texts> {
  const told = tables.filter((name) => !REGISTERS.has(name));
  const rows = told.map(async (name) => [name, JSON.stringify(await sql(`SELECT * FROM ${name}`))] as const);
  return Object.fromEntries(await Promise.all(rows));
}

/** Every key of a Redis, with all it holds. */
export async function redisTexts(url: string): Promise<Texts> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  const texts: Record<string, string> = {};
  try {
    for (const key of await redis.keys('*')) texts[`Redis ${key}`] = `${key} ${await heldBy(redis, key)}`;
    return texts;
  } finally {
    redis.disconnect();
  }
}

async function heldBy(redis: Redis, key: string): Promise<string> {
  const kind = await redis.type(key);
  if (kind === 'none') return ''; // gone since it was listed
  if (kind === 'string') return (await redis.get(key)) ?? '';
  if (kind === 'hash') return JSON.stringify(await redis.hgetall(key));
  if (kind === 'list') return (await redis.lrange(key, 0, -1)).join(' ');
  if (kind === 'set') return (await redis.smembers(key)).join(' ');
  if (kind === 'zset') return (await redis.zrange(key, 0, -1)).join(' ');
  if (kind === 'stream') return JSON.stringify(await redis.xrange(key, '-', '+'));
  throw new Error(`${key} is a ${kind}, of which nothing is known here`);
}
