import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';

interface TokenFields extends JWTPayload {
  alg?: string;
  kid?: string;
}

/** An identity provider over HTTP, with a key of its own, that signs whatever a test asks for. */
export async function startFakeIssuer() {
  const signing = await generateKeyPair('ES256');
  const foreign = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(signing.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  /** What it says of itself. */
  const configuration: Record<string, unknown> = {};
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': configuration,
      '/keys': { keys: [jwk] },
    };
    const document = documents[request.url ?? ''];
    response.statusCode = document === undefined ? 404 : 200;
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(configuration, { issuer: url, jwks_uri: `${url}/keys` });

  const sign = async (key: CryptoKey, { alg = 'ES256', kid = 'one', ...payload }: TokenFields) => {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: url, aud: 'mayfly', sub: 'somebody', iat: now, exp: now + 300 };
    const claims = Object.fromEntries(
      Object.entries({ ...usual, ...payload }).filter(([, value]) => value !== undefined),
    );
    return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
  };
  return {
    url,
    configuration,
    /** How often it was asked for anything. */
    asked: () => asked,
    /** A token with these claims in place of the usual ones; an undefined one is left out. */
    token: (payload: TokenFields = {}) => sign(signing.privateKey, payload),
    /** The same by a key that it does not publish. */
    forgedToken: (payload: TokenFields = {}) => sign(foreign.privateKey, payload),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
