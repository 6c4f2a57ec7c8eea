import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import { type Answerers, refused, said } from './answerer.ts';

/**
 * What the demo LED answers. It keeps evidence in memory, by the supplier's name and reference, until it stops: the same
 * registration again is as good as the first, another under its reference is refused, as is taking away what is not
 * there.
 */
export function evidenceAnswers(): Answerers {
  const kept = new Map<string, { readonly insz: string; readonly content: string }>();
  return {
    RegistreerBewijs: async (inhoud) => {
      const evidence = evidenceIn(inhoud, 'Bewijsregistratie');
      const before = kept.get(evidence.key);
      if (before && before.content !== evidence.content) return TAKEN;
      kept.set(evidence.key, evidence);
      return DONE;
    },
    AnnuleerBewijs: async (inhoud) => {
      const { key, insz } = evidenceIn(inhoud, 'Bewijsannulatie');
      // Somebody else's evidence is not there either: a wrong number must take nothing away.
      if (kept.get(key)?.insz !== insz) return UNKNOWN;
      kept.delete(key);
      return DONE;
    },
  };
}

const DONE = said({ Melding: 'OK' });
const TAKEN = refused('50000', 'Onder deze bewijsreferte is een ander bewijs geregistreerd.');
const UNKNOWN = refused('30001', 'Onder deze bewijsreferte is voor deze persoon geen bewijs geregistreerd.');

function evidenceIn(inhoud: Element, name: string) {
  const text = (path: string) => below(inhoud, `${name}/${path}`)?.text.trim() ?? '';
  const content = below(inhoud, name);
  return {
    key: JSON.stringify([text('Leverancier/Naam'), text('Leverancier/Bewijsreferte')]),
    insz: text('PersoonUitgereikt/INSZ'),
    content: content === null ? '' : JSON.stringify(comparable(content)),
  };
}

/** What an element says, however it was written: two of these are equal when nothing but layout differs. */
function comparable({ name, attributes, children, text }: Element): unknown {
  const said = attributes.map((each) => [each.name, each.value]).sort();
  return [name, said, children.length === 0 ? text.trim() : children.map(comparable)];
}
