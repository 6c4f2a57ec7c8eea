import type { Element } from '../exchange/element.ts';
import { engine } from './engine.ts';
import { nodePaths } from './node-path.ts';
import { nameOf, node } from './nodes.ts';
import type { CompiledSchema, SchemaComplaint } from './schema.ts';
import { treeElement } from './tree.ts';

/** A complaint in libxml2's words, on a place in the message. `path` begins at the validated element. */
export type PlacedComplaint = { readonly message: string; readonly path: string; readonly line: number };

/** An element that its parent does not allow where it stands. Names are `{namespace}name`, or `name` for none. */
export type Misplaced = {
  /** Names from the validated element down to the parent. */
  readonly ancestors: readonly string[];
  readonly name: string;
  readonly expected: readonly string[];
};

/** Which of the expected elements was left out before this one; null when this one itself is what is wrong. */
export type LeftOut = (misplaced: Misplaced) => string | null;

const ROUNDS = 20;
const LIMIT = 50;
/**
 * Elements that are looked at in all rounds together; the first round always runs. What a refused message may cost is
 * bounded by work and not by time, so that a sender is told the same however busy the machine is.
 */
const WORK = 20_000;

/**
 * All that is wrong with an element that is known to be invalid. libxml2 passes over the rest of a parent once one of
 * its children is out of place; so that child is taken out, or the one that was forgotten is put before it, and the
 * rest is looked at again. The tree is as it was when this returns, and nobody else can look at it in between.
 */
export function everyComplaint(
  schema: CompiledSchema,
  element: Element,
  leftOut: LeftOut,
): readonly PlacedComplaint[] {
  const root = treeElement(element).pointer;
  const rounds = Math.max(1, Math.min(ROUNDS, Math.floor(WORK / elementsIn(root))));
  const found = new Map<string, SchemaComplaint>();
  const patient = new Patient(root);
  try {
    for (let round = 0; round < rounds; round++) {
      const complaints = schema.complaintsAt(root).filter((each) => !patient.isOurDoing(each));
      for (const each of complaints) addOnce(found, each);
      const misplaced = complaints.filter(isMisplaced);
      if (misplaced.length === 0 || found.size >= LIMIT) break;
      for (const each of misplaced) patient.mend(each, leftOut);
    }
  } finally {
    patient.restore();
  }
  const paths = nodePaths(root);
  return [...found.values()]
    .slice(0, LIMIT)
    .map(({ message, pointer }) => ({ message, path: paths.pathOf(pointer), line: paths.lineOf(pointer) }))
    .sort((a, b) => a.line - b.line);
}

/** The element itself and those below it, as far as it matters: counting ends where one round is all there will be. */
function elementsIn(root: number): number {
  let count = 1;
  const open = [node.children(root)];
  while (open.length > 0 && count <= WORK) {
    const at = open.pop() ?? 0;
    if (at === 0) continue;
    open.push(node.next(at));
    if (!node.isElement(at)) continue;
    count += 1;
    open.push(node.children(at));
  }
  return count;
}

const NOT_EXPECTED = 'This element is not expected.';
const isMisplaced = ({ message }: SchemaComplaint) => message.includes(NOT_EXPECTED);

/** An element that is out of place is so once, however many others turn out to be expected before it. */
function addOnce(found: Map<string, SchemaComplaint>, complaint: SchemaComplaint): void {
  const key = `${complaint.pointer} ${isMisplaced(complaint) ? NOT_EXPECTED : complaint.message}`;
  if (!found.has(key)) found.set(key, complaint);
}

const MISSING = 'Missing child element(s).';

/** The names in libxml2's list of what it expected; wildcards are left out. */
export function expectedNames(message: string): readonly string[] {
  const list = /Expected is (?:one of )?\( (.*) \)\.$/s.exec(message)?.[1] ?? '';
  return list
    .split(', ')
    .filter((name) => name !== '' && !name.includes('#') && !name.includes('*') && name !== '...');
}

/** A tree under the knife: what was taken out and put in, so that it can be undone. */
class Patient {
  readonly #root: number;
  readonly #undo: (() => void)[] = [];
  readonly #added = new Set<number>();
  readonly #removed = new Map<number, Set<string>>();

  constructor(root: number) {
    this.#root = root;
  }

  /** True for complaints that would not be there had we left the tree alone. */
  isOurDoing({ pointer, message }: SchemaComplaint): boolean {
    for (let at = pointer; at !== 0 && at !== this.#root; at = node.parent(at)) {
      if (this.#added.has(at)) return true;
    }
    const removed = this.#removed.get(pointer);
    return !!removed && message.includes(MISSING) && expectedNames(message).some((name) => removed.has(name));
  }

  mend({ pointer, message }: SchemaComplaint, leftOut: LeftOut): void {
    const parent = node.parent(pointer);
    if (parent === 0 || pointer === this.#root) return;
    const ancestors: string[] = [];
    for (let at = parent; ; at = node.parent(at)) {
      ancestors.unshift(nameOf(at));
      if (at === this.#root) break;
    }
    const name = nameOf(pointer);
    const expected = expectedNames(message);
    const meant = expected.find((each) => localName(each) === localName(name));
    const missing = meant ?? leftOut({ ancestors, name, expected });
    if (missing !== null) this.#put(missing, pointer);
    // One in a wrong namespace is both in the wrong place and absent from the right one.
    if (missing === null || meant !== undefined) this.#take(pointer, parent);
  }

  #put(name: string, before: number): void {
    const close = name.lastIndexOf('}');
    const added = engine.xmlNewDocNode(node.document(before), 0, name.slice(close + 1));
    // Declared on the new element itself, so that it goes when the element goes.
    if (close !== -1) engine.xmlSetNs(added, engine.xmlNewNs(added, name.slice(1, close), 'added'));
    engine.xmlAddPrevSibling(before, added);
    this.#added.add(added);
    this.#undo.push(() => {
      engine.xmlUnlinkNode(added);
      engine.xmlFreeNode(added);
    });
  }

  #take(pointer: number, parent: number): void {
    const next = node.next(pointer);
    const names = this.#removed.get(parent) ?? new Set();
    this.#removed.set(parent, names.add(nameOf(pointer)));
    engine.xmlUnlinkNode(pointer);
    this.#undo.push(() => {
      if (next !== 0) engine.xmlAddPrevSibling(next, pointer);
      else engine.xmlAddChild(parent, pointer);
    });
  }

  restore(): void {
    for (const undo of this.#undo.reverse()) undo();
  }
}

const localName = (name: string) => name.slice(name.lastIndexOf('}') + 1);
