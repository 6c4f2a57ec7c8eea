import { Refusal } from '../exchange/refusal.ts';
import type { Ask, Source } from '../exchange/source.ts';

export type CircuitState = 'closed' | 'half-open' | 'open';

type Needs = {
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  /** Told of a source's first question, and of every change after it. */
  readonly onState: (source: string, state: CircuitState) => void;
};

type Circuit = {
  /** Where it listened: an address that operators change is another source. */
  readonly url: string | null;
  state: CircuitState;
  /** In a row. */
  failures: number;
  /** When the pause ends. */
  until: number;
};

/** Failures that say that a source is ill. Whatever else it says, it answers; that one question ends badly is no sign. */
const ILL = new Set(['99996', '99997', '60006']);

/**
 * Leaves a source alone for a while after it failed so many times in a row: questions are refused at once (99996), then
 * one is let through, and by what comes of it the others are let through or refused again. Each process counts for
 * itself.
 */
export function breaking({ now, onState }: Needs): (ask: Ask) => Ask {
  const circuits = new Map<string, Circuit>();

  function circuitOf({ name, url }: Source): Circuit {
    let circuit = circuits.get(name);
    if (circuit?.url !== url || !circuit) {
      circuit = { url, state: 'closed', failures: 0, until: 0 };
      circuits.set(name, circuit);
      onState(name, 'closed');
    }
    return circuit;
  }

  function turn(circuit: Circuit, { name }: Source, state: CircuitState): void {
    if (circuit.state !== state) onState(name, state);
    circuit.state = state;
  }

  /** Whether this question is the one that tries. */
  function enter(circuit: Circuit, source: Source): boolean {
    if (circuit.state === 'closed') return false;
    if (circuit.state === 'half-open' || now() < circuit.until) {
      const { name, breaker } = source;
      throw new Refusal('99996', `circuit open: ${name} failed ${breaker} times in a row and is left alone`);
    }
    turn(circuit, source, 'half-open');
    return true;
  }

  function failed(circuit: Circuit, source: Source, tries: boolean): void {
    circuit.failures += 1;
    if (!tries && (circuit.state !== 'closed' || circuit.failures < source.breaker)) return;
    circuit.until = now() + source.pause;
    turn(circuit, source, 'open');
  }

  function answered(circuit: Circuit, source: Source, tries: boolean): void {
    // What was asked before the circuit opened says nothing about how the source is now.
    if (circuit.state !== 'closed' && !tries) return;
    circuit.failures = 0;
    turn(circuit, source, 'closed');
  }

  /** Given up on our side, which says nothing of the source: the next question may try instead. */
  function undecided(circuit: Circuit, source: Source, tries: boolean): void {
    if (tries) turn(circuit, source, 'open');
  }

  return (ask) =>
    async function breaking(source, option, enquiry, signal) {
      if (source.breaker === 0) return ask(source, option, enquiry, signal);
      const circuit = circuitOf(source);
      const tries = enter(circuit, source);
      try {
        const payload = await ask(source, option, enquiry, signal);
        answered(circuit, source, tries);
        return payload;
      } catch (error) {
        const verdict = signal.aborted || !(error instanceof Refusal) ? undecided : verdictOn(error);
        verdict(circuit, source, tries);
        throw error;
      }
    };

  function verdictOn({ code }: Refusal) {
    return ILL.has(code) ? failed : answered;
  }
}
