import { z } from 'zod';
import { isNetwork } from '../exchange/networks.ts';

/** An address, or a network with its length. */
export const network = z
  .string('expected an address or a network')
  .toLowerCase()
  .refine(isNetwork, 'expected an address or a network such as 192.0.2.0/24 or 2001:db8::/32');
