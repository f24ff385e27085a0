import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { withMayfly } from '../bench.ts';
import type { Bench, Stage } from '../bench.ts';
import { greetAll } from '../load/lanes.ts';
import { residentBytes } from '../measure/process-usage.ts';
import { round } from '../measure/summary.ts';
import type { Mayfly } from '../systems/mayfly.ts';

/** Of the worker, in MiB: warmed up, after the sessions that ended, beside the open ones, and what the two cost. */
export interface Memory {
  warmMiB: number;
  afterEndedMiB: number;
  besideOpenMiB: number;
  endedCostMiB: number;
  openCostMiB: number;
}

export interface MemoryFigures {
  conversations: number;
  unanswered: number;
  /** What its threads have in use, without garbage. */
  inUse: Memory;
  /** What the system gave it: V8 keeps, for ever, the pages that its heaps once needed between two collections. */
  resident: Memory;
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
    path.join(import.meta.dirname, '../measure/memory-probe.ts'),
  ];
  const probeFile = path.join(bench.folder, 'memory-probe');
  const settings = {
    ...{ COLLECT_QUIET_MS: '0', SESSION_IDLE: SHORT_SESSION },
    MEMORY_PROBE_FILE: probeFile,
  };
  return withMayfly(bench, { settings, nodeOptions }, (stage) => memoryOf(bench, stage, probeFile));
}

async function memoryOf(
  { plan, report }: Bench,
  { system, crowd }: Stage<Mayfly>,
  probeFile: string,
): Promise<MemoryFigures> {
  const { conversations, settleSeconds } = plan.memory;
  const hold = async (count: number) => {
    const asked = await greetAll(crowd, count, AT_ONCE);
    return asked.filter(({ answer }) => answer === null).length;
  };
  const settled = async () => {
    await pause(settleSeconds * 1000);
    return memoryNow(system, probeFile);
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
  const of = (kind: keyof Now) => costs(warm[kind], afterEnded[kind], besideOpen[kind]);
  return { conversations, unanswered, inUse: of('inUse'), resident: of('resident') };
}

function costs(warmMiB: number, afterEndedMiB: number, besideOpenMiB: number): Memory {
  return {
    ...{ warmMiB, afterEndedMiB, besideOpenMiB },
    endedCostMiB: round(afterEndedMiB - warmMiB),
    openCostMiB: round(besideOpenMiB - afterEndedMiB),
  };
}

type Now = Record<'inUse' | 'resident', number>;

/** After two collections: what the first one lets go of may hold what the second one does. */
async function memoryNow(system: Mayfly, probeFile: string): Promise<Now> {
  for (let collections = 0; collections < 2; collections += 1) {
    system.worker().signal('SIGUSR2');
    await pause(COLLECTED_MS);
  }
  const inMiB = (bytes: number) => round(bytes / 1024 ** 2);
  return {
    inUse: inMiB(Number(readFileSync(probeFile, 'utf8'))),
    resident: inMiB(residentBytes(system.worker().pid)),
  };
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
