/** The api as `npm start` runs it. */
import { createLog } from '../lib/log.ts';
import { runProcess } from '../lib/process-life.ts';
import { startLocalApi } from './start-local-api.ts';

const log = createLog('api');

await runProcess(log, async () => {
  const api = await startLocalApi(process.env, log);
  log.info({ port: api.port, event: 'listening' }, 'the api listens');
  return () => api.close();
});
