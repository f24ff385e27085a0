import { createHmac, timingSafeEqual } from 'node:crypto';

// Meta writes lower-case hex. Anything else is not Meta's, so one letter's case is a difference
// too.
const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

/**
 * Whether Meta signed exactly these bytes: `header` is X-Hub-Signature-256, HMAC-SHA256 under any
 * one of `secrets`. No secrets, or only empty ones, match nothing. The bytes must be those on the
 * wire: Meta signs its own escaping.
 * Source: Graph API, webhooks, "Validating payloads".
 */
export function verifySignature(
  rawBody: Buffer,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  const hex = SIGNATURE.exec(header ?? '')?.[1];
  if (hex === undefined) return false;
  const claimed = Buffer.from(hex, 'hex');

  let isGenuine = false;
  // Every secret is tried, also after a match: the time taken must not tell which one it was.
  for (const secret of secrets) {
    if (secret === '') continue;
    const expected = createHmac('sha256', secret).update(rawBody).digest();
    isGenuine = timingSafeEqual(expected, claimed) || isGenuine;
  }
  return isGenuine;
}
