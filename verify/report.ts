import { databaseTrouble } from '../store/database-trouble.ts';

/** What a check found: whether it holds, and one line that says so. */
export interface Report {
  holds: boolean;
  line: string;
}

/** Prints what a check found and sets the exit code: 0 when it holds, 1 when it does not, or when it could not be told. */
export async function report(check: () => Promise<Report>): Promise<void> {
  const { holds, line } = await check().catch(notChecked);
  process.stdout.write(`${line}\n`);
  process.exitCode = holds ? 0 : 1;
}

/** Something that the check needs is not there or does not answer. That is no finding, but no success either. */
function notChecked(error: unknown): Report {
  const { message = '', code = 'unknown error' } = error as { message?: string; code?: string };
  return {
    holds: false,
    line: `Not checked: ${databaseTrouble(error)?.message ?? (message || code)}`,
  };
}
