import type { Intake } from '../exchange/intake.ts';

/** What files that were laid down, and what answers them, are called. */

const VOUCHER = '.voucher.xml';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The part of a voucher's name that it shares with its file. */
export const stemOf = (voucherName: string) => voucherName.slice(0, -VOUCHER.length);

/** The name that a party gave the voucher of a file. */
export const voucherNameOf = (fileName: string) => `${fileName.replace(/\.[^.]*$/, '')}${VOUCHER}`;

/** A voucher that could not be read goes by its digest. */
export const isReadable = ({ voucherId }: Pick<Intake, 'voucherId'>) => UUID.test(voucherId);

/** What the bus keeps of a file, under names of its own: no party can send two that have the same. */
export const keptData = (voucherId: string) => `${voucherId}.xml`;
export const keptVoucher = (voucherId: string) => `${voucherId}${VOUCHER}`;

/** No name of one kind can be one of another kind, whatever a party calls its files. */
export const receiptName = ({ voucherId, fileName }: Pick<Intake, 'voucherId' | 'fileName'>) =>
  isReadable({ voucherId }) ? `${voucherId}.ack.xml` : `${shown(fileName, voucherId)}.unreadable.ack.xml`;
export const duplicateReceiptName = (voucherId: string) => `${voucherId}.duplicate.ack.xml`;

/** The name of a voucher nobody could read, if it can be a name anywhere; else a part of its digest. */
const shown = (voucherName: string, digest: string) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,149}$/.test(stemOf(voucherName))
    ? stemOf(voucherName)
    : `voucher-${digest.slice(0, 16)}`;
