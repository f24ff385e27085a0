import { z } from 'zod';

const ed25519Key = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[\w-]{43}$/),
  kid: z.string().min(1),
});

/** A public key that signs certificates and checkpoints, as RFC 8037 writes it. */
export type PublicJwk = z.infer<typeof ed25519Key>;

/** Public keys as they are published at `/.well-known/jwks.json` (RFC 7517). */
export interface JwkSet {
  keys: PublicJwk[];
}

/** Reads a key set that came from outside; keys of other kinds in it are passed over, as RFC 7517 wants it. */
export const jwkSet = z.object({ keys: z.array(z.unknown()) }).transform(({ keys }): JwkSet => ({
  keys: keys.flatMap((key) => {
    const parsed = ed25519Key.safeParse(key);
    return parsed.success ? [parsed.data] : [];
  }),
}));
