import type { ElementModel } from '../exchange/contract.ts';
import type { QName } from '../xml/names.ts';
import { element, type Markup } from '../xml/write.ts';
import { UsageError } from './output.ts';

/**
 * The content of a question, filled with the values that are given by path (`Criteria/INSZ`), in the order of the
 * schema.
 *
 * @throws UsageError when a value is for a path that the schema does not have, or one that it demands is missing
 */
export function writeSample(model: ElementModel, values: ReadonlyMap<string, string>): Markup {
  const used = new Set<string>();
  const markup = fill(model, '', values, used);
  for (const path of values.keys()) {
    if (!used.has(path))
      throw new UsageError(`--set ${path}: the question has no such element that holds text`);
  }
  if (!markup) throw new UsageError('the question would be empty: give values with --set path=value');
  return markup;
}

function fill(
  model: ElementModel,
  path: string,
  values: ReadonlyMap<string, string>,
  used: Set<string>,
): Markup | null {
  const value = values.get(path);
  if (value !== undefined && model.hasText) {
    used.add(path);
    return element(nameOf(model), value);
  }
  const wanted =
    path === '' || !model.optional || [...values.keys()].some((each) => each.startsWith(`${path}/`));
  if (!wanted) return null;
  if (model.hasText) throw new UsageError(`the question needs a value: --set ${path}=…`);
  const below = (child: ElementModel) => (path === '' ? child.name : `${path}/${child.name}`);
  return element(
    nameOf(model),
    model.children.map((child) => fill(child, below(child), values, used)),
  );
}

const nameOf = ({ name, namespace }: ElementModel): QName => ({
  name,
  namespace,
  prefix: namespace === '' ? '' : 'ns',
});
