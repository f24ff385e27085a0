import { json, Router } from 'express';
import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import { CHANNELS } from '../../domain/channels.ts';
import { sendProblem } from '../problem.ts';
import type { GraphFaults } from './graph-faults.ts';
import { jsonOfOurPage } from './local-only.ts';
import type { ActionResult, PhoneActions } from './phone-actions.ts';
import type { Phone, Phones } from './phones.ts';
import { GRAPH_FAULTS } from './simulator-event.ts';

const phoneField = z.string().max(64);
const text = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .transform((written) => written.toWellFormed());
const onPhone = z.strictObject({ phone: phoneField });
const withText = z.strictObject({ phone: phoneField, text });
const withTextOrNone = z.strictObject({ phone: phoneField, text: text.optional() });
const onChannel = z.strictObject({ channel: z.enum(CHANNELS) });
const nextFault = z.strictObject({ channel: z.enum(CHANNELS), fault: z.enum(GRAPH_FAULTS) });

/** What the page's buttons do, under `/simulator/api`: JSON from our own page only. */
export function actionRoutes(deps: {
  phones: Phones;
  actions: PhoneActions;
  faults: GraphFaults;
}): Router {
  const { phones, actions, faults } = deps;
  const router = Router();
  router.use('/simulator/api', jsonOfOurPage, json({ limit: '32kb' }));

  /** An action on a phone: reads the body, finds the phone, and answers what the business's server answered. */
  function act<Body extends { phone: string }>(
    name: string,
    schema: z.ZodType<Body>,
    action: (phone: Phone, body: Body) => Promise<ActionResult>,
  ): void {
    router.post(`/simulator/api/${name}`, async (request, response) => {
      const body = schema.safeParse(request.body).data;
      if (!body) return sendUnreadable(response);
      const phone = phones.find(body.phone);
      if (!phone) return sendNoSuchPhone(response);
      const result = await action(phone, body);
      if (result.kind === 'done') response.json({ acknowledgements: result.acknowledgements });
      else
        sendProblem(response, { status: 409, title: 'Nothing done', detail: WHY_NOT[result.kind] });
    });
  }
  act('send', withText, (phone, body) => actions.send(phone, body.text));
  act('send-twice', withTextOrNone, (phone, body) => actions.sendTwice(phone, body.text));
  act('send-burst', onPhone, (phone) => actions.sendBurst(phone));
  act('send-out-of-order', onPhone, (phone) => actions.sendOutOfOrder(phone));
  act('send-image', onPhone, (phone) => actions.sendImage(phone));
  act('unsend', onPhone, (phone) => actions.unsend(phone));
  act('edit', withText, (phone, body) => actions.edit(phone, body.text));
  act('react', onPhone, (phone) => actions.react(phone));

  router.post('/simulator/api/person', (request, response) => {
    const body = onChannel.safeParse(request.body).data;
    if (!body) return sendUnreadable(response);
    response.status(201).json({ phone: phones.add(body.channel).id });
  });
  router.post('/simulator/api/fault', setFault(faults));
  return router;
}

function setFault(faults: GraphFaults): RequestHandler {
  return (request, response) => {
    const body = nextFault.safeParse(request.body).data;
    if (!body) return sendUnreadable(response);
    faults.set(body.channel, body.fault);
    response.status(204).end();
  };
}

const WHY_NOT: Record<Exclude<ActionResult['kind'], 'done'>, string> = {
  'nothing to do it to': 'There is no message yet to do this to.',
  'not on this channel': 'This is not told on this channel.',
};

function sendUnreadable(response: Response): void {
  const detail =
    'The body must have the fields of this action, with a text of 1 to 4096 characters.';
  sendProblem(response, { status: 422, title: 'Not usable', detail });
}

function sendNoSuchPhone(response: Response): void {
  const detail = 'This phone is gone: phones live in memory. Reload the page.';
  sendProblem(response, { status: 404, title: 'No such phone', detail });
}
