import { type QueryRunner, Table, type TableColumnOptions, type TableIndexOptions } from 'typeorm';

type Column = (name: string) => TableColumnOptions;

/**
 * Column kinds that mean the same on both engines. Text on a server compares byte by byte, as it does in SQLite:
 * under a server's usual collation two certificate subjects that differ in case or accent would be one party's.
 */
export const columnsFor = (runner: QueryRunner) => {
  const bytewise =
    runner.dataSource.options.type === 'mysql' ? { charset: 'utf8mb4', collation: 'utf8mb4_bin' } : {};
  const moment = runner.dataSource.options.type === 'mysql' ? { precision: 3 } : {};
  return {
    serial: (name: string): TableColumnOptions => ({
      ...{ name, type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
    }),
    /** A serial past two thousand million; SQLite's is as large as it is. */
    bigSerial: (name: string): TableColumnOptions => ({
      ...{ name, type: runner.dataSource.options.type === 'mysql' ? 'bigint' : 'integer' },
      ...{ isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
    }),
    integer: (name: string): TableColumnOptions => ({ name, type: 'integer' }),
    big: (name: string): TableColumnOptions => ({ name, type: 'bigint' }),
    boolean: (name: string): TableColumnOptions => ({ name, type: 'boolean' }),
    double: (name: string): TableColumnOptions => ({ name, type: 'double' }),
    moment: (name: string): TableColumnOptions => ({ name, type: 'datetime', ...moment }),
    text: (name: string): TableColumnOptions => ({ name, type: 'text', ...bytewise }),
    /** Sixteen million bytes on a server, where plain text stops at 65 535. */
    list: (name: string): TableColumnOptions => ({
      ...{ name, type: runner.dataSource.options.type === 'mysql' ? 'mediumtext' : 'text', ...bytewise },
    }),
    /** Whatever a message may hold. */
    longText: (name: string): TableColumnOptions => ({
      ...{ name, type: runner.dataSource.options.type === 'mysql' ? 'longtext' : 'text', ...bytewise },
    }),
    varchar:
      (length: number): Column =>
      (name) => ({ name, type: 'varchar', length: String(length), ...bytewise }),
  };
};

export const key = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
export const orNull = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
export const index = (name: string, columnNames: string[]): TableIndexOptions => ({ name, columnNames });
export const uniqueIndex = (name: string, columnNames: string[]): TableIndexOptions => ({
  ...{ name, columnNames, isUnique: true },
});

type Parts = {
  readonly columns: TableColumnOptions[];
  readonly indices?: TableIndexOptions[];
  /** Column -> the table whose id (its only key) it holds. */
  readonly refers?: Readonly<Record<string, string>>;
};

/** Does nothing when the table is there: a server cannot roll back the making of a table, so a migration that was
 * cut off must be able to start again. */
export const createTable = (runner: QueryRunner, name: string, { columns, indices, refers }: Parts) =>
  runner.createTable(
    new Table({
      name,
      columns,
      indices: indices ?? [],
      foreignKeys: Object.entries(refers ?? {}).map(([column, table]) => ({
        name: `fk_${name}_${column}`,
        columnNames: [column],
        referencedTableName: table,
        referencedColumnNames: ['id'],
      })),
      ...(runner.dataSource.options.type === 'mysql' ? { engine: 'InnoDB' } : {}),
    }),
    true,
  );
