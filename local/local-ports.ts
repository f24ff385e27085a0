import { tryPort, usualOrFreePort } from './free-port.ts';
import type { LocalPorts } from './local-environment.ts';
import { isGiven, type Environment, type LocalPlan } from './local-plan.ts';

const USUAL = {
  workerHealth: 3001,
  temporal: 7233,
  temporalUi: 8233,
  postgres: 54329,
  model: 3002,
};

/**
 * The ports of this start. PORT is what people and Meta know, so the start gets it or fails with one line; 0 takes any.
 * The others are this machine's own affair: when a usual one is in use another is taken, and said.
 */
export async function choosePorts(
  given: Environment,
  plan: LocalPlan,
  report: (line: string) => void,
): Promise<LocalPorts> {
  const api = await givenPort('PORT', given['PORT'] || '3000');
  const taken = new Set([api]);
  const choose = async (name: string, usual: number, isNeeded: boolean): Promise<number> => {
    if (!isNeeded) return usual;
    const port = await usualOrFreePort(name, usual, taken, report);
    taken.add(port);
    return port;
  };
  const workerHealth = isGiven(given, 'WORKER_HEALTH_PORT')
    ? await givenPort('WORKER_HEALTH_PORT', given['WORKER_HEALTH_PORT'] ?? '')
    : await choose('worker', USUAL.workerHealth, true);
  taken.add(workerHealth);
  return {
    api,
    workerHealth,
    temporal: await choose('Temporal', USUAL.temporal, plan.temporal),
    temporalUi: await choose('Temporal UI', USUAL.temporalUi, plan.temporal),
    postgres: await choose('Postgres', USUAL.postgres, plan.postgres),
    model: await choose('model', USUAL.model, plan.model),
  };
}

/** A port that the operator has set: the start gets it, or fails with one line. */
async function givenPort(setting: 'PORT' | 'WORKER_HEALTH_PORT', wanted: string): Promise<number> {
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(
      `${setting} is not a port number: give one from 1 to 65535, or 0 for any that is free`,
    );
  }
  const tried = await tryPort(port);
  if ('port' in tried) return tried.port;
  throw new Error(
    tried.refused === 'in use'
      ? `port ${port} is in use: stop what uses it or set ${setting}`
      : `port ${port} is not allowed to this user: set ${setting} to one above 1023`,
  );
}
