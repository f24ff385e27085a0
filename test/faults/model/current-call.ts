import { AsyncLocalStorage } from 'node:async_hooks';

/** One run of an activity, as the process that does it knows it. */
export interface Call {
  /**
   * Temporal gives it up, and runs the activity again; Meta's answer comes to it all the same, once `answer` is called. Null
   * when that has happened: what was given up goes on beside the run that came after it.
   */
  giveUp: ((answer: () => void) => void) | null;
}

/** The run that is asked for, of several that may be under way for the same person. */
export const currentCall = new AsyncLocalStorage<Call>();
