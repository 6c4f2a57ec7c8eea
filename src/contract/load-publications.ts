import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import type { ElementModel } from '../exchange/contract.ts';
import type { Publication } from '../exchange/publication.ts';
import { readSchema } from './load-schema.ts';
import { filesBelow } from './load-services.ts';
import { modelAt } from './model-path.ts';
import { type Problem, problemList, type Report } from './problem.ts';
import { readYaml } from './yaml-file.ts';

const path = z.string().min(1);

/** What `publication.yaml` says, as it is written there. */
const shape = z.strictObject({
  publication: z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'expected a name such as PubliceerMutatiePersoon'),
  version: z.string('expected a quoted version such as "02.02"').regex(/^\d\d\.\d\d$/, 'expected NN.NN'),
  // It begins the name of every file, on whatever system that ends up.
  prefix: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'expected a word of small letters, digits and _'),
  schema: z
    .string()
    .regex(/^(?!\/)(?!.*\.\.).+\.xsd$/, 'expected the path of an .xsd below the schema folder'),
  payload: path,
  subject: z.strictObject({ kind: z.enum(['person', 'enterprise']), path }),
  csv: z.array(path).min(1).optional(),
});

/** From the root of a file to one change. */
const RECORD = ['Publicatie', 'Onderwerpen', 'Onderwerp'];
const CONTENT = [...RECORD, 'Inhoud'];

export type LoadedPublications = {
  readonly publications: readonly Publication[];
  readonly problems: readonly Problem[];
};

/**
 * Every file contract below the folders: where there is a `publication.yaml`, with the schema that it names below one
 * of the schema folders. What is wrong is said in full; a publication with an error is left out.
 */
export function loadPublications(dirs: readonly string[], xsdDirs: readonly string[]): LoadedPublications {
  const { problems, report } = problemList();
  const publications = new Map<string, Publication>();
  for (const file of dirs.flatMap((dir) => filesBelow(dir, (name) => name === 'publication.yaml'))) {
    const publication = readPublication(file, xsdDirs, report);
    if (publication === null) continue;
    const key = `${publication.name} ${publication.version}`;
    if (publications.has(key)) report(file, 1, `${key} is already published by another publication.yaml`);
    else publications.set(key, publication);
  }
  return { publications: [...publications.values()], problems };
}

function readPublication(file: string, xsdDirs: readonly string[], report: Report): Publication | null {
  const { data, lineOf } = readYaml(file, shape, report);
  if (data === null) return null;
  let sound = true;
  const say = (key: readonly (string | number)[], message: string) => {
    sound = false;
    report(file, lineOf(key), `${key.join('.')}: ${message}`);
  };
  const schemaFile = xsdDirs.map((dir) => resolve(dir, data.schema)).find((each) => existsSync(each));
  if (schemaFile === undefined) {
    say(['schema'], `${data.schema} is not below ${xsdDirs.join(', ') || 'any schema folder'}`);
    return null;
  }
  const schema = readSchema(schemaFile, xsdDirs, report);
  if (schema === null) return null;
  const root = { namespace: schema.targetNamespace, name: data.publication };
  const whole = schema.model(root);
  if (whole === null) {
    say(['publication'], `${basename(schemaFile)} declares no element ${data.publication}`);
    return null;
  }
  const record = modelAt(whole, RECORD);
  const payload = modelAt(whole, [...CONTENT, ...data.payload.split('/')]);
  if (record === null) say(['schema'], `${data.publication} has no ${RECORD.join('/')}`);
  else if (payload === null || data.payload.includes('/'))
    say(
      ['payload'],
      `expected an element of ${CONTENT.join('/')}, there is ${namesIn(modelAt(whole, CONTENT))}`,
    );
  else {
    const subject = modelAt(payload, data.subject.path.split('/'));
    if (!subject?.hasText) say(['subject', 'path'], `${data.payload} holds no text at ${data.subject.path}`);
    data.csv?.forEach((column, index) => {
      const problem = columnProblem(record, column);
      if (problem !== null) say(['csv', index], problem);
    });
  }
  if (!sound || payload === null) return null;
  return {
    name: data.publication,
    version: data.version,
    prefix: data.prefix,
    root,
    schema: data.schema,
    payload,
    subject: data.subject,
    columns: data.csv ?? null,
    violations: schema.violations,
  };
}

/** A column holds one value: of what may be there more than once, all but the first would be lost in silence. */
function columnProblem(record: ElementModel, column: string): string | null {
  let here = record;
  for (const step of column.split('/')) {
    const next = here.children.find(({ name }) => name === step);
    if (!next) return `${column}: ${here.name} has no element ${step}, there is ${namesIn(here)}`;
    if (next.repeats) return `${column}: ${step} may be there more than once, which one column cannot hold`;
    here = next;
  }
  return here.hasText ? null : `${column} holds no text`;
}

const namesIn = (model: ElementModel | null) =>
  model?.children.map(({ name }) => name).join(', ') || 'nothing';
