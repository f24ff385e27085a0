/** A certificate is a few kilobytes. */
export const MOST_CHARACTERS = 200_000;

const TYPE = 'mayfly-certificate+jwt';

/**
 * Whether one of these keys signed exactly this certificate, found out by the browser's own cryptography.
 * @param {string} text the certificate, a compact JWS
 * @param {unknown} jwks the public keys, a JWKS document
 * @returns {Promise<{ isValid: true, says: any, kid: string } | { isValid: false, reason: string }>} the reason is a sentence
 */
export async function readCertificate(text, jwks) {
  const parts = text.trim().split('.');
  const [head, body, signature] = parts.map(bytesOf);
  if (parts.length !== 3 || !head || !body || !signature) return no('This is not a certificate.');
  const header = parsed(head);
  if (header?.alg !== 'EdDSA' || typeof header.kid !== 'string')
    return no('This is not a certificate.');
  if (header.typ !== TYPE)
    return no('This was signed, but it is something else than a certificate.');
  if (Object.keys(header).length !== 3) return no('This is not a certificate of this kind.');
  const key = keyOf(jwks, header.kid);
  if (!key) return no('It is signed by a key that is not among the keys given.');
  const signed = new TextEncoder().encode(text.trim().slice(0, text.trim().lastIndexOf('.')));
  const holds = await isSignedBy(key, signature, signed);
  if (holds === null)
    return no('This browser cannot check such signatures. Below is how to do it without it.');
  if (!holds) return no('Its signature does not hold: it was changed, or signed by somebody else.');
  const says = parsed(body);
  if (!isComplete(says)) return no('It is signed, but does not say what a certificate must.');
  return { isValid: true, says, kid: header.kid };
}

function no(reason) {
  return { isValid: false, reason };
}

/** Null for text that is not base64url as it is written: several spellings of the last character mean the same bytes. */
function bytesOf(part) {
  if (!/^[\w-]+$/.test(part)) return null;
  let binary;
  try {
    binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return null;
  }
  const written = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return written === part ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
}

function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function keyOf(jwks, kid) {
  const keys = Array.isArray(jwks?.keys) ? jwks.keys : [];
  const found = keys.find((key) => key?.kid === kid && key.kty === 'OKP' && key.crv === 'Ed25519');
  return typeof found?.x === 'string' ? { kty: 'OKP', crv: 'Ed25519', x: found.x } : null;
}

/** Null when the browser lacks Ed25519, or keeps it from pages that did not come over https. */
async function isSignedBy(jwk, signature, signed) {
  if (!globalThis.crypto?.subtle) return null;
  try {
    const key = await crypto.subtle.importKey('jwk', jwk, { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, signature, signed);
  } catch (error) {
    return error?.name === 'NotSupportedError' ? null : false;
  }
}

/** Whether everything that the page shows is there. In what our own key signed, it always is. */
function isComplete(says) {
  const {
    issuer,
    request,
    erased,
    keys_destroyed: keys,
    rescan,
    expiring_elsewhere: expiring,
    kept_elsewhere: kept = [],
    ledger,
  } = says ?? {};
  const isCounted = (list) =>
    Array.isArray(list) && list.every((one) => Number.isInteger(one?.count));
  const isText = (...values) => values.every((value) => typeof value === 'string');
  const isTime = (...values) =>
    values.every((value) => isText(value) && !Number.isNaN(Date.parse(value)));
  return (
    says?.version === 1 &&
    isText(
      issuer?.company,
      issuer?.url,
      says.certificate_id,
      request?.id,
      request?.right,
      ledger?.hash,
    ) &&
    isTime(says.issued_at, request.received_at, request.due_at, keys?.at, rescan?.at) &&
    isCounted(erased) &&
    isCounted(rescan.found) &&
    rescan.found.length > 0 &&
    rescan.found.every(({ count }) => count === 0) &&
    Number.isInteger(keys.buckets) &&
    Number.isInteger(ledger.position) &&
    Array.isArray(expiring) &&
    expiring.every((one) => isText(one?.where) && isTime(one.until)) &&
    Array.isArray(kept) &&
    kept.every((one) => isText(one?.where)) &&
    Array.isArray(says.limits) &&
    isText(...says.limits)
  );
}
