import type { BrokenBuild } from './broken-builds.ts';

/** Erasures that forget less than they say, or later. */
export const BROKEN_ERASURES: readonly BrokenBuild[] = [
  {
    name: 'key not overwritten',
    changes: [
      {
        file: 'lib/crypto/file-key-ring.ts',
        from: 'this.destroyOldVersionsOf([bucket]);',
        to: '',
      },
    ],
    trippedBy: {
      file: 'test/store/keys/rewrap-bucket.test.ts',
      test: 'a wrapped key and an identifier block copied before the rewrap open and match nothing afterwards',
      saying: 'toBeNull',
    },
  },
  {
    name: 'tombstones skipped',
    changes: [
      {
        file: 'store/erasure/erasure.ts',
        from: 'await tombstones.bury(trx, subjectId, erasedAt ?? (await timeOf(trx)));',
        to: 'await timeOf(trx);',
      },
    ],
    trippedBy: {
      file: 'test/privacy/erasure-request.test.ts',
      test: 'a webhook from before the erasure, late or repeated, brings nobody back, and a newer message is a new person',
      saying: 'toEqual',
    },
  },
  {
    name: "rescan by the eraser's own query",
    changes: [
      {
        file: 'store/erasure/erasure.ts',
        from: 'const places = await idColumns(db);',
        to: `const places = PERSONAL_TABLES.map(({ table: name, column }) => {
    const [schema = '', table = ''] = name.split('.');
    return { schema, table, column };
  });`,
      },
    ],
    trippedBy: {
      file: 'test/privacy/erasure-steps.test.ts',
      test: 'the rescan finds a row that no eraser knows of, and the erasure does not end',
      saying: 'resolved instead of rejected',
    },
  },
  {
    name: 'clock from the start of processing',
    changes: [
      {
        file: 'workflows/erasure-request.ts',
        from: 'const news = { isHere: false };',
        to: `const lengthMs = request.dueAtMs - request.receivedAtMs;
  request = { ...request, receivedAtMs: Date.now(), dueAtMs: Date.now() + lengthMs };
  const news = { isHere: false };`,
      },
    ],
    trippedBy: {
      file: 'test/privacy/request-clock.test.ts',
      test: 'a workflow that is cancelled in Temporal ends, and the one that is started for it keeps the first clock',
      saying: '102',
    },
  },
  {
    name: 'executions not awaited',
    changes: [
      {
        file: 'activities/erasure-activities.ts',
        from: 'while ((await deleteExecutions(conversations, conversationId(subjectId))) > 0) {',
        to: 'if ((await deleteExecutions(conversations, conversationId(subjectId))) > 0) {',
      },
    ],
    trippedBy: {
      file: 'test/activities/erasure-executions.test.ts',
      test: 'the step that waits for the executions does not end while Temporal still lists one',
      saying: 'toBe',
    },
  },
  {
    name: 'contact data kept',
    changes: [
      {
        file: 'store/requests/request-contact.ts',
        from: 'sealed_contact: null,',
        to: '',
      },
    ],
    trippedBy: {
      file: 'test/privacy/request-records.test.ts',
      test: 'a request that ends as "finished" keeps nothing of who made it, and no key that opens a copy',
      saying: 'toMatchObject',
    },
  },
];
