import type { ElementModel } from '../exchange/contract.ts';
import { Refusal } from '../exchange/refusal.ts';
import { attribute, type Content, element, type Markup, type Written } from '../xml/write.ts';

/**
 * A JSON image of an element, written as the schema orders it: property names are local names, arrays are repeated
 * elements, `@Name` an attribute, `#text` the character data of an element that has attributes too.
 *
 * @throws Refusal 60007 when the image holds what the schema does not know; nothing is dropped in silence
 */
export function fromJson(model: ElementModel, image: unknown): Markup {
  return fill(model, image, model.name);
}

function fill(model: ElementModel, image: unknown, path: string): Markup {
  const name = { namespace: model.namespace, name: model.name, prefix: model.namespace === '' ? '' : 'a' };
  if (isValue(image)) return element(name, String(image));
  if (!isObject(image)) throw strange(path, 'neither an object nor a value');
  checkKeys(model, image, path);
  const text = image['#text'] ?? null;
  const content: Content[] = text === null ? [] : [String(text)];
  for (const child of model.children) {
    const value = image[child.name] ?? [];
    for (const each of Array.isArray(value) ? value : [value])
      content.push(fill(child, each, `${path}/${child.name}`));
  }
  return element(name, content, attributesOf(model, image));
}

function attributesOf(model: ElementModel, image: Record<string, unknown>): readonly Written[] {
  return model.attributes.flatMap(({ namespace, name }) => {
    const value = image[`@${name}`] ?? null;
    return value === null
      ? []
      : [attribute({ namespace, name, prefix: namespace === '' ? '' : 'b' }, String(value))];
  });
}

function checkKeys(model: ElementModel, image: Record<string, unknown>, path: string): void {
  for (const key of Object.keys(image)) {
    const known = key.startsWith('@')
      ? model.attributes.some(({ name }) => name === key.slice(1))
      : key === '#text' || model.children.some(({ name }) => name === key);
    if (!known) throw strange(`${path}/${key}`, 'not in the schema');
  }
}

const isValue = (image: unknown): image is string | number | boolean =>
  typeof image === 'string' || typeof image === 'number' || typeof image === 'boolean';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const strange = (path: string, what: string) => new Refusal('60007', `JSON at ${path}: ${what}`);
