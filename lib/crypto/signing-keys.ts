import { DAY_MS } from '../../domain/durations.ts';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { withSettingFiles } from '../setting-files.ts';
import type { JwkSet } from './jwk-set.ts';
import { finishReplacing, readSigningKeyFile, replaceSigningKeyFile } from './signing-key-file.ts';
import type { StoredSigningKey } from './signing-key-file.ts';

/** How old a signing key may become. What it signed stays verifiable for ever: only its private half goes. */
export const SIGNING_KEY_AGE_MS = 90 * DAY_MS;

/** The key that signs now. */
export interface SigningKey {
  kid: string;
  key: KeyObject;
}

/**
 * The Ed25519 keys that sign certificates and checkpoints, in a file of their own (SIGNING_KEY_FILE). It is read at
 * each use, so that every process signs with the newest key and publishes all of them.
 */
export class SigningKeys {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** A missing or damaged file is an error that says what to do. */
  static open(file: string): SigningKeys {
    const keys = new SigningKeys(file);
    keys.current();
    return keys;
  }

  current(): SigningKey {
    const current = currentOf(this.#stored());
    if (current === undefined) {
      throw new Error(`No key in ${this.#file} can sign: run "npm run migrate".`);
    }
    const { x, d, kid } = current;
    return {
      kid,
      key: createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x, d } }),
    };
  }

  /** The public halves of all keys that ever signed, the newest first. */
  jwks(): JwkSet {
    const keys = this.#stored().map(
      ({ x, kid }) => ({ kty: 'OKP', crv: 'Ed25519', x, kid }) as const,
    );
    return { keys: keys.reverse() };
  }

  /** Retires the current key and destroys its private half once it is old enough, and makes the next one. */
  async renew(now: Date): Promise<'kept' | 'replaced'> {
    return renewed(this.#file, this.#stored(), now);
  }

  #stored(): StoredSigningKey[] {
    const stored = readSigningKeyFile(this.#file);
    if (stored !== null) return stored;
    throw new Error(
      `There are no signing keys at ${this.#file}: run "npm run migrate", or restore them from their backup.`,
    );
  }
}

/** Makes the file with its first key when there is none, and otherwise replaces a key that is too old or cannot sign. */
export async function ensureSigningKeys(file: string, now: Date): Promise<'kept' | 'replaced'> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return renewed(file, readSigningKeyFile(file) ?? [], now);
}

async function renewed(
  file: string,
  stored: readonly StoredSigningKey[],
  now: Date,
): Promise<'kept' | 'replaced'> {
  finishReplacing(file);
  const current = currentOf(stored);
  if (
    current !== undefined &&
    now.getTime() - Date.parse(current.created_at) < SIGNING_KEY_AGE_MS
  ) {
    return 'kept';
  }
  const retired = stored.map((key) => ({
    ...key,
    d: null,
    retired_at: key.retired_at ?? now.toISOString(),
  }));
  replaceSigningKeyFile(file, [...retired, await newKey(now)]);
  return 'replaced';
}

/** The keys in the file that the setting names. */
export function openSigningKeys({ SIGNING_KEY_FILE }: { SIGNING_KEY_FILE: string }): SigningKeys {
  return withSettingFiles({ SIGNING_KEY_FILE }, () => SigningKeys.open(SIGNING_KEY_FILE));
}

function currentOf(
  keys: readonly StoredSigningKey[],
): (StoredSigningKey & { d: string }) | undefined {
  const newest = keys.at(-1);
  return newest?.d == null ? undefined : { ...newest, d: newest.d };
}

async function newKey(now: Date): Promise<StoredSigningKey> {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  return { kid, created_at: now.toISOString(), retired_at: null, x, d };
}
