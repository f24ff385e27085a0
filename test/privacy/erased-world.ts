import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ingest } from '../../api/webhooks/ingest.ts';
import type { Channel } from '../../domain/channels.ts';
import type { PersonReference } from '../../domain/events.ts';
import { CodeHash } from '../../lib/crypto/request-codes.ts';
import { parseInstagramWebhook } from '../../lib/meta/instagram-webhook.ts';
import { parseWhatsAppWebhook } from '../../lib/meta/whatsapp-webhook.ts';
import { recordEvidence } from '../../store/outbox/delivery-evidence.ts';
import { recordIntent, recordOutcome } from '../../store/outbox/delivery-transitions.ts';
import { deleteKeys, eraseRows, fenceSubject } from '../../store/erasure/erasure.ts';
import { planReply } from '../../store/outbox/outbox.ts';
import { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import { createStorage } from '../support/storage.ts';

const PARSERS = { whatsapp: parseWhatsAppWebhook, instagram: parseInstagramWebhook };
const MINUTE_MS = 60_000;

/** What a webhook did to what we hold of a person: the first of these that is true. */
export type Effect =
  | 'a person'
  | 'words'
  | 'words gone'
  | 'other words'
  | 'a rest'
  | 'another number'
  | 'evidence'
  | 'nothing';

/** A database, and people in it who write, are written to and are erased. Create it at the top level of a test file. */
export async function createErasedWorld() {
  const { db, ring, people } = await createStorage();
  const tombstones = new Tombstones(ring);
  const deps = {
    ...{ db, people, tombstones, codeHash: new CodeHash(ring) },
    languages: ['en'] as const,
    humanPauseMs: 120 * MINUTE_MS,
  };
  const post = (channel: Channel, body: object) => {
    const { events, malformed } = PARSERS[channel](body);
    expect(malformed).toBe(0);
    return ingest(deps, events);
  };

  /** The subject whom each of these names means now; null for nobody. */
  const meant = (references: readonly PersonReference[]) =>
    inTransaction(db, (trx) =>
      Promise.all(references.map(async (one) => (await people.find(trx, one))?.subjectId ?? null)),
    );

  /** Everything in the database that an event could change. */
  async function look(references: readonly PersonReference[]) {
    const [subjects, messages, deliveries] = await Promise.all([
      sql<{ id: string; rests: boolean }>`
        SELECT id, coalesce(human_until > now(), false) AS rests FROM mayfly.subjects ORDER BY id`.execute(
        db,
      ),
      sql<{ id: string; words: string | null }>`
        SELECT id, encode(sealed_text, 'hex') AS words FROM mayfly.messages ORDER BY id`.execute(
        db,
      ),
      sql<{ seen: string }>`
        SELECT concat_ws(' ', d.id, d.state, d.status, count(c.*)) AS seen
        FROM mayfly.deliveries d LEFT JOIN mayfly.delivery_copies c ON c.delivery_id = d.id
        GROUP BY d.id ORDER BY d.id`.execute(db),
    ]);
    return {
      subjects: subjects.rows,
      messages: messages.rows,
      deliveries: deliveries.rows,
      meant: await meant(references),
    };
  }
  type Look = Awaited<ReturnType<typeof look>>;

  function difference(before: Look, after: Look): Effect {
    const words = ({ messages }: Look) => messages.filter((one) => one.words !== null);
    const rests = ({ subjects }: Look) => subjects.filter((one) => one.rests).length;
    if (after.subjects.length !== before.subjects.length) return 'a person';
    if (words(after).length > words(before).length) return 'words';
    if (words(after).length < words(before).length) return 'words gone';
    if (JSON.stringify(words(after)) !== JSON.stringify(words(before))) return 'other words';
    if (rests(after) !== rests(before)) return 'a rest';
    if (JSON.stringify(after.meant) !== JSON.stringify(before.meant)) return 'another number';
    return JSON.stringify(after) === JSON.stringify(before) ? 'nothing' : 'evidence';
  }

  /** Gives the person an answer of these words, which Meta took under this id, or, without one, has not answered yet; its token. */
  async function answer(
    subjectId: string,
    text: string,
    ids: { first: string | null; other?: string },
  ): Promise<string> {
    return inTransaction(db, async (trx) => {
      const cipher = await people.cipher(trx, subjectId);
      const replyId = randomUUID();
      await planReply(trx, cipher, {
        ...{ id: replyId, sessionId: null, turn: null, origin: 'model', action: 'continue' },
        ...{ discloses: false, parts: [text], answers: [] },
      });
      const { id } = await trx
        .selectFrom('mayfly.deliveries')
        .select('id')
        .where('reply_id', '=', replyId)
        .executeTakeFirstOrThrow();
      await recordIntent(trx, id, cipher.fingerprint(cipher.token(id)));
      const { first, other } = ids;
      if (first !== null) {
        const accepted = { kind: 'accepted', providerId: first } as const;
        await recordOutcome(trx, cipher, { deliveryId: id, attempt: 1 }, accepted);
      }
      if (other !== undefined) {
        const evidence = { token: id, providerId: other, status: 'sent', errorCode: null } as const;
        await recordEvidence(trx, cipher, evidence);
      }
      return cipher.token(id);
    });
  }

  return {
    ...{ db, tombstones, post, look, difference, answer, meant },
    fence: (subjectId: string, at: Date) =>
      inTransaction(db, (trx) => fenceSubject(trx, tombstones, subjectId, at)),
    eraseRest: async (subjectId: string) => {
      await deleteKeys(db, subjectId);
      await eraseRows(db, subjectId, () => undefined);
    },
    /** What would be done before the last words are sent, and once Meta has answered. */
    putUp: (marks: readonly Buffer[]) =>
      inTransaction(db, (trx) => tombstones.putUp(trx, marks, new Date())),
  };
}
