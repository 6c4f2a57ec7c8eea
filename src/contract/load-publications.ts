import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import type { ElementModel } from '../exchange/contract.ts';
import { type Publication, publicationKinds, type SnapshotQuestion } from '../exchange/publication.ts';
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
  kind: z.enum(publicationKinds).default('mutations'),
  subject: z.strictObject({ kind: z.enum(['person', 'enterprise']), path }),
  asks: z
    .strictObject({
      service: path,
      version: path,
      question: z.record(z.string(), z.unknown()).default({}),
      take: path,
    })
    .optional(),
  csv: z.array(path).min(1).optional(),
});

/** From the root of a file to one change. */
const RECORD = ['Publicatie', 'Onderwerpen', 'Onderwerp'];
const CONTENT = [...RECORD, 'Inhoud'];

export type LoadedPublications = {
  readonly publications: readonly Publication[];
  readonly problems: readonly Problem[];
};

/** What is wrong with the question of a snapshot: whether it can be asked is not for its own file to say. */
export type JudgeQuestion = (publication: Publication, asks: SnapshotQuestion) => string | null;

/**
 * Every file contract below the folders: where there is a `publication.yaml`, with the schema that it names below one
 * of the schema folders. What is wrong is said in full; a publication with an error is left out.
 */
export function loadPublications(
  dirs: readonly string[],
  xsdDirs: readonly string[],
  judge: JudgeQuestion,
): LoadedPublications {
  const { problems, report } = problemList();
  const publications = new Map<string, Publication>();
  for (const file of dirs.flatMap((dir) => filesBelow(dir, (name) => name === 'publication.yaml'))) {
    const publication = readPublication(file, xsdDirs, judge, report);
    if (publication === null) continue;
    const key = `${publication.name} ${publication.version}`;
    if (publications.has(key)) report(file, 1, `${key} is already published by another publication.yaml`);
    else publications.set(key, publication);
  }
  return { publications: [...publications.values()], problems };
}

function readPublication(
  file: string,
  xsdDirs: readonly string[],
  judge: JudgeQuestion,
  report: Report,
): Publication | null {
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
  const { payload, problems } = readPaths(data, whole);
  for (const [key, text] of [...problems, ...kindProblems(data)]) say(key, text);
  if (!sound || payload === null) return null;
  const publication: Publication = {
    name: data.publication,
    version: data.version,
    prefix: data.prefix,
    root,
    schema: data.schema,
    payload,
    subject: data.subject,
    asks: data.asks ?? null,
    columns: data.csv ?? null,
    violations: schema.violations,
  };
  const problem = publication.asks && judge(publication, publication.asks);
  if (problem !== null) say(['asks'], problem);
  return sound ? publication : null;
}

type Data = z.infer<typeof shape>;
type Said = readonly [key: readonly (string | number)[], text: string];

/** What `publication.yaml` names in the model of a file, and what is not there. */
function readPaths(
  data: Data,
  whole: ElementModel,
): { readonly payload: ElementModel | null; readonly problems: readonly Said[] } {
  const record = modelAt(whole, RECORD);
  const payload = modelAt(whole, [...CONTENT, ...data.payload.split('/')]);
  if (record === null)
    return { payload, problems: [[['schema'], `${data.publication} has no ${RECORD.join('/')}`]] };
  if (payload === null || data.payload.includes('/')) {
    const names = namesIn(modelAt(whole, CONTENT));
    return {
      payload,
      problems: [[['payload'], `expected an element of ${CONTENT.join('/')}, there is ${names}`]],
    };
  }
  const problems: Said[] = [];
  const subject = modelAt(payload, data.subject.path.split('/'));
  if (!subject?.hasText)
    problems.push([['subject', 'path'], `${data.payload} holds no text at ${data.subject.path}`]);
  data.csv?.forEach((column, index) => {
    const problem = columnProblem(record, column);
    if (problem !== null) problems.push([['csv', index], problem]);
  });
  return { payload, problems };
}

/** A line of CSV has no place for why nothing could be told of somebody, who would look as if there were nothing. */
function kindProblems({ kind, asks, csv, subject }: Data): readonly Said[] {
  if (kind === 'mutations')
    return asks ? [[['asks'], 'only a publication of kind: snapshot asks a service']] : [];
  const found: Said[] = [];
  if (!asks) found.push([['asks'], 'a publication of kind: snapshot says which service it asks']);
  if (csv)
    found.push([['csv'], 'a snapshot has no CSV: a line has no place for why somebody is not told of']);
  if (subject.path.includes('/'))
    found.push([['subject', 'path'], 'the subject of a snapshot stands at the beginning of its payload']);
  return found;
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
