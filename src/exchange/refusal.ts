import type { SourceTrace } from './audit.ts';
import type { Notice, Sender } from './message.ts';
import type { Subject } from './party.ts';

/**
 * Why the bus declines. `number` and `text` are public contract (docs/refusals.md); level 1 is a SOAP fault, level 2
 * `Repliek/Uitzonderingen`, level 3 `Antwoord/Uitzonderingen`. `http` departs from the level's usual status.
 */
type Row = {
  readonly number: string;
  readonly level: 1 | 2 | 3;
  readonly fault: 'Client' | 'Server' | 'MustUnderstand' | 'VersionMismatch';
  readonly text: string;
  readonly http?: number;
};

export const refusals = {
  '404': {
    number: '10001',
    level: 1,
    fault: 'Client',
    http: 404,
    text: 'Op dit adres wordt geen dienst aangeboden.',
  },
  '413': { number: '10001', level: 1, fault: 'Client', http: 413, text: 'De boodschap is te groot.' },
  '415': {
    number: '10001',
    level: 1,
    fault: 'Client',
    http: 415,
    text: 'De boodschap moet text/xml of application/soap+xml zijn.',
  },
  '10001': { number: '10001', level: 1, fault: 'Client', text: 'Fout formaat in de vraag.' },
  VersionMismatch: {
    number: '10001',
    level: 1,
    fault: 'VersionMismatch',
    text: 'De envelop is noch SOAP 1.1 noch SOAP 1.2.',
  },
  MustUnderstand: {
    number: '10001',
    level: 1,
    fault: 'MustUnderstand',
    text: 'De boodschap draagt een verplichte header die hier niet verwerkt wordt.',
  },
  ERR_025: { number: '10001', level: 1, fault: 'Client', text: 'ERR_025: Verification failure' },
  internal: { number: '60009', level: 1, fault: 'Server', text: 'Technische fout. Probeer later opnieuw.' },
  '13001': {
    number: '13001',
    level: 2,
    fault: 'Client',
    text: 'De afzender heeft in deze hoedanigheid geen machtiging voor de gevraagde dienst.',
  },
  '99994': { number: '99994', level: 2, fault: 'Server', text: 'Onverwachte fout bij de bron.' },
  '99995': { number: '99995', level: 2, fault: 'Server', text: 'Te veel gelijktijdige bevragingen' },
  '99996': { number: '99996', level: 2, fault: 'Server', text: 'De bron is tijdelijk niet beschikbaar.' },
  '99997': { number: '99997', level: 2, fault: 'Server', text: 'De bron is niet bereikbaar.' },
  '99982': {
    number: '99982',
    level: 3,
    fault: 'Client',
    text: 'De vraag bevat een code die niet gekend is.',
  },
  '99983': {
    number: '99983',
    level: 3,
    fault: 'Server',
    text: 'Voor een code van de bron is er geen MAGDA-code.',
  },
  '99984': {
    number: '99984',
    level: 3,
    fault: 'Server',
    text: 'Voor een code is er geen omschrijving.',
  },
  '99986': { number: '99986', level: 3, fault: 'Server', text: 'De bron gaf een onbekende foutcode.' },
  '15021': {
    number: '15021',
    level: 3,
    fault: 'Client',
    text: 'Na filtering blijft er niets over in het antwoord.',
  },
  '20002': { number: '20002', level: 3, fault: 'Client', text: 'De structuur van het INSZ is ongeldig.' },
  '20001': { number: '20001', level: 3, fault: 'Client', text: 'De datum heeft een ongeldig formaat.' },
  '20003': { number: '20003', level: 3, fault: 'Client', text: 'De begindatum ligt na de einddatum.' },
  '20004': { number: '20004', level: 3, fault: 'Client', text: 'De periode is ongeldig.' },
  '20005': {
    number: '20005',
    level: 3,
    fault: 'Client',
    text: 'Identificatie of Hoedanigheid verschilt van die in de Context.',
  },
  '20006': {
    number: '20006',
    level: 3,
    fault: 'Client',
    text: 'De datum ligt buiten het toegelaten bereik.',
  },
  '20007': {
    number: '20007',
    level: 3,
    fault: 'Client',
    text: 'De structuur van het ondernemingsnummer is ongeldig.',
  },
  '20008': {
    number: '20008',
    level: 3,
    fault: 'Client',
    text: 'De inhoud van een notificatie voldoet niet aan het schema van de publicatie.',
  },
  '20009': {
    number: '20009',
    level: 3,
    fault: 'Client',
    text: 'De planning of een andere voorwaarde van het abonnement is ongeldig.',
  },
  '25001': { number: '25001', level: 3, fault: 'Client', text: 'De gevraagde taal wordt niet ondersteund.' },
  '30001': { number: '30001', level: 3, fault: 'Client', text: 'Geen gegevens gevonden.' },
  '30014': { number: '30014', level: 3, fault: 'Client', text: 'De Ontvangstreferte is ongeldig.' },
  '30016': { number: '30016', level: 3, fault: 'Client', text: 'Er zijn geen verdere gegevens.' },
  '30040': { number: '30040', level: 3, fault: 'Client', text: 'Er zijn meer gegevens beschikbaar.' },
  '30034': {
    number: '30034',
    level: 3,
    fault: 'Client',
    text: 'Voor een onderneming mag geen periode opgegeven worden.',
  },
  '40006': {
    number: '40006',
    level: 3,
    fault: 'Client',
    text: 'De afzender heeft geen machtiging voor de bron van dit gegeven.',
  },
  '40003': { number: '40003', level: 3, fault: 'Client', text: 'Er is geen inschrijving voor dit INSZ.' },
  '40004': {
    number: '40004',
    level: 3,
    fault: 'Client',
    text: 'De periode van raadpleging is niet toegelaten.',
  },
  '40005': {
    number: '40005',
    level: 3,
    fault: 'Client',
    text: 'De toegang tot de gegevens over dit subject wordt geweigerd.',
  },
  '40034': {
    number: '40034',
    level: 3,
    fault: 'Client',
    text: 'De combinatie van criteria ontbreekt of is ongeldig.',
  },
  '40035': {
    number: '40035',
    level: 3,
    fault: 'Client',
    text: 'Er mag maar één betrokken subject opgegeven worden.',
  },
  '40088': { number: '40088', level: 3, fault: 'Server', text: 'Interne fout in het repertorium.' },
  '40143': { number: '40143', level: 3, fault: 'Client', text: 'De inschrijving bestaat al.' },
  '40144': {
    number: '40144',
    level: 3,
    fault: 'Client',
    text: 'De referte werd al gebruikt voor een andere notificatie.',
  },
  '40145': { number: '40145', level: 3, fault: 'Client', text: 'De notificatie werd al geregistreerd.' },
  '40146': {
    number: '40146',
    level: 3,
    fault: 'Client',
    text: 'Er loopt al een abonnement op deze publicatie.',
  },
  '60006': { number: '60006', level: 3, fault: 'Server', text: 'De bron gaf geen antwoord.' },
  '60007': {
    number: '60007',
    level: 3,
    fault: 'Server',
    text: 'Het antwoord van de bron kan niet geïnterpreteerd worden.',
  },
  '60009': {
    number: '60009',
    level: 3,
    fault: 'Server',
    text: 'Technische fout bij de verwerking van het antwoord.',
  },
  '60011': { number: '60011', level: 3, fault: 'Server', text: 'De toegang tot de bron is niet ingesteld.' },
  '60013': { number: '60013', level: 3, fault: 'Server', text: 'De bron weigert de toegang.' },
} as const satisfies Record<string, Row>;

