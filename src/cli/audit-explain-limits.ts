import { command, type Findings, nothing, type Scene } from './audit-explain-scene.ts';
import { grantLabel, registrationLabel } from './configuration-image.ts';

/** What the grant is limited to. Who is in a population and which files there were is in the recorded reason. */
export function limits({ exchange, image }: Scene, code: '40004' | '40005'): Findings {
  const grant = image.grants.find(({ id }) => id === exchange.grantId);
  if (!grant) return nothing;
  const id = String(grant.id);
  const [subject] = exchange.subjects;
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
