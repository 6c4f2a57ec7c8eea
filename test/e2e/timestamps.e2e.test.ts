import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { runVerb, startProgram } from '../support/program.ts';
import { makeTimestampAuthority, POLICY, serveTimestamps } from '../support/timestamp-authority.ts';

/** A bus whose audit is stamped with the time by somebody else, who is away at first. */

const folder = demoFolder();
const authority = await makeTimestampAuthority();
const door = await serveTimestamps(authority);
after(door.close);
const settings = {
  ...{ KRUISPUNT_VAR: folder, KRUISPUNT_TIMESTAMP_URL: door.url, KRUISPUNT_TIMESTAMP_POLICY: POLICY },
  KRUISPUNT_TIMESTAMP_AUTHORITIES: authority.certifier,
};
const unstamped = async (url: string) => {
  const figures = await (await fetch(`${url}/metrics`)).text();
  return Number(/^kruispunt_audit_anchors_unstamped (\d+)$/m.exec(figures)?.[1]);
};

test('is ready and anchors without the authority, and has all of it stamped once that is there', async () => {
  door.fail(true);
  const first = await startProgram(settings);
  await first.says(/an anchor could not be time-stamped; it stands without, and is asked for again/);
  assert.equal((await fetch(`${first.url}/health/ready`)).status, 200);
  assert.ok((await unstamped(first.url)) > 0);
  await first.stop();

  door.fail(false);
  const second = await startProgram(settings);
  try {
    await second.says(/"policy":"1\.3\.6\.1\.4\.1\.99999\.1\.2".*an anchor is time-stamped/);
    await eventually('some anchor stays without', async () => (await unstamped(second.url)) === 0);
    const { stdout } = await runVerb(['audit', 'verify', '--json'], settings);
    const { findings, anchors, timestamps } = JSON.parse(stdout);
    assert.ok(anchors >= 1);
    assert.deepEqual([findings, timestamps.held, timestamps.without], [[], anchors, []]);
  } finally {
    await second.stop();
  }
});

test('gives an auditor what openssl verifies without the bus', async () => {
  const path = join(folder, 'audit.jsonl');
  await runVerb(['audit', 'export', '--from', '2026-01-01', '--to', '2100-01-01', path], settings);
  const lines = readFileSync(path, 'utf8').split('\n');
  const { statement, timestamp } = JSON.parse(lines.find((line) => line.startsWith('{"anchor":1,')) ?? '');
  const digest = hash('sha256', statement, 'hex');
  assert.match(authority.openssl(Buffer.from(timestamp, 'base64'), digest), /Verification: OK/);
});
