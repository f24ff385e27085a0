import { Router } from 'express';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Channel } from '../../domain/channels.ts';
import { sendProblem } from '../../api/http/problem.ts';
import type { GraphFaults } from './graph-faults.ts';
import type { ActionResult, PhoneActions } from './phone-actions.ts';
import type { Phone, Phones } from './phones.ts';
import { readAction } from './read-action.ts';
import type { GraphFault } from './simulator-event.ts';

const phone = z.string().max(64);
const text = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .transform((written) => written.toWellFormed());

const alone = z.strictObject({ phone });
const withText = z.strictObject({ phone, text });
const withTextOrNone = z.strictObject({ phone, text: text.optional() });

/** What is done on a phone, or to the replies of its channel, under `/simulator/api`. */
export function actionRoutes(deps: {
  channels: readonly Channel[];
  phones: Phones;
  actions: PhoneActions;
  faults: GraphFaults;
  /** The faults that can be had here. */
  possible: readonly GraphFault[];
  /** Null where nothing can be made older. */
  passTime: ((phone: Phone) => Promise<ActionResult>) | null;
}): Router {
  const { phones, actions, faults, passTime } = deps;
  const channel = z.enum(deps.channels);
  const fault = z.enum(deps.possible);
  const on = actOnPhone(phones);
  const router = Router();
  const handlers: Record<string, RequestHandler> = {
    send: on(withText, (at, body) => actions.send(at, body.text)),
    'send-twice': on(withTextOrNone, (at, body) => actions.sendTwice(at, body.text)),
    'send-burst': on(alone, (at) => actions.sendBurst(at)),
    'send-out-of-order': on(alone, (at) => actions.sendOutOfOrder(at)),
    'send-image': on(alone, (at) => actions.sendImage(at)),
    unsend: on(alone, (at) => actions.unsend(at)),
    edit: on(withText, (at, body) => actions.edit(at, body.text)),
    react: on(alone, (at) => actions.react(at)),
    'answer-as-human': on(withText, (at, body) => actions.answerAsHuman(at, body.text)),
    ...(passTime === null ? {} : { 'pass-time': on(alone, (at) => passTime(at)) }),
    person: readAction(z.strictObject({ channel }), (body, response) => {
      response.status(201).json({ phone: phones.add(body.channel).id });
    }),
    fault: readAction(z.strictObject({ channel, fault }), (body, response) => {
      faults.set(body.channel, body.fault);
      response.status(204).end();
    }),
  };
  for (const [name, handler] of Object.entries(handlers)) {
    router.post(`/simulator/api/${name}`, handler);
  }
  return router;
}

/** Finds the phone, does it, and answers what the business's server answered to the webhooks. */
function actOnPhone(phones: Phones) {
  return <Body extends { phone: string }>(
    schema: z.ZodType<Body>,
    action: (phone: Phone, body: Body) => Promise<ActionResult>,
  ): RequestHandler =>
    readAction(schema, async (body, response) => {
      const found = phones.find(body.phone);
      if (!found) {
        const detail = 'This phone is gone: phones live in memory. Reload the page.';
        return sendProblem(response, { status: 404, title: 'No such phone', detail });
      }
      const result = await action(found, body);
      if (result.kind === 'done') {
        response.json({ acknowledgements: result.acknowledgements });
        return;
      }
      const detail = WHY_NOT[result.kind];
      sendProblem(response, { status: 409, title: 'Nothing done', detail });
    });
}

const WHY_NOT: Record<Exclude<ActionResult['kind'], 'done'>, string> = {
  'nothing to do it to': 'There is no message yet to do this to.',
  'not on this channel': 'This is not told on this channel.',
  'nobody known': 'Nothing is held about this person, so nothing can become older.',
};
