import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { auditMetrics } from '../../src/http/audit-metrics.ts';

const archives = { kept: 3, rows: 120, size: 4_096, destroyed: 2, unfinished: 1 };

test('tells how much of the audit is in the database, how old it is, and what lies in archives', async () => {
  const registry = new Registry();
  auditMetrics(registry, async () => ({ online: 12, oldest: new Date(Date.now() - 90_000), archives }));
  const text = await registry.metrics();
  assert.match(text, /^kruispunt_audit_online_rows 12$/m);
  assert.match(text, /^kruispunt_audit_oldest_online_seconds 9\d/m);
  assert.match(text, /^kruispunt_audit_archives 3$/m);
  assert.match(text, /^kruispunt_audit_archived_rows 120$/m);
  assert.match(text, /^kruispunt_audit_archive_bytes 4096$/m);
  assert.match(text, /^kruispunt_audit_archives_destroyed 2$/m);
  assert.match(text, /^kruispunt_audit_archives_unfinished 1$/m);
});

test('says nothing of the audit while the database does not answer', async () => {
  const registry = new Registry();
  auditMetrics(registry, async () => Promise.reject(new Error('gone')));
  assert.doesNotMatch(await registry.metrics(), /^kruispunt_audit_\w+ /m);
});
