/** A process that starts an embedded server, says so, and waits to be killed: `node start-and-wait.ts DATA_DIR PORT`. */
import { startEmbeddedPostgres } from '../../../local/postgres/embedded-server.ts';

const [dataDir, port] = process.argv.slice(2);
const server = await startEmbeddedPostgres({
  dataDir: dataDir ?? '',
  port: Number(port),
  report: () => undefined,
  detached: true,
});
process.stdout.write(`${server.pid}\n`);
setInterval(() => undefined, 60_000);
