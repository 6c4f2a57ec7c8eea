// `sv-SE` writes yyyy-mm-dd HH:MM:SS, which is what Tijdstip wants in its two halves.
const brussels = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Brussels',
  dateStyle: 'short',
  timeStyle: 'medium',
});

type Moment = { readonly date: string; readonly time: string };

// A second holds many messages, and formatting for a time zone costs more than all else about a moment.
let second = Number.NaN;
let written: Moment = { date: '', time: '' };

/** A moment as MAGDA writes it: local time in Belgium, `Datum` yyyy-mm-dd and `Tijd` HH:MM:SS.mmm. */
export function localMoment(at: Date): Moment {
  const now = Math.floor(at.getTime() / 1000);
  if (now !== second) {
    const [date = '', time = ''] = brussels.format(at).split(' ');
    written = { date, time };
    second = now;
  }
  return { date: written.date, time: `${written.time}.${String(at.getMilliseconds()).padStart(3, '0')}` };
}
