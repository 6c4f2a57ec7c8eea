import { EntitySchema } from 'typeorm';

/** That somebody belongs to a target population, from a day until a day (both inclusive). */
export type PopulationMemberRow = {
  population: string;
  subjectKind: 'person' | 'enterprise';
  subjectNumber: string;
  /** yyyy-mm-dd */
  beginDay: string;
  /** yyyy-mm-dd; null is open-ended. */
  endDay: string | null;
};

export const populationMemberTable = new EntitySchema<PopulationMemberRow>({
  name: 'population_member',
  columns: {
    population: { type: 'varchar', primary: true },
    subjectKind: { type: 'varchar', name: 'subject_kind', primary: true },
    subjectNumber: { type: 'varchar', name: 'subject_number', primary: true },
    beginDay: { type: 'varchar', name: 'begin_day', primary: true },
    endDay: { type: 'varchar', name: 'end_day', nullable: true },
  },
});
