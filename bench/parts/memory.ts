import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { withMayfly } from '../bench.ts';
import type { Bench, Stage } from '../bench.ts';
import { greetAll } from '../load/lanes.ts';
import { residentBytes } from '../measure/process-usage.ts';
import { round } from '../measure/summary.ts';
import type { Mayfly } from '../systems/mayfly.ts';

export interface MemoryFigures {
  conversations: number;
  /** The worker's resident memory without garbage, in MiB: warmed up, after the sessions that ended, beside the open ones. */
  warmMiB: number;
  afterEndedMiB: number;
  besideOpenMiB: number;
  endedCostMiB: number;
  openCostMiB: number;
  unanswered: number;
}

const AT_ONCE = 24;
const WARM_UP_SHARE = 0.1;
const ENDED_WITHIN_MS = 120_000;
const SHORT_SESSION = '2s';
const COLLECTED_MS = 2_000;

/** What sessions that have ended and conversations that are open and idle leave in the worker's memory. */
export function measureMemory(bench: Bench): Promise<MemoryFigures> {
  const nodeOptions = [
    '--expose-gc',
    '--import',
    path.join(import.meta.dirname, '../measure/collect-garbage.ts'),
  ];
  const settings = { COLLECT_QUIET_MS: '0', SESSION_IDLE: SHORT_SESSION };
  return withMayfly(bench, { settings, nodeOptions }, (stage) => memoryOf(bench, stage));
}

async function memoryOf(
  { plan, report }: Bench,
  { system, crowd }: Stage<Mayfly>,
): Promise<MemoryFigures> {
  const { conversations, settleSeconds } = plan.memory;
  const hold = async (count: number) => {
    const asked = await greetAll(crowd, count, AT_ONCE);
    return asked.filter(({ answer }) => answer === null).length;
  };
  const settled = async () => {
    await pause(settleSeconds * 1000);
    return memoryNow(system);
  };
  let unanswered = await hold(Math.ceil(conversations * WARM_UP_SHARE));
  await untilAllEnded(system);
  const warm = await settled();
  report(`    ${conversations} sessions that end`);
  unanswered += await hold(conversations);
  await untilAllEnded(system);
  const afterEnded = await settled();
  await system.restartApi({ SESSION_IDLE: '2h' });
  report(`    ${conversations} conversations that stay open`);
  unanswered += await hold(conversations);
  const besideOpen = await settled();
  return {
    conversations,
    warmMiB: warm,
    afterEndedMiB: afterEnded,
    besideOpenMiB: besideOpen,
    endedCostMiB: round(afterEnded - warm),
    openCostMiB: round(besideOpen - afterEnded),
    unanswered,
  };
}

/** After two collections: what the first one lets go of may hold what the second one does. */
async function memoryNow(system: Mayfly): Promise<number> {
  for (let collections = 0; collections < 2; collections += 1) {
    system.worker().signal('SIGUSR2');
    await pause(COLLECTED_MS);
  }
  return round(residentBytes(system.worker().pid) / 1024 ** 2);
}

async function untilAllEnded({ temporal }: Mayfly): Promise<void> {
  const connection = await Connection.connect({ address: temporal?.address ?? '' });
  const client = new Client({ connection, namespace: temporal?.namespaces.conversations ?? '' });
  const query = `WorkflowType = 'conversation' AND ExecutionStatus = 'Running'`;
  const deadline = Date.now() + ENDED_WITHIN_MS;
  try {
    while ((await client.workflow.count(query)).count > 0) {
      if (Date.now() > deadline) throw new Error('sessions did not end in time');
      await pause(500);
    }
  } finally {
    await connection.close();
  }
}
