/** How much of the audit lies in the database, and how old it is. */
export type AuditFigures = {
  /** Rows with a place in the chain. */
  readonly online: number;
  /** When the first of them was received. */
  readonly oldest: Date | null;
  readonly archives: {
    readonly kept: number;
    readonly rows: number;
    readonly size: number;
    readonly destroyed: number;
    /** Whose rows are leaving the database, or whose file is being destroyed. */
    readonly unfinished: number;
  };
};
