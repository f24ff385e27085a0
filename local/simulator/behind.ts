import { sql } from 'kysely';
import type { DeliveryStatus, PersonReference } from '../../domain/events.ts';
import type { AccountProblem, DeliveryState, SendProblem } from '../../domain/outbox.ts';
import type { ReplyOrigin, Standing } from '../../domain/standing.ts';
import type { Database, InTransaction } from '../../store/database.ts';
import { NEVER_ANSWERED } from '../../store/conversation/inbox.ts';
import type { People } from '../../store/people/people.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { ConversationRuns } from './conversation-runs.ts';

/** What is held of one person: states, times and counts; no text, and no id of Meta's. */
export interface Behind {
  /** Messages that nothing answers yet. */
  waiting: number;
  /** Since when the conversation is to be woken, and since when it looks after what waits. */
  wake: { since: Date; takenAt: Date | null } | null;
  standing: Standing;
  session: { count: number; startedAt: Date } | null;
  /** Null when Temporal does not tell. */
  isSessionOpen: boolean | null;
  /** Until when a reply may be sent; null when no address is held. */
  windowClosesAt: Date | null;
  accountProblem: AccountProblem | null;
  /** The latest ones, newest first. */
  replies: BehindReply[];
}

export interface BehindReply {
  /** Counts up from the person's first. */
  number: number;
  origin: ReplyOrigin;
  createdAt: Date;
  isSuperseded: boolean;
  waitsFor: 'account' | 'Meta' | null;
  /** When the last of the messages that it answers came; null when it answers none. */
  askedAt: Date | null;
  parts: BehindPart[];
}

/** One message to the person, of the outbox. */
export interface BehindPart {
  state: DeliveryState;
  attempt: number;
  resends: number;
  status: DeliveryStatus | null;
  problem: SendProblem | null;
  /** How many messages at Meta are known to be this one. */
  copies: number;
  maybeSentAt: Date | null;
  settledAt: Date | null;
}

/** Null when nothing is held of the person. */
export type ReadBehind = (person: PersonReference) => Promise<Behind | null>;

const LATEST_REPLIES = 4;

/** Reads what the database holds of a person, for a demonstration alone: production shows nobody like this. */
export function createReadBehind(deps: {
  db: Database;
  people: People;
  conversations: Pick<ConversationRuns, 'isOpen'>;
}): ReadBehind {
  return async (person) => {
    const found = await inTransaction(deps.db, async (trx) => {
      const cipher = await deps.people.find(trx, person);
      if (cipher === null) return null;
      const { subjectId } = cipher;
      const about = await readSubject(trx, subjectId);
      return about && { subjectId, ...about, replies: await readReplies(trx, subjectId) };
    });
    if (!found) return null;
    const { subjectId, ...behind } = found;
    return { ...behind, isSessionOpen: await deps.conversations.isOpen(subjectId) };
  };
}

async function readSubject(trx: InTransaction, subjectId: string) {
  const row = await trx
    .selectFrom('mayfly.subjects as s')
    .leftJoin('mayfly.addresses as a', 'a.subject_id', 's.id')
    .leftJoin('mayfly.paused_accounts as p', (join) =>
      join.onRef('p.channel', '=', 's.channel').onRef('p.account', '=', 's.account'),
    )
    .select(['s.wake_since', 's.wake_taken_at', 's.erasing_at', 's.restricted_at'])
    .select(['s.objected_at', 's.opted_out_at', 's.human_until'])
    .select(['a.window_closes_at', 'p.problem'])
    .select((eb) => [
      eb
        .selectFrom('mayfly.messages as m')
        .select((of) => of.fn.countAll<string>().as('count'))
        .where('m.subject_id', '=', subjectId)
        .where('m.reply_id', 'is', null)
        .where('m.kind', 'not in', NEVER_ANSWERED)
        .as('waiting'),
      sessions(eb.ref('s.id')).as('sessions'),
    ])
    .where('s.id', '=', subjectId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { wake_since: since, wake_taken_at: takenAt, sessions: known } = row;
  return {
    waiting: Number(row.waiting),
    wake: since && { since, takenAt },
    standing: row,
    session: known && { count: known.count, startedAt: new Date(known.startedAt) },
    windowClosesAt: row.window_closes_at,
    accountProblem: row.problem,
  };
}

function sessions(subjectId: unknown) {
  return sql<{ count: number; startedAt: string } | null>`(
    SELECT json_build_object('count', count(*), 'startedAt', max(started_at))
    FROM mayfly.sessions WHERE subject_id = ${subjectId} HAVING count(*) > 0)`;
}

async function readReplies(trx: InTransaction, subjectId: string): Promise<BehindReply[]> {
  const replies = await trx
    .selectFrom('mayfly.replies as r')
    .leftJoin('mayfly.waiting_replies as w', 'w.reply_id', 'r.id')
    .select(['r.id', 'r.origin', 'r.created_at', 'r.superseded_at', 'w.waits_for'])
    .select((eb) => [
      sql<string>`row_number() OVER (ORDER BY r.created_at)`.as('number'),
      eb
        .selectFrom('mayfly.messages as m')
        .select((of) => of.fn.max<Date | null>('m.received_at').as('at'))
        .whereRef('m.reply_id', '=', 'r.id')
        .as('asked_at'),
    ])
    .where('r.subject_id', '=', subjectId)
    .orderBy('r.created_at', 'desc')
    .limit(LATEST_REPLIES)
    .execute();
  const parts = await readParts(
    trx,
    replies.map(({ id }) => id),
  );
  return replies.map((row) => ({
    number: Number(row.number),
    origin: row.origin,
    createdAt: row.created_at,
    isSuperseded: row.superseded_at !== null,
    waitsFor: row.waits_for,
    askedAt: row.asked_at,
    parts: parts.filter(({ replyId }) => replyId === row.id),
  }));
}

async function readParts(trx: InTransaction, replyIds: readonly string[]) {
  if (replyIds.length === 0) return [];
  return trx
    .selectFrom('mayfly.deliveries as d')
    .select(['d.reply_id as replyId', 'd.state', 'd.attempt', 'd.resends', 'd.status', 'd.problem'])
    .select(['d.maybe_sent_at as maybeSentAt', 'd.settled_at as settledAt'])
    .select(
      sql<number>`(d.fingerprint IS NOT NULL)::int + (
        SELECT count(*)::int FROM mayfly.delivery_copies c WHERE c.delivery_id = d.id)`.as(
        'copies',
      ),
    )
    .where('d.reply_id', 'in', replyIds)
    .orderBy('d.part')
    .execute();
}
