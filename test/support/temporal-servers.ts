import { TestWorkflowEnvironment } from '@temporalio/testing';
import { addressOf } from './server-addresses.ts';

/**
 * `host:port` of the run's Temporal dev server: in memory, with the namespaces `conversations` and `privacy`.
 * It is shared by all test files, so a file works in a namespace of its own.
 */
export function devServerAddress(): string {
  return addressOf('temporalAddress');
}

/** A new server whose clock skips what nobody waits for. It knows one namespace, `default`, and no schedules; tear it down. */
export async function timeSkippingServer(): Promise<TestWorkflowEnvironment> {
  const path = addressOf('testServerPath');
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
}

/**
 * `host:port` of a dev server that advises every workflow to continue as new after each turn, so that a conversation is a
 * chain of short runs. It is shared like the other.
 */
export function shortRunsServerAddress(): string {
  return addressOf('shortRunsAddress');
}
