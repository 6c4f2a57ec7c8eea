import type { EntityManager } from 'typeorm';
import type { Delivered, PublicationFile } from '../exchange/subscription.ts';

/** Records that are in memory at a time. */
const PAGE = 100;

type Row = {
  deliveryId: number;
  mutationId: number;
  reference: string;
  kind: Delivered['subject']['kind'];
  number: string;
  occurredOn: string;
  type: Delivered['type'];
  content: string;
  acceptedAt: Date | string;
};

/** MariaDB, left alone, reads the file's index from its beginning for each page: a long file would take for ever. */
const throughIndex = { mysql: ' FORCE INDEX (delivery_file)', sqlite: '' };

/** One page, by the subscription, the file and the delivery after which it begins. */
export const pageSql = (engine: keyof typeof throughIndex) =>
  'SELECT d.id AS deliveryId, m.id AS mutationId, m.reference, m.subject_kind AS kind, m.subject_number AS number,' +
  ' m.occurred_on AS occurredOn, m.mutation_type AS type, m.content, m.accepted_at AS acceptedAt' +
  ` FROM delivery d${throughIndex[engine]} JOIN mutation m ON m.id = d.mutation_id` +
  ` WHERE d.subscription_id = ? AND d.file_id = ? AND d.id > ? ORDER BY d.id LIMIT ${PAGE}`;

/** One engine gives a Date, the other the text it stores. */
const moment = (at: Date | string) => (at instanceof Date ? at : new Date(`${at.replace(' ', 'T')}Z`));

/**
 * One page of a file's records, after the one with this delivery; an empty one is the end. The file's records never
 * change, so that pages need no common view.
 */
export const recordsAfter = async (
  manager: EntityManager,
  { id, subscriptionId }: Pick<PublicationFile, 'id' | 'subscriptionId'>,
  after: number,
): Promise<readonly Delivered[]> => {
  const engine = manager.dataSource.options.type === 'mysql' ? 'mysql' : 'sqlite';
  const rows: Row[] = await manager.query(pageSql(engine), [subscriptionId, id, after]);
  return rows.map(({ kind, number, deliveryId, mutationId, acceptedAt, ...row }) => ({
    ...row,
    deliveryId: Number(deliveryId),
    id: String(mutationId),
    remarks: null,
    subject: { kind, number },
    acceptedAt: moment(acceptedAt),
  }));
};
