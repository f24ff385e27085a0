/** A process that starts a child the way `npm start` does, and waits to be killed: `node fake-supervisor.ts FOLDER`. */
import path from 'node:path';
import { startChild } from '../../../local/child-process.ts';
import { openLogFile } from '../../../local/log-file.ts';
import { createProcessRecord } from '../../../local/process-record.ts';

const folder = process.argv[2] ?? '';
const record = createProcessRecord(path.join(folder, 'processes.json'));
const start = (name: string, isNode: boolean, command: string, args: string[]) =>
  startChild({
    name,
    command,
    args,
    environment: process.env,
    isNode,
    log: openLogFile(path.join(folder, `${name}.log`)),
    record,
  });
await start('server', false, 'sleep', ['600']);
const child = path.join(import.meta.dirname, 'fake-child.ts');
await start('program', true, process.execPath, [child, 'stops']);
setInterval(() => undefined, 60_000);
