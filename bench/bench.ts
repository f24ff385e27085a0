import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { EmbeddedPostgres } from '../local/postgres/embedded-server.ts';
import { createCrowd } from './load/crowd.ts';
import type { Crowd } from './load/crowd.ts';
import type { Plan } from './plan.ts';
import { openBenchDatabase } from './servers/database.ts';
import type { Fakes } from './servers/fakes.ts';
import { givenTemporalServer, startTemporalServer } from './servers/temporal-server.ts';
import { startMayfly } from './systems/mayfly.ts';
import type { Mayfly, MayflyOptions } from './systems/mayfly.ts';
import { startPlainExpress, startUsualTemporal } from './systems/references.ts';
import type { Surroundings, System, SystemName } from './systems/system.ts';

/** What the parts of the benchmark work with. */
export interface Bench {
  plan: Plan;
  folder: string;
  postgres: EmbeddedPostgres;
  fakes: Fakes;
  /** `TEMPORAL_ADDRESS`; without it each system gets a dev server of its own. */
  temporal: { address: string | undefined; pids: string | undefined };
  /** Where api and worker leave their CPU profiles, if anywhere. */
  profiles: string | undefined;
  report: (line: string) => void;
}

/** A system with the people who write to it. */
export interface Stage<Kind extends System = System> {
  system: Kind;
  crowd: Crowd;
}

/** Starts Mayfly on servers that nothing has used before, and stops all of it after `work`. */
export async function withMayfly<Result>(
  bench: Bench,
  options: MayflyOptions,
  work: (stage: Stage<Mayfly>) => Promise<Result>,
): Promise<Result> {
  const profiling =
    bench.profiles === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(bench.profiles)}`];
  const nodeOptions = [...(options.nodeOptions ?? []), ...profiling];
  return onFreshServers(
    bench,
    'mayfly',
    (around) => startMayfly(around, { ...options, nodeOptions }),
    work,
  );
}

/** Starts each of the systems in turn, Mayfly without a quiet window, and gathers what `work` makes of them. */
export async function withEachSystem<Result>(
  bench: Bench,
  work: (stage: Stage) => Promise<Result>,
): Promise<Record<SystemName, Result>> {
  return {
    mayfly: await withMayfly(bench, { settings: { COLLECT_QUIET_MS: '0' } }, work),
    'usual Temporal': await onFreshServers(bench, 'usual-temporal', startUsualTemporal, work),
    'plain Express': await onFreshServers(bench, 'plain-express', startPlainExpress, work),
  };
}

/** Starts the usual Temporal way on servers that nothing has used before. */
export async function withUsualTemporal<Result>(
  bench: Bench,
  work: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  return onFreshServers(bench, 'usual-temporal', startUsualTemporal, work);
}

async function onFreshServers<Kind extends System, Result>(
  bench: Bench,
  name: string,
  start: (around: Surroundings) => Promise<Kind>,
  work: (stage: Stage<Kind>) => Promise<Result>,
): Promise<Result> {
  const suffix = randomUUID().slice(0, 8);
  const folder = path.join(bench.folder, `${name}-${suffix}`);
  const { address, pids } = bench.temporal;
  const temporal =
    address === undefined
      ? await startTemporalServer(path.join(folder, 'temporal'), bench.report)
      : givenTemporalServer(address, pids, suffix);
  const database = await openBenchDatabase(bench.postgres, `bench_${suffix}`);
  try {
    bench.report(`  ${name}`);
    const system = await start({
      folder,
      fakes: bench.fakes,
      database,
      temporal,
      report: bench.report,
    });
    const crowd = createCrowd({ fakes: bench.fakes, webhookUrl: system.webhookUrl });
    try {
      return await work({ system, crowd });
    } finally {
      bench.fakes.set({ modelMs: 0, statusesTo: null });
      crowd.close();
      await system.stop();
    }
  } finally {
    await database.close();
    await temporal.stop();
  }
}
