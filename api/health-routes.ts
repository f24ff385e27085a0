import { Router } from 'express';
import type { Metrics } from '../lib/metrics.ts';

/** Checks by the name of what is checked; each resolves when it works. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

/** `/livez`: the process runs. `/readyz`: it can do its work, and if not, what is missing. */
export function healthRoutes(checks: ReadinessChecks): Router {
  const router = Router();
  router.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const),
    );
    const isReady = results.every(([, result]) => result === 'ok');
    response
      .status(isReady ? 200 : 503)
      .json({ status: isReady ? 'ok' : 'not ready', checks: Object.fromEntries(results) });
  });
  return router;
}

/** `/metrics` in Prometheus' text format. */
export function metricsRoutes({ registry }: Metrics): Router {
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}

async function passes(check: () => Promise<unknown>): Promise<'ok' | 'failed'> {
  try {
    await check();
    return 'ok';
  } catch {
    return 'failed';
  }
}
