import assert from 'node:assert/strict';
import type { PublishingParts } from '../../src/publishing.ts';

const never = () => assert.fail('nothing was laid down');

/** The parts of a bus to which no party lays files down. */
export const noIntake = {
  ...{ environment: 'TEST', speaker: 'vip.vlaanderen.be', maxVoucherBytes: 0, sign: never, answer: never },
  ...{ partiesToReceive: async () => [], intakesToDo: async () => [], intakesToClear: async () => [] },
  ...{ partyById: async () => null, readVoucher: never, flowFor: () => null, tellDuplicate: never },
  ...{ addIntake: never, intakeOf: never, intake: async () => null, lastTaken: never, heldAs: never },
  ...{ markHeld: never, markValidated: never, markRejected: never, markTaking: never, markTaken: never },
  ...{ markReceipt: never, markCleared: never, addProblems: never, differences: never },
  laidDown: {
    ...{ vouchers: async () => [], read: never, lies: never, keep: never, isKept: never },
    ...{ discard: never, bytesOf: never, clear: never },
  },
} satisfies Partial<PublishingParts>;
