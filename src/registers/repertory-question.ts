import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import type { Subject } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Stretch } from './periods.ts';
import type { RegistrationRequest } from './registration-rules.ts';

const KINDS: Readonly<Record<string, Subject['kind']>> = { PERS: 'person', OND: 'enterprise' };

/**
 * What an Inschrijving, Uitschrijving or Criteria asks, in the form of version 02.00 (`INSZ`) or 02.01
 * (`BetrokkenSubject`); what it says is believed nowhere yet.
 *
 * @throws Refusal 40034 when it names a subject of a kind that the repertory does not hold
 */
export function readRequest(asked: Element): RegistrationRequest {
  return {
    uri: textAt(asked, 'Identificatie') ?? '',
    hoedanigheid: textAt(asked, 'Hoedanigheid'),
    subjects: subjectsOf(asked),
    period: periodOf(asked),
  };
}

function subjectsOf(asked: Element): readonly Subject[] {
  const insz = textAt(asked, 'INSZ');
  if (insz !== null) return [{ kind: 'person', number: insz }];
  const concerned = asked.child('BetrokkenSubject');
  if (!concerned) return [];
  const type = textAt(concerned, 'Type');
  const subjects = concerned.child('Subjecten')?.children ?? [];
  return subjects.map((subject) => {
    const own = textAt(subject, 'Type');
    const kind = KINDS[own ?? ''];
    if (!kind || own !== type) throw new Refusal('40034', `subject of type ${own} in one of type ${type}`);
    return { kind, number: textAt(subject, 'Sleutel') ?? '' };
  });
}

function periodOf(asked: Element): Stretch | null {
  const period = asked.child('Periode');
  return period ? { begin: textAt(period, 'Begin'), end: textAt(period, 'Einde') } : null;
}

/** null when it is not there or says nothing. */
function textAt(from: Element, path: string): string | null {
  const text = below(from, path)?.text.trim() ?? '';
  return text === '' ? null : text;
}
