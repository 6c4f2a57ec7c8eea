import { inForce, type TakeTurn } from '../exchange/controls.ts';
import type { Authorised } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Stage } from '../exchange/stage.ts';
import { subjectsOf } from './authorise.ts';

type Needs = { readonly takeTurn: TakeTurn };

/**
 * Lets a party ask a service no more often than agreed: as its grant says, or else as `service.yaml` does. All
 * questions of the party to the service count together, but for those under a grant with a limit of its own.
 */
export function throttle({ takeTurn }: Needs): Stage<Authorised, Authorised> {
  return async function throttle(message) {
    const { grant, service, signer } = message;
    const { name, version, controls } = service.rules;
    const own = grant.controls.throttle;
    const { throttle: limit } = inForce(controls, grant.controls);
    if (limit === null) return message;
    const key = [signer.party.id, name, version, ...(own === null ? [] : [grant.id])].join(':');
    if (await takeTurn(key, limit, message.at)) return message;
    const told = `Exceeded the max throttle rate of ${limit.max} within ${limit.within}ms`;
    const whose = own === null ? 'service.yaml' : `grant ${grant.id}`;
    throw new Refusal('99995', `${told} (${whose})`, `Te veel gelijktijdige bevragingen: ${told}.`, {
      known: { subjects: subjectsOf(message) },
    });
  };
}
