import { json, Router } from 'express';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Channel } from '../../domain/channels.ts';
import { badToken, FAULT_ANSWERS, invalidParameter, noSuchObject } from './graph-answers.ts';
import type { GraphAnswer } from './graph-answers.ts';
import type { GraphCalls } from './graph-calls.ts';
import type { GraphFaults } from './graph-faults.ts';
import { GRAPH_PATH } from './simulated-channels.ts';
import { readGraphRequest } from './graph-requests.ts';
import type { GraphRequest } from './graph-requests.ts';
import type { InstagramPerson } from './people.ts';
import type { Phones } from './phones.ts';
import type { Wire } from './wire.ts';

export interface GraphRoutesDeps {
  channels: readonly Channel[];
  phones: Phones;
  calls: GraphCalls;
  faults: GraphFaults;
  wire: Wire;
  accounts: Readonly<Record<Channel, string>>;
}

/** The Graph API of both channels, told apart by the account that sends. It takes any access token, but not none. */
export function graphRoutes(deps: GraphRoutesDeps): { router: Router; close: () => void } {
  const unanswered = new Set<Response>();
  const router = Router();
  router.use('/simulator/graph', bearerOnly);
  router.post(
    `${GRAPH_PATH}/:account/messages`,
    jsonOnly,
    json({ limit: '64kb' }),
    (request, response) => {
      const channel = deps.channels.find((one) => deps.accounts[one] === request.params['account']);
      if (!channel) return send(response, noSuchObject());
      const asked = readGraphRequest(channel, request.body);
      const end = deps.wire.begin(channel, 'graph', nameOf(asked));
      const answer = answerTo(deps, channel, asked);
      if (answer !== 'never') {
        send(response, answer);
        end(answer.status);
        return;
      }
      end('no answer');
      unanswered.add(response);
      response.on('close', () => unanswered.delete(response));
    },
  );
  router.get(`${GRAPH_PATH}/:person`, profile(deps.phones));
  router.use('/simulator/graph', (_request, response) => send(response, noSuchObject()));
  router.use('/simulator/graph', answerUnreadable);
  const close = () => {
    for (const response of unanswered) response.destroy();
  };
  return { router, close };
}

function answerTo(
  { calls, faults }: GraphRoutesDeps,
  channel: Channel,
  asked: GraphRequest,
): GraphAnswer | 'never' {
  if (asked.kind === 'refused') return asked.answer;
  if (asked.kind === 'reading') return calls.reading(asked);
  const fault = faults.take(channel);
  if (fault === 'none') return calls.text(channel, asked);
  if (fault !== 'answer lost') return FAULT_ANSWERS[fault](channel);
  // The message arrives, the statuses follow, and the answer is the one thing that gets lost.
  calls.text(channel, asked);
  return 'never';
}

function nameOf(asked: GraphRequest): string {
  switch (asked.kind) {
    case 'text':
      return 'reply';
    case 'reading':
      return asked.shows;
    case 'refused':
      return 'not understood';
  }
}

const bearerOnly: RequestHandler = (request, response, next) => {
  if (/^Bearer \S+$/.test(request.get('authorization') ?? '')) next();
  else send(response, badToken());
};

const jsonOnly: RequestHandler = (request, response, next) => {
  if (request.is('application/json')) next();
  else send(response, invalidParameter(null, 'The body must be application/json'));
};

const answerUnreadable: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const isOurs = typeof error === 'object' && error !== null && 'status' in error;
  if (!isOurs || error.status === 500) return next(error);
  send(response, invalidParameter(null, 'The body could not be read'));
};

const PROFILE_FIELDS = ['id', 'name', 'username'] as const;
const fieldsQuery = z
  .string()
  .optional()
  .transform((list) => (list === undefined ? [...PROFILE_FIELDS] : list.split(',')))
  .pipe(z.array(z.enum(PROFILE_FIELDS)));

/** Source: Instagram API with Instagram Login, user profile. `id` is always among what is told. */
function profile(phones: Phones) {
  return (request: Request, response: Response) => {
    const person = phones
      .all()
      .map((phone) => phone.person)
      .filter((one): one is InstagramPerson => one.channel === 'instagram')
      .find(({ scopedId }) => scopedId === request.params['person']);
    if (!person) return send(response, noSuchObject());
    const fields = fieldsQuery.safeParse(request.query['fields']).data;
    if (!fields)
      return send(response, invalidParameter('instagram', 'Tried accessing nonexisting field'));
    const { scopedId: id, name, username } = person;
    const known = { id, name, username };
    const told = fields.map((field) => [field, known[field]]);
    send(response, { status: 200, body: { ...Object.fromEntries(told), id } });
  };
}

function send(response: Response, { status, body, headers = {} }: GraphAnswer): void {
  response.status(status).set(headers).json(body);
}
