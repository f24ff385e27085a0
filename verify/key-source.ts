import { existsSync, readFileSync } from 'node:fs';
import { jwkSet } from '../lib/crypto/jwk-set.ts';
import type { JwkSet } from '../lib/crypto/jwk-set.ts';
import { SigningKeys } from '../lib/crypto/signing-keys.ts';

const FETCH_TIMEOUT_MS = 10_000;

/**
 * The public keys to check with: the set named on the command line (a file or an address), else those of this
 * installation's own SIGNING_KEY_FILE. Never the address that stands in what is checked: it would vouch for itself.
 */
export async function publicKeys(
  named: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<JwkSet> {
  if (named !== undefined) return parsed(await textOf(named));
  const file = environment['SIGNING_KEY_FILE'];
  if (!file || !existsSync(file)) {
    throw new Error(
      'there are no keys to check with: give --jwks with the file or the address of the published keys (…/.well-known/jwks.json), or set SIGNING_KEY_FILE',
    );
  }
  return SigningKeys.open(file).jwks();
}

async function textOf(place: string): Promise<string> {
  if (!/^https?:\/\//.test(place)) {
    if (existsSync(place)) return readFileSync(place, 'utf8');
    throw new Error('the file that --jwks names is not there');
  }
  const response = await fetch(place, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch(
    () => null,
  );
  if (response?.ok !== true)
    throw new Error('the address that --jwks names does not answer with keys');
  return response.text();
}

function parsed(text: string): JwkSet {
  try {
    return jwkSet.parse(JSON.parse(text));
  } catch {
    throw new Error('what --jwks names is no set of keys (RFC 7517)');
  }
}
