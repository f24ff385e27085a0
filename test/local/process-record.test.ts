import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processIdentity } from '../../local/process-identity.ts';
import { createProcessRecord, stopSurvivors } from '../../local/process-record.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const file = path.join(folder, 'processes.json');
const strays: ChildProcess[] = [];
let lines: string[];
const report = (line: string) => void lines.push(line);

beforeEach(() => {
  lines = [];
});
afterEach(() => strays.splice(0).forEach((stray) => stray.kill('SIGKILL')));

async function stray(command = 'sleep', args = ['600']): Promise<number> {
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  strays.push(child);
  await once(child, 'spawn');
  if (command === 'sh') await once(child.stdout, 'data');
  return child.pid ?? 0;
}

interface Recorded {
  name: string;
  pid: number;
  identity: string;
}
const recorded = () => JSON.parse(readFileSync(file, 'utf8')) as Recorded[];

describe('what an earlier start left running', () => {
  it('is stopped, the last started first, and said', async () => {
    const record = createProcessRecord(file);
    const [first, second] = [await stray(), await stray()];
    record.add({ name: 'server', pid: first, stopSignal: 'SIGINT' });
    record.add({ name: 'worker', pid: second, stopSignal: 'SIGTERM' });
    await stopSurvivors(file, report);
    expect([processIdentity(first), processIdentity(second)]).toEqual([null, null]);
    expect(lines).toEqual([
      `worker: stopping what an earlier start left running (process ${second})`,
      `server: stopping what an earlier start left running (process ${first})`,
    ]);
    await eventually(() =>
      expect(strays.map((child) => child.signalCode)).toEqual(['SIGINT', 'SIGTERM']),
    );
  });

  it('is left alone when its number now belongs to a process that began at another time', async () => {
    const pid = await stray();
    createProcessRecord(file).add({ name: 'worker', pid, stopSignal: 'SIGTERM' });
    const [own] = recorded();
    writeFileSync(file, JSON.stringify([{ ...own, identity: `${own?.identity}0` }]));
    await stopSurvivors(file, report);
    expect(processIdentity(pid)).toBe(own?.identity);
    expect(lines).toEqual([]);
  });

  it('is nothing when the file is absent or holds something else', async () => {
    await stopSurvivors(path.join(folder, 'absent.json'), report);
    for (const content of ['', '{', '[{"pid": 1}]', 'null']) {
      writeFileSync(file, content);
      await stopSurvivors(file, report);
    }
    expect(lines).toEqual([]);
  });

  it('is ended by force when it does not stop', async () => {
    const pid = await stray('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done']);
    createProcessRecord(file).add({ name: 'worker', pid, stopSignal: 'SIGTERM' });
    await stopSurvivors(file, report, 300);
    expect(processIdentity(pid)).toBeNull();
  });

  it('is found in the file of a supervisor that was killed; its Node children have ended by themselves', async () => {
    const script = path.join(import.meta.dirname, 'fakes', 'fake-supervisor.ts');
    const supervisor = spawn(process.execPath, [script, folder], { stdio: 'ignore' });
    strays.push(supervisor);
    const children = await eventually(() => {
      expect(recorded().map(({ name }) => name)).toEqual(['server', 'program']);
      return recorded();
    });
    // The program is to have come so far that it listens for the loss of its parent.
    await eventually(() =>
      expect(readFileSync(path.join(folder, 'program.log'), 'utf8')).toContain('standard error'),
    );
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    const [server, program] = children;
    await eventually(() => expect(processIdentity(program?.pid ?? 0)).toBeNull());
    expect(processIdentity(server?.pid ?? 0)).toBe(server?.identity);
    await stopSurvivors(file, report);
    expect(processIdentity(server?.pid ?? 0)).toBeNull();
    expect(lines).toHaveLength(1);
  });
});
