import { inWordsOfTheKsz, kszErrors } from './ksz-codes.ts';
import { type Listener, listen } from './listen.ts';
import { demoRegister, type Finding } from './register.ts';

/**
 * A demo source that speaks REST/JSON: GET /personen/<INSZ> answers with the JSON image of an Antwoord. What it does
 * wrong, it does as a REST service would: 404, 503, 500, half a document.
 */
export function startRestSource(port: number): Promise<Listener> {
  const find = demoRegister();
  return listen(port, async (request, response) => {
    const insz = /^\/personen\/(\d{11})$/.exec(request.url ?? '')?.[1];
    const finding = insz ? await find(insz) : ({ kind: 'unknown' } as const);
    response.setHeader('content-type', 'application/json');
    const error = kszErrors.get(insz ?? '');
    if (error) return void response.end(JSON.stringify({ Uitzonderingen: { Uitzondering: [error] } }));
    response.statusCode = STATUS[finding.kind];
    response.end(bodyOf(finding));
  });
}

const STATUS: Readonly<Record<Finding['kind'], number>> = {
  person: 200,
  truncated: 200,
  unknown: 404,
  down: 503,
  fault: 500,
};

function bodyOf(finding: Finding): string {
  if (finding.kind === 'truncated')
    return JSON.stringify({ Inhoud: { Persoon: finding.image } }).slice(0, 200);
  if (finding.kind !== 'person') return '{}';
  const notices = finding.replaces ? { Uitzonderingen: { Uitzondering: [replaced] } } : {};
  return JSON.stringify({ Inhoud: { Persoon: inWordsOfTheKsz(finding.image) }, ...notices });
}

const replaced = {
  Identificatie: '30004',
  Oorsprong: 'KSZ',
  Type: 'WAARSCHUWING',
  Diagnose: 'De persoon heeft een nieuw INSZ.',
};
