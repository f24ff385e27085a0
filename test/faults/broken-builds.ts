import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as scenarios from './scenarios.ts';
import type { ScenarioCheck } from './scenarios.ts';

/** A version of the program with one defect on purpose, and the check that must find it. */
export interface BrokenBuild {
  name: string;
  patches: { file: string; from: string; to: string }[];
  scenario: (stage: scenarios.Stage) => Promise<string[]>;
  check: ScenarioCheck;
}

export const BROKEN_BUILDS: BrokenBuild[] = [
  {
    name: 'no dedupe',
    patches: [
      {
        file: 'lib/postgres/inbox.ts',
        from: 'fingerprint: cipher.fingerprint(providerId),',
        to: 'fingerprint: cipher.fingerprint(providerId + id),',
      },
    ],
    scenario: scenarios.repeatedWebhook,
    check: 'one effect',
  },
  {
    name: '200 before the commit',
    patches: [
      {
        file: 'api/webhooks/webhook-routes.ts',
        from: 'const taken = await deps.ingest(parsed.events);',
        to: 'response.status(200).end(); const taken = await deps.ingest(parsed.events);',
      },
    ],
    scenario: scenarios.killedBeforeCommit,
    check: 'no loss',
  },
  {
    name: 'a retry after a timeout',
    patches: [
      {
        file: 'lib/meta/graph-client.ts',
        from: "return { kind: 'ambiguous', reason: 'no answer', code: null };",
        to: "return { kind: 'not sent', reason: 'no answer', code: null, retryAfterMs: null };",
      },
    ],
    scenario: scenarios.lostAnswers,
    check: 'one effect',
  },
  {
    name: 'no gate',
    patches: [
      {
        file: 'activities/gate.ts',
        from: 'if (silence !== null) return suppress(trx, replyId, silence);',
        to: '',
      },
      {
        file: 'activities/gate.ts',
        from: 'if (isUntouched(deliveries) && ',
        to: 'if (deliveries.length === 0 && ',
      },
    ],
    scenario: scenarios.stoppedWhileWaiting,
    check: 'nothing unasked',
  },
  {
    name: 'the codec off',
    patches: [
      {
        file: 'lib/temporal/data-converter.ts',
        from: "payloadCodecs: [createPayloadCodec(ring.secret('payload codec'))],",
        to: 'payloadCodecs: [],',
      },
    ],
    scenario: scenarios.ordinaryTurn,
    check: 'sealed in Temporal',
  },
  {
    name: "Meta's id in a workflow id",
    patches: [
      {
        file: 'api/webhooks/take-messages.ts',
        from: 'after.toWake.add(subjectId);',
        to: 'after.toWake.add(`${subjectId}/${first.providerId}`);',
      },
      {
        file: 'lib/temporal/wake-conversation.ts',
        from: '{ ...session, subjectId, turnsTaken: 0 }',
        to: '{ ...session, subjectId: subjectId.slice(0, 36), turnsTaken: 0 }',
      },
    ],
    scenario: scenarios.ordinaryTurn,
    check: 'nothing personal on disk',
  },
];

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = [
  'activities',
  'api',
  'assistant',
  'domain',
  'lib',
  'migrations',
  'worker',
  'workflows',
];

/** A copy of the program with these patches, in a folder of its own; `remove` deletes it. Each patch must fit exactly once. */
export function buildOf(patches: BrokenBuild['patches']): { root: string; remove: () => void } {
  const root = mkdtempSync(path.join(tmpdir(), 'mayfly-build-'));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    copyProgram(root);
    for (const patch of patches) applyPatch(root, patch);
  } catch (error) {
    remove();
    throw error;
  }
  return { root, remove };
}

function copyProgram(root: string): void {
  for (const source of [...SOURCES, 'package.json', 'package-lock.json']) {
    cpSync(path.join(CHECKOUT, source), path.join(root, source), { recursive: true });
  }
  symlinkSync(path.join(CHECKOUT, 'node_modules'), path.join(root, 'node_modules'));
  // Where the workflows are unchanged, so is their bundle.
  mkdirSync(path.join(root, '.cache'));
  for (const bundle of globSync('.cache/workflows-*.js', { cwd: CHECKOUT })) {
    cpSync(path.join(CHECKOUT, bundle), path.join(root, bundle));
  }
}

function applyPatch(root: string, { file, from, to }: BrokenBuild['patches'][number]): void {
  const target = path.join(root, file);
  const parts = readFileSync(target, 'utf8').split(from);
  if (parts.length !== 2)
    throw new Error(`${file} has ${parts.length - 1} times what is to be broken: ${from}`);
  writeFileSync(target, parts.join(to));
}
