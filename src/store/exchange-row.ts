import type { ExchangeRecord, KeptExchange } from '../exchange/audit.ts';
import type { Cell, Cells } from '../exchange/audit-chain.ts';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { endUserPlace, readSubjects, readText, subjectPlace } from './sealed.ts';
import type { ExchangeRow } from './tables/exchange.ts';
import type { ExchangeSubjectRow } from './tables/exchange-subject.ts';

export type Value = Cell;

/** The column order of `exchangeValues`. */
export const exchangeColumns = [
  ...['id', 'received_at', 'duration', 'remote_address', 'service', 'version'],
  ...[
    'certificate_subject',
    'certificate_fingerprint',
    'party',
    'uri',
    'hoedanigheid',
    'end_user',
    'reference',
  ],
  ...['grant_id', 'legal_basis', 'outcome', 'refusal_level', 'code', 'reason'],
  ...['stages', 'sources', 'filtered', 'digest_in', 'digest_out'],
];
/** As `exchangeColumns`, with the row's place in the chain. */
export const chainedColumns = [...exchangeColumns, 'writer', 'chain_sequence', 'previous_hash', 'row_hash'];
export const subjectColumns = ['exchange_id', 'seq', 'subject_kind', 'subject_hash', 'subject_sealed'];

/**
 * Much of a refused message is whatever its sender liked to write. It is cut to what its column holds: one
 * overlong reference must not make the audit fail, least of all that of the others in the same commit.
 */
const cut = (text: string, length: number) => (text.length > length ? text.slice(0, length) : text);
const short = (text: string | null) => (text === null ? null : cut(text, 255));
const long = (text: string | null) => (text === null ? null : cut(text, 16_000));
const json = (list: readonly unknown[]) => (list.length === 0 ? '[]' : JSON.stringify(list));

/**
 * To the microsecond: a server's text does not give every double back as it was, and then its row's hash would not fit;
 * and of the times of sixteen stages the digits behind it would be a fifth of the row.
 */
const microseconds = (ms: number) => Math.round(ms * 1000) / 1000;
const timed = <T extends { readonly ms: number }>(list: readonly T[]) =>
  list.map((each) => ({ ...each, ms: microseconds(each.ms) }));

/** UTC with milliseconds, in the form both engines store and sort. */
export const utc = (at: Date) => at.toISOString().slice(0, 23).replace('T', ' ');

export const exchangeValues = (exchange: ExchangeRecord, { seal }: Pick<SubjectKeys, 'seal'>): Value[] => [
  exchange.id,
  utc(exchange.receivedAt),
  microseconds(exchange.duration),
  cut(exchange.remoteAddress, 64),
  short(exchange.service),
  short(exchange.version),
  exchange.certificate === null ? null : cut(exchange.certificate.subject, 1000),
  exchange.certificate === null ? null : cut(exchange.certificate.fingerprint, 64),
  short(exchange.party),
  short(exchange.uri),
  short(exchange.hoedanigheid),
  exchange.endUser === null ? null : seal(cut(exchange.endUser, 255), endUserPlace(exchange.id)),
  short(exchange.reference),
  exchange.grantId,
  long(exchange.legalBasis),
  exchange.outcome,
  exchange.level,
  short(exchange.code),
  long(exchange.reason),
  json(timed(exchange.stages)),
  json(timed(exchange.sources)),
  json(exchange.filtered),
  exchange.digestIn,
  exchange.digestOut,
];

export const subjectValues = (
  { id, subjects }: ExchangeRecord,
  { hash, seal }: Pick<SubjectKeys, 'hash' | 'seal'>,
): Value[][] =>
  subjects.map(({ kind, number }, seq) => {
    const subject = { kind, number: cut(number, 32) };
    return [id, seq, kind, hash(subject), seal(subject.number, subjectPlace(id, seq, kind))];
  });

export const exchangeOf = (
  row: ExchangeRow,
  subjects: readonly ExchangeSubjectRow[],
  keys: SubjectKeys,
): KeptExchange => {
  const { certificateSubject, certificateFingerprint, endUser, stages, sources, filtered, ...same } = row;
  const certificate =
    certificateSubject === null || certificateFingerprint === null
      ? null
      : { subject: certificateSubject, fingerprint: certificateFingerprint };
  return {
    ...same,
    certificate,
    endUser: endUser === null ? null : readText(keys, endUser, endUserPlace(row.id)),
    subjects: readSubjects(keys, subjects),
    stages: JSON.parse(stages),
    sources: JSON.parse(sources),
    filtered: JSON.parse(filtered),
  };
};

/** An exchange as an archive has it, with the names of its columns as they were then. */
export const exchangeOfCells = (
  { row, subjects }: Cells,
  columns: readonly string[],
  ownSubjectColumns: readonly string[],
  keys: SubjectKeys,
): KeptExchange => {
  const text = (name: string) => {
    const value = row[columns.indexOf(name)] ?? null;
    return value === null ? null : String(value);
  };
  const whole = (name: string) => (text(name) === null ? null : Number(text(name)));
  return exchangeOf(
    {
      ...{ id: text('id') ?? '', receivedAt: new Date(`${text('received_at')?.replace(' ', 'T')}Z`) },
      ...{ duration: whole('duration') ?? 0, remoteAddress: text('remote_address') ?? '' },
      ...{ service: text('service'), version: text('version') },
      certificateSubject: text('certificate_subject'),
      certificateFingerprint: text('certificate_fingerprint'),
      ...{ party: text('party'), uri: text('uri'), hoedanigheid: text('hoedanigheid') },
      ...{ endUser: text('end_user'), reference: text('reference') },
      ...{ grantId: whole('grant_id'), legalBasis: text('legal_basis') },
      // As `exchangeValues` wrote them.
      outcome: text('outcome') as ExchangeRecord['outcome'],
      level: whole('refusal_level') as ExchangeRecord['level'],
      ...{ code: text('code'), reason: text('reason') },
      ...{
        stages: text('stages') ?? '[]',
        sources: text('sources') ?? '[]',
        filtered: text('filtered') ?? '[]',
      },
      ...{ digestIn: text('digest_in') ?? '', digestOut: text('digest_out') ?? '' },
    },
    subjects.map((cells) => subjectOfCells(cells, ownSubjectColumns)),
    keys,
  );
};

const subjectOfCells = (cells: readonly Cell[], columns: readonly string[]): ExchangeSubjectRow => {
  const text = (name: string) => String(cells[columns.indexOf(name)]);
  return {
    ...{ exchangeId: text('exchange_id'), seq: Number(text('seq')) },
    kind: text('subject_kind') as ExchangeSubjectRow['kind'],
    ...{ hash: text('subject_hash'), sealed: text('subject_sealed') },
  };
};

/** By what an archive finds the exchanges about somebody. */
export const subjectHashes = ({ subjects }: Cells): readonly string[] =>
  subjects.map((cells) => subjectOfCells(cells, subjectColumns).hash);
