import type { Throttle } from '../exchange/controls.ts';
import type { ProfileName } from '../exchange/party.ts';

/** The demo parties: what each is there to show. */
export type DemoParty = {
  readonly name: string;
  readonly cbeNumber: string;
  readonly uri: string;
  readonly hoedanigheid: string;
  /** Under which it asks in the KSZ dialect, as its enterprise number; null when it does not. */
  readonly legalContext: string | null;
  readonly profile: ProfileName;
  /** Services it may use and publications it may get, each with what it may see of them. */
  readonly may: Readonly<Record<string, readonly string[]>>;
  /** Of writing services: what it may write; what is left out: everything (`**`). */
  readonly writes?: Readonly<Record<string, readonly string[]>>;
  /** How often it may ask each service; left out: as `service.yaml` says. */
  readonly throttle?: Throttle;
  /** Whether it is told everything encrypted; left out: it is not. */
  readonly encrypted?: true;
  readonly legalBasis: string;
  /** When it gets what changed, as cron; `pull`: when it asks for it; left out: never. */
  readonly subscribed?: string;
  /** When it gets everybody as they are then, as cron; left out: never. */
  readonly snapshots?: string;
  /** On whom it has files: everyone the sources know, enterprises included, the first of the persons, or nobody. */
  readonly registered: 'all' | 'first' | 'nobody';
  readonly note: string;
};

const whole = (...services: string[]) => Object.fromEntries(services.map((service) => [service, ['**']]));

const evidence = ['RegistreerBewijs', 'AnnuleerBewijs'];
/** Of evidence what it cannot do without, as the contract has it, and nothing beside that. */
const plainEvidence = [
  ...['Leverancier', 'PersoonUitgereikt'],
  ...[
    ...['Authenticiteit', 'Categorie', 'Graad', 'Onderwijsvorm', 'Bewijstype', 'Bewijsstaat', 'Instantie'],
    ...['Onderwerp', 'Uitreikingsdatum', 'VolledigeNaam', 'Land', 'Taal', 'Instelling', 'Schooltype'],
  ].map((name) => `Bewijs/${name}`),
].map((name) => `Bewijsregistratie/${name}/**`);

const asking = 'GeefPersoonMutatiesNotificaties';
const subscribing = ['RegistreerAbonnement', 'StopAbonnement', 'GeefAbonnementen'];
const everything = whole(
  'GeefPersoon',
  'GeefGezinssamenstelling',
  'ZoekPersoonOpNaam',
  'GeefOnderneming',
  'GeefDossier',
  ...evidence,
  'RegistreerInschrijving',
  'RegistreerUitschrijving',
  'GeefInschrijvingen',
  'PersonInformation',
  ...subscribing,
  asking,
  'PubliceerMutatiePersoon',
  'PubliceerPersoon',
);

const INQUIRY = 'DEMO:SOCIAL_INQUIRY';

