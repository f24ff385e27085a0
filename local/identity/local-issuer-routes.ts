import { json, Router, urlencoded } from 'express';
import type { RequestHandler } from 'express';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { STAFF_ROLES } from '../../domain/staff.ts';
import { answerFieldErrors } from '../../api/staff/answer-form.ts';
import { sendProblem } from '../../api/http/problem.ts';
import { errorsOf } from '../../api/privacy/request-form.ts';
import type { IdentityKey } from './identity-key.ts';
import { fromThisMachine } from './from-this-machine.ts';

export interface LocalIssuerDeps {
  issuer: string;
  clientId: string;
  key: IdentityKey;
}

const LIFETIME_S = 3600;

const signInForm = z.object({
  name: z
    .string({ error: 'must be text' })
    .trim()
    .min(1, 'must not be empty')
    .max(100, 'must be 100 characters at most'),
  role: z.enum(STAFF_ROLES, { error: `must be one of: ${STAFF_ROLES.join(', ')}` }),
});

/**
 * Stands in for an identity provider on one machine: it believes anyone who sits at that machine, and says so in each
 * token. Its configuration and keys are what any issuer has (OpenID Connect Discovery 1.0).
 */
export function localIssuerRoutes({ issuer, clientId, key }: LocalIssuerDeps): Router {
  const { pathname } = new URL(issuer);
  const router = Router();
  router.get(
    `${pathname}/.well-known/openid-configuration`,
    fromThisMachine,
    (_request, response) => {
      response.json({
        issuer,
        jwks_uri: `${issuer}/jwks.json`,
        token_endpoint: `${issuer}/token`,
        id_token_signing_alg_values_supported: ['EdDSA'],
        response_types_supported: ['none'],
        subject_types_supported: ['public'],
      });
    },
  );
  router.get(`${pathname}/jwks.json`, fromThisMachine, (_request, response) => {
    response.json({ keys: [key.jwk] });
  });
  const body = [json({ limit: '4kb' }), urlencoded({ extended: false, limit: '4kb' })];
  router.post(`${pathname}/token`, fromThisMachine, ...body, giveToken({ issuer, clientId, key }));
  return router;
}

function giveToken({ issuer, clientId, key }: LocalIssuerDeps): RequestHandler {
  return async (request, response) => {
    response.set('cache-control', 'no-store');
    if (request.get('sec-fetch-site') !== undefined || request.get('origin') !== undefined) {
      const detail = 'Tokens are for programs: no page of a browser gets one.';
      return sendProblem(response, { status: 403, title: 'Not from here', detail });
    }
    const form = signInForm.safeParse(request.body ?? {});
    if (!form.success) return answerFieldErrors(response, errorsOf(form.error));
    const { name, role } = form.data;
    const token = await new SignJWT({ roles: [role], stand_in: true })
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(clientId)
      .setSubject(name)
      .setIssuedAt()
      .setExpirationTime(`${LIFETIME_S} seconds`)
      .sign(key.key);
    response.json({ access_token: token, token_type: 'Bearer', expires_in: LIFETIME_S });
  };
}
