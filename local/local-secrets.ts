import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const secret = z.string().min(16);
const localSecrets = z.object({
  whatsappAppSecret: secret,
  instagramAppSecret: secret,
  metaAppSecret: secret,
  whatsappVerifyToken: secret,
  instagramVerifyToken: secret,
  whatsappAccessToken: secret,
  instagramAccessToken: secret,
});

/** What the simulated Meta and this service share in place of a real app's secrets. */
export type LocalSecrets = z.infer<typeof localSecrets>;

/**
 * The secrets in `file`, made at random when there are none, so that they outlive a restart. Only the owner can read it.
 * A secret that a later version adds is made then. Throws one line when the file is something else.
 */
export function loadLocalSecrets(file: string): LocalSecrets {
  const kept = readKept(file);
  const names = localSecrets.keyof().options;
  const all = localSecrets.safeParse({
    ...Object.fromEntries(names.map((name) => [name, randomBytes(24).toString('hex')])),
    ...kept,
  });
  if (!all.success) throw new Error(notSecrets(file));
  if (names.some((name) => kept[name] === undefined)) {
    writeFileSync(`${file}.new`, `${JSON.stringify(all.data, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return all.data;
}

function readKept(file: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    // The cause is left out: a parser's message quotes what it could not parse.
    throw new Error(notSecrets(file));
  }
}

function notSecrets(file: string): string {
  return `${file} does not hold the secrets that an earlier start made: remove it, and new ones are made`;
}
