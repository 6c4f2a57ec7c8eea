import { resolve } from 'node:path';
import { z } from 'zod';
import { isNetwork } from './exchange/networks.ts';

/** What the values of settings look like, and what they are read as. */

export const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);
export const path = z
  .string()
  .min(1, 'must name a path')
  .transform((value) => resolve(value));
export const list = z.string().transform((value) =>
  value
    .split(':')
    .filter((part) => part !== '')
    .map((part) => resolve(part)),
);
// The colons of an address are those behind its scheme and before its port; in its path they are written %3A.
const ADDRESS = /https?:\/\/(?:\[[0-9A-Fa-f:]+\]|[^/:?#]+)(?::\d+)?(?:\/[^:]*)?/.source;
const ENTRY = new RegExp(`${ADDRESS}|[^:]+`, 'g');
const PAIR = `([^:=]+)=(${ADDRESS})`;
export const filesOrAddresses = z
  .string()
  .transform((value) =>
    (value.match(ENTRY) ?? []).map((each) => (/^https?:\/\//.test(each) ? each : resolve(each))),
  );
/** A file of issuers, and who answers for what they issued. */
export const answeredIssuers = z
  .string()
  .regex(new RegExp(`^${PAIR}(?::${PAIR})*$`), 'must be <PEM file>=<http(s) address>, separated by `:`')
  .transform((value) =>
    [...value.matchAll(new RegExp(PAIR, 'g'))].map(([, file = '', url = '']) => ({
      file: resolve(file),
      url,
    })),
  );
export const nonceDemand = z
  .enum(['required', 'optional'], 'must be required or optional')
  .transform((value) => value === 'required');
/** Hours. */
export const revocationGrace = z
  .string()
  .regex(/^(fail-closed|grace:[1-9]\d{0,3})$/, 'must be fail-closed or grace:<hours>')
  .transform((value) => Number(value.split(':')[1] ?? 0));
export const flag = z.enum(['0', '1'], 'must be 0 or 1').transform((value) => value === '1');
export const databaseUrl = z
  .string()
  .regex(
    /^(sqlite:.+|mysql:\/\/[^/]+\/.+)$/,
    'must be sqlite:<path> or mysql://user:password@host:port/database',
  );
export const redisAddress = z
  .string()
  .regex(/^rediss?:\/\/[^/]+(\/\d*)?$/, 'must be redis://[user:password@]host[:port][/database]');
export const webUrl = z
  .string()
  .regex(/^https?:\/\/[^/]+\/?$/, 'must be http(s)://host[:port], without a path')
  .transform((value) => value.replace(/\/$/, ''));

export const organisation = z
  .string()
  .regex(/^(\d{10}|\d{1,3}\/\d{1,3})$/, 'must be ten digits, or sector/institution of at most three each');

export const networkList = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .refine(
    (list) => list.every(isNetwork),
    'must be addresses or networks (192.0.2.0/24), separated by commas',
  );
