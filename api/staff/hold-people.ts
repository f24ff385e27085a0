import { DAY_MS } from '../../domain/durations.ts';
import type { Response } from 'express';
import type { HoldReason } from '../../domain/staff.ts';
import type { InTransaction } from '../../store/database.ts';
import { holdSubject } from '../../store/erasure/holds.ts';
import type { HoldResult } from '../../store/erasure/holds.ts';
import { liftHold, LIFT_RESULTS } from '../../store/erasure/lift-hold.ts';
import type { LiftResult } from '../../store/erasure/lift-hold.ts';
import { appendLedger } from '../../store/ledger/ledger.ts';
import { findNamed, findSubjectsOf } from '../../store/people/named-subjects.ts';
import { readContact } from '../../store/requests/request-contact.ts';
import { findRequestsFor } from '../../store/requests/requests.ts';
import { inTransaction } from '../../store/transaction.ts';
import { sendProblem } from '../http/problem.ts';
import { readForm } from './answer-form.ts';
import type { StaffAction } from './staff-door.ts';
import { holdForm } from './staff-forms.ts';
import type { StaffRouteDeps } from './staff-route-deps.ts';
import { tellRequest } from './tell-request.ts';

/** Whom an act is about, and the request that it is done for, if any. */
interface About {
  requestId: string | null;
  subjectsOf: (trx: InTransaction) => Promise<string[]>;
}

/** `POST /staff/api/people/:id/hold`: two members of staff keep one person from being forgotten. */
export function holdPerson(deps: StaffRouteDeps): StaffAction {
  return (request, response, { by }, subjectId) =>
    hold(deps, response, onePerson(subjectId), { body: request.body, by });
}

/** `POST …/requests/:id/hold`: the same for everybody whom a request is about. */
export function holdRequest(deps: StaffRouteDeps): StaffAction {
  return (request, response, { by }, requestId) =>
    hold(deps, response, peopleOf(deps, requestId), { body: request.body, by });
}

/** `DELETE …/hold`: takes back a proposal, or lifts a hold, which takes two as well. */
export function releasePerson(deps: StaffRouteDeps): StaffAction {
  return (_request, response, { by }, subjectId) => lift(deps, response, onePerson(subjectId), by);
}

export function releaseRequest(deps: StaffRouteDeps): StaffAction {
  return (_request, response, { by }, requestId) =>
    lift(deps, response, peopleOf(deps, requestId), by);
}

const onePerson = (subjectId: string): About => ({
  requestId: null,
  subjectsOf: () => Promise.resolve([subjectId]),
});

const peopleOf = ({ people }: StaffRouteDeps, requestId: string): About => ({
  requestId,
  subjectsOf: async (trx) => {
    const contact = await readContact(trx, people, requestId);
    const named = contact === null ? [] : await findNamed(trx, people, contact);
    return findSubjectsOf(trx, requestId, named);
  },
});

async function hold(
  { db }: StaffRouteDeps,
  response: Response,
  { requestId, subjectsOf }: About,
  { body, by }: { body: unknown; by: string },
): Promise<void> {
  const wish = readForm(holdForm, body, response);
  if (wish === null) return;
  const results = await inTransaction(db, async (trx) => {
    const done: HoldResult[] = [];
    for (const subjectId of await subjectsOf(trx))
      done.push(await holdSubject(trx, { subjectId, ...wish, by }));
    const details = detailsOf(wish);
    const count = (result: HoldResult) => done.filter((one) => one === result).length;
    const entry = { actorRole: 'staff', actor: by, requestId } as const;
    const [proposed, placed] = [count('proposed'), count('placed')];
    if (proposed > 0)
      await appendLedger(trx, {
        ...entry,
        action: 'hold proposed',
        details: { ...details, people: proposed },
      });
    if (placed > 0)
      await appendLedger(trx, {
        ...entry,
        action: 'hold placed',
        details: { ...details, people: placed },
      });
    if (count('kept') > 0)
      await appendLedger(trx, { ...entry, action: 'hold lift proposal taken back', details: {} });
    return done;
  });
  answerHold(response, results, wish.until);
}

function detailsOf({ reason, until }: { reason: HoldReason; until: Date }) {
  return { reason, days: Math.ceil((until.getTime() - Date.now()) / DAY_MS) };
}

/** The answer for several people is what holds for all of them: the least that has come true. */
const HOLD_ORDER: readonly HoldResult[] = [
  'not known',
  'too late',
  'proposed',
  'own proposal',
  'placed',
  'kept',
  'placed before',
];

function answerHold(response: Response, results: readonly HoldResult[], until: Date): void {
  const people = results.length;
  const least = HOLD_ORDER.find((one) => results.includes(one)) ?? 'not known';
  // Where this call did something for one of them, it is no error that another still waits for a second member of
  // staff.
  const result = least === 'own proposal' && results.includes('placed') ? 'proposed' : least;
  const told = { until: until.toISOString(), people };
  switch (result) {
    case 'proposed':
      return void response.status(202).json({ state: 'proposed', ...told });
    case 'placed':
    case 'kept':
    case 'placed before':
      return void response.json({ state: 'placed', ...told });
    case 'own proposal':
      return conflict(response, 'You proposed this: another member of staff has to confirm it.');
    case 'too late':
      return conflict(response, 'Erasing has begun: nothing is left that could be held.');
    case 'not known': {
      const detail = 'Nobody is known here whom this could hold.';
      return sendProblem(response, { status: 404, title: 'Not found', detail });
    }
  }
}

async function lift(
  deps: StaffRouteDeps,
  response: Response,
  { requestId, subjectsOf }: About,
  by: string,
): Promise<void> {
  const { results, waiting } = await inTransaction(deps.db, async (trx) => {
    const subjectIds = await subjectsOf(trx);
    const done: LiftResult[] = [];
    for (const subjectId of subjectIds) done.push(...(await liftHold(trx, { subjectId, by })));
    const entry = { actorRole: 'staff', actor: by, requestId, details: {} } as const;
    const has = (result: LiftResult) => done.includes(result);
    if (has('taken back'))
      await appendLedger(trx, { ...entry, action: 'hold proposal taken back' });
    if (has('proposed')) await appendLedger(trx, { ...entry, action: 'hold lift proposed' });
    if (has('lifted')) await appendLedger(trx, { ...entry, action: 'hold lifted' });
    return { results: done, waiting: has('lifted') ? await findRequestsFor(trx, subjectIds) : [] };
  });
  await Promise.all(waiting.map((id) => tellRequest(deps, id)));
  answerLift(response, results);
}

function answerLift(response: Response, results: readonly LiftResult[]): void {
  const result = LIFT_RESULTS.find((one) => results.includes(one)) ?? 'no hold';
  // Where this call did something for one hold, it is no error that another still waits for a second member of staff.
  const hasDone = results.includes('lifted') || results.includes('proposed');
  switch (result) {
    case 'own proposal':
      if (hasDone) return void response.status(202).json({ state: 'lift proposed' });
      return conflict(
        response,
        'You proposed to lift it: another member of staff has to confirm it. To keep it after all, say the hold again.',
      );
    case 'proposed':
      return void response.status(202).json({ state: 'lift proposed' });
    case 'lifted':
    case 'taken back':
    case 'no hold':
      // Nothing holds them, which is what was wished for, however often it is repeated.
      return void response.json({ state: result });
  }
}

function conflict(response: Response, detail: string): void {
  sendProblem(response, { status: 409, title: 'Not possible', detail });
}
