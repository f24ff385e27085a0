import type pg from 'pg';
import type { Log } from '../lib/log.ts';
import { databaseTrouble } from './database-trouble.ts';

/**
 * Asks whether the database can be used, for `/readyz`: rejects when not. The log says once what is wrong and which setting
 * it has to do with, and once that it is over.
 */
export function createDatabaseCheck(pool: pg.Pool, log: Log): () => Promise<void> {
  let said: string | null = null;
  return async () => {
    try {
      await pool.query('SELECT 1');
    } catch (error) {
      const trouble = databaseTrouble(error)?.message ?? 'The database cannot be asked.';
      if (trouble !== said) log.error({ event: 'database away', error }, trouble);
      said = trouble;
      throw error;
    }
    if (said !== null) log.info({ event: 'database back' }, 'the database can be asked again');
    said = null;
  };
}
