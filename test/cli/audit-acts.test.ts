import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditActs } from '../../src/cli/audit-acts.ts';
import { UsageError } from '../../src/cli/output.ts';
import type { ActFilter, ActRecord } from '../../src/exchange/act.ts';
import { paper } from './terminal.ts';

const removed: ActRecord = {
  ...{ id: 'a', who: 'an', host: 'beheer-1', behind: 'bea', verb: 'grant add', given: ['--party', 'Stad X'] },
  ...{ at: new Date('2026-03-02T10:00:00Z'), ended: new Date('2026-03-02T10:00:01Z') },
  ...{ outcome: 'refused', reason: 'there is no party Stad X\nand more' },
};
const cutOff: ActRecord = {
  ...removed,
  behind: null,
  given: ['3'],
  ended: null,
  outcome: null,
  reason: null,
};

async function shown(...argv: string[]) {
  const [terminal, asked] = [paper(), [] as ActFilter[]];
  const acts = async (filter: ActFilter) => {
    asked.push(filter);
    return [removed, cutOff];
  };
  await auditActs(argv, terminal, { acts });
  return { lines: terminal.printed().split('\n'), printed: terminal.printed(), asked };
}

test('lists who did what on which machine, and what came of it', async () => {
  const { lines, asked } = await shown('--who', 'an', '--verb', 'grant add', '--limit', '5');
  assert.deepEqual(asked, [{ who: 'an', verb: 'grant add', limit: 5 }]);
  assert.match(
    lines[2] ?? '',
    /^2026-03-02T10:00:00\.000Z +an \(sudo by bea\) +beheer-1 +refused +grant add --party "Stad X" — there is no party Stad X$/,
  );
  assert.match(lines[3] ?? '', /^\S+ +an +beheer-1 +not ended +grant add 3$/);
});

test('gives acts as data, and refuses wrong use', async () => {
  assert.deepEqual(
    JSON.parse((await shown('--json')).printed),
    JSON.parse(JSON.stringify([removed, cutOff])),
  );
  await assert.rejects(shown('--limit', '0'), UsageError);
  await assert.rejects(shown('more'), UsageError);
});
