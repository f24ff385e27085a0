import { tellClearTextLinks } from '../lib/clear-text-links.ts';
import { readSettings } from '../lib/config.ts';
import { createLog } from '../lib/log.ts';
import { runProcess } from '../lib/process-life.ts';
import { API_SETTINGS } from './api-settings.ts';
import { startApi } from './server.ts';

const log = createLog('api');

await runProcess(log, async () => {
  const settings = readSettings(process.env, API_SETTINGS);
  tellClearTextLinks(settings, log);
  const api = await startApi(settings, log);
  log.info({ port: api.port, event: 'listening' }, 'the api listens');
  return () => api.close();
});
