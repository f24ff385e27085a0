import type { ERASURE_FAIL_POINTS } from '../../lib/fail-point.ts';
import type { FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import type { People } from '../../store/people/people.ts';
import { readContact } from '../../store/requests/request-contact.ts';
import { inTransaction } from '../../store/transaction.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS } from '../support/installation.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import type { OpenedRequest } from '../support/privacy-desk.ts';
import { insertSilentPeople } from '../support/silent-people.ts';
import type { SilentPerson } from '../support/silent-people.ts';
import { goneWithin } from '../system/controlled-process.ts';
import type { Mayfly } from '../system/processes.ts';

/** Where a worker dies. */
export type Point = (typeof ERASURE_FAIL_POINTS)[number];

/** Somebody's erasure, in the middle of which the worker is killed. */
export interface Victim {
  point: Point;
  from: string;
  subjectId: string;
  /** Their wrapped key as a copy of the database would have it. */
  key: { bucket: number; version: bigint; wrapped: Buffer };
  buckets: number[];
  survivors: SilentPerson[];
}
/** The same after the worker was started again, with the Mayfly it happened in. */
export interface Outcome extends Victim {
  mayfly: Mayfly;
  ring: FileKeyRing;
  people: People;
  code: string;
  requestId: string;
}

const DONE_MS = 120_000;
/** Most rows are deleted table by table: killed when some of them are gone. */
const PASSES: Partial<Record<Point, number>> = { 'between rows': 6 };

/** Somebody writes, and others whose keys lie in the same bucket. */
export async function meet(
  mayfly: Mayfly,
  ring: FileKeyRing,
  people: People,
  { point, from }: { point: Point; from: string },
): Promise<Victim> {
  await write(mayfly, from, 'hello');
  await eventually(() => expect(textsTo(mayfly, from)).not.toEqual([]));
  const { subjectId } = await subjectOf(mayfly, people, from);
  const key = await mayfly.db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .executeTakeFirstOrThrow();
  const aliases = await mayfly.db
    .selectFrom('keys.identifiers')
    .select('bucket')
    .where('subject_id', '=', subjectId)
    .execute();
  return {
    point,
    from,
    subjectId,
    key: { bucket: key.bucket, version: BigInt(key.bucket_version), wrapped: key.wrapped_key },
    buckets: aliases.map(({ bucket }) => bucket),
    survivors: await insertSilentPeople(mayfly.db, ring, { count: 8, days: 1, bucket: key.bucket }),
  };
}

/** Has the person ask, tells the worker where to die, has them confirm, waits until it has died, and starts it again. */
export async function killWhileErasing(mayfly: Mayfly, people: People, { point, from }: Victim) {
  const body = { right: 'erasure', whatsapp: `+${from}`, reply_to: `p${from}@example.org` };
  const response = await deskOf(mayfly).postJson('/privacy/requests', body);
  expect(response.status).toBe(202);
  const { code, verification } = (await response.json()) as OpenedRequest;
  const { id: requestId } = await mayfly.db
    .selectFrom('mayfly.requests')
    .select('id')
    .orderBy('received_at', 'desc')
    .executeTakeFirstOrThrow();
  await eventually(async () => {
    const contact = await inTransaction(mayfly.db, (trx) => readContact(trx, people, requestId));
    expect(contact?.mails?.received?.isOver).toBe(true);
  });
  expect(await mayfly.worker.ask(`${point}:${PASSES[point] ?? 1}`)).toBe('armed');
  await write(mayfly, from, verification.phrase);
  const { signal } = await goneWithin(mayfly.worker, 60_000);
  expect(signal).toBe('SIGKILL');
  await mayfly.worker.start();
  return { code, requestId };
}

/** Waits until the request has ended well. */
export const finished = ({ mayfly, code }: Pick<Outcome, 'mayfly' | 'code'>) =>
  eventually(async () => {
    expect((await deskOf(mayfly).status(code)).outcome).toBe('finished');
  }, DONE_MS);
const deskOf = (mayfly: Mayfly) =>
  privacyDesk({ url: (path) => `http://127.0.0.1:${mayfly.settings['PORT']}${path}` });
export const textsTo = ({ meta }: Mayfly, from: string) =>
  meta.sent.filter(({ to }) => to === `+${from}`).map(({ text }) => text);

async function write(mayfly: Mayfly, from: string, text: string): Promise<void> {
  const message = { from, phoneNumberId: ACCOUNTS.whatsapp, text };
  const { status } = await mayfly.post('whatsapp', mayfly.webhooks.whatsAppTextWebhook(message));
  expect(status).toBe(200);
}

async function subjectOf({ db }: Mayfly, people: People, from: string) {
  const identifiers = [{ kind: 'whatsapp phone', value: `+${from}` }] as const;
  const cipher = await inTransaction(db, (trx) =>
    people.find(trx, { account: ACCOUNTS.whatsapp, identifiers }),
  );
  if (cipher === null) throw new Error('nobody is known by this number');
  return cipher;
}

/** Whether somebody who did not ask for anything is still found, and what they wrote still read. */
export async function isWhole({ db }: Mayfly, people: People, one: SilentPerson): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const cipher = await people.find(trx, one.reference);
    const { sealed_text: sealed } = await trx
      .selectFrom('mayfly.messages')
      .select('sealed_text')
      .where('id', '=', one.messageId)
      .executeTakeFirstOrThrow();
    if (cipher?.subjectId !== one.id || sealed === null) return false;
    return cipher.open('messages.sealed_text', one.messageId, sealed).startsWith('hello there');
  });
}
