/**
 * What stands in for migrations, worker and api in a copy of the checkout. It appends what happens to it to a file of the
 * data folder, answers /readyz, and does as it is asked by address: /exit/CODE ends it, /settings shows its environment.
 */
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const name = path.relative(path.join(import.meta.dirname, '..'), import.meta.filename);
const tell = (event: string) =>
  appendFileSync(path.join(process.env['DATA_DIR'] ?? '', 'events'), `${name} ${event}\n`);

tell(`runs as ${process.pid}`);
if (process.env['FAKE_WRONG_SETTING'] === name) {
  process.stderr.write('Settings: FAKE_WRONG_SETTING is not usable.\n');
  process.exit(78);
}
if (process.env['FAKE_BROKEN'] === name) {
  process.stdout.write('{"level":"error","msg":"broken on purpose"}\n');
  process.exit(1);
}

const asked = process.env['FAKE_ASKS_FIRST'] ?? '';
if (name === 'worker/main.ts' && asked !== '')
  await fetch(`${asked}/${process.env['WORKER_HEALTH_PORT']}`, { method: 'POST' });

if (!name.includes('migrate')) {
  const port = Number(process.env[name === 'local/api.ts' ? 'PORT' : 'WORKER_HEALTH_PORT']);
  const server = createServer((request, response) => {
    const exit = /^\/exit\/(\d+)$/.exec(request.url ?? '');
    if (exit) process.exit(Number(exit[1]));
    response.end(JSON.stringify(request.url === '/settings' ? process.env : {}));
  }).listen(port, '127.0.0.1');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      tell(`got ${signal}`);
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
  process.on('disconnect', () => process.exit(0));
}
