import { z } from 'zod';
import type { Rules } from '../exchange/service.ts';
import { checkCodeRules, codeRuleShape } from './code-rules.ts';
import { controlsOf, controlsShape } from './controls-shape.ts';
import { type Problem, problemList, type Report } from './problem.ts';
import { checkReference } from './reference-rules.ts';
import { readYaml } from './yaml-file.ts';

// Milliseconds; as long as a source gets by itself.
const DEADLINE = 8_000;

const partial = z.enum(['warn', 'refuse']).optional();
const deadline = z.number().int().min(50).max(15_000).optional();

/** What `service.yaml` says, as it is written there. */
const ruleShape = z.strictObject({
  service: z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'expected a name such as GeefPersoon'),
  version: z.string('expected a quoted version such as "02.02"').regex(/^\d\d\.\d\d$/, 'expected NN.NN'),
  kind: z.enum(['read', 'write']),
  dialect: z.enum(['magda', 'ksz', 'plain']),
  subject: z.strictObject({ kind: z.enum(['person', 'enterprise']), path: z.string().min(1) }).optional(),
  language: z
    .strictObject({ path: z.string().min(1), allowed: z.array(z.string().regex(/^[a-z]{2}$/)).min(1) })
    .optional(),
  controls: controlsShape.prefault({}),
  codes: z.array(codeRuleShape).default([]),
  sources: z
    .strictObject({
      by: z.string().min(1).optional(),
      reference: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected a kind of data, as in the reference repertory')
        .optional(),
      merge: z.string().min(1).optional(),
      partial,
      deadline,
      options: z
        .array(
          z.strictObject({
            value: z.string().min(1).optional(),
            source: z.string().min(1),
            origin: z.string().regex(/^[0-9A-Za-z_]{1,5}$/, 'expected 1 to 5 letters, digits or _'),
            resource: z.string().startsWith('/', 'expected a path that begins with /').optional(),
          }),
        )
        .min(1),
    })
    .optional(),
  answer: z
    .strictObject({
      filtered: z.string().min(1).optional(),
      subject: z.string().min(1).optional(),
      by: z
        .string()
        .regex(/^[a-z][a-z0-9-]*$/, 'expected the name of a folder below src/services')
        .optional(),
      partial,
      deadline,
    })
    .prefault({}),
});

export type RulesFile = {
  /** Null when something is wrong with the file itself. */
  readonly rules: Rules | null;
  readonly problems: readonly Problem[];
  /** Line of what stands at a path of keys and indexes, or of the nearest thing around it that does stand there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/** Reads a `service.yaml` and says everything that is wrong with it in itself; the contract is not looked at. */
export function readRulesFile(file: string): RulesFile {
  const { problems, report } = problemList();
  const { data, lineOf } = readYaml(file, ruleShape, report);
  if (data === null) return { rules: null, problems, lineOf };
  const { service: name, version, kind, dialect, subject, language, controls, codes, sources, answer } = data;
  const rules: Rules = {
    name,
    version,
    kind,
    dialect,
    subject: subject ?? null,
    language: language ?? null,
    controls: controlsOf(controls, { subject: subject !== undefined }),
    codes,
    sources: sources
      ? {
          by: sources.by ?? null,
          reference:
            sources.reference === undefined
              ? null
              : {
                  dataType: sources.reference,
                  merge: sources.merge ?? '',
                  partial: sources.partial ?? 'refuse',
                  deadline: sources.deadline ?? DEADLINE,
                },
          options: sources.options.map(({ value, source, origin, resource }) => ({
            value: value ?? null,
            source,
            origin,
            resource: resource ?? null,
          })),
        }
      : null,
    code: answer.by ?? null,
    together: answer.partial ? { partial: answer.partial, deadline: answer.deadline ?? DEADLINE } : null,
    filtered: answer.filtered ?? null,
    answerSubject: answer.subject ?? null,
  };
  const say = (key: readonly PropertyKey[], message: string) =>
    report(file, lineOf(key), `${key.map(String).join('.')}: ${message}`);
  checkSources(rules, file, lineOf, report);
  checkReference(rules, sources ?? {}, say);
  checkDialect(rules, file, lineOf, report);
  checkCodeRules(rules, say);
  return { rules: problems.length > 0 ? null : rules, problems, lineOf };
}

/** What one family of contracts has and another has not. */
function checkDialect(rules: Rules, file: string, lineOf: RulesFile['lineOf'], report: Report): void {
  const { dialect, filtered, sources } = rules;
  if (dialect !== 'plain' && filtered === null)
    report(
      file,
      lineOf(['answer']),
      'answer.filtered: expected the element that grants filter, nothing is there',
    );
  if (dialect === 'plain' && filtered !== null) {
    const text = 'answer.filtered: a plain contract has its whole answer filtered; remove it';
    report(file, lineOf(['answer', 'filtered']), text);
  }
  if (dialect === 'magda') return;
  if (rules.controls.period?.outside === 'clip') {
    const key = ['controls', 'period', 'outside'];
    report(
      file,
      lineOf(key),
      `${key.join('.')}: an answer of a ${dialect} contract cannot say what was cut off; refuse instead`,
    );
  }
  sources?.options.forEach(({ resource }, index) => {
    if (resource === null) return;
    const key = ['sources', 'options', index, 'resource'];
    report(file, lineOf(key), `${key.join('.')}: a source of a ${dialect} contract speaks SOAP; remove it`);
  });
}

function checkSources(rules: Rules, file: string, lineOf: RulesFile['lineOf'], report: Report): void {
  const { sources, code, together, controls, subject } = rules;
  if (together !== null && code === null)
    report(file, lineOf(['answer', 'partial']), 'answer.partial: one source has no parts; remove it');
  if ((sources === null) === (code === null))
    report(file, lineOf(['answer']), 'answer.by: expected either this or sources, and not both');
  if (controls.registration && subject === null)
    report(file, lineOf(['controls']), 'controls.registration: expected a subject to look for');
  if (sources === null) return;
  const values = new Set<string>();
  sources.options.forEach(({ value }, index) => {
    const line = lineOf(['sources', 'options', index]);
    if (sources.by === null && sources.reference === null && value !== null)
      report(file, line, 'sources.by: say which path holds this value');
    if (sources.by !== null && value === null) {
      report(
        file,
        line,
        `sources.options.${index}.value: expected the value of ${sources.by} that chooses it`,
      );
    }
    if (value === null) return;
    if (values.has(value)) report(file, line, `sources.options.${index}.value: ${value} is there twice`);
    values.add(value);
  });
  if (sources.by === null && sources.reference === null && sources.options.length > 1) {
    const text = 'sources.by: expected (or sources.reference), since there is more than one source';
    report(file, lineOf(['sources', 'options']), text);
  }
}
