import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { z } from 'zod';
import type { Clock } from '../exchange/clock.ts';
import { subjectName } from '../wss/subject-name.ts';
import { issueText } from './configuration-fields.ts';
import { apply, type Desk, type Edit, type Present, withEdits } from './configuration-image.ts';
import { newMistakes, rightMistakes } from './configuration-mistakes.ts';
import { FailedError, UsageError } from './output.ts';

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

type Run = (argv: readonly string[], desk: Desk) => Promise<number>;

/** A verb whose first word says which of its sub-verbs is meant. */
export const subVerbs =
  (usage: string, runs: Readonly<Record<string, Run>>): Run =>
  async ([verb = '', ...rest], desk) => {
    const run = Object.hasOwn(runs, verb) ? runs[verb] : undefined;
    if (!run) throw new UsageError(verb === '' ? usage : `there is no ${verb} here\n\n${usage}`);
    return run(rest, desk);
  };

/** What follows a sub-verb: the options it knows, `--json`, and names. */
export function readOptions(
  argv: readonly string[],
  { one = [], many = [], yes = [] }: Readonly<Record<string, readonly string[]>>,
) {
  const options: NonNullable<ParseArgsConfig['options']> = { json: { type: 'boolean' } };
  for (const name of one) options[name] = text;
  for (const name of many) options[name] = texts;
  for (const name of yes) options[name] = { type: 'boolean' };
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options });
  const given: Values = values;
  return {
    positionals,
    json: given.json === true,
    yes: (name: string) => given[name] === true,
    one: (name: string) => {
      const value = given[name];
      return typeof value === 'string' ? value : null;
    },
    many: (name: string) => {
      const value = given[name];
      return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
    },
    /** Those of `names` that were given, by their names. */
    given: (...names: readonly string[]) =>
      Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))),
  };
}

export type Options = ReturnType<typeof readOptions>;

/** @throws UsageError with every value that is wrong, by its option */
export function shaped<T>(shape: z.ZodType<T>, raw: unknown, usage: string): T {
  const read = shape.safeParse(raw);
  if (read.success) return read.data;
  const lines = read.error.issues.map(({ path, message }) => {
    const [key = '', ...rest] = path.map(String);
    return `--${OPTION[key] ?? key}${rest.length > 0 ? ` (${rest.join('.')})` : ''}: ${issueText(message)}`;
  });
  throw new UsageError(`${lines.join('\n')}\n\n${usage}`);
}

const OPTION: Readonly<Record<string, string>> = {
  ...{ identities: 'identity', certificates: 'certificate', networks: 'network' },
};

/** The one name that a sub-verb takes. */
export function onlyName({ positionals }: Options, usage: string): string {
  const [name, ...rest] = positionals;
  if (!name || rest.length > 0) throw new UsageError(usage);
  return name;
}

export function numberIn(name: string, usage: string): number {
  if (!/^[1-9]\d{0,9}$/.test(name)) throw new UsageError(`${name}: expected a number\n\n${usage}`);
  return Number(name);
}

/** Looks whether the edits leave the configuration right, with all that they would make wrong, and carries them out. */
export async function change(desk: Desk, image: Present, edits: readonly Edit[]): Promise<readonly number[]> {
  const after = withEdits(image, edits);
  const found = [...newMistakes(image, after, desk), ...rightMistakes(after, edits, desk.clock.now())];
  if (found.length > 0)
    throw new FailedError(found.map(({ name, message }) => `${name}: ${message}`).join('\n'));
  return apply(desk, edits);
}

/** A subject as it is written, or that of the certificate in a PEM file. */
export function certificateSubject(given: string, clock: Clock): string {
  if (!existsSync(given)) {
    if (/^[A-Za-z0-9.]+=./.test(given)) return given;
    throw new UsageError(`--certificate ${given}: neither a file nor a subject such as CN=…,O=…`);
  }
  const certificate = readCertificate(given);
  if (certificate.validToDate < clock.now())
    throw new FailedError(`${given}: the certificate expired on ${certificate.validToDate.toISOString()}`);
  return subjectName(certificate);
}

function readCertificate(file: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(file));
  } catch (cause) {
    throw new UsageError(`--certificate ${file}: no certificate can be read there (PEM or DER)`, { cause });
  }
}
