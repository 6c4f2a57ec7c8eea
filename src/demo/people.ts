import { readFileSync } from 'node:fs';
import { z } from 'zod';

const behaviours = [
  'answer',
  'unknown',
  'replaced',
  'slow',
  'down',
  'wrong',
  'invalid',
  'fault',
  'truncated',
] as const;

const person = z.strictObject({
  insz: z.string().regex(/^\d{11}$/),
  note: z.string(),
  behaviour: z.enum(behaviours),
  replacedBy: z.string().optional(),
  /** JSON image of the answer's Persoon. */
  person: z.record(z.string(), z.unknown()).nullable(),
});

const enterprise = z.strictObject({ ondernemingsnummer: z.string().regex(/^\d{10}$/), note: z.string() });

export type DemoPerson = z.infer<typeof person>;

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`data/${name}`, import.meta.url), 'utf8'));

/** The synthetic subjects that the demo sources know, each with how its source behaves when asked about it. */
export const demoPersons = (): readonly DemoPerson[] => z.array(person).parse(read('persons.json'));

export const demoEnterprises = () => z.array(enterprise).parse(read('enterprises.json'));

const images = z.record(z.string(), z.record(z.string(), z.unknown()));

/** JSON images of the Gezinsleden in which a person is, by INSZ. */
export const demoHouseholds = () => images.parse(read('households.json'));

/** JSON images of an Onderneming with all its blocks, by number. */
export const demoEnterpriseImages = () => images.parse(read('enterprise-images.json'));
