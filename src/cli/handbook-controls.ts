import type { PeriodControl } from '../exchange/controls.ts';
import type { CodeRule, Rules, SourceOption, Together } from '../exchange/service.ts';
import { cell, type Markdown } from './markdown.ts';

/** What `service.yaml` says of each control, in words. A grant may say otherwise for its party. */
export function controlLines({ controls, subject }: Rules): Markdown {
  const { registration, population, period, throttle } = controls;
  return [
    registration
      ? '- **registration**: the party must have a file on the subject today.'
      : `- **registration**: none is demanded${subject ? ', unless a grant does' : ''}.`,
    population
      ? '- **population**: a grant that is limited to a target population is held to it.'
      : '- **population**: target populations of grants are passed over.',
    period === null
      ? '- **period**: the question says nothing of a period that is held to a grant.'
      : `- **period**: ${periodText(period)}`,
    throttle === null
      ? '- **throttle**: as often as the party likes, unless its grant says how often.'
      : `- **throttle**: at most ${throttle.max} questions of a party in ${throttle.within} ms.`,
  ];
}

function periodText({ paths, whole, lastDay, outside }: PeriodControl): string {
  const days =
    'on' in paths
      ? `the question is about the day at \`${paths.on}\``
      : `the question is about the days from \`${paths.begin}\` until \`${paths.end}\`, and without a last day ${
          lastDay === 'today' ? 'until today' : 'without end'
        }`;
  const all = whole === null ? '' : `; a flag at \`${whole}\` asks for all there ever was`;
  const rest = outside === 'refuse' ? 'refuses the question' : 'is cut off, and the answer says so';
  return `${days}${all}. What lies outside the days that may be consulted ${rest}.`;
}

/** Who answers, and how that is chosen. */
export function answeredBy({ sources, code, together }: Rules): Markdown {
  if (sources === null && together === null) return [`The bus answers this itself (\`${code ?? ''}\`).`];
  if (sources === null || code !== null)
    return [
      `An orchestration: the bus puts the answer together (\`${code ?? ''}\`) from those of other services, each asked under the party's own grant for it.${togetherText(together)}`,
    ];
  const [only, ...others] = sources.options;
  if (only && others.length === 0 && sources.by === null) return [`Always ${sourceText(only)}.`];
  return [
    `The value at \`${sources.by ?? ''}\` in the question chooses the source:`,
    '',
    ...sources.options.map((option) => `- \`${option.value ?? ''}\`: ${sourceText(option)}`),
  ];
}

function togetherText(together: Together | null): string {
  if (together === null) return '';
  const { partial, deadline } = together;
  const failing = partial === 'warn' ? 'is left out, and a WAARSCHUWING names it' : 'refuses the whole';
  return ` All of them together may take ${deadline} ms; a part that fails ${failing}.`;
}

const sourceText = ({ source, origin, resource }: SourceOption) =>
  `source \`${source}\` (Oorsprong ${origin})${resource === null ? '' : `, over REST its resource \`${resource}\``}`;

export const codeLines = (codes: readonly CodeRule[]): Markdown =>
  codes.map((rule) => {
    const by = `table \`${cell(rule.table)}\` of source \`${rule.source}\``;
    if (rule.in === 'error') return `- the numbers of its errors, by ${by}`;
    const description =
      rule.in === 'answer' && rule.description !== null ? `, its description at \`${rule.description}\`` : '';
    return `- in the ${rule.in} \`${rule.path}\`, by ${by}${description}`;
  });
