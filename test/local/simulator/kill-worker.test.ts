import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createWorkerControl } from '../../../local/simulator/kill-worker.ts';
import { createProcessRecord } from '../../../local/process-record.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dataDir = temporaryFolder();
const file = path.join(dataDir, 'processes.json');
const children: ChildProcess[] = [];
let isReady = true;
const health = createServer((_request, response) => {
  response.writeHead(isReady ? 200 : 503).end();
});

beforeAll(async () => {
  health.listen(0, '127.0.0.1');
  await once(health, 'listening');
});
afterAll(() => health.close());
beforeEach(() => {
  isReady = true;
  createProcessRecord(file);
});
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

const healthUrl = () => `http://127.0.0.1:${(health.address() as AddressInfo).port}/readyz`;
const control = () => createWorkerControl({ dataDir, healthUrl: healthUrl() });

/** A process in a group of its own, as npm start makes them, recorded under a name. */
async function start(record: ReturnType<typeof createProcessRecord>, name: string) {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  record.add({ name, pid: child.pid!, stopSignal: 'SIGTERM' });
  return child;
}

test('the worker of the record is killed without a chance to finish, and nothing else is', async () => {
  const record = createProcessRecord(file);
  const api = await start(record, 'api');
  const worker = await start(record, 'worker');
  const ended = once(worker, 'exit');
  expect(control().kill()).toBe(true);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect([api.exitCode, api.signalCode]).toEqual([null, null]);
});

test('a process that was given the number of a former worker is left alone', async () => {
  const stranger = await start(createProcessRecord(file), 'worker');
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as { identity: string }[];
  recorded[0]!.identity += '0';
  writeFileSync(file, JSON.stringify(recorded));
  expect(control().kill()).toBe(false);
  expect(await control().state()).toBe('gone');
  expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
});

test('without a worker in the record, or without a record, there is none to kill', async () => {
  await start(createProcessRecord(file), 'api');
  expect(control().kill()).toBe(false);
  const elsewhere = createWorkerControl({ dataDir: `${dataDir}/none`, healthUrl: healthUrl() });
  expect(elsewhere.kill()).toBe(false);
  expect(await elsewhere.state()).toBe('gone');
});

test('a worker is running once it says that it works, and starting before', async () => {
  await start(createProcessRecord(file), 'worker');
  expect(await control().state()).toBe('running');
  isReady = false;
  expect(await control().state()).toBe('starting');
  const unreachable = createWorkerControl({ dataDir, healthUrl: 'http://127.0.0.1:1/readyz' });
  expect(await unreachable.state()).toBe('starting');
});
