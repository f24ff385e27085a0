import { createHmac } from 'node:crypto';

/** A `signed_request` as Meta makes it. `payload` is JSON text, so that a number may be longer than JavaScript's. */
export function signedRequest(payload: string, secret: string): string {
  const body = Buffer.from(payload).toString('base64url');
  return `${createHmac('sha256', secret).update(body).digest('base64url')}.${body}`;
}

/** Meta's request to delete whom this id means. */
export function deletionRequest(userId: string, issuedAt: Date, secret: string): string {
  const seconds = Math.floor(issuedAt.getTime() / 1000);
  return signedRequest(
    JSON.stringify({ algorithm: 'HMAC-SHA256', user_id: userId, issued_at: seconds }),
    secret,
  );
}
