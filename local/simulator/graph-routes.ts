import { json, Router } from 'express';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Channel } from '../../domain/channels.ts';
import { badToken, FAULT_ANSWERS, invalidParameter, noSuchObject } from './graph-answers.ts';
import type { GraphAnswer } from './graph-answers.ts';
import type { GraphCalls } from './graph-calls.ts';
import type { GraphFaults } from './graph-faults.ts';
import { profileRoute, sendGraph, threadRoute } from './graph-reads.ts';
import { readGraphRequest } from './graph-requests.ts';
import type { GraphRequest } from './graph-requests.ts';
import type { LostAnswer } from './turn-steps.ts';
import type { Phones } from './phones.ts';
import { GRAPH_PATH } from './simulated-channels.ts';
import type { Wire } from './wire.ts';

export interface GraphRoutesDeps {
  channels: readonly Channel[];
  phones: Phones;
  calls: GraphCalls;
  faults: GraphFaults;
  wire: Wire;
  accounts: Readonly<Record<Channel, string>>;
  /** Null where there is no worker that could be killed. */
  killWorker: (() => void) | null;
  /** Told what became of a phone's reply, which nothing else will show. */
  met: (phone: string, fault: LostAnswer) => void;
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
      if (!channel) return sendGraph(response, noSuchObject());
      const asked = readGraphRequest(channel, request.body);
      const phone = deps.calls.phoneOf(channel, asked)?.id ?? null;
      const end = deps.wire.begin({ channel, phone, route: 'graph', what: nameOf(asked) });
      const answer = answerTo(deps, { channel, phone }, asked);
      if (answer !== 'never') {
        sendGraph(response, answer);
        end(answer.status);
        return;
      }
      end('no answer');
      unanswered.add(response);
      response.on('close', () => unanswered.delete(response));
    },
  );
  const { phones, wire, accounts } = deps;
  const thread = threadRoute({ phones, wire, account: accounts.instagram });
  router.get(`${GRAPH_PATH}/:account/conversations`, thread);
  router.get(`${GRAPH_PATH}/:person`, profileRoute(phones));
  router.use('/simulator/graph', (_request, response) => sendGraph(response, noSuchObject()));
  router.use('/simulator/graph', answerUnreadable);
  const close = () => {
    for (const response of unanswered) response.destroy();
  };
  return { router, close };
}

function answerTo(
  { calls, faults, killWorker, met }: GraphRoutesDeps,
  { channel, phone }: { channel: Channel; phone: string | null },
  asked: GraphRequest,
): GraphAnswer | 'never' {
  if (asked.kind === 'refused') return asked.answer;
  if (asked.kind === 'reading') return calls.reading(asked);
  const fault = faults.take(channel);
  if (fault === 'none') return calls.text(channel, asked);
  if (fault !== 'answer lost' && fault !== 'worker killed') return FAULT_ANSWERS[fault](channel);
  // The message arrives, the statuses follow, and the answer is the one thing that gets lost.
  if (phone !== null) met(phone, fault);
  calls.text(channel, asked);
  if (fault === 'worker killed') killWorker?.();
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
  else sendGraph(response, badToken());
};

const jsonOnly: RequestHandler = (request, response, next) => {
  if (request.is('application/json')) next();
  else sendGraph(response, invalidParameter(null, 'The body must be application/json'));
};

const answerUnreadable: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const isOurs = typeof error === 'object' && error !== null && 'status' in error;
  if (!isOurs || error.status === 500) return next(error);
  sendGraph(response, invalidParameter(null, 'The body could not be read'));
};
