import { Client, Connection } from '@temporalio/client';
import { conversationId } from '../../domain/conversation.ts';
import { ERASURE_FAIL_POINTS } from '../../lib/fail-point.ts';
import { FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import { openSubjectKey } from '../../lib/crypto/subject-cipher.ts';
import { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import { People } from '../../store/people/people.ts';
import { startFakeMailServer } from '../fakes/mail/fake-mail-server.ts';
import { dumpRows } from '../support/byte-scan.ts';
import { namespacesOf, startMayfly } from '../system/processes.ts';
import type { Mayfly } from '../system/processes.ts';
import { startServers } from '../system/servers.ts';
import { finished, isWhole, killWhileErasing, meet, textsTo } from './killed-erasures.ts';
import type { Outcome, Point, Victim } from './killed-erasures.ts';

/** Most of its time a case waits for somebody to notice, so several installations share the machine. */
const LANES = Array.from({ length: 4 }, (_, number) => `lane${number}`);
const WHOLE = 300_000;
const SETTINGS = { MAYFLY_FAIL_POINT: 'told', LLM_RETENTION_DAYS: '0' };
const [mail, servers] = await Promise.all([
  startFakeMailServer(),
  startServers({ namespaces: LANES.flatMap((lane) => Object.values(namespacesOf(lane))) }),
]);
const connection = await Connection.connect({ address: servers.temporalAddress });
const closing: (() => Promise<void>)[] = [];
const outcomes = new Map(
  ERASURE_FAIL_POINTS.map((point) => [point, Promise.withResolvers<Outcome>()]),
);
for (const { promise } of outcomes.values()) promise.catch(() => undefined);
const running = Promise.all(LANES.map(runLane));
running.catch(() => undefined);

afterAll(async () => {
  await Promise.allSettled([running]);
  await Promise.all(closing.map((close) => close()));
  await connection.close();
  await Promise.all([servers.close(), mail.close()]);
});

/** Each lane is a Mayfly, and takes every so many-th point. */
async function runLane(name: string, number: number): Promise<void> {
  const environment = { ...SETTINGS, SMTP_URL: mail.url };
  const mayfly = await startMayfly({ servers, name, environment });
  const ring = FileKeyRing.open({
    ringFile: mayfly.settings['KEY_RING_FILE'] ?? '',
    rootKeyFile: mayfly.settings['ROOT_KEY_FILE'] ?? '',
  });
  closing.push(() => mayfly.close().finally(() => ring.close()));
  const cache = new SubjectKeyCache({ capacity: 1, now: () => Infinity });
  const people = new People({ ring, cache });
  const points = ERASURE_FAIL_POINTS.filter((_, index) => index % LANES.length === number);
  const victims: Victim[] = [];
  for (const [index, point] of points.entries())
    victims.push(await meet(mayfly, ring, people, { point, from: `1555088${number}${index}00` }));
  for (const victim of victims) {
    const opened = await killWhileErasing(mayfly, people, victim);
    const outcome = { ...victim, ...opened, mayfly, ring, people };
    outcomes.get(victim.point)?.resolve(outcome);
    // Whoever goes on would else come to the point that is meant for the next one, or be killed a second time.
    await finished(outcome);
  }
}

/** What is told at most twice, or perhaps not at all, when the worker dies at this moment. */
const TOLD: Partial<Record<Point, number>> = { 'before telling': 0 };
const MAILED: Partial<Record<Point, number>> = { 'after mail': 2 };

test.each(ERASURE_FAIL_POINTS)(
  'a worker killed at the step "%s" goes on: erased, proven, certified and told once, and nobody else is lost',
  async (point) => {
    const { promise } = outcomes.get(point) ?? Promise.withResolvers<Outcome>();
    // A lane that cannot start fails its cases here rather than at their time limit.
    await Promise.race([promise, running]);
    const { mayfly, ring, people, ...victim } = await promise;
    const { db } = mayfly;
    const { code, requestId, subjectId, from } = victim;
    await finished({ mayfly, code });

    const entries = await db
      .selectFrom('mayfly.ledger')
      .select('action')
      .where('request_id', '=', requestId)
      .orderBy('position')
      .execute();
    expect(entries.map(({ action }) => action)).toEqual([
      'request received',
      'identity verified',
      'erased',
      'key destroyed',
      'rescan',
      'certificate issued',
      'request ended',
    ]);
    const certificates = db.selectFrom('mayfly.certificates').select('id');
    expect(await certificates.where('request_id', '=', requestId).execute()).toHaveLength(1);

    const last = textsTo(mayfly, from).filter((text) => text.includes('has deleted everything'));
    expect(last).toHaveLength(TOLD[point] ?? 1);
    const mails = mail.received.filter(
      ({ to, text }) =>
        to.includes(`p${from}@example.org`) && text.includes('has deleted everything'),
    );
    expect(mails).toHaveLength(MAILED[point] ?? 1);
    expect(new Set(mails.map(({ headers }) => headers['message-id'])).size).toBe(1);

    expect(await dumpRows(db)).not.toContain(subjectId);
    const keys = db.selectFrom('keys.subject_keys').select('bucket');
    expect(await keys.where('subject_id', '=', requestId).execute()).toEqual([]);
    const conversations = new Client({
      connection,
      namespace: namespacesOf(laneOf(mayfly)).conversations,
    });
    const { count } = await conversations.workflow.count(
      `WorkflowId = '${conversationId(subjectId)}'`,
    );
    expect(count).toBe(0);

    for (const bucket of [victim.key.bucket, ...victim.buckets])
      expect(ring.bucketKeys(bucket)).toHaveLength(1);
    const openers = ring.bucketKeys(victim.key.bucket).filter(({ version }) => {
      try {
        openSubjectKey(ring, subjectId, { ...victim.key, version });
        return true;
      } catch {
        return false;
      }
    });
    expect(openers).toEqual([]);
    const whole = await Promise.all(victim.survivors.map((one) => isWhole(mayfly, people, one)));
    expect(whole).toEqual(victim.survivors.map(() => true));
  },
  WHOLE,
);

function laneOf({ settings }: Mayfly): string {
  return (settings['TEMPORAL_CONVERSATIONS_NAMESPACE'] ?? '').replace('-conversations', '');
}
