import type { AttributeModel, ElementModel } from '../exchange/contract.ts';
import type { Particle } from './content.ts';
import { contentOf } from './model.ts';

/** What of an element may be seen: only what its schema declares, never more. */
export type Visibility = {
  readonly name: string;
  readonly namespace: string;
  readonly model: ElementModel;
  /** By `{namespace}name`, or `name` for none. */
  readonly children: ReadonlyMap<string, Visibility>;
  readonly attributes: ReadonlySet<string>;
  readonly text: boolean;
  /** Everything that is declared below is visible. */
  readonly whole: boolean;
  /** The schema lets undeclared content in somewhere below (xs:any, xs:anyAttribute), which is never visible. */
  readonly open: boolean;
};

type Grant = {
  readonly model: ElementModel;
  readonly children: Map<string, Grant>;
  readonly attributes: Set<string>;
  text: boolean;
  whole: boolean;
};

/**
 * Turns granted paths below an element into what may be seen of it.
 *
 * `A/B` shows element B and its text, without attributes or children; `A/B/@c` one attribute; `A/B/**` all that is
 * declared for B and below; `**` everything. Elements on the way are shown without their own text, attributes and
 * other children. An element that would not be valid without something that is not granted is not shown either, and
 * a problem says so: what leaves must satisfy the contract.
 */
export function compileVisibility(
  model: ElementModel,
  paths: readonly string[],
): { readonly visibility: Visibility; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const root = grantOf(model);
  for (const path of paths) {
    const problem = addPath(root, path);
    if (problem !== null) problems.push(problem);
  }
  const closed = close(root, [], problems);
  return {
    visibility: closed ?? { ...shownOf(root, new Map()), attributes: new Set(), text: false },
    problems,
  };
}

/**
 * What the same paths reach on their own: for what comes in, which a schema has held as a whole before it is asked
 * who may write what of it. A path that the schema does not know reaches nothing.
 */
export function compileReach(model: ElementModel, paths: readonly string[]): Visibility {
  const root = grantOf(model);
  for (const path of paths) addPath(root, path);
  return reach(root);
}

const reach = (grant: Grant): Visibility =>
  grant.whole
    ? wholeOf(grant.model)
    : shownOf(grant, new Map([...grant.children].map(([key, child]) => [key, reach(child)])));

const grantOf = (model: ElementModel): Grant => ({
  model,
  children: new Map(),
  attributes: new Set(),
  text: false,
  whole: false,
});

function addPath(root: Grant, path: string): string | null {
  const steps = path.split('/');
  const last = steps.pop() ?? '';
  let at = root;
  for (const step of last === '**' || last.startsWith('@') ? steps : [...steps, last]) {
    const name = localName(step);
    const model = at.model.children.find((child) => child.name === name);
    if (!model) return `${path}: ${at.model.name} has no element ${step || '(empty step)'} in the schema`;
    const next = at.children.get(keyOf(model)) ?? grantOf(model);
    at.children.set(keyOf(model), next);
    at = next;
  }
  if (last === '**') at.whole = true;
  else if (!last.startsWith('@')) at.text = true;
  else {
    const name = localName(last.slice(1));
    const attribute = at.model.attributes.find((each) => each.name === name);
    if (!attribute) return `${path}: ${at.model.name} has no attribute ${last.slice(1)} in the schema`;
    at.attributes.add(keyOf(attribute));
  }
  return null;
}

const localName = (step: string) => step.slice(step.indexOf(':') + 1);

export const keyOf = ({ namespace, name }: ElementModel | AttributeModel) =>
  namespace === '' ? name : `{${namespace}}${name}`;

function close(grant: Grant, path: readonly string[], problems: string[]): Visibility | null {
  const where = [...path].join('/') || grant.model.name;
  if (grant.whole) {
    const whole = wholeOf(grant.model);
    const inside = whole.open ? brokenBelow(grant.model) : null;
    if (inside === null) return whole;
    problems.push(
      `${where} is not shown: ${inside} must hold content that the schema does not declare (xs:any)`,
    );
    return null;
  }
  const children = new Map<string, Visibility>();
  for (const [key, child] of grant.children) {
    const closed = close(child, [...path, child.model.name], problems);
    if (closed) children.set(key, closed);
  }
  const prefix = path.length === 0 ? '' : `${path.join('/')}/`;
  const missing = missingIn(grant, children);
  if (missing === null) return shownOf(grant, children);
  problems.push(
    `${where} is not shown: it is not valid without ${missing.what}; grant ${prefix}${missing.grant}`,
  );
  return null;
}

