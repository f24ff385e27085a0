import { json, Router } from 'express';
import { z } from 'zod';
import type { StaffRole } from '../../domain/staff.ts';
import { appendReading } from '../../store/ledger/ledger.ts';
import { readContact } from '../../store/requests/request-contact.ts';
import {
  findHolds,
  findQueue,
  findStaffRequest,
  findTimeline,
} from '../../store/requests/staff-queue.ts';
import { inTransaction } from '../../store/transaction.ts';
import { sendProblem } from '../http/problem.ts';
import { refuseToExtend, refuseRequest, verifyRequest } from './decide-request.ts';
import { holdPerson, holdRequest, releasePerson, releaseRequest } from './hold-people.ts';
import { readForm } from './answer-form.ts';
import type { StaffAction, StaffHandler } from './staff-door.ts';
import { openForPerson } from './open-for-person.ts';
import type { StaffRouteDeps } from './staff-route-deps.ts';
import { holdView, requestView, timelineView } from './staff-views.ts';

const PRIVACY: readonly StaffRole[] = ['privacy'];
const READERS: readonly StaffRole[] = ['privacy', 'auditor'];

/** The door for staff by API: nothing here takes a cookie, and nothing about a person is shown without a ledger entry. */
export function staffRoutes(deps: StaffRouteDeps): Router {
  const { door, db } = deps;
  const router = Router();
  const onRequest = (act: StaffAction) => door(PRIVACY, withBody(withRequest(deps, act)));
  const onPerson = (act: StaffAction) => door(PRIVACY, withBody(withId(act)));

  router.get('/staff/api/requests', door(READERS, showQueue(deps)));
  router.post('/staff/api/requests', door(PRIVACY, withBody(openForPerson(deps))));
  router.get('/staff/api/requests/:id', door(READERS, withRequest(deps, showTimeline(deps))));
  router.get('/staff/api/requests/:id/contact', onRequest(showContact(deps)));
  router.post('/staff/api/requests/:id/verify', onRequest(verifyRequest(deps)));
  router.post('/staff/api/requests/:id/refuse', onRequest(refuseRequest(deps)));
  router.post('/staff/api/requests/:id/extend', onRequest(refuseToExtend));
  router.post('/staff/api/requests/:id/hold', onRequest(holdRequest(deps)));
  router.delete('/staff/api/requests/:id/hold', onRequest(releaseRequest(deps)));
  router.get(
    '/staff/api/holds',
    door(READERS, async (_request, response) => {
      response.json({ holds: (await findHolds(db)).map(holdView) });
    }),
  );
  router.post('/staff/api/people/:id/hold', onPerson(holdPerson(deps)));
  router.delete('/staff/api/people/:id/hold', onPerson(releasePerson(deps)));
  return router;
}

const readJson = json({ limit: '64kb' });

/** Reads a body only once its sender is known: a stranger's is not even looked at. */
function withBody(handle: StaffHandler): StaffHandler {
  return async (request, response, staff) => {
    await new Promise<void>((resolve, reject) => {
      readJson(request, response, (error?: unknown) =>
        error === undefined ? resolve() : reject(error as Error),
      );
    });
    await handle(request, response, staff);
  };
}

const NOT_FOUND = { status: 404, title: 'Not found', detail: 'There is nothing with this id.' };
const idParameter = z.uuid().transform((id) => id.toLowerCase());

function withId(act: StaffAction): StaffHandler {
  return async (request, response, staff) => {
    const id = idParameter.safeParse(request.params['id']);
    if (!id.success) return sendProblem(response, NOT_FOUND);
    await act(request, response, staff, id.data);
  };
}

function withRequest({ db }: StaffRouteDeps, act: StaffAction): StaffHandler {
  return withId(async (request, response, staff, id) => {
    if ((await findStaffRequest(db, id)) === undefined) return sendProblem(response, NOT_FOUND);
    await act(request, response, staff, id);
  });
}

const queueQuery = z.object({
  state: z.enum(['open', 'closed'], { error: 'must be open or closed' }).default('open'),
});

function showQueue({ db }: StaffRouteDeps): StaffHandler {
  return async (request, response) => {
    const query = readForm(queueQuery, request.query, response);
    if (query === null) return;
    const queue = await findQueue(db, query.state);
    const now = new Date();
    response.json({ requests: queue.map((one) => requestView(one, now)) });
  };
}

function showTimeline(deps: StaffRouteDeps): StaffAction {
  return async (_request, response, _staff, id) => {
    const request = await findStaffRequest(deps.db, id);
    if (request === undefined) return sendProblem(response, NOT_FOUND);
    response.json(timelineView(deps, request, await findTimeline(deps.db, id), new Date()));
  };
}

/** What a person told us about themselves. The reader is noted in the ledger, in the same transaction. */
function showContact({ db, people }: StaffRouteDeps): StaffAction {
  return async (_request, response, { by }, id) => {
    const contact = await inTransaction(db, async (trx) => {
      const found = await readContact(trx, people, id);
      if (found === null) return null;
      await appendReading(trx, {
        actorRole: 'staff',
        actor: by,
        action: 'data read',
        requestId: id,
        details: { what: 'request contact' },
      });
      return found;
    });
    if (contact === null) {
      const detail = 'What the person told us was dropped when their request was answered.';
      return sendProblem(response, { status: 404, title: 'Not there any more', detail });
    }
    const { instagram = null, whatsapp = null, description = null, replyTo = null } = contact;
    response.json({ instagram, whatsapp, description, reply_to: replyTo });
  };
}
