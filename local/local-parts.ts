import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { localEnvironment, type LocalFacts } from './local-environment.ts';
import type { Environment } from './local-plan.ts';
import { nodeService, nodeStep } from './node-part.ts';
import { postgresService } from './postgres-service.ts';
import type { ProcessRecord } from './process-record.ts';
import { untilAnswers, untilListens } from './readiness.ts';
import type { Service, Step } from './service.ts';
import { temporalService } from './temporal-service.ts';

/** The Node programs of a local start: each a file and its arguments. */
export interface LocalPrograms {
  migrate: readonly string[];
  worker: readonly string[];
  api: readonly string[];
  model: readonly string[];
}

/** What the parts are made from. */
export interface LocalParts extends LocalFacts {
  given: Environment;
  programs: LocalPrograms;
  record: ProcessRecord;
  report: (line: string) => void;
}

/** The parts of one machine, in groups that are brought up one after the other. */
export function localParts(options: LocalParts): (Service | Step)[][] {
  const { plan, ports, dataDir, programs, record, report } = options;
  const environment = localEnvironment(options.given, options);
  const logs = path.join(dataDir, 'logs');
  for (const folder of [logs, path.join(dataDir, 'keys')]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  const log = (name: string) => path.join(logs, `${name}.log`);
  const postgres = plan.postgres
    ? postgresService({
        dataDir: path.join(dataDir, 'postgres'),
        port: ports.postgres,
        record,
        report,
      })
    : null;
  // The password is known once Postgres runs, so the address is filled in at each start of a child.
  const withDatabase = () =>
    postgres === null ? environment : { ...environment, DATABASE_URL: postgres.connectionString() };
  const part = { record, report, environment: withDatabase };

  const servers = [
    ...(plan.temporal ? [temporal(options, environment, log('temporal'))] : []),
    ...(postgres === null ? [] : [postgres]),
    ...(plan.model ? [model(options, log('model'))] : []),
  ];
  return [
    servers,
    [nodeStep({ ...part, name: 'migrate', program: programs.migrate, logFile: log('migrate') })],
    [
      nodeService({
        ...part,
        name: 'worker',
        program: programs.worker,
        // Webhooks are acknowledged before they are answered.
        givesWay: true,
        logFile: log('worker'),
        ports: [Number(environment['WORKER_HEALTH_PORT'])],
        ready: (signal) =>
          untilAnswers(`http://127.0.0.1:${environment['WORKER_HEALTH_PORT']}/readyz`, signal),
      }),
      nodeService({
        ...part,
        name: 'api',
        program: programs.api,
        logFile: log('api'),
        ports: [ports.api],
        ready: (signal) => untilAnswers(`http://127.0.0.1:${ports.api}/readyz`, signal),
      }),
    ],
  ];
}

function temporal(
  { ports, dataDir, record, report }: LocalParts,
  environment: Record<string, string>,
  logFile: string,
): Service {
  return temporalService({
    folder: path.join(dataDir, 'temporal'),
    logFile,
    port: ports.temporal,
    uiPort: ports.temporalUi,
    namespaces: [
      environment['TEMPORAL_CONVERSATIONS_NAMESPACE'] ?? 'conversations',
      environment['TEMPORAL_PRIVACY_NAMESPACE'] ?? 'privacy',
    ],
    codecEndpoint: `${environment['PUBLIC_URL']}/codec`,
    record,
    report,
  });
}

/** It answers anyone who asks, so it gets nothing of the environment that it does not need. */
function model({ ports, programs, record, report }: LocalParts, logFile: string): Service {
  return nodeService({
    name: 'model',
    program: programs.model,
    logFile,
    ports: [ports.model],
    environment: () => ({ PATH: process.env['PATH'], STAND_IN_MODEL_PORT: String(ports.model) }),
    record,
    report,
    ready: (signal) => untilListens(ports.model, signal),
  });
}
