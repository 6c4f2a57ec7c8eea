/** What one client, one party and all together may take of the SFTP server. */
export type SftpLimits = {
  readonly connections: number;
  /** Of those, how many that have not said who they are: all together, and from one address. */
  readonly strangers: number;
  readonly strangersPerAddress: number;
  readonly perParty: number;
  readonly handles: number;
  /** After so many refusals a session ends. */
  readonly refusals: number;
  /** Milliseconds to say who one is, and without a request. */
  readonly loginTime: number;
  readonly idleTime: number;
  readonly maxUploadBytes: number;
};

/** One party in a hurry leaves room for nine others; who does not log in leaves room for who does. */
export const sftpLimits: SftpLimits = {
  connections: 100,
  strangers: 40,
  strangersPerAddress: 20,
  perParty: 10,
  handles: 32,
  refusals: 100,
  loginTime: 20_000,
  idleTime: 300_000,
  maxUploadBytes: 4 * 1024 ** 3,
};

/** Who is in, so that nobody is let in who would be one too many. */
export type Places = {
  /** A connection came; null: there is no place. What is returned gives the place back. */
  readonly stranger: (
    network: string,
  ) => { readonly leave: () => void; readonly enter: (partyId: number) => boolean } | null;
};

export function countPlaces(limits: SftpLimits): Places {
  let all = 0;
  let strangers = 0;
  const perNetwork = new Map<string, number>();
  const perParty = new Map<number, number>();

  const count = <K>(counts: Map<K, number>, key: K, by: 1 | -1) => {
    const now = (counts.get(key) ?? 0) + by;
    if (now > 0) counts.set(key, now);
    else counts.delete(key);
  };

  return {
    stranger: (network) => {
      if (all >= limits.connections || strangers >= limits.strangers) return null;
      if ((perNetwork.get(network) ?? 0) >= limits.strangersPerAddress) return null;
      all += 1;
      strangers += 1;
      count(perNetwork, network, 1);
      let state: 'stranger' | 'gone' | number = 'stranger';
      const known = () => {
        strangers -= 1;
        count(perNetwork, network, -1);
      };
      return {
        enter: (partyId) => {
          if (state !== 'stranger' || (perParty.get(partyId) ?? 0) >= limits.perParty) return false;
          known();
          count(perParty, partyId, 1);
          state = partyId;
          return true;
        },
        leave: () => {
          if (state === 'gone') return;
          all -= 1;
          if (state === 'stranger') known();
          else count(perParty, state, -1);
          state = 'gone';
        },
      };
    },
  };
}
