import { networkOf } from '../exchange/networks.ts';

/** Connections that are open, so that none is taken in that would be one too many. */
export type Places = {
  /** What gives the place back; null: there is none for this address. */
  readonly take: (address: string) => (() => void) | null;
};

type Limits = {
  readonly connections: number;
  readonly perAddress: number;
  /** Stands for many clients, and may have as many connections as there are. */
  readonly speaksForMany: (address: string) => boolean;
};

export function countConnections({ connections, perAddress, speaksForMany }: Limits): Places {
  let all = 0;
  const counts = new Map<string, number>();
  return {
    take: (address) => {
      const network = networkOf(address);
      const had = counts.get(network) ?? 0;
      if (all >= connections || (had >= perAddress && !speaksForMany(address))) return null;
      all += 1;
      counts.set(network, had + 1);
      return () => {
        all -= 1;
        const left = (counts.get(network) ?? 1) - 1;
        if (left > 0) counts.set(network, left);
        else counts.delete(network);
      };
    },
  };
}
