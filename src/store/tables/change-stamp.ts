import { EntitySchema } from 'typeorm';

/** One row, whose counter moves in the transaction of every change of the configuration. */
export type ChangeStampRow = { id: number; counter: number };

export const changeStampTable = new EntitySchema<ChangeStampRow>({
  name: 'change_stamp',
  columns: { id: { type: 'integer', primary: true }, counter: { type: 'integer' } },
});
