import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Intake, RequestState, Right } from '../../domain/privacy-request.ts';
import type { Door, NamedAccount } from '../../domain/request-accounts.ts';
import type { RequestDecision } from '../../domain/staff.ts';
import type { Database } from '../database.ts';
import { doorOf, findAccountsOf } from './request-accounts.ts';

/** A request as staff see it: nothing about whose it is. */
export interface StaffRequest {
  id: string;
  right: Right;
  intake: Intake;
  state: RequestState;
  reason: string | null;
  receivedAt: Date;
  dueAt: Date;
  /** When the person had their answer; null before. */
  answeredAt: Date | null;
  closedAt: Date | null;
  withdrawnAt: Date | null;
  heldUntil: Date | null;
  /** The accounts that it names. */
  accounts: readonly NamedAccount[];
  door: Door;
}

const MOST = 1_000;

/** Open requests, the one that is due next first, or those that have ended, the last one first. */
export async function findQueue(db: Database, state: 'open' | 'closed'): Promise<StaffRequest[]> {
  const chosen =
    state === 'open'
      ? sql`closed_at IS NULL ORDER BY due_at, id`
      : sql`closed_at IS NOT NULL ORDER BY closed_at DESC, id`;
  return findWhere(db, sql`${chosen} LIMIT ${MOST}`);
}

export async function findStaffRequest(
  db: Database,
  requestId: string,
): Promise<StaffRequest | undefined> {
  return (await findWhere(db, sql`id = ${requestId}`))[0];
}

type RequestRow = Omit<StaffRequest, 'accounts' | 'door'> & Parameters<typeof doorOf>[0];

async function findWhere(db: Database, chosen: RawBuilder<unknown>): Promise<StaffRequest[]> {
  const { rows } = await sql<RequestRow>`
    SELECT ${COLUMNS} FROM mayfly.requests r WHERE ${chosen}`.execute(db);
  const accounts = await findAccountsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, accounts: accounts.get(row.id) ?? [], door: doorOf(row) }));
}

const COLUMNS = sql`
  r.id, r.right_asked AS right, r.intake, r.state, r.reason, r.received_at AS "receivedAt", r.due_at AS "dueAt",
  r.closed_at AS "closedAt", r.withdrawn_at AS "withdrawnAt",
  r.closed_at, r.withdrawn_at, r.refused_at, r.door_closed_at,
  coalesce((SELECT min(s.at) FROM mayfly.request_steps s WHERE s.request_id = r.id AND s.name = 'erased here'), r.closed_at)
    AS "answeredAt",
  (SELECT max(h.expires_at) FROM mayfly.request_subjects s JOIN mayfly.holds h ON h.subject_id = s.subject_id
    WHERE s.request_id = r.id AND s.proof IS NULL AND h.confirmed_at IS NOT NULL AND h.lifted_at IS NULL
      AND h.expires_at > clock_timestamp()) AS "heldUntil"`;

/** One thing that was done about a request, as the ledger has it. */
export interface TimelineEntry {
  at: Date;
  actorRole: string;
  actor: string | null;
  action: string;
  details: Record<string, unknown>;
}

/** What happened to a request in its order, and what staff have decided or propose. */
export async function findTimeline(db: Database, requestId: string) {
  const steps = await db
    .selectFrom('mayfly.request_steps')
    .select(['name', 'at'])
    .where('request_id', '=', requestId)
    .orderBy('at')
    .execute();
  const decisions = await db
    .selectFrom('mayfly.request_decisions')
    .select(['decision', 'reason', 'terms'])
    .select(['proposed_by', 'proposed_at', 'confirmed_by', 'confirmed_at'])
    .where('request_id', '=', requestId)
    .orderBy('proposed_at')
    .execute();
  const { rows: entries } = await sql<TimelineEntry>`
    SELECT at, actor_role AS "actorRole", actor, action, details FROM mayfly.ledger
    WHERE request_id = ${requestId} ORDER BY position LIMIT ${MOST}`.execute(db);
  return { steps, decisions: decisions as StaffDecision[], entries };
}

export interface StaffDecision {
  decision: RequestDecision;
  reason: string;
  terms: unknown;
  proposed_by: string;
  proposed_at: Date;
  confirmed_by: string | null;
  confirmed_at: Date | null;
}

/** Holds that count and those that are proposed, the one that ends next first. */
export async function findHolds(db: Database) {
  return db
    .selectFrom('mayfly.holds')
    .select(['subject_id', 'reason', 'expires_at'])
    .select(['proposed_by', 'proposed_at', 'confirmed_by', 'confirmed_at', 'lift_proposed_by'])
    .where('lifted_at', 'is', null)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .orderBy('expires_at')
    .limit(MOST)
    .execute();
}
