import type { Response } from 'express';
import type { DecisionResult } from '../../store/requests/request-decisions.ts';
import { refuseByStaff, verifyByStaff } from '../../store/requests/staff-decisions.ts';
import type { Obstacle } from '../../store/requests/staff-decisions.ts';
import { inTransaction } from '../../store/transaction.ts';
import { sendProblem } from '../http/problem.ts';
import { readForm } from './answer-form.ts';
import type { StaffAction } from './staff-door.ts';
import { refusalForm, verifyForm } from './staff-forms.ts';
import type { StaffRouteDeps } from './staff-route-deps.ts';
import { tellRequest } from './tell-request.ts';

/** `POST …/verify`: two members of staff say that a request is the person's own. */
export function verifyRequest(deps: StaffRouteDeps): StaffAction {
  return async (request, response, { by }, requestId) => {
    const form = readForm(verifyForm, request.body, response);
    if (form === null) return;
    const { reason, ...terms } = form;
    const result = await inTransaction(deps.db, (trx) =>
      verifyByStaff(trx, deps.people, { requestId, reason, terms, by }),
    );
    if (result === 'confirmed') await tellRequest(deps, requestId);
    answerDecision(response, result);
  };
}

/** `POST …/refuse`: two members of staff refuse a request, for a reason that the person is told. */
export function refuseRequest(deps: StaffRouteDeps): StaffAction {
  return async (request, response, { by }, requestId) => {
    const form = readForm(refusalForm, request.body, response);
    if (form === null) return;
    const { reason } = form;
    const result = await inTransaction(deps.db, (trx) =>
      refuseByStaff(trx, { requestId, reason, by }),
    );
    if (result === 'confirmed') await tellRequest(deps, requestId);
    answerDecision(response, result);
  };
}

/** `POST …/extend`: only erasure can be asked for here, and nothing extends that (policy D6). */
export const refuseToExtend: StaffAction = (_request, response) => {
  const detail =
    'An erasure is answered within 72 hours of its receipt, and nobody may extend that. Work that is late goes on, and the miss is on record.';
  sendProblem(response, { status: 409, title: 'Never extended', detail });
};

const OBSTACLES: Readonly<Record<Obstacle | 'own proposal', string>> = {
  'own proposal': 'You proposed this: another member of staff has to confirm it.',
  'not open':
    'This request does not wait for it: it is proven, answered, taken back, refused, or over its time.',
  working: 'Erasing has begun: it cannot be refused any more.',
  'nobody found':
    'Nobody is found under one of the names that the request gives: no number in this spelling or another one that WhatsApp has for it, no handle that Meta told us. Compare it with what the person wrote. Then name the person in "subjects", or say for which account you have seen that nothing is held: "absent": ["whatsapp"], ["instagram"] or both.',
  'not its account':
    'One of "subjects" is nobody whom this request can mean: unknown, being erased, or on a channel that it does not name.',
};

function answerDecision(response: Response, result: DecisionResult | Obstacle): void {
  if (result === 'confirmed') return void response.json({ state: 'confirmed' });
  if (result === 'proposed') return void response.status(202).json({ state: 'proposed' });
  sendProblem(response, { status: 409, title: 'Not possible', detail: OBSTACLES[result] });
}