const shownOf = (
  { model, attributes, text }: Grant,
  children: ReadonlyMap<string, Visibility>,
): Visibility => ({
  name: model.name,
  namespace: model.namespace,
  model,
  children,
  attributes,
  text: text && model.hasText,
  whole: false,
  open: false,
});

function missingIn(grant: Grant, children: ReadonlyMap<string, Visibility>) {
  const content = contentOf(grant.model);
  const attribute = content.attributes.find((each) => each.required && !grant.attributes.has(keyOf(each)));
  if (attribute) return { what: `attribute ${attribute.name}`, grant: `@${attribute.name}` };
  if (content.text === 'simple' && !grant.text) return { what: 'its text', grant: 'itself' };
  const name = content.particle ? broken(content.particle, (key) => children.has(key)) : null;
  return name === null ? null : { what: name, grant: name };
}

/**
 * The name of something hidden that the content model cannot do without; null when whatever the model allows is
 * still allowed with everything hidden taken out of it.
 */
function broken(particle: Particle, isShown: (key: string) => boolean): string | null {
  if (isHidden(particle, isShown)) return isNullable(particle) ? null : nameIn(particle);
  if (particle.kind === 'element' || particle.kind === 'any') return null;
  for (const part of particle.parts) {
    const name = broken(part, isShown);
    // A hidden alternative leaves nothing behind, which an optional choice allows.
    const forgiven = particle.kind === 'choice' && isHidden(part, isShown) && isNullable(particle);
    if (name !== null && !forgiven) return name;
  }
  return null;
}

function isHidden(particle: Particle, isShown: (key: string) => boolean): boolean {
  if (particle.kind === 'any') return true;
  if (particle.kind === 'element') return !isShown(declarationKey(particle.declaration));
  return particle.parts.every((part) => isHidden(part, isShown));
}

function isNullable(particle: Particle): boolean {
  if (particle.min === 0) return true;
  if (particle.kind === 'element' || particle.kind === 'any') return false;
  if (particle.kind === 'choice') return particle.parts.some(isNullable);
  return particle.parts.every(isNullable);
}

function nameIn(particle: Particle): string {
  if (particle.kind === 'any') return 'undeclared content';
  if (particle.kind === 'element') return particle.declaration.name;
  const needed = particle.parts.find((part) => !isNullable(part)) ?? particle.parts[0];
  return needed ? nameIn(needed) : 'its content';
}

const declarationKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
  namespace === '' ? name : `{${namespace}}${name}`;

const wholes = new WeakMap<ElementModel, Visibility>();

function wholeOf(model: ElementModel): Visibility {
  const known = wholes.get(model);
  if (known) return known;
  let children: ReadonlyMap<string, Visibility> | null = null;
  const whole: Visibility = {
    name: model.name,
    namespace: model.namespace,
    model,
    get children(): ReadonlyMap<string, Visibility> {
      children ??= new Map(model.children.map((child) => [keyOf(child), wholeOf(child)]));
      return children;
    },
    attributes: new Set(model.attributes.map(keyOf)),
    text: model.hasText,
    whole: true,
    open: below(model).some((each) => {
      const { particle, anyAttribute } = contentOf(each);
      return anyAttribute || (particle !== null && hasWildcard(particle));
    }),
  };
  wholes.set(model, whole);
  return whole;
}

const brokenBelow = (model: ElementModel) =>
  below(model).find((each) => {
    const { particle } = contentOf(each);
    return particle !== null && broken(particle, () => true) !== null;
  })?.name ?? null;

const hasWildcard = (particle: Particle): boolean =>
  particle.kind === 'any' || (particle.kind !== 'element' && particle.parts.some(hasWildcard));

/** The element and all that may be below it, each content model once. */
function below(model: ElementModel): readonly ElementModel[] {
  const seen = new Set<unknown>();
  const found: ElementModel[] = [];
  const visit = (each: ElementModel) => {
    const content = contentOf(each);
    if (seen.has(content)) return;
    seen.add(content);
    found.push(each);
    each.children.forEach(visit);
  };
  visit(model);
  return found;
}
