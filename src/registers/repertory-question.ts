import { below } from '../dialect/path.ts';
import type { Days } from '../exchange/days.ts';
import type { Element } from '../exchange/element.ts';
import type { Subject } from '../exchange/party.ts';
import type { RegistrationRequest } from './registration-rules.ts';

const KINDS: ReadonlyMap<string, Subject['kind']> = new Map([
  ['PERS', 'person'],
  ['OND', 'enterprise'],
]);

/** `foreign`: the types of subjects that the repertory does not hold, or that are not of the type announced. */
type ReadRequest = RegistrationRequest & { readonly foreign: readonly string[] };

/**
 * What an Inschrijving, Uitschrijving or Criteria asks, in the form of version 02.00 (`INSZ`) or 02.01
 * (`BetrokkenSubject`); what it says is believed nowhere yet.
 */
export function readRequest(asked: Element): ReadRequest {
  return {
    uri: textAt(asked, 'Identificatie') ?? '',
    // An empty one is none at all, and must not pass for that of a Context that names none.
    hoedanigheid: textAt(asked, 'Hoedanigheid') ?? '',
    ...subjectsOf(asked),
    period: periodOf(asked),
  };
}

function subjectsOf(asked: Element): Pick<ReadRequest, 'subjects' | 'foreign'> {
  const insz = textAt(asked, 'INSZ');
  if (insz !== null) return { subjects: [{ kind: 'person', number: insz }], foreign: [] };
  const concerned = asked.child('BetrokkenSubject');
  const type = concerned && textAt(concerned, 'Type');
  const subjects: Subject[] = [];
  const foreign: string[] = [];
  for (const each of concerned?.child('Subjecten')?.children ?? []) {
    const own = textAt(each, 'Type') ?? '';
    const kind = own === type ? KINDS.get(own) : undefined;
    if (kind) subjects.push({ kind, number: textAt(each, 'Sleutel') ?? '' });
    else foreign.push(own);
  }
  return { subjects, foreign };
}

function periodOf(asked: Element): Days | null {
  const period = asked.child('Periode');
  return period ? { begin: textAt(period, 'Begin'), end: textAt(period, 'Einde') } : null;
}

/** null when it is not there or says nothing. */
function textAt(from: Element, path: string): string | null {
  const text = below(from, path)?.text.trim() ?? '';
  return text === '' ? null : text;
}
