import { HOUR_MS } from '../../domain/durations.ts';
import { sql } from 'kysely';
import type { PersonReference } from '../../domain/events.ts';
import type { TableName, Tables } from '../../domain/tables.ts';
import type { Database, InTransaction } from '../../store/database.ts';
import type { People } from '../../store/people/people.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { Pause } from './background.ts';
import type { ConversationRuns } from './conversation-runs.ts';

/** An hour more than Meta's messaging window. */
export const PASSED_MS = 25 * HOUR_MS;

/** Lets time pass for one person, and for nobody else. */
export interface PassTime {
  /** Everything of the person becomes `PASSED_MS` older. False when nothing is held of them. */
  pass(person: PersonReference): Promise<boolean>;
  /** Ends the session, as the silence would have, once no turn is under way in it. */
  endSession(person: PersonReference, pause: Pause): Promise<void>;
}

type Moved = { [Name in TableName]?: readonly (keyof Tables[Name] & string)[] };

/**
 * The times of the person's own history. The machinery's stay: since when a wake is outstanding, until when a reply
 * waits. The subject comes first, because code that changes the others holds its row.
 */
export const MOVED = {
  'mayfly.subjects': [
    'created_at',
    'last_inbound_at',
    'opted_out_at',
    'restricted_at',
    'objected_at',
    'human_until',
    'identity_since',
    'silence_told_at',
    'model_asked_until',
    'phrase_tries_since',
    'deletion_offers_since',
  ],
  'mayfly.addresses': ['window_closes_at'],
  'mayfly.sessions': ['started_at'],
  'mayfly.messages': ['sent_at', 'received_at', 'changed_at'],
  'mayfly.replies': ['created_at', 'superseded_at', 'rested_until', 'rests_until'],
  'mayfly.deliveries': ['created_at', 'tried_at', 'maybe_sent_at', 'ambiguous_at', 'settled_at'],
} as const satisfies Moved;

const LOOK_MS = 250;
const LOOKED_MS = 90_000;

/** For a demonstration alone. */
export function createPassTime(deps: {
  db: Database;
  people: People;
  conversations: Pick<ConversationRuns, 'end'>;
}): PassTime {
  const { db, people, conversations } = deps;
  return {
    pass: (person) =>
      inTransaction(db, async (trx) => {
        const cipher = await people.find(trx, person);
        if (cipher === null) return false;
        for (const [table, columns] of Object.entries(MOVED)) {
          await makeOlder(trx, table, columns, cipher.subjectId);
        }
        return true;
      }),
    async endSession(person, pause) {
      for (let lookedMs = 0; lookedMs < LOOKED_MS; lookedMs += LOOK_MS) {
        const found = await inTransaction(db, async (trx) => {
          const subjectId = (await people.find(trx, person))?.subjectId;
          if (subjectId === undefined) return null;
          return { subjectId, isBusy: await isBusy(trx, subjectId) };
        });
        if (found?.isBusy) {
          await pause(LOOK_MS);
          continue;
        }
        if (found !== null) await conversations.end(found.subjectId);
        return;
      }
    },
  };
}

async function makeOlder(
  trx: InTransaction,
  table: string,
  columns: readonly string[],
  subjectId: string,
): Promise<void> {
  const older = columns.map(
    (column) =>
      sql`${sql.ref(column)} = ${sql.ref(column)} - ${PASSED_MS}::float8 * interval '1 millisecond'`,
  );
  const key = sql.ref(table === 'mayfly.subjects' ? 'id' : 'subject_id');
  await sql`UPDATE ${sql.table(table)} SET ${sql.join(older)} WHERE ${key} = ${subjectId}`.execute(
    trx,
  );
}

/** Whether a message waits to be looked at, or a reply to be sent. */
async function isBusy(trx: InTransaction, subjectId: string): Promise<boolean> {
  const { rows } = await sql<{ busy: boolean }>`
    SELECT s.wake_since IS NOT NULL OR EXISTS (
      SELECT FROM mayfly.deliveries d
      WHERE d.subject_id = s.id AND d.state IN ('planned', 'intent', 'ambiguous')
    ) AS busy
    FROM mayfly.subjects s WHERE s.id = ${subjectId}`.execute(trx);
  return rows[0]?.busy ?? false;
}
