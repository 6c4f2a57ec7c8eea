import type { Content } from '../contract/content.ts';
import { contentIfRead, factsOf } from '../contract/model.ts';
import type { ElementModel } from '../exchange/contract.ts';
import { cell, type Markdown, tableOf } from './markdown.ts';

const MOST_VALUES = 12;

/** Everything that an element may hold, by path below it, as its schema declares it. */
export function elementTable(model: ElementModel): Markdown {
  const rows = rowsOf(model, '', []);
  if (rows.length === 0) return ['It holds nothing.'];
  return tableOf(['Path', 'Holds', 'Occurs', 'What'], rows);
}

type Row = readonly string[];

/** @param around the content models on the way here: a type that contains itself is told once */
function rowsOf(model: ElementModel, path: string, around: readonly Content[]): readonly Row[] {
  const content = contentIfRead(model);
  const inner = content ? [...around, content] : around;
  const prefix = path === '' ? '' : `${path}/`;
  const attributes = model.attributes.map(({ name, required }) => [
    `\`${prefix}@${name}\``,
    'attribute',
    required ? '1' : '0..1',
    '',
  ]);
  const children = model.children.flatMap((child) => {
    const at = `${prefix}${child.name}`;
    const own = contentIfRead(child);
    const again = own?.particle && inner.includes(own);
    const row = [`\`${at}\``, kindOf(child, own), occurrence(child), meaning(child)];
    return again ? [[...row.slice(0, 3), 'the same again as around it']] : [row, ...rowsOf(child, at, inner)];
  });
  const open = content?.particle && hasAny(content.particle);
  const undeclared = open
    ? [[`\`${prefix}…\``, 'undeclared content', '0..n', 'never shown, whatever the grant']]
    : [];
  return [...attributes, ...children, ...undeclared];
}

const hasAny = (particle: NonNullable<Content['particle']>): boolean =>
  particle.kind === 'any' || (particle.kind !== 'element' && particle.parts.some(hasAny));

function kindOf(model: ElementModel, content: Content | null): string {
  const { type, base, values } = factsOf(model);
  if (content?.text === 'mixed') return 'text and elements';
  if (!model.hasText) return model.children.length > 0 ? 'elements' : 'nothing';
  const name =
    type === '' || type.startsWith('xs:') ? `xs:${base ?? 'string'}` : `${type} (xs:${base ?? 'string'})`;
  if (values.length === 0) return name;
  const more = values.length > MOST_VALUES ? ` and ${values.length - MOST_VALUES} more` : '';
  const listed = values.slice(0, MOST_VALUES).map((value) => `\`${cell(value)}\``);
  return `${name}: ${listed.join(' ')}${more}`;
}

const occurrence = ({ optional, repeats }: ElementModel) =>
  repeats ? `${optional ? 0 : 1}..n` : optional ? '0..1' : '1';

/** What the schema says, without the element's own name at the head of it. */
function meaning(model: ElementModel): string {
  const said = factsOf(model).documentation;
  const head = `${model.name}: `;
  return cell(said.startsWith(head) ? said.slice(head.length) : said);
}
