import { nowMs } from './clock.ts';
import { cpuSeconds } from './process-usage.ts';
import type { System } from '../systems/system.ts';

/** What a system used in a stretch of time. Bytes are null where it has no such store, or it cannot be seen. */
export interface Usage {
  from: number;
  to: number;
  /** By process, in seconds. */
  cpu: Record<string, number>;
  databaseBytes: number | null;
  walBytes: number | null;
  temporalBytes: number | null;
}

/** Begins to watch; the function it returns tells what was used since. */
export async function watchUsage(system: System): Promise<() => Promise<Usage>> {
  const begun = await take(system);
  return async () => {
    const now = await take(system);
    const since = (value: number | null, earlier: number | null) =>
      value === null || earlier === null ? null : value - earlier;
    return {
      from: begun.at,
      to: now.at,
      cpu: Object.fromEntries(
        Object.entries(now.cpu).map(([name, seconds]) => [name, seconds - (begun.cpu[name] ?? 0)]),
      ),
      databaseBytes: since(now.data, begun.data),
      walBytes: since(now.wal, begun.wal),
      temporalBytes: since(now.temporal, begun.temporal),
    };
  };
}

async function take(system: System) {
  const bytes = (await system.database?.bytes()) ?? { data: null, wal: null };
  const temporal = system.temporal?.bytes() ?? null;
  return { at: nowMs(), cpu: cpuSeconds(system.processes()), ...bytes, temporal };
}
