import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { STAFF_ROLES } from '../../domain/staff.ts';
import type { StaffRole } from '../../domain/staff.ts';
import { isSafeAddress } from './safe-address.ts';

/** The holder of a genuine token, by the issuer's own id of them, and what they may do. */
export interface TokenHolder {
  subject: string;
  roles: readonly StaffRole[];
}

/** Null for a token that is not genuine, not for us, or over. Throws when the issuer cannot be asked for its keys. */
export type VerifyToken = (token: string) => Promise<TokenHolder | null>;

/** Signatures that only the issuer can make: `none`, and secrets that both sides know, are out (RFC 8725, 3.2). */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']; // prettier-ignore
const TIMEOUT_MS = 5_000;
/** How far the issuer's clock may be from ours. */
const CLOCK_TOLERANCE = '30 seconds';

const discovery = z.object({
  issuer: z.string(),
  jwks_uri: z.url().refine(isSafeAddress, 'must be https, or on this machine'),
});
const claims = z.object({ sub: z.string().min(1).max(255), roles: z.array(z.string()).catch([]) });

/** Errors by which a token, and not the way to the issuer, is at fault. */
const FAULTS_OF_TOKENS: ReadonlySet<string> = new Set([
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSMultipleMatchingKeys.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTExpired.code,
  errors.JWTInvalid.code,
]);

/**
 * Checks tokens of one issuer for one client (OpenID Connect Core 3.1.3.7). Where its keys are is asked once, at the
 * first token, so that we start while the issuer is away.
 */
export function createTokenVerifier({
  issuer,
  clientId,
}: {
  issuer: string;
  clientId: string;
}): VerifyToken {
  let known: Promise<JWTVerifyGetKey> | null = null;
  const keys = () => {
    known ??= discoverKeys(issuer).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
  return async (token) => {
    const getKey = await keys();
    try {
      const { payload } = await jwtVerify(token, getKey, {
        issuer,
        audience: clientId,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'iat', 'sub'],
        clockTolerance: CLOCK_TOLERANCE,
      });
      const { sub: subject, roles } = claims.parse(payload);
      return { subject, roles: STAFF_ROLES.filter((role) => roles.includes(role)) };
    } catch (error) {
      if (error instanceof errors.JOSEError && FAULTS_OF_TOKENS.has(error.code)) return null;
      if (error instanceof z.ZodError) return null;
      throw error;
    }
  };
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const address = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  });
  if (!response.ok)
    throw new Error(`OIDC_ISSUER answered ${response.status} for its configuration`);
  const found = discovery.safeParse(await response.json());
  if (!found.success) throw new Error('the configuration at OIDC_ISSUER has no usable jwks_uri');
  // An issuer that gives itself another name is another issuer (OpenID Connect Discovery 4.3).
  if (found.data.issuer !== issuer)
    throw new Error('OIDC_ISSUER is not what the issuer there calls itself');
  return createRemoteJWKSet(new URL(found.data.jwks_uri), { timeoutDuration: TIMEOUT_MS });
}
