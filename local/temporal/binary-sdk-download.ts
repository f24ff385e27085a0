/**
 * A program of its own: `node binary-sdk-download.ts dev-server|time-skipping VERSION FOLDER` lets Temporal's SDK download
 * a server into FOLDER. The SDK does so only on the way to starting one, and cannot be interrupted: hence a process.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, version, downloadDir] = process.argv.slice(2);
if (version === undefined || downloadDir === undefined) {
  throw new Error('usage: binary-sdk-download.ts dev-server|time-skipping VERSION FOLDER');
}
const server = { executable: { type: 'cached-download', version, downloadDir } } as const;
const started =
  kind === 'dev-server'
    ? await TestWorkflowEnvironment.createLocal({ server })
    : await TestWorkflowEnvironment.createTimeSkipping({ server });
await started.teardown();
