const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

/** Whether a row was refused because another one has its unique key. */
export const isDuplicate = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if ('code' in error && error.code === 'ER_DUP_ENTRY') return true;
  if ('errcode' in error && typeof error.errcode === 'number') {
    return [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].includes(error.errcode);
  }
  return 'driverError' in error && isDuplicate(error.driverError);
};
