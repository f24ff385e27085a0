import { CompactSign, compactVerify, decodeProtectedHeader, errors, importJWK } from 'jose';
import { z } from 'zod';
import type { JwkSet } from './jwk-set.ts';
import type { SigningKey } from './signing-keys.ts';

/** The kinds of statement that are signed. The kind is signed too, so that one is never taken for another. */
export type StatementType = 'mayfly-certificate+jwt' | 'mayfly-checkpoint+jwt';

/** Why a statement is not believed. */
export type StatementFault =
  | 'it is no signed statement'
  | 'it is a statement of another kind'
  | 'it is signed by a key that is not among those given'
  | 'its signature does not hold: it was changed, or signed by somebody else';

export type StatementReading =
  | { isGenuine: true; payload: unknown; kid: string }
  | { isGenuine: false; fault: StatementFault };

const header = z.strictObject({ alg: z.literal('EdDSA'), kid: z.string(), typ: z.string() });

/** Signs a statement: a compact JWS (RFC 7515) over its JSON, by Ed25519. */
export function signStatement(
  signer: SigningKey,
  typ: StatementType,
  payload: object,
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(payload), 'utf8'))
    .setProtectedHeader({ alg: 'EdDSA', kid: signer.kid, typ })
    .sign(signer.key);
}

/** What a statement says, if one of these keys signed exactly it. */
export async function readStatement(
  statement: string,
  typ: StatementType,
  jwks: JwkSet,
): Promise<StatementReading> {
  const fault = (why: StatementFault) => ({ isGenuine: false, fault: why }) as const;
  const parsed = headerOf(statement);
  if (parsed === null) return fault('it is no signed statement');
  if (parsed.typ !== typ) return fault('it is a statement of another kind');
  const jwk = jwks.keys.find(({ kid }) => kid === parsed.kid);
  if (jwk === undefined) return fault('it is signed by a key that is not among those given');
  try {
    const { payload } = await compactVerify(statement, await importJWK(jwk, 'EdDSA'), {
      algorithms: ['EdDSA'],
    });
    return {
      isGenuine: true,
      payload: JSON.parse(new TextDecoder().decode(payload)),
      kid: jwk.kid,
    };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) {
      return fault('its signature does not hold: it was changed, or signed by somebody else');
    }
    throw error;
  }
}

function headerOf(statement: string): z.infer<typeof header> | null {
  const parts = statement.split('.');
  // Several spellings of base64url mean the same bytes; only the one that we write is ours.
  const isCanonical = parts.every(
    (part) => Buffer.from(part, 'base64url').toString('base64url') === part,
  );
  if (parts.length !== 3 || !isCanonical) return null;
  try {
    const parsed = header.safeParse(decodeProtectedHeader(statement));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
