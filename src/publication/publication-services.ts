import type { Compute } from '../exchange/source.ts';
import { type AcceptNeeds, registreerMutatieNotificatie } from './register-mutations.ts';
import {
  geefAbonnementen,
  registreerAbonnement,
  type SubscriptionNeeds,
  stopAbonnement,
} from './subscription-services.ts';

export const publicationServiceNames = [
  'registreer-mutatie-notificatie',
  'registreer-abonnement',
  'stop-abonnement',
  'geef-abonnementen',
] as const;

/** The services around publications, by the names that `service.yaml` uses. */
export function publicationServices(needs: AcceptNeeds & SubscriptionNeeds): ReadonlyMap<string, Compute> {
  const compute: Record<(typeof publicationServiceNames)[number], Compute> = {
    'registreer-mutatie-notificatie': registreerMutatieNotificatie(needs),
    'registreer-abonnement': registreerAbonnement(needs),
    'stop-abonnement': stopAbonnement(needs),
    'geef-abonnementen': geefAbonnementen(needs),
  };
  return new Map(Object.entries(compute));
}
