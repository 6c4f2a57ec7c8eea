import { localMoment } from '../dialect/magda-time.ts';
import type { FileFormat, Publication } from '../exchange/publication.ts';

/** What tells one file of a publication from another. */
type Moment = { readonly cutOff: Date; readonly sequence: number; readonly format: FileFormat };

/**
 * A file's name as MAGDA writes it: `<prefix>.<publication>-<NNNN>_<yyyyMMddHHmmssSSS>.<format>`, the scheduled moment
 * in Belgian time. A schedule knows no milliseconds: these three digits are the last of the sequence number, so that
 * two files of one moment (of two capacities, or of the hour that comes twice in October) have two names.
 */
export function publicationFileName(
  { prefix, name, version }: Pick<Publication, 'prefix' | 'name' | 'version'>,
  { cutOff, sequence, format }: Moment,
): string {
  const { date, time } = localMoment(cutOff);
  const second = `${date}${time.slice(0, 8)}`.replace(/\D/g, '');
  const last = String(sequence % 1000).padStart(3, '0');
  return `${prefix}.${name.toLowerCase()}-${version.replace('.', '')}_${second}${last}.${format}`;
}

/** The name of the voucher that belongs to a file. */
export const voucherName = (fileName: string) => `${fileName.replace(/\.[a-z]+$/, '')}.voucher.xml`;
