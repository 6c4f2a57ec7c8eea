import type { Compute } from '../exchange/source.ts';
import { type AcceptNeeds, registreerMutatieNotificatie } from './register-mutations.ts';
import {
  geefAbonnementen,
  registreerAbonnement,
  type SubscriptionNeeds,
  stopAbonnement,
} from './subscription-services.ts';

/** The services around publications, by the names that `service.yaml` uses. */
export const publicationServices = (needs: AcceptNeeds & SubscriptionNeeds): ReadonlyMap<string, Compute> =>
  new Map([
    ['registreer-mutatie-notificatie', registreerMutatieNotificatie(needs)],
    ['registreer-abonnement', registreerAbonnement(needs)],
    ['stop-abonnement', stopAbonnement(needs)],
    ['geef-abonnementen', geefAbonnementen(needs)],
  ]);
