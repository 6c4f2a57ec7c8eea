import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Source, sourceDefaults } from '../exchange/source.ts';
import type { Listener } from './listen.ts';

type Needs = {
  readonly folder: string;
  readonly sources: () => Promise<readonly Source[]>;
  readonly putSource: (source: Source) => Promise<void>;
  readonly start: Readonly<Record<string, DemoSource>>;
};

/** A demo source, by the name under which `service.yaml` asks it. */
export type DemoSource = {
  readonly kind: Source['kind'];
  readonly signature: Source['signature'];
  readonly listen: (port: number) => Promise<Listener>;
};

// Less than the slow person takes (`register.ts`), and enough for a busy machine.
const DEADLINE = 2_000;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Starts the demo sources, where they listened before if that port is free, and enters their addresses. A source that
 * an operator has pointed elsewhere since keeps that address.
 */
export async function startDemoSources(needs: Needs): Promise<{ readonly close: () => Promise<void> }> {
  const file = resolve(needs.folder, 'sources.json');
  const before = existsSync(file)
    ? z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')))
    : {};
  const configured = new Map((await needs.sources()).map((source) => [source.name, source]));
  const listeners: Listener[] = [];
  const now: Record<string, string> = {};
  for (const [name, { kind, signature, listen }] of Object.entries(needs.start)) {
    const listener = await listen(before[name] ? Number(new URL(before[name]).port) : 0);
    listeners.push(listener);
    now[name] = listener.url;
    const source = configured.get(name) ?? {
      name,
      kind,
      signature,
      url: null,
      deadline: DEADLINE,
      maxBytes: MAX_BYTES,
      ...sourceDefaults,
    };
    const ours = source.url === null || source.url === before[name];
    if (ours && source.url !== listener.url) await needs.putSource({ ...source, url: listener.url });
  }
  writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  return { close: async () => void (await Promise.all(listeners.map(({ close }) => close()))) };
}
