// `sv-SE` writes yyyy-mm-dd HH:MM:SS, which is what Tijdstip wants in its two halves.
const brussels = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Brussels',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** A moment as MAGDA writes it: local time in Belgium, `Datum` yyyy-mm-dd and `Tijd` HH:MM:SS.mmm. */
export function localMoment(at: Date): { readonly date: string; readonly time: string } {
  const [date = '', time = ''] = brussels.format(at).split(' ');
  return { date, time: `${time}.${String(at.getMilliseconds()).padStart(3, '0')}` };
}
