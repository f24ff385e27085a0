import { certificate, CERTIFICATE_LIMITS } from '../../domain/certificate.ts';
import type { Certificate, CertificateStatement } from '../../domain/certificate.ts';
import type { JwkSet } from './jwk-set.ts';
import { readStatement, signStatement } from './signed-statement.ts';
import type { SigningKeys } from './signing-keys.ts';

const TYPE = 'mayfly-certificate+jwt';

/**
 * Signs what an erasure did, with the limits of such a statement in it. Returns a compact JWS.
 * @throws TypeError for what is no such statement, and for a rescan that still found something.
 */
export async function issueCertificate(
  keys: Pick<SigningKeys, 'current'>,
  statement: CertificateStatement,
): Promise<string> {
  const parsed = certificate.safeParse({
    version: 1,
    ...statement,
    limits: [...CERTIFICATE_LIMITS],
  });
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new TypeError(`a certificate cannot say this: ${places.join(', ')}`);
  }
  return signStatement(keys.current(), TYPE, parsed.data);
}

export type CertificateFinding =
  | { isValid: true; certificate: Certificate; kid: string }
  /** The first thing that does not hold, as the end of a sentence. */
  | { isValid: false; reason: string };

/** Whether one of these keys signed exactly this certificate, and whether what it says is complete. */
export async function verifyCertificate(jws: string, jwks: JwkSet): Promise<CertificateFinding> {
  const reading = await readStatement(jws.trim(), TYPE, jwks);
  if (!reading.isGenuine) return { isValid: false, reason: reading.fault };
  const parsed = certificate.safeParse(reading.payload);
  if (parsed.success) return { isValid: true, certificate: parsed.data, kid: reading.kid };
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  return {
    isValid: false,
    reason: `it is signed, but does not say what a certificate must: ${place}`,
  };
}
