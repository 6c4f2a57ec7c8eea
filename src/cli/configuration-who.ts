import { userInfo } from 'node:os';

/** The operator, as this machine knows them. */
export function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number to which no name belongs.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
