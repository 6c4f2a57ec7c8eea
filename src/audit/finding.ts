/** Something that is not as the bus left it. */
export type Finding = {
  readonly what: 'changed' | 'removed' | 'inserted' | 'reordered' | 'unreadable';
  /** Of which kind the thing is; anchors and archives are told by their number. */
  readonly of: 'row' | 'anchor' | 'archive';
  readonly writer: string | null;
  /** Of the first row, or the number of the anchor or archive. */
  readonly sequence: number | null;
  /** The exchange's; null where it is not there any more. */
  readonly id: string | null;
  /** In words, for an auditor. */
  readonly text: string;
};
