import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An operating-system user by number. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * The user that the server must run as; null when it is the one of this process.
 * As root that is the owner of existing data, else the user `postgres`, which is made when it is absent.
 * Throws one line when the data belongs to somebody else.
 */
export async function postgresAccount(dataDir: string): Promise<Account | null> {
  const own = process.getuid?.();
  if (own === undefined) {
    return null;
  }
  const owner = await ownerOf(dataDir);
  if (own === 0) {
    return owner !== null && owner.uid !== 0 ? owner : postgresUser();
  }
  if (owner !== null && owner.uid !== own) {
    throw new Error(
      `Postgres: ${dataDir} belongs to another user (uid ${owner.uid}): start as that user or as root, or set DATA_DIR`,
    );
  }
  return null;
}

async function ownerOf(folder: string): Promise<Account | null> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return null;
    }
    throw error;
  });
  return found === null ? null : { uid: found.uid, gid: found.gid };
}

async function postgresUser(): Promise<Account> {
  const existing = await idsOf('postgres');
  if (existing !== null) {
    return existing;
  }
  try {
    // A group of that name may exist without the user: -f makes that a success.
    await run('groupadd', ['--system', '-f', 'postgres']);
    await run('useradd', ['--system', '--no-create-home', '--gid', 'postgres', 'postgres']);
  } catch (error) {
    throw new Error(
      'Postgres: it may not run as root, and the user postgres could not be made: make it, run as another user, or set DATABASE_URL',
      { cause: error },
    );
  }
  const made = await idsOf('postgres');
  if (made === null) {
    throw new Error('Postgres: the user postgres was made but cannot be looked up');
  }
  return made;
}

/** `id` fails for an unknown user: that is the answer null. */
async function idsOf(user: string): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}
