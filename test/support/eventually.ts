import { setTimeout as pause } from 'node:timers/promises';

/** Repeats an expectation until it holds; after the deadline its last failure is the test's. */
export async function eventually<T>(
  expectation: () => T | Promise<T>,
  deadlineMs = 45_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(25);
    }
  }
}