export const demoParties: readonly DemoParty[] = [
  {
    name: 'afnemer',
    cbeNumber: '0999990420',
    uri: 'afnemer.example/verwerker/ipdc6001-aip',
    hoedanigheid: '6001',
    legalContext: INQUIRY,
    profile: 'strict',
    may: everything,
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 1',
    registered: 'all',
    subscribed: '*/5 * * * *',
    snapshots: '30 4 * * *',
    note: 'May use every service, sees everything, has files on everyone.',
  },
  {
    name: 'beperkt',
    cbeNumber: '0999990519',
    uri: 'beperkt.example/ipdc7001-aip',
    hoedanigheid: '7001',
    legalContext: INQUIRY,
    profile: 'strict',
    may: {
      GeefPersoon: ['Persoon/INSZ', 'Persoon/Naam/**', 'Persoon/Geboorte/Datum'],
      GeefGezinssamenstelling: ['Gezinsleden/Gezinslid/INSZ', 'Gezinsleden/Gezinslid/Positie/**'],
      PersonInformation: ['person/ssin', 'person/name/**', 'person/birth/date'],
      GeefDossier: ['**'],
      RegistreerBewijs: ['**'],
      ...whole(...subscribing),
      PubliceerMutatiePersoon: ['INSZ', 'Naam/**', 'Geboorte/Datum'],
      PubliceerPersoon: ['INSZ', 'Naam/**'],
    },
    writes: { RegistreerBewijs: plainEvidence },
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 2',
    registered: 'first',
    subscribed: '*/5 * * * *',
    snapshots: '30 4 * * *',
    note: 'Sees number, name and date of birth only, of a household numbers and positions, of enterprises nothing, in a dossier no more than that; registers evidence without what the contract lets be left out; has a file on the first person only.',
  },
  {
    name: 'leverancier',
    cbeNumber: '0999990618',
    uri: 'leverancier.example/ipdc801-aip',
    hoedanigheid: '801',
    legalContext: null,
    profile: 'strict',
    may: whole(...evidence),
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 3',
    registered: 'first',
    note: 'Supplies evidence, about the first person only; may ask nothing.',
  },
  {
    name: 'ongeregistreerd',
    cbeNumber: '0999990717',
    uri: 'ongeregistreerd.example/ipdc6001-aip',
    hoedanigheid: '6001',
    legalContext: INQUIRY,
    profile: 'strict',
    may: whole('GeefPersoon', 'PersonInformation'),
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 1',
    registered: 'nobody',
    note: 'May ask, but has a file on nobody.',
  },
  {
    name: 'onbevoegd',
    cbeNumber: '0999990816',
    uri: 'onbevoegd.example/ipdc9-aip',
    hoedanigheid: '9',
    legalContext: INQUIRY,
    profile: 'strict',
    may: {},
    legalBasis: '',
    registered: 'all',
    note: 'Its certificate is known; it may use nothing.',
  },
  {
    name: 'legacy',
    cbeNumber: '0999990915',
    uri: 'legacy.example/ipdc6001-aip',
    hoedanigheid: '6001',
    legalContext: null,
    profile: 'magda-2.0',
    may: whole('GeefPersoon'),
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 1',
    registered: 'all',
    note: 'Signs the Body only, as clients of the previous generation do.',
  },
  {
    name: 'legacy-header',
    cbeNumber: '0999991014',
    uri: 'legacy-header.example/ipdc6001-aip',
    hoedanigheid: '6001',
    legalContext: null,
    profile: 'header-signature',
    may: whole('GeefPersoon'),
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 1',
    registered: 'all',
    note: 'Puts a bare XML signature in the Header, without WS-Security.',
  },
  {
    name: 'gehaast',
    cbeNumber: '0999991113',
    uri: 'gehaast.example/ipdc6001-aip',
    hoedanigheid: '6001',
    profile: 'strict',
    may: whole('GeefPersoon'),
    throttle: { max: 1, within: 5_000 },
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 1',
    legalContext: INQUIRY,
    registered: 'all',
    note: 'May ask once in five seconds.',
  },
  {
    name: 'bron',
    cbeNumber: '0999991212',
    uri: 'bron.example/register/ipdc101-aip',
    hoedanigheid: '101',
    legalContext: null,
    profile: 'strict',
    may: whole('RegistreerMutatieNotificatie'),
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 4',
    registered: 'nobody',
    note: 'A source: tells what changed about persons; may ask nothing.',
  },
  {
    name: 'raadpleger',
    cbeNumber: '0999991311',
    uri: 'raadpleger.example/ipdc6002-aip',
    hoedanigheid: '6002',
    legalContext: null,
    profile: 'strict',
    may: whole(asking, 'PubliceerMutatiePersoon'),
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 5',
    registered: 'all',
    subscribed: 'pull',
    note: 'Gets no files: asks itself for what changed, about everyone.',
  },
  {
    name: 'versleuteld',
    cbeNumber: '0999991410',
    uri: 'versleuteld.example/ipdc6003-aip',
    hoedanigheid: '6003',
    legalContext: null,
    profile: 'strict',
    may: whole('GeefPersoon'),
    encrypted: true,
    legalBasis: 'Demodecreet van 1 januari 2020, artikel 6',
    registered: 'all',
    note: 'Whatever it is told is encrypted to the certificate with which it signed.',
  },
];
