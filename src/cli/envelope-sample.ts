import { readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const sending = z
  .strictObject({
    /** `template`: the envelope lays out its own signature, to be filled in; `none`: it goes as it is. */
    sign: z.enum(['strict', 'magda-2.0', 'header-signature', 'template', 'none']).default('strict'),
    soap: z.enum(['1.1', '1.2']).default('1.1'),
    path: z.string().startsWith('/').optional(),
    contentType: z.string().nullable().default('text/xml; charset=utf-8'),
    soapAction: z.string().nullable().default('""'),
    encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be']).default('utf-8'),
    /** `strict` only: to the certificate that the bus offers, after it was signed. */
    encrypt: z.boolean().default(false),
    /** Changes to the text after it was signed. */
    after: z.array(z.strictObject({ find: z.string().min(1), put: z.string() })).default([]),
  })
  .refine(({ sign, encrypt }) => !encrypt || sign === 'strict', {
    path: ['encrypt'],
    message: 'only what is signed as strict can be encrypted',
  });

const expectation = z.strictObject({
  http: z.number().int().default(200),
  /** Code of the refusal, with its level; absent: the question is answered. */
  code: z.string().optional(),
  level: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
  /** Codes of warnings and notes beside the answer. */
  notices: z.array(z.string()).default([]),
  /** Whether the answer goes encrypted to whoever signed. */
  encrypted: z.boolean().default(false),
  /** Text by path below the reply's root element. */
  values: z.record(z.string(), z.string()).default({}),
  /** Paths below the reply's root element where nothing may be. */
  absent: z.array(z.string()).default([]),
});

const sample = z.strictObject({
  about: z.string(),
  as: z.string().default('afnemer'),
  send: sending.prefault({}),
  expect: expectation.prefault({}),
});

/** One sample envelope: what is sent, how, and what must come back. */
export type Sample = z.infer<typeof sample> & { readonly name: string; readonly envelope: string };

/**
 * Every pair of `<name>.xml` and `<name>.yaml` in a folder.
 *
 * @throws Error that names the file, the key and what was expected there
 */
export function readSamples(folder: string): readonly Sample[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  return files.sort().map((file) => {
    const result = sample.safeParse(parse(readFileSync(resolve(folder, file), 'utf8')));
    if (!result.success) {
      const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      throw new Error(`${resolve(folder, file)}: ${issues.join('; ')}`);
    }
    const envelope = readFileSync(resolve(folder, file.replace(/\.yaml$/, '.xml')), 'utf8');
    return { ...result.data, name: basename(file, '.yaml'), envelope };
  });
}
