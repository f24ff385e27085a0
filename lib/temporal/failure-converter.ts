import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stacks of failures are sealed too; Temporal would store them in clear. Loaded by path, also in workflows. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
