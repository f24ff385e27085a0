import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** What Meta signs when a person removes an app or asks for deletion. Ids are text: they are beyond 2^53. */
export interface SignedRequest {
  userId: string | null;
  /** When Meta issued it; null when it does not say. */
  issuedAt: Date | null;
}

const LONGEST = 16_384;
const SEGMENT = /^[A-Za-z0-9+/_-]+={0,2}$/;

const payload = z.object({
  algorithm: z.string().refine((name) => name.toUpperCase() === 'HMAC-SHA256'),
  user_id: z.string().min(1).max(100).optional(),
  issued_at: z
    .string()
    .regex(/^\d{1,12}$/)
    .optional(),
});

/**
 * Reads a `signed_request`, or returns null when it is not genuine: exactly two segments, signature and payload, in either
 * base64 alphabet, with or without padding; HMAC-SHA256 over the payload segment as received, under any of the secrets.
 * Source: Meta, data deletion callback.
 */
export function readSignedRequest(text: string, secrets: readonly string[]): SignedRequest | null {
  const segments = text.length <= LONGEST ? text.split('.') : [];
  const [signature, body] = segments;
  if (segments.length !== 2 || !signature || !body) return null;
  if (!SEGMENT.test(signature) || !SEGMENT.test(body)) return null;
  if (!isSigned(Buffer.from(signature, 'base64'), body, secrets)) return null;
  const parsed = payload.safeParse(
    parseWithTextNumbers(Buffer.from(body, 'base64').toString('utf8')),
  );
  if (!parsed.success) return null;
  const { user_id: userId, issued_at: issuedAt } = parsed.data;
  return {
    userId: userId ?? null,
    issuedAt: issuedAt === undefined ? null : new Date(Number(issuedAt) * 1000),
  };
}

function isSigned(signature: Buffer, body: string, secrets: readonly string[]): boolean {
  let isGenuine = false;
  // Every secret is tried, whatever came of the ones before: the time taken tells nothing.
  for (const secret of secrets) {
    if (secret === '') continue;
    const expected = createHmac('sha256', secret).update(body).digest();
    if (signature.length === expected.length && timingSafeEqual(signature, expected))
      isGenuine = true;
  }
  return isGenuine;
}

/** JSON whose numbers stay the digits that they were written with. */
function parseWithTextNumbers(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? (context?.source ?? String(value)) : value,
    );
  } catch {
    return null;
  }
}
