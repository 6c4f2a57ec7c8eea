import { WRITES_ALL } from '../exchange/party.ts';
import { readable } from '../exchange/subject-keys.ts';
import { command, type Findings, nothing, type Scene } from './audit-explain-scene.ts';
import { grantLabel, registrationLabel } from './configuration-image.ts';

/** What the grant is limited to. Who is in a population and which files there were is in the recorded reason. */
export function limits({ exchange, image }: Scene, code: '40004' | '40005'): Findings {
  const grant = image.grants.find(({ id }) => id === exchange.grantId);
  if (!grant) return nothing;
  const id = String(grant.id);
  const subject = readable(exchange.subjects[0]);
  if (code === '40005') {
    const { population } = grant;
    const off = grant.controls.population === false;
    const because = population === null || off ? [] : [`it is limited to population ${population}`];
    const member = population !== null && subject ? [population, `--${subject.kind}`, subject.number] : null;
    return {
      considered: [{ what: grantLabel(grant), because }],
      remedies: [
        ...(member ? [command('population', 'add', ...member)] : []),
        command('grant', 'change', id, '--population', 'none'),
      ],
      passesNow: because.length === 0 ? true : null,
    };
  }
  const days = `data from ${grant.dataFrom ?? 'ever'} until ${grant.dataUntil ?? 'ever'}`;
  const lines = image.registrations.filter(({ party }) => party === exchange.party);
  return {
    considered: [
      { what: grantLabel(grant), because: [`it is for ${days}`] },
      ...lines.map((line) => ({
        what: registrationLabel(line),
        because: [`it has the days from ${line.begin} until ${line.end ?? 'open'}`],
      })),
    ],
    remedies: [
      command('grant', 'change', id, '--data-from', 'DAY', '--data-until', 'DAY'),
      command('grant', 'change', id, '--check-period', 'clip'),
    ],
    passesNow: null,
  };
}

/** What a grant does not let be written, and the paths with which it would. */
export function writing({ exchange, image }: Scene): Findings {
  const grant = image.grants.find(({ id }) => id === exchange.grantId);
  const { filtered } = exchange;
  // An orchestration's part that was not granted has the same code, and nothing that was to be written.
  if (!grant || filtered.length === 0) return nothing;
  const lacking = filtered.filter((path) => !covers(grant.writable, path));
  // What the contract does not declare has no path of its own.
  const undeclared = lacking.filter((path) => path.includes('*'));
  const needed = lacking.filter((path) => !path.includes('*')).flatMap((path) => ['--add-writable', path]);
  const change = ['grant', 'change', String(grant.id)];
  const words = `it lets ${grant.writable.join(', ') || 'nothing'} be written`;
  return {
    considered: [
      {
        what: grantLabel(grant),
        because: lacking.length === 0 ? [] : [`${words}, and not ${lacking.join(', ')}`],
      },
    ],
    remedies: [
      ...(undeclared.length > 0
        ? [
            `the client leaves out what its contract does not declare (${undeclared.join(', ')}), or, for everything:`,
            command(...change, '--add-writable', WRITES_ALL),
          ]
        : []),
      ...(needed.length > 0 ? [command(...change, ...needed)] : []),
    ],
    passesNow: lacking.length === 0,
  };
}

/** Decided on the words of the paths: an element that another leads through is within reach, its text is not. */
const covers = (writable: readonly string[], path: string) =>
  writable.map(withoutPrefixes).some((granted) => {
    if (granted === WRITES_ALL || granted === path) return true;
    return granted.endsWith('/**') && !path.includes('*') && `${path}/`.startsWith(granted.slice(0, -2));
  });

const withoutPrefixes = (path: string) => path.replace(/(^|\/)(@?)[^/:@]+:/g, '$1$2');