export type RefusalCode = keyof typeof refusals;

export type Known = {
  readonly asked?: readonly SourceTrace[];
  readonly sender?: Sender;
  readonly subjects?: readonly Subject[];
  /** Schema paths in the question that the grant does not let be written. */
  readonly unwritable?: readonly string[];
};

type RefusalOptions = ErrorOptions & {
  /** Who said so (Oorsprong), when it was not the bus: the source's short name. */
  readonly origin?: string;
  /** Beside the text, for programs: what the sender may know. */
  readonly annotations?: Notice['annotations'];
  /** What the stage that declined had established by then, for the audit. */
  readonly known?: Known;
};

/**
 * The bus declines this message. The code decides what the sender is told; `detail` is for the audit only, so that a
 * refusal teaches an attacker nothing. `text` replaces the table's public text where the sender needs more to mend it.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly text: string;
  readonly origin: string | null;
  readonly known: Known;
  readonly annotations: Notice['annotations'];

  constructor(code: RefusalCode, detail: string, text: string | null = null, options: RefusalOptions = {}) {
    super(detail, options);
    this.code = code;
    this.text = text ?? refusals[code].text;
    this.origin = options.origin ?? null;
    this.known = options.known ?? {};
    this.annotations = options.annotations ?? [];
  }

  get row(): Row {
    return refusals[this.code];
  }

  /** The Uitzondering by which a reply tells it. */
  get notice(): Notice {
    return {
      number: this.row.number,
      origin: this.origin ?? 'MAGDA',
      type: 'FOUT',
      text: this.text,
      circumstance: null,
      annotations: this.annotations,
      references: [],
    };
  }
}
