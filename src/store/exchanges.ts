import { In } from 'typeorm';
import type { KeptExchange } from '../exchange/audit.ts';
import type { Subject } from '../exchange/party.ts';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import type { Engine } from './engine.ts';
import { exchangeOf } from './exchange-row.ts';
import { type ExchangeRow, exchangeTable } from './tables/exchange.ts';
import { exchangeSubjectTable } from './tables/exchange-subject.ts';

/** What is left out or null does not narrow. `from` is inclusive, `to` exclusive. */
export type ExchangeFilter = {
  readonly from?: Date | null;
  readonly to?: Date | null;
  readonly party?: string | null;
  readonly code?: string | null;
  readonly subject?: Subject | null;
  readonly limit: number;
};

export type Exchanges = {
  readonly exchange: (id: string) => Promise<KeptExchange | null>;
  /** Latest first. */
  readonly exchanges: (filter: ExchangeFilter) => Promise<readonly KeptExchange[]>;
};

/** Reads the audit back. */
export const readExchanges = ({ read }: Pick<Engine, 'read'>, keys: SubjectKeys): Exchanges => {
  const select = (filter: ExchangeFilter & { readonly id?: string }) =>
    read(async (manager) => {
      const query = manager.createQueryBuilder(exchangeTable, 'e');
      if (filter.id) query.andWhere('e.id = :id', { id: filter.id });
      if (filter.from) query.andWhere('e.receivedAt >= :from', { from: filter.from });
      if (filter.to) query.andWhere('e.receivedAt < :to', { to: filter.to });
      if (filter.party) query.andWhere('e.party = :party', { party: filter.party });
      if (filter.code) query.andWhere('e.code = :code', { code: filter.code });
      if (filter.subject) {
        const about = query
          .subQuery()
          .select('s.exchange_id')
          .from(exchangeSubjectTable, 's')
          .where('s.hash IN (:...hashes)');
        query.andWhere(`e.id IN ${about.getQuery()}`, { hashes: keys.hashes(filter.subject) });
      }
      const rows: ExchangeRow[] = await query
        .orderBy('e.receivedAt', 'DESC')
        .addOrderBy('e.id', 'DESC')
        .limit(filter.limit)
        .getMany();
      const subjects = await manager.find(exchangeSubjectTable, {
        where: { exchangeId: In(rows.map((row) => row.id)) },
        order: { seq: 'ASC' },
      });
      const byExchange = Map.groupBy(subjects, (row) => row.exchangeId);
      return rows.map((row) => exchangeOf(row, byExchange.get(row.id) ?? [], keys));
    });

  return {
    exchange: async (id) => (await select({ id, limit: 1 }))[0] ?? null,
    exchanges: select,
  };
};
