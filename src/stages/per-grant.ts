import type { Operation } from '../exchange/contract.ts';
import type { Grant } from '../exchange/party.ts';

/**
 * Keeps what is compiled of a grant for an operation. Each operation has an answer of its own; a grant is the same object
 * until the configuration is read anew, an operation until its contract is, and what was compiled of them goes with them.
 */
export function perGrant<In extends { readonly grant: Grant; readonly operation: Operation }, Compiled>(
  compile: (message: In) => Compiled,
): (message: In) => Compiled {
  const compiled = new WeakMap<Grant, WeakMap<Operation, { readonly value: Compiled }>>();
  return (message) => {
    const ofGrant = compiled.get(message.grant) ?? new WeakMap();
    compiled.set(message.grant, ofGrant);
    const known = ofGrant.get(message.operation) ?? { value: compile(message) };
    ofGrant.set(message.operation, known);
    return known.value;
  };
}
