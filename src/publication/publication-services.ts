import type { Compute } from '../exchange/source.ts';
import { geefPersoonMutatiesNotificaties, type PullNeeds } from './pull-mutations.ts';
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
  'geef-persoon-mutaties-notificaties',
] as const;

/** The services around publications, by the names that `service.yaml` uses. */
export function publicationServices(
  needs: AcceptNeeds & SubscriptionNeeds & PullNeeds,
): ReadonlyMap<string, Compute> {
  const compute: Record<(typeof publicationServiceNames)[number], Compute> = {
    'registreer-mutatie-notificatie': registreerMutatieNotificatie(needs),
    'registreer-abonnement': registreerAbonnement(needs),
    'stop-abonnement': stopAbonnement(needs),
    'geef-abonnementen': geefAbonnementen(needs),
    'geef-persoon-mutaties-notificaties': geefPersoonMutatiesNotificaties(needs),
  };
  return new Map(Object.entries(compute));
}
