import type { ContractName } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import type { Refusal } from '../exchange/refusal.ts';
import { plain } from '../xml/names.ts';
import { element, fragment, type Markup } from '../xml/write.ts';
import { information, informationCbss } from './ksz-reply.ts';
import { reasonOf } from './ksz-status.ts';

export type FaultParts = {
  readonly exchange: string;
  readonly received: Date;
  readonly replied: Date;
  readonly speaker: string;
  /** The contract's own element for a fault's detail; null when it declares none. */
  readonly fault: ContractName | null;
  /** null while nobody is known to have signed it: until then nothing of a message is repeated. */
  readonly question: Element | null;
};

/** A fault's detail (CommonV3, CBSSFaultType), in the element that the contract has for it. */
export function faultDetail(refusal: Refusal, parts: FaultParts): readonly Markup[] | null {
  const { fault, question, exchange } = parts;
  if (fault === null) return null;
  const customer = question?.child('informationCustomer') ?? null;
  const { number } = refusal.row;
  return [
    element({ ...fault, prefix: 'ns' }, [
      customer && fragment(customer.canonical()),
      informationCbss(exchange, parts.received, parts.replied),
      element(plain('detail'), [
        element(plain('severity'), 'FATAL'),
        element(plain('reasonCode'), reasonOf(refusal.code, number)),
        element(plain('diagnostic'), refusal.text.slice(0, 256)),
        element(plain('authorCode'), parts.speaker.slice(0, 64)),
        information({ name: 'code', value: number }),
        information({ name: 'uitwisseling', value: exchange }),
      ]),
    ]),
  ];
}
