import { localMoment } from '../dialect/magda-time.ts';
import type { FileFormat, Publication } from '../exchange/publication.ts';

/**
 * A file's name as MAGDA writes it: `<prefix>.<publication>-<NNNN>_<yyyyMMddHHmmssSSS>.<format>`, the moment in Belgian
 * time. Two moments of the hour that comes twice in October have one name: whoever gives names looks whether it is
 * free, and else asks for that of the next millisecond.
 */
export function publicationFileName(
  { prefix, name, version }: Pick<Publication, 'prefix' | 'name' | 'version'>,
  format: FileFormat,
  moment: Date,
): string {
  const { date, time } = localMoment(moment);
  const digits = `${date}${time}`.replace(/\D/g, '');
  return `${prefix}.${name.toLowerCase()}-${version.replace('.', '')}_${digits}.${format}`;
}

const stemOf = (fileName: string) => fileName.replace(/\.[a-z]+$/, '');

/** The name of the voucher that belongs to a file. */
export const voucherName = (fileName: string) => `${stemOf(fileName)}.voucher.xml`;

/** The name of the notice that a file will be taken away. */
export const noticeName = (fileName: string) => `${stemOf(fileName)}.notice.xml`;
