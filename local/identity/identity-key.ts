import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** The key by which the local identity provider signs tokens; `jwk` is its public half. */
export interface IdentityKey {
  kid: string;
  key: KeyObject;
  jwk: { kty: string; crv: string; x: string; kid: string; alg: string; use: string };
}

/** The Ed25519 key in `file`, made when there is none, so that a restart signs nobody out. Only its owner can read it. */
export function openIdentityKey(file: string): IdentityKey {
  if (!existsSync(file)) makeKey(file);
  const key = readKey(file);
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const kid = x.slice(0, 16);
  return { kid, key, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } };
}

function makeKey(file: string): void {
  const unfinished = `${file}.${process.pid}.unfinished`;
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  writeFileSync(unfinished, `${JSON.stringify(made)}\n`, { mode: 0o600 });
  try {
    // It appears in one step, and never in place of one that another process made meanwhile.
    linkSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished);
  }
}

function readKey(file: string): KeyObject {
  try {
    return createPrivateKey({ format: 'jwk', key: JSON.parse(readFileSync(file, 'utf8')) });
  } catch {
    // The cause is left out: a parser's message quotes what it could not parse.
    throw new Error(
      `${file} does not hold the key that an earlier start made: remove it, and a new one is made`,
    );
  }
}
