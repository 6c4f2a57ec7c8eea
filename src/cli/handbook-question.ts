import { SAMPLE_NUMBERS, sampleValues } from '../contract/sample-values.ts';
import { dialectOf } from '../dialect/dialect.ts';
import type { ElementModel, Operation } from '../exchange/contract.ts';
import type { Rules } from '../exchange/service.ts';
import { type Markup, write } from '../xml/write.ts';
import { code, type Markdown } from './markdown.ts';
import { writeSample } from './sample.ts';

/** Who asks in every sample; a day that never changes, so that the page does not either. */
const SENDER = {
  uri: 'afnemer.example/verwerker/ipdc6001-aip',
  hoedanigheid: '6001',
  organisation: '0999990420',
  legalContext: 'DEMO:SOCIAL_INQUIRY',
};
const AT = new Date('2026-01-15T08:00:00Z');
const REFERENCE = '00000000-0000-4000-8000-000000000001';

/** The Body's child of a question that holds what the schema demands, before it is signed. */
export function sampleQuestion(rules: Rules, operation: Operation, request: ElementModel): Markup {
  const dialect = dialectOf(rules);
  const model = dialect.questionModel(request);
  return dialect.writeQuestion({
    request: { ...operation.request, prefix: 'ns' },
    name: rules.name,
    version: rules.version,
    at: AT,
    sender: { ...dialect.speakAs(SENDER), reference: REFERENCE, endUser: null },
    reference: REFERENCE,
    content: writeSample(model, sampleValues(model, knownValues(rules))),
  });
}

/** What the rules tell of a question's values. */
function knownValues({ subject, language, sources }: Rules): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (subject) values.set(subject.path, SAMPLE_NUMBERS[subject.kind]);
  if (language?.allowed[0] !== undefined) values.set(language.path, language.allowed[0]);
  const chosen = sources?.options[0]?.value ?? null;
  if (sources?.by && chosen !== null) values.set(sources.by, chosen);
  return values;
}

export const questionAsXml = (question: Markup): Markdown => code('xml', indented(write(question)));

/** Writes each element on a line of its own; the text is what `write` wrote, in which no value holds a bracket. */
function indented(xml: string): string {
  const lines: string[] = [];
  let depth = 0;
  for (const [, tag = '', text = ''] of xml.matchAll(/(<[^>]+>)([^<]*)/g)) {
    const closes = tag.startsWith('</');
    if (closes) depth--;
    const last = lines.at(-1) ?? '';
    const closesText = closes && last.trimStart().startsWith(`<${tag.slice(2, -1)}`) && !last.endsWith(tag);
    if (closesText) lines[lines.length - 1] = `${last}${tag}`;
    else lines.push(`${'  '.repeat(depth)}${tag}${text}`);
    if (!closes) depth++;
  }
  return lines.join('\n');
}

/** `kruispunt call` fills in a demo person, the language and the source; the rest of what the schema demands is set. */
export function callCommand(
  { rules, operations }: { readonly rules: Rules; readonly operations: readonly Operation[] },
  operation: Operation,
  request: ElementModel,
): string {
  const { subject, language, sources } = rules;
  const filled = new Set([
    subject?.kind === 'person' ? subject.path : null,
    language?.path ?? null,
    sources?.options[0]?.value ? sources.by : null,
  ]);
  const model = dialectOf(rules).questionModel(request);
  const sets = [...sampleValues(model, knownValues(rules))]
    .filter(([path]) => !filled.has(path))
    .map(([path, value]) => `--set ${path}=${/^[\w.:-]*$/.test(value) ? value : `'${value}'`}`);
  const named = operations.length > 1 ? [`--operation ${operation.name}`] : [];
  const words = [`npx kruispunt call ${rules.name} --version ${rules.version}`, ...named, ...sets];
  return words.join(' \\\n    ');
}
