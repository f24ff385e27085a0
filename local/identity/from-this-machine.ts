import type { Request, RequestHandler } from 'express';
import { isThisMachine } from '../../lib/oidc/safe-address.ts';
import { sendProblem } from '../../api/http/problem.ts';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;
/** What a proxy or a tunnel adds: then somebody else speaks through it. */
const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'via',
  'cf-connecting-ip',
];

/** Whether a request comes from this machine, addressed to it, and through nobody. */
export function isFromThisMachine(request: Request): boolean {
  const isAddressedHere = isThisMachine(`http://${request.get('host') ?? ''}`);
  const isFromHere = LOOPBACK.test(request.socket.remoteAddress ?? '');
  return (
    isAddressedHere && isFromHere && FORWARDED.every((name) => request.get(name) === undefined)
  );
}

/** Answers only what comes from this machine. */
export const fromThisMachine: RequestHandler = (request, response, next) => {
  if (isFromThisMachine(request)) return next();
  const detail = 'The local identity provider answers programs on this machine only, as 127.0.0.1.';
  sendProblem(response, { status: 403, title: 'Not for this address', detail });
};
