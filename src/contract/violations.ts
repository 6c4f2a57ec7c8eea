import type { Contract, ElementModel, Violation } from '../exchange/contract.ts';
import { everyComplaint, type LeftOut } from '../xml/every-complaint.ts';
import type { CompiledSchema } from '../xml/schema.ts';
import { expandKey, wordingOf } from './violation-wording.ts';

const NONE: readonly Violation[] = [];

/** Finds every broken rule of an element. A valid element costs one validation and nothing else. */
export function violationFinder(schema: CompiledSchema, model: Contract['model']): Contract['violations'] {
  const leftOut: LeftOut = ({ ancestors, name, expected }) => {
    const parent = modelAt(ancestors, model);
    if (!parent) return null;
    const order = parent.children.map((child) => keyOf(child));
    const at = order.indexOf(name);
    // Nothing was left out before an element that the parent does not know, or that comes too late itself.
    return expected.find((each) => order.indexOf(each) !== -1 && order.indexOf(each) < at) ?? null;
  };
  return (element) => {
    if (schema.complaints(element).length === 0) return NONE;
    return everyComplaint(schema, element, leftOut).map(({ message, path, line }) => ({
      path,
      line,
      message: wordingOf(message),
    }));
  };
}

function modelAt(names: readonly string[], model: Contract['model']): ElementModel | null {
  const [root, ...steps] = names;
  let at = root === undefined ? null : model(expandKey(root));
  for (const step of steps) at = at?.children.find((child) => keyOf(child) === step) ?? null;
  return at;
}

const keyOf = ({ namespace, name }: ElementModel) => (namespace === '' ? name : `{${namespace}}${name}`);
