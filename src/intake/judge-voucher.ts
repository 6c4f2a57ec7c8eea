import type { FlowFor, IntakeProblem } from '../exchange/intake.ts';
import type { Voucher } from '../exchange/voucher.ts';
import { voucherNameOf } from './names.ts';

type Needs = {
  readonly flowFor: FlowFor;
  /** The name under which the bus receives. */
  readonly speaker: string;
};

const wrong = (detail: string): IntakeProblem => ({
  ...{ code: 'VOUCHER_CONTENT', record: null, reference: null, detail },
});

/**
 * What a voucher says that is not taken here, though its party did say it.
 *
 * @param name under which it was laid down
 */
export function judgeVoucher(
  voucher: Voucher,
  name: string,
  partyId: number,
  at: Date,
  { flowFor, speaker }: Needs,
): readonly IntakeProblem[] {
  const { receiver, files, flow: said, direction, sender } = voucher;
  const found: IntakeProblem[] = [];
  const expect = (holds: boolean, detail: string) => {
    if (!holds) found.push(wrong(detail));
  };
  expect(
    receiver.uri === speaker && receiver.hoedanigheid === null,
    `receiver is ${receiver.uri}, expected ${speaker} without a hoedanigheid`,
  );
  const [file] = files;
  expect(files.length === 1 && file?.parts === 1, 'a voucher is about one file, in one part');
  if (file) {
    expect(
      voucherNameOf(file.name) === name && file.name.endsWith('.xml'),
      `the voucher ${name} is about ${file.name}; <name>.voucher.xml is about <name>.xml`,
    );
    expect(file.mediaType === 'application/xml', `mediaType is ${file.mediaType}, only XML is taken`);
  }
  const flow = flowFor(said.service, said.version);
  if (flow === null) return [...found, wrong(`there is no flow ${said.service} ${said.version}`)];
  expect(direction === flow.direction, `direction is ${direction}, expected ${flow.direction}`);
  expect(
    said.messageType === flow.messageType,
    `messageType is ${said.messageType}, expected ${flow.messageType}`,
  );
  if (flow.schemaLocation !== null)
    expect(
      said.schemaLocation === flow.schemaLocation,
      `schemaLocation is ${said.schemaLocation}, expected ${flow.schemaLocation}`,
    );
  const denial = flow.denial({ ...sender, partyId }, at);
  return denial ? [...found, denial] : found;
}
