import { Router } from 'express';
import type { SigningKeys } from '../../lib/crypto/signing-keys.ts';

/** A new key is used at once, so a client that keeps the set must ask again soon. */
const MAX_AGE_S = 300;

/** `GET /.well-known/jwks.json`: the public keys of all certificates ever issued, for any page and program to read. */
export function jwksRoutes({ keys }: { keys: Pick<SigningKeys, 'jwks'> }): Router {
  const router = Router();
  router.get('/.well-known/jwks.json', (_request, response) => {
    const published = keys.jwks().keys.map((key) => ({ ...key, alg: 'EdDSA', use: 'sig' }));
    response
      .set('Cache-Control', `public, max-age=${MAX_AGE_S}`)
      .set('Access-Control-Allow-Origin', '*')
      .type('application/jwk-set+json')
      .send(JSON.stringify({ keys: published }));
  });
  return router;
}
