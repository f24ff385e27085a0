import { publishAddresses } from './server-addresses.ts';
import { startTestServers, type TestServers } from './test-servers.ts';

declare global {
  var mayflyTestServers: TestServers | undefined;
}

/** Jest calls it once, in its own process, before any test file. Jest wants a default export. */
export default async function startServers(): Promise<void> {
  const servers = await startTestServers();
  globalThis.mayflyTestServers = servers;
  publishAddresses(servers.addresses);
  // Without these a Ctrl-C would leave the servers running: they are in process groups of their own.
  process.once('exit', servers.kill);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      servers.kill();
      process.kill(process.pid, signal);
    });
  }
}
