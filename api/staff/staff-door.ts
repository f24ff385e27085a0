import type { Request, RequestHandler, Response } from 'express';
import type { StaffRole } from '../../domain/staff.ts';
import type { StaffPseudonyms } from '../../lib/crypto/staff-pseudonym.ts';
import type { Log } from '../../lib/log.ts';
import type { TokenHolder, VerifyToken } from '../../lib/oidc/token-verifier.ts';
import { sendProblem } from '../http/problem.ts';

/** A member of staff as the routes behind the door know them. */
export interface Staff {
  /** A pseudonym. */
  by: string;
  roles: readonly StaffRole[];
}

/** What a route behind the door does. */
export type StaffHandler = (
  request: Request,
  response: Response,
  staff: Staff,
) => void | Promise<void>;

/** What a route does with one request, or one person, by their id. */
export type StaffAction = (
  request: Request,
  response: Response,
  staff: Staff,
  id: string,
) => void | Promise<void>;

/** Lets only staff of these roles through (policy S3). */
export type StaffDoor = (roles: readonly StaffRole[], handle: StaffHandler) => RequestHandler;

export interface StaffDoorDeps {
  issuer: string;
  verify: VerifyToken;
  pseudonyms: StaffPseudonyms;
  log: Log;
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;
const BARE = /^(?:Bearer +)?([\w.~+/-]+=*)$/i;

/** Signed in means: a token of the issuer, for us, in `Authorization: Bearer`. There is no cookie, so no page can borrow it. */
export function createStaffDoor({ issuer, verify, pseudonyms, log }: StaffDoorDeps): StaffDoor {
  return (roles, handle) => async (request, response) => {
    response.set('cache-control', 'no-store');
    let holder: TokenHolder | null = null;
    try {
      for (const token of tokensOf(request)) holder ??= await verify(token);
    } catch (error) {
      log.error(
        { event: 'issuer away', error },
        'tokens of staff cannot be checked: what OIDC_ISSUER names does not answer, or is another',
      );
      const detail = 'The identity provider cannot be asked for its keys. Try again later.';
      return sendProblem(response, { status: 503, title: 'Sign-in unavailable', detail });
    }
    if (holder === null) return refuseToken(response);
    if (!roles.some((role) => holder.roles.includes(role))) {
      const detail = `This needs the role ${roles.join(' or ')}.`;
      return sendProblem(response, { status: 403, title: 'Not your role', detail });
    }
    const staff = { by: pseudonyms.of(issuer, holder.subject), roles: holder.roles };
    await handle(request, response, staff);
  };
}

/**
 * Temporal's UI sends the access token, which many providers make for themselves alone, and beside it the ID token,
 * which is for us, in a header of its own (temporalio/ui, issue 2365). Either may say who it is.
 */
function tokensOf(request: Request): string[] {
  const given = BEARER.exec(request.get('authorization') ?? '')?.[1];
  const beside = BARE.exec(request.get('authorization-extras') ?? '')?.[1];
  return [given, beside].filter((token) => token !== undefined);
}

function refuseToken(response: Response): void {
  const detail = 'Send a token of the identity provider in the header Authorization: Bearer.';
  response.set('www-authenticate', 'Bearer');
  sendProblem(response, { status: 401, title: 'Not signed in', detail });
}

/** Nobody gets in: where no identity provider is set, nothing can say who is staff. */
export const closedStaffDoor: StaffDoor = () => (_request, response) => {
  const detail = 'Staff cannot sign in here: the operator has to set OIDC_ISSUER.';
  sendProblem(response, { status: 503, title: 'Sign-in not set up', detail });
};
