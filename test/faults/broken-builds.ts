/** A version of the program with one defect on purpose, and the ordinary test that has to find it. */
export interface BrokenBuild {
  /** What is broken, in a few words. */
  name: string;
  /** Nearly always one. */
  changes: readonly Change[];
  trippedBy: NamedTest;
}

/** `from` stands in its file exactly once. */
export interface Change {
  file: string;
  from: string;
  to: string;
}

export interface NamedTest {
  file: string;
  /** Its full name as jest prints it, those of the `describe`s around it first. */
  test: string;
  /** Stands in what the failure says, so that a test that fails for another reason does not count. */
  saying: string;
}

const NO_GATE: Change = {
  file: 'activities/gate.ts',
  from: 'const silence = silenceOf(subject, origin, new Date());',
  to: 'const silence = null as ReturnType<typeof silenceOf>;',
};
/** The conversation's decisions, in whatever order things happen. */
const MODEL = {
  file: 'test/faults/model/model.test.ts',
  test: 'whatever people, Meta and the model do, and in whatever order, no promise is broken',
};

export const BROKEN_BUILDS: readonly BrokenBuild[] = [
  {
    name: 'no dedupe',
    changes: [
      {
        file: 'store/conversation/inbox.ts',
        from: 'fingerprint: cipher.fingerprint(providerId),',
        to: 'fingerprint: cipher.fingerprint(providerId + id),',
      },
    ],
    trippedBy: {
      file: 'test/store/conversation/inbox.test.ts',
      test: 'a message is stored once, however often and in whatever order it comes',
      saying: '"repeated"',
    },
  },
  {
    name: '200 before the commit',
    changes: [
      {
        file: 'api/webhooks/webhook-routes.ts',
        from: 'const taken = await deps.ingest(parsed.events);',
        to: 'response.status(200).end(); const taken = await deps.ingest(parsed.events);',
      },
    ],
    trippedBy: {
      file: 'test/system/kill-everything.test.ts',
      test: 'Postgres stopped: 503, and after Meta has repeated everything is answered once',
      saying: 'Expected: >= ',
    },
  },
  {
    name: 'a retry after a timeout',
    changes: [
      {
        file: 'lib/meta/graph-client.ts',
        from: "return { kind: 'ambiguous', reason: 'no answer', code: null };",
        to: "return { kind: 'not sent', reason: 'no answer', code: null, retryAfterMs: null };",
      },
    ],
    trippedBy: {
      file: 'test/activities/lost-answers.test.ts',
      test: 'on whatsapp, the person gets exactly one text when the answer is lost and Meta shows the text meanwhile: execute then hang',
      saying: '"texts": 2',
    },
  },
  {
    name: 'no gate',
    changes: [NO_GATE],
    trippedBy: {
      file: 'test/api/webhooks/commands.test.ts',
      test: 'on whatsapp STOP holds back the parts of an answer that have not gone out',
      saying: 'word word',
    },
  },
  {
    name: 'the codec off',
    changes: [
      {
        file: 'lib/temporal/data-converter.ts',
        from: "payloadCodecs: [createPayloadCodec(ring.secret('payload codec'))],",
        to: 'payloadCodecs: [],',
      },
    ],
    trippedBy: {
      file: 'test/system/nothing-personal-on-disk.test.ts',
      test: 'Temporal holds no payload that is not sealed, until one is planted',
      saying: 'workflowExecutionStartedEventAttributes.input',
    },
  },
  {
    name: "Meta's id in a workflow id",
    changes: [
      {
        file: 'api/webhooks/take-messages.ts',
        from: 'if (mustWake) after.toWake.add(subjectId);',
        to: 'if (mustWake) after.toWake.add(subjectId).add(`${subjectId}/${first.providerId}`);',
      },
      {
        file: 'lib/temporal/wake-conversation.ts',
        from: '{ ...session, subjectId, turnsTaken: 0 }',
        // The second conversation belongs to nobody, so that all else goes on as ever.
        to: "{ ...session, subjectId: subjectId.length > 36 ? '00000000-0000-0000-0000-000000000000' : subjectId, turnsTaken: 0 }",
      },
    ],
    trippedBy: {
      file: 'test/system/nothing-personal-on-disk.test.ts',
      test: 'no word, reply, name, number or id of anybody is in any file, in any form',
      saying: 'temporal/temporal.db',
    },
  },
  {
    name: 'sent once more without a wait for evidence',
    changes: [
      {
        file: 'activities/gate.ts',
        from: "return stop({ outcome: 'ambiguous', afterMs: evidenceMs[channel] });",
        to: "return stop({ outcome: 'ambiguous', afterMs: 0 });",
      },
      {
        file: 'activities/reconcile.ts',
        from: 'if (leftMs > 0) return',
        to: 'if (leftMs > Infinity) return',
      },
    ],
    trippedBy: { ...MODEL, saying: 'no hasty resend: ' },
  },
  {
    name: 'another answer in place of one that may have arrived',
    changes: [
      {
        file: 'activities/gate.ts',
        from: "state === 'planned' && sentAt === null,",
        to: "state === 'planned' || sentAt === null,",
      },
    ],
    trippedBy: {
      ...MODEL,
      test: 'no promise is broken where a reply may have arrived, its second sending is in doubt, and the person writes on',
      saying: 'one effect: ',
    },
  },
  {
    name: 'no gate, and nobody but the model looks',
    changes: [NO_GATE],
    trippedBy: { ...MODEL, saying: 'after a STOP' },
  },
  {
    name: 'statuses in reverse',
    changes: [
      {
        file: 'domain/delivery-status.ts',
        from: 'WEIGHT[incoming] > WEIGHT[current]',
        to: 'WEIGHT[incoming] < WEIGHT[current]',
      },
    ],
    trippedBy: { ...MODEL, saying: 'statuses: ' },
  },
];
