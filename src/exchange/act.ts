/** One run of a verb of the command line that changes something or shows what is kept about persons. */
export type Act = {
  /** A UUID. */
  readonly id: string;
  /** The operating system's name of who ran it. */
  readonly who: string;
  readonly host: string;
  /** What SUDO_USER said, which anybody can set; null: nothing. */
  readonly behind: string | null;
  /** Verb and sub-verb. */
  readonly verb: string;
  /** As they were typed, numbers of persons left out. */
  readonly given: readonly string[];
};

/** `refused`: a rule stood in the way, or what was typed was wrong; nothing was changed, or not all of it. */
export type Outcome = 'done' | 'refused' | 'failed';

/** What is known of one afterwards. */
export type ActRecord = Act & {
  readonly at: Date;
  /** Null: it goes on, or was cut off. */
  readonly ended: Date | null;
  readonly outcome: Outcome | null;
  /** Why not, numbers of persons left out. */
  readonly reason: string | null;
};

/** What is null does not narrow. */
export type ActFilter = {
  readonly who: string | null;
  readonly verb: string | null;
  readonly limit: number;
};
