import type { KeptExchange } from '../exchange/audit.ts';
import { routeOf } from '../exchange/inquiry.ts';

/** The journey's stages in their order, in words for an operator. A test holds the names against the journey. */
export const stageWords: ReadonlyMap<string, string> = new Map([
  ['parse', 'reads the message'],
  ['decrypt', 'makes readable what came encrypted'],
  ['route', 'finds the service it is for'],
  ['validate', 'holds the question against the contract'],
  ['verify', 'checks who signed it and what the signature covers'],
  ['refuseReplay', 'checks that the message did not come before'],
  ['authorise', 'checks under which name the signer speaks, and its grant'],
  ['throttle', "counts the party's questions to the service"],
  ['checkRegistration', 'checks the number and that the party has a file on the subject'],
  ['checkPopulation', 'checks that the subject is in the population to which the grant is limited'],
  ['checkPeriod', 'checks that the days asked about may be consulted'],
  ['checkWritten', 'checks that the grant lets be written what would be'],
  ['answer', 'asks the source'],
  ['translate', "puts MAGDA's codes in the place of the source's"],
  ['filter', 'takes out what the grant does not show'],
  ['compose', 'writes the reply'],
  ['validateAnswer', 'holds the reply against the contract'],
  ['sign', 'signs the reply, and encrypts it where the grant says so'],
]);

/** What stands in for the first stages where no envelope brought the question, and which stages such a one has. */
const fileStages: ReadonlyMap<string, string> = new Map([
  ['put', 'takes the question out of its file, or makes it of a subject'],
  ['validate', 'holds the question against the contract'],
  ['vouch', 'relies on the voucher of the file in which the question stood'],
]);
const withoutEnvelope = ['parse', 'decrypt', 'route', 'verify', 'refuseReplay', 'throttle', 'sign'];

/** The stages of an exchange in their order, in words. */
export function stageWordsOf({ remoteAddress }: Pick<KeptExchange, 'remoteAddress'>): typeof stageWords {
  if (routeOf(remoteAddress) === null) return stageWords;
  const others = [...stageWords].filter(([stage]) => !withoutEnvelope.includes(stage));
  return new Map([...fileStages, ...others]);
}

/** Where a refusal is decided when the record does not tell by its stages. */
export const stageOfCode: Readonly<Record<string, string>> = {
  '404': 'parse',
  '413': 'parse',
  '415': 'parse',
  ERR_025: 'verify',
  '13001': 'authorise',
  '99995': 'throttle',
  '25001': 'checkRegistration',
  '20002': 'checkRegistration',
  '40003': 'checkRegistration',
  '40005': 'checkPopulation',
  '40004': 'checkPeriod',
  '30001': 'answer',
  '15021': 'filter',
  '99982': 'answer',
  '99983': 'filter',
  '99986': 'translate',
};

type Remedy = { readonly rule: string; readonly mend: string };

