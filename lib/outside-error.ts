/**
 * Something outside keeps a process from starting, and may come back by itself. The message is one sentence that names the
 * setting and says what to do; it never holds a value. Exit code 1.
 */
export class OutsideError extends Error {
  override name = 'OutsideError';
}

/** The code of an error, of Node's or of a library's; empty where it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' || typeof error.code === 'number' ? String(error.code) : '';
}

/**
 * Does something with the outside world; an error that `trouble` can explain is thrown as that explanation, any other
 * as it is.
 */
export async function explained<T>(
  trouble: (error: unknown) => Error | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw trouble(error) ?? error;
  }
}
