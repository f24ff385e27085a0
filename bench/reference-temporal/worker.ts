/** The worker of the reference: the SDK's defaults. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createReferenceActivities } from './activities.ts';

const {
  TEMPORAL_ADDRESS = '',
  TEMPORAL_NAMESPACE = '',
  MODEL_URL = '',
  GRAPH_URL = '',
} = process.env;

Runtime.install({ shutdownSignals: ['SIGTERM'] });
const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS });
const worker = await Worker.create({
  connection,
  namespace: TEMPORAL_NAMESPACE,
  taskQueue: 'chats',
  workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
  activities: createReferenceActivities({ modelUrl: MODEL_URL, graphUrl: GRAPH_URL }),
});
process.on('disconnect', () => process.exit(0));
const running = worker.run();
process.send?.('ready');
await running;
process.exit(0);
