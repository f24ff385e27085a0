import { listen } from '../lib/http-server.ts';
import type { Log } from '../lib/log.ts';
import { createDatabaseCheck } from '../store/database-check.ts';
import { openApiParts } from './api-parts.ts';
import type { ApiSettings } from './api-settings.ts';
import { createApp } from './app.ts';
import { healthRoutes, metricsRoutes } from './health-routes.ts';
import { openAfterCommit, pageRouters, siteOf, webhookRouter } from './routers.ts';
import type { OpenOneMachine } from './one-machine.ts';

export interface RunningApi {
  port: number;
  /** Answers what is under way, wakes what was committed, then lets go of everything. */
  close(): Promise<void>;
}

/**
 * Puts the api together and listens. It starts, and takes webhooks, while Temporal is away. `openMachine` is given by
 * `npm start` alone.
 */
export async function startApi(
  settings: ApiSettings,
  log: Log,
  openMachine?: OpenOneMachine,
): Promise<RunningApi> {
  const { HOST: host, PORT: port, METRICS_PORT: metricsPort } = settings;
  const parts = await openApiParts(settings, log);
  const afterCommit = openAfterCommit(parts);
  const machine = openMachine?.(parts, () => server.port) ?? null;
  const metrics = metricsRoutes(parts.metrics);
  const routers = [
    healthRoutes({ database: createDatabaseCheck(parts.pool, log) }),
    webhookRouter(parts, afterCommit),
    ...pageRouters(parts, machine),
    ...(metricsPort === undefined ? [metrics] : []),
    ...(machine?.routers ?? []),
  ];
  const server = await listen(createApp({ routers, log, site: siteOf(settings) }), { host, port });
  const metricsServer =
    metricsPort === undefined
      ? null
      : await listen(createApp({ routers: [metrics], log }), {
          host,
          port: metricsPort,
          setting: 'METRICS_PORT',
        });

  return {
    port: server.port,
    close: async () => {
      await machine?.close();
      await server.close();
      await metricsServer?.close();
      await afterCommit.drained();
      await parts.close();
    },
  };
}
