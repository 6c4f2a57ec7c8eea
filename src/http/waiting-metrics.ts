import { Counter, Gauge, type Registry } from 'prom-client';
import type { WaitingRoom } from './waiting-room.ts';

/** Who is held back because messages from there are refused, counted at each scrape. */
export function waitingMetrics(registry: Registry, counts: WaitingRoom['counts']): void {
  const registers = [registry];
  new Gauge({
    name: 'kruispunt_waiting_requests',
    help: 'Messages that are not read yet, because others from there were refused.',
    registers,
    collect() {
      this.set(counts().waiting);
    },
  });
  new Counter({
    name: 'kruispunt_turned_away_total',
    help: 'Messages that were never read, because others from there were refused for too long.',
    registers,
    collect() {
      this.reset();
      this.inc(counts().turnedAway);
    },
  });
}
