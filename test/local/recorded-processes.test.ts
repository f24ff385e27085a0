import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { processIdentity } from '../../local/process-identity.ts';
import { isAlive, readRecordedProcesses } from '../../local/recorded-processes.ts';
import { createProcessRecord } from '../../local/process-record.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const file = path.join(temporaryFolder(), 'processes.json');

test('what npm start records is read back, and is alive for as long as that very process is', () => {
  createProcessRecord(file).add({ name: 'worker', pid: process.pid, stopSignal: 'SIGTERM' });
  const [worker] = readRecordedProcesses(file);
  const identity = processIdentity(process.pid);
  expect(worker).toEqual({ name: 'worker', pid: process.pid, identity, stopSignal: 'SIGTERM' });
  expect(isAlive(worker!)).toBe(true);
  expect(isAlive({ ...worker!, identity: `${identity}0` })).toBe(false);
});

test.each(['{', '{}', '[{"name":"worker","pid":-1}]', '[{"name":"worker","pid":"1"}]'])(
  'a file with %s in it names no process',
  (text) => {
    writeFileSync(file, text);
    expect(readRecordedProcesses(file)).toEqual([]);
  },
);

test('a file that is not there names no process', () => {
  expect(readRecordedProcesses(`${file}.missing`)).toEqual([]);
});
