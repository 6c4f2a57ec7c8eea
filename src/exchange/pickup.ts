/** How a party fetches what lies ready for it and lays down what it sends, whatever the door it comes through. */

/** The folders that a party sees, under the names that its clients have configured. */
export const trays = ['Publicaties', 'To_Vip', 'From_Vip', 'cache'] as const;
export type Tray = (typeof trays)[number];

/** One user name under which a party comes in, and what proves that it is the party. */
export type PickupAccess = {
  readonly id: number;
  readonly partyId: number;
  /** No other access has it. */
  readonly userName: string;
  readonly kind: 'key' | 'password';
  /** Public keys, one a line, as OpenSSH writes them; or the password as scrypt left it. */
  readonly secret: string;
  /** Exclusive; null is open-ended. */
  readonly validUntil: Date | null;
};

/** Who fetches, and from where. */
export type Caller = {
  readonly partyId: number;
  /** As it is told in log and audit: the user name, or the subject of the certificate. */
  readonly as: string;
  readonly channel: 'sftp' | 'https';
  readonly remoteAddress: string;
};

/** First and last byte, both included. */
export type ByteRange = { readonly from: number; readonly to: number };

/** What of one file left the bus. */
export type Sent = { readonly name: string; readonly size: number; readonly ranges: readonly ByteRange[] };

/** What is written down of a pick-up. A rejection must stop what was about to happen. */
export type Ledger = {
  /** Before the first byte leaves. */
  readonly opened: (caller: Caller, tray: Tray, name: string) => Promise<void>;
  /** After the last one that was asked for. A publication of which everything left is collected. */
  readonly sent: (caller: Caller, tray: Tray, sent: Sent) => Promise<void>;
  readonly refused: (caller: Caller, what: string) => Promise<void>;
  /** The party laid a file down, or gave one it had laid down another name. */
  readonly laidDown: (caller: Caller, name: string, size: number) => Promise<void>;
  /** The party took something away: its own upload, or a publication into its cache. */
  readonly moved: (caller: Caller, what: string, name: string) => Promise<void>;
};
