import { Client, Connection } from '@temporalio/client';
import { namespacesOf, startMayfly } from '../system/processes.ts';
import { startServers } from '../system/servers.ts';
import type { Servers } from '../system/servers.ts';
import { buildOf } from './broken-builds.ts';
import type { BrokenBuild } from './broken-builds.ts';

const SETTINGS = { TURN_DEADLINE: '10s', EVIDENCE_WAIT: '1s', MAYFLY_FAIL_POINT: 'told' };

/** Runs scenarios one after the other against a build with these patches, on servers of its own; returns their problems. */
export async function tryBuild(
  patches: BrokenBuild['patches'],
  scenarios: readonly BrokenBuild['scenario'][],
): Promise<string[]> {
  const name = 'mayfly';
  const build = buildOf(patches);
  let servers: Servers | null = null;
  try {
    servers = await startServers({ namespaces: Object.values(namespacesOf(name)) });
    const mayfly = await startMayfly({ servers, name, root: build.root, environment: SETTINGS });
    const connection = await Connection.connect({ address: servers.temporalAddress });
    try {
      const temporal = new Client({ connection, namespace: namespacesOf(name).conversations });
      const problems: string[] = [];
      for (const scenario of scenarios)
        problems.push(...(await scenario({ mayfly, folder: servers.folder, temporal })));
      return problems;
    } finally {
      await connection.close();
      await mayfly.close();
    }
  } finally {
    await servers?.close();
    build.remove();
  }
}
