import { dialectOf } from '../dialect/dialect.ts';
import { subjectIn } from '../dialect/subject.ts';
import type { Authorised, Fresh, Sender, Verified } from '../exchange/message.ts';
import type { Admits, GrantFor, Party, Subject } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Stage } from '../exchange/stage.ts';
import { isStructured } from '../exchange/subject-number.ts';

type Needs = {
  readonly grantFor: GrantFor;
  readonly admits: Admits;
  /** Whether a right that was taken away elsewhere would be known here by now. */
  readonly isCurrent: () => boolean;
};

/**
 * Decides on the signer alone, whose the connection must be where connections have owners, and from whose networks it must
 * come where it has any: the sender that the question names (or, where contracts have no place for one, that goes without
 * saying) must be one for which the signer's party may speak, and that party must hold a grant for this service, in that
 * capacity, today.
 */
export function authorise({ grantFor, admits, isCurrent }: Needs): Stage<Fresh, Authorised> {
  return function authorise(message) {
    if (!isCurrent())
      throw new Refusal('internal', 'the configuration could not be read for too long to rely on it');
    const { party } = message.signer;
    const { name, version } = message.service.rules;
    const sender = dialectOf(message.service.rules).readSender(message.question, party);
    const known = { sender, subjects: subjectsOf(message) };
    const { connection } = message.door;
    // A signed message that somebody else got hold of is no question of its signer.
    if (connection && connection.partyId !== party.id) {
      const detail = `the connection is that of ${connection.as}, the message was signed by ${party.name}`;
      throw new Refusal('13001', detail, null, { known });
    }
    const { remoteAddress } = message.door;
    if (!admits(party.id, remoteAddress)) {
      const detail = `${remoteAddress} is in none of the networks of ${party.name}`;
      throw new Refusal('13001', detail, null, { known });
    }
    if (!maySpeakFor(party, sender)) {
      const claim = `${sender.uri} (hoedanigheid ${sender.hoedanigheid ?? 'none'})`;
      throw new Refusal('13001', `${party.name} may not speak for ${claim}`, null, { known });
    }
    const { uri, hoedanigheid } = sender;
    const grant = grantFor({ partyId: party.id, uri, hoedanigheid, service: name, version, at: message.at });
    if (!grant) {
      const detail = `${party.name} holds no grant for ${name} ${version} as ${uri} today`;
      throw new Refusal('13001', detail, null, { known });
    }
    const { certificate, recipient } = message.signer;
    if (grant.encrypted && recipient === null) {
      const lacking =
        certificate === null
          ? 'and no certificate came'
          : `certificate ${certificate.subject} is not for that`;
      throw new Refusal('13001', `grant ${grant.id} has answers encrypted; ${lacking}`, CANNOT, { known });
    }
    return { ...message, sender, grant, answerTo: grant.encrypted ? recipient : null };
  };
}

const CANNOT =
  'Het antwoord moet versleuteld worden, en dat kan niet: vraag het in een bericht, met een RSA-certificaat waarvan keyUsage keyEncipherment bevat.';

/** Whoever asked in vain has asked about somebody, who may know of it. */
export function subjectsOf({ service, question }: Verified): readonly Subject[] {
  const subject = subjectIn(dialectOf(service.rules).readQuestion(question).content, service.rules.subject);
  return subject && isStructured(subject) ? [subject] : [];
}

const maySpeakFor = (party: Party, { uri, hoedanigheid }: Sender) =>
  party.identities.some((identity) => identity.uri === uri && identity.hoedanigheid === hoedanigheid);
