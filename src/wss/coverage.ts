import type { Element } from '../exchange/element.ts';
import type { Envelope } from '../exchange/message.ts';
import { idValues } from '../xml/hazards.ts';
import { namespaces } from '../xml/names.ts';
import { failed } from './failed.ts';
import type { Place } from './place.ts';
import type { Reference, Signature } from './signature.ts';

export type Covered = { readonly reference: Reference; readonly element: Element };

/**
 * The elements that a signature speaks of. They are looked for in a few places only: the Body, the header's blocks
 * and what is directly in Security. An element anywhere else may carry the id, it is never taken for the signed one.
 *
 * @param tokenId the id by which KeyInfo found its token, null when it used none; it must be as unique as the others
 * @throws Refusal ERR_025 when a reference finds nothing, or its id occurs more than once in the whole envelope
 */
export function coverage(
  envelope: Envelope,
  { security, signature }: Place,
  { references }: Signature,
  tokenId: string | null,
): readonly Covered[] {
  const { header, body, root } = envelope;
  // Neither the signature nor what holds it can be a part that it signs.
  const places = [body, ...(header?.children ?? []), ...(security?.children ?? [])].filter(
    (place) => !place.is(signature) && !(security && place.is(security)),
  );
  const candidates = places.map((element) => ({ element, ids: idsOf(element, body) }));
  const covered = references.map((reference) => {
    const found = candidates.filter(({ ids }) => ids.includes(reference.id));
    const [candidate] = found;
    if (!candidate || found.length > 1)
      throw failed(`#${reference.id} is the id of ${found.length} parts that can be signed`);
    return { reference, element: candidate.element };
  });
  const used = references.map(({ id }) => id);
  if (new Set(used).size < used.length) throw failed('a part is referenced twice');
  // Where no more ids were counted in the markup than the candidates have, there is no other to look for.
  const known = candidates.flatMap(({ ids }) => ids);
  const all = envelope.census?.ids === known.length ? known : idValues(root);
  for (const id of tokenId === null ? used : [...used, tokenId]) {
    const occurrences = all.filter((value) => value === id).length;
    if (occurrences !== 1) throw failed(`id ${id} occurs ${occurrences} times in the envelope`);
  }
  return covered;
}

/** `wsu:Id` anywhere (WS-Security 1.1 §4.1); a plain `Id` where a schema makes it one, or node's soap client sends it. */
function idsOf(element: Element, body: Element): readonly string[] {
  const { namespace } = element;
  const plain = namespace === namespaces.ds || namespace === namespaces.wsu || element.is(body);
  return [element.attribute('Id', namespaces.wsu), plain ? element.attribute('Id') : null].filter(
    (id) => id !== null,
  );
}
