import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys begin with the moment until which their message is good: rows of one moment then stand side by side, where before
 * each message was kept on another page of the index. Messages without such a moment, which are kept for a month, stay.
 */
export class SeenInOrder1795800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { isServer, length, soon, ordered } = wordsFor(runner);
    // SQLite holds nobody to a length.
    if (isServer) await runner.query(widthOfKey(60));
    await runner.query(
      `UPDATE seen_message SET message_key = ${ordered} WHERE ${length} = 43 AND seen_until < ${soon}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    const { isServer, length } = wordsFor(runner);
    await runner.query(`UPDATE seen_message SET message_key = SUBSTR(message_key, 18) WHERE ${length} = 60`);
    if (isServer) await runner.query(widthOfKey(43));
  }
}

const widthOfKey = (length: number) =>
  `ALTER TABLE seen_message MODIFY COLUMN message_key varchar(${length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL`;

/** `soon`: later than a signed moment can be, and long before the month is over. */
const wordsFor = (runner: QueryRunner) =>
  runner.dataSource.options.type === 'mysql'
    ? {
        isServer: true,
        length: 'CHAR_LENGTH(message_key)',
        soon: 'UTC_TIMESTAMP() + INTERVAL 15 MINUTE',
        ordered:
          "CONCAT(DATE_FORMAT(seen_until, '%Y%m%d%H%i%s'), LPAD(MICROSECOND(seen_until) DIV 1000, 3, '0'), message_key)",
      }
    : {
        isServer: false,
        length: 'LENGTH(message_key)',
        soon: "STRFTIME('%Y-%m-%d %H:%M:%f', 'now', '+15 minutes')",
        ordered:
          "REPLACE(REPLACE(REPLACE(REPLACE(seen_until, '-', ''), ':', ''), ' ', ''), '.', '') || message_key",
      };
