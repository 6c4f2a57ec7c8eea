import type { Refusal } from '../exchange/refusal.ts';
import { plain, type SoapVersion, soap, xml } from './names.ts';
import { attribute, element, type Markup } from './write.ts';

const CODES_12 = {
  Client: 'Sender',
  Server: 'Receiver',
  MustUnderstand: 'MustUnderstand',
  VersionMismatch: 'VersionMismatch',
} as const;

/**
 * The Fault with which a level 1 refusal is told (SOAP 1.1 §4.4, SOAP 1.2 part 1 §5.4): `NNNNN - text`, and in the
 * detail what its dialect puts there.
 */
export function writeFault(version: SoapVersion, refusal: Refusal, detail: readonly Markup[]): Markup {
  const name = soap(version);
  const { number, fault, text } = refusal.row;
  if (version === '1.1') {
    return element(name('Fault'), [
      element(plain('faultcode'), `soap:${fault}`),
      element(plain('faultstring'), `${number} - ${text}`),
      element(plain('detail'), detail),
    ]);
  }
  const language = attribute(xml('lang'), 'nl');
  return element(name('Fault'), [
    element(name('Code'), [element(name('Value'), `soap:${CODES_12[fault]}`)]),
    element(name('Reason'), [element(name('Text'), `${number} - ${text}`, [language])]),
    element(name('Detail'), detail),
  ]);
}

/** The bus's own detail: what the sender may know, and the exchange's id, by which an operator finds the rest. */
export const ownDetail = ({ text }: Refusal, exchangeId: string): readonly Markup[] => [
  element(plain('message'), text),
  element(plain('uitwisseling'), exchangeId),
];
