import { isNode, LineCounter, parseDocument, stringify } from 'yaml';
import type { z } from 'zod';
import {
  codesShape,
  grantShape,
  issueText,
  partyShape,
  registrationShape,
  sourceShape,
  subscriptionShape,
} from './configuration-fields.ts';
import type { ConfigurationImage, Present } from './configuration-image.ts';
import {
  rawCodes,
  rawGrant,
  rawParty,
  rawRegistration,
  rawSource,
  rawSubscription,
} from './configuration-raw.ts';

/** The whole configuration as one YAML file, and back. */

const SECTIONS = ['parties', 'grants', 'sources', 'codes', 'subscriptions', 'registrations'] as const;
type Section = (typeof SECTIONS)[number];

export const writeFile = (image: Present, withRegistrations: boolean): string =>
  stringify(
    {
      parties: image.parties.map(rawParty),
      grants: image.grants.map(rawGrant),
      sources: image.sources.map(rawSource),
      codes: image.codes.map(rawCodes),
      subscriptions: image.subscriptions.map(rawSubscription),
      ...(withRegistrations ? { registrations: image.registrations.map(rawRegistration) } : {}),
    },
    { lineWidth: 0 },
  );

export type FileMistake = { readonly line: number; readonly message: string };

export type ConfigurationFile = {
  readonly image: ConfigurationImage;
  /** Sections that are there; what the others hold is left alone. */
  readonly sections: ReadonlySet<Section>;
  readonly mistakes: readonly FileMistake[];
  /** Names of parties that are in the file and have a mistake themselves. */
  readonly excused: ReadonlySet<string>;
  /** Line of what is at a position of a section, or of the nearest thing around it. */
  readonly lineOf: (path: readonly (string | number)[]) => number;
};

/** Reads a file and says everything that is wrong with it in itself; what is right is in `image` nevertheless. */
export function readFile(text: string): ConfigurationFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const mistakes: FileMistake[] = [];
  const say = (line: number, message: string) => void mistakes.push({ line, message });
  const rawLine = (path: readonly (string | number)[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  for (const { pos, message } of document.errors)
    say(lines.linePos(pos[0]).line, `is not YAML: ${message.split('\n')[0]}`);
  const data: unknown = mistakes.length > 0 ? {} : document.toJS();
  const top = isRecord(data) ? data : {};
  if (!isRecord(data)) say(1, `expected ${SECTIONS.join(', ')}`);
  const foreign = Object.keys(top).filter((key) => !SECTIONS.some((section) => section === key));
  for (const key of foreign) say(rawLine([key]), `${key}: unknown key; there are ${SECTIONS.join(', ')}`);
  // Things with a mistake are left out of the image: `positions` leads from its places back to those in the file.
  const positions = new Map<Section, number[]>();
  const excused = new Set<string>();
  const listIn = (section: Section): readonly unknown[] => {
    const list = top[section] ?? [];
    if (Array.isArray(list)) return list;
    say(rawLine([section]), `${section}: expected a list`);
    return [];
  };
  const read = <T>(section: Section, shape: z.ZodType<T>): T[] => {
    const found: T[] = [];
    const places: number[] = [];
    positions.set(section, places);
    for (const [position, each] of listIn(section).entries()) {
      const one = shape.safeParse(each);
      if (one.success) {
        found.push(one.data);
        places.push(position);
        continue;
      }
      if (section === 'parties' && isRecord(each)) excused.add(String(each.name));
      for (const [path, message] of one.error.issues.flatMap(complaints)) {
        const at = [section, position, ...path];
        say(rawLine(at), `${at.join('.')}: ${message}`);
      }
    }
    return found;
  };
  const unnumbered = <T extends object>(list: readonly T[]) => list.map((each) => ({ ...each, id: null }));
  const image: ConfigurationImage = {
    parties: read('parties', partyShape),
    grants: unnumbered(read('grants', grantShape)),
    sources: read('sources', sourceShape),
    codes: read('codes', codesShape),
    subscriptions: unnumbered(read('subscriptions', subscriptionShape)),
    registrations: unnumbered(read('registrations', registrationShape)),
  };
  return {
    image,
    sections: new Set(SECTIONS.filter((section) => section in top)),
    mistakes,
    excused,
    lineOf: ([section, position, ...rest]) => {
      const places = SECTIONS.find((each) => each === section);
      const place = places && positions.get(places)?.[Number(position)];
      return place === undefined || section === undefined ? 1 : rawLine([section, place, ...rest]);
    },
  };
}

type Complaint = readonly [path: readonly (string | number)[], message: string];

function complaints(issue: z.core.$ZodIssue): readonly Complaint[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code !== 'unrecognized_keys') return [[path, issueText(issue.message)]];
  return issue.keys.map((key) => [[...path, key], 'unknown key; remove it or correct its name']);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
