import type { AttributeModel, ContractName, ElementModel } from '../exchange/contract.ts';
import type { Components } from './components.ts';
import { type Content, contentReader, type Declaration, type Particle } from './content.ts';
import { type TypeFacts, typeFacts } from './type-facts.ts';

/** What a type comes to, shared by all elements of that type, so that a model of a recursive type stays finite. */
type Shape = {
  readonly content: Content;
  readonly children: readonly ElementModel[];
};

type Read = { readonly shape: () => Shape; readonly facts: () => TypeFacts };

const reads = new WeakMap<ElementModel, Read>();

/** The content model behind an element's model: what may be left out without breaking it. */
export function contentOf(model: ElementModel): Content {
  return readOf(model).shape().content;
}

/** The same, or null for a model that somebody put together of others. */
export const contentIfRead = (model: ElementModel): Content | null =>
  reads.get(model)?.shape().content ?? null;

/** What the schema says of an element's type, read each time it is asked for. */
export const factsOf = (model: ElementModel): TypeFacts => readOf(model).facts();

function readOf(model: ElementModel): Read {
  const read = reads.get(model);
  if (!read) throw new Error(`the model of ${model.name} was not read from a schema`);
  return read;
}

/** Models of global elements. Children are read when they are first asked for. */
export function modelReader(components: Components): (name: ContractName) => ElementModel | null {
  const read = contentReader(components);
  const known = new Map<string, ElementModel>();
  const byDeclaration = new Map<Declaration['node'], Map<Declaration['part'], Shape>>();
  const byContent = new WeakMap<Content, Shape>();

  function shapeOf(declaration: Declaration): Shape {
    const byPart = byDeclaration.get(declaration.node) ?? new Map<Declaration['part'], Shape>();
    byDeclaration.set(declaration.node, byPart);
    let shape = byPart.get(declaration.part);
    if (!shape) {
      const content = read(declaration);
      shape = byContent.get(content) ?? { content, children: childrenIn(content) };
      byContent.set(content, shape);
      byPart.set(declaration.part, shape);
    }
    return shape;
  }

  function childrenIn(content: Content): readonly ElementModel[] {
    const found = new Map<string, { declaration: Declaration; optional: boolean; repeats: boolean }>();
    if (content.particle) flatten(content.particle, false, false, found);
    return [...found.values()].map(({ declaration, optional, repeats }) =>
      modelOf(declaration, optional, repeats),
    );
  }

  function modelOf(declaration: Declaration, optional: boolean, repeats: boolean): ElementModel {
    const { name, namespace } = declaration;
    const shape = () => shapeOf(declaration);
    const model: ElementModel = {
      name,
      namespace,
      optional,
      repeats,
      get hasText(): boolean {
        return shape().content.text !== 'none';
      },
      get attributes(): readonly AttributeModel[] {
        return shape().content.attributes;
      },
      get children(): readonly ElementModel[] {
        return shape().children;
      },
    };
    reads.set(model, { shape, facts: () => typeFacts(declaration, components) });
    return model;
  }

  return (name) => {
    const key = `{${name.namespace}}${name.name}`;
    const cached = known.get(key);
    if (cached) return cached;
    const component = components.find('element', name);
    if (!component) return null;
    const declaration = {
      name: name.name,
      namespace: name.namespace,
      node: component.node,
      part: component.part,
    };
    const model = modelOf(declaration, false, false);
    known.set(key, model);
    return model;
  };
}

type Found = Map<string, { declaration: Declaration; optional: boolean; repeats: boolean }>;

/** Elements in schema order, each once: the same name in two places of a content model is the same declaration. */
function flatten(particle: Particle, optional: boolean, repeats: boolean, found: Found): void {
  const leave = optional || particle.min === 0;
  const many = repeats || particle.max > 1;
  if (particle.kind === 'any') return;
  if (particle.kind !== 'element') {
    const within = leave || particle.kind === 'choice';
    for (const part of particle.parts) flatten(part, within, many, found);
    return;
  }
  const key = `{${particle.declaration.namespace}}${particle.declaration.name}`;
  const earlier = found.get(key);
  if (!earlier) found.set(key, { declaration: particle.declaration, optional: leave, repeats: many });
  else {
    earlier.optional ||= leave;
    earlier.repeats = true;
  }
}