/** The rule behind a code, and what mends it where no command can be told. */
export const rules: Readonly<Record<string, Remedy>> = {
  '404': {
    rule: 'the path must be an endpoint',
    mend: 'the client calls /<Service>Dienst-<NN.NN>/soap/WebService or /soap/WebService (kruispunt check lists them)',
  },
  '413': {
    rule: 'a message may be as large as KRUISPUNT_MAX_MESSAGE_BYTES',
    mend: 'the client sends less, or the limit is set higher',
  },
  '415': {
    rule: 'the Content-Type is text/xml or application/soap+xml, and nothing is compressed (Content-Encoding)',
    mend: 'the client sends the right Content-Type, and does not compress',
  },
  '10001': {
    rule: 'a message is well-formed, without a DTD, of a known operation, and valid against its schema',
    mend: 'the client mends the message as the reason says',
  },
  VersionMismatch: {
    rule: 'the root is a SOAP 1.1 or 1.2 Envelope',
    mend: 'the client uses the namespace of SOAP 1.1 or 1.2',
  },
  MustUnderstand: {
    rule: 'the only header block that must be understood is WS-Security',
    mend: 'the client leaves the header block out, or gives it mustUnderstand="0"',
  },
  ERR_025: {
    rule: 'a message is signed over Body and Timestamp, now, by a trusted certificate whose subject a party registered',
    mend: 'the client signs as the reason asks, or renews its certificate',
  },
  internal: {
    rule: 'the bus itself works and can write the audit',
    mend: 'look in the log under this exchange, and at /health/ready',
  },
  '13001': {
    rule: 'the signer may speak for the sender it names, holds a grant for the service that day, and came on its own connection and from its networks',
    mend: 'add the identity or the grant, or mend the connection',
  },
  '15021': {
    rule: 'something of the answer is left after filtering',
    mend: 'let the grant show what the party needs, if the law on which it rests allows it',
  },
  '20002': { rule: 'the last two digits of a number fit the others', mend: 'the client corrects the number' },
  '25001': {
    rule: 'the service speaks the language asked for',
    mend: 'the client asks for one of the languages in service.yaml',
  },
  '30001': { rule: 'the source knows the subject', mend: 'nothing: the source holds no such data' },
  '40006': {
    rule: 'the party holds a grant for the service of each part, where the whole must be complete',
    mend: 'add the grant, if the law allows it (kruispunt grant add)',
  },
  '40003': {
    rule: 'the party has a registration on the subject, in its hoedanigheid, that day',
    mend: 'the party registers the subject first',
  },
  '40004': {
    rule: 'the days asked about are days on which the party has a file on the subject, and that its grant allows',
    mend: 'the client asks about days that are allowed; or the registration or the grant is made to hold them',
  },
  '40005': {
    rule: 'the subject is in the target population to which the grant is limited, that day',
    mend: 'the population is brought up to date, if the subject belongs to it',
  },
  // One code, two rules: the stage tells them apart.
  'ERR_025 refuseReplay': {
    rule: 'each signed message is let in once',
    mend: 'the client signs anew whatever it sends again; if it did not send this twice, somebody else has it',
  },
  'ERR_025 decrypt': {
    rule: 'a message that comes encrypted is one key, to a certificate of the bus, and one content, that of its Body',
    mend: 'the client encrypts as the reason says, to the certificate that the bus offers at /certificaten/versleuteling',
  },
  'ERR_025 route': {
    rule: 'a question that comes encrypted is one that is served here, as any other',
    mend: 'the client mends what the reason says, which it is not told itself',
  },
  'ERR_025 validate': {
    rule: 'a question that comes encrypted fits its schema, as any other',
    mend: 'the client mends what the reason says, which it is not told itself',
  },
  '40006 checkWritten': {
    rule: 'what a question would write is within what its grant lets be written (writable)',
    mend: 'the client leaves it out; or the grant lets it be written, if the law on which it rests allows it',
  },
  '20001': { rule: 'a date is a day of the calendar', mend: 'the client corrects the date' },
  '20003': { rule: 'a period begins before it ends', mend: 'the client corrects the period' },
  '20004': { rule: 'a period that is there names a day', mend: 'the client fills it in or leaves it out' },
  '20006': { rule: 'a question is about days that have come', mend: 'the client corrects the date' },
  '60006': { rule: 'the source answers', mend: 'its operators look why it sent nothing' },
  '60007': {
    rule: "the source's answer is readable, valid, not too large and about what was asked",
    mend: "the source's operators mend it as the reason says",
  },
  '60009': {
    rule: 'the call to the source succeeds, and the filtered answer is still valid',
    mend: 'see the reason; a grant may hide what the schema demands',
  },
  '60011': { rule: 'the source has an address', mend: 'set it up' },
  '60013': { rule: 'the source lets the bus in', mend: "arrange the bus's access with its operators" },
  '99982': {
    rule: 'a code in the question is in the table of the source that is asked',
    mend: 'the client asks for a code that is, or the table gets it (kruispunt codes import)',
  },
  '99983': {
    rule: 'a code of the source that would be shown is in its table',
    mend: "the table gets the source's code (kruispunt codes import)",
  },
  '99986': {
    rule: "the number of a source's error is in its table",
    mend: "the table gets the source's error (kruispunt codes import)",
  },
  '99994': { rule: 'the source answers without a fault', mend: 'its operators look at the fault' },
  '99995': {
    rule: 'a party asks a service no more often than its grant, or else service.yaml, says',
    mend: 'the client asks less often, or the limit is set higher',
  },
  '99996': {
    rule: 'the source answers within its deadline',
    mend: 'try again, ask its operators, or give it longer',
  },
  '99997': {
    rule: "the source's address can be reached",
    mend: 'check the address and the network, or ask its operators',
  },
};
