import { EntitySchema } from 'typeorm';

/**
 * Rows to queue up on before a subject's registrations are changed: a server has nothing to lock where there is no
 * line yet. Many subjects share a row; whoever changes something takes exactly one, so that nobody waits in a circle.
 */
export type RegistrationLockRow = { slot: number; turns: number };

/** How many rows the migration makes. Every version must reckon with the same number. */
export const REGISTRATION_LOCKS = 256;

export const registrationLockTable = new EntitySchema<RegistrationLockRow>({
  name: 'registration_lock',
  columns: { slot: { type: 'integer', primary: true }, turns: { type: 'bigint' } },
});
