import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import path from 'node:path';
import { startChild } from '../../local/child-process.ts';
import { openLogFile } from '../../local/log-file.ts';
import { processIdentity, statFields } from '../../local/process-identity.ts';
import { createProcessRecord } from '../../local/process-record.ts';
import type { Running } from '../../local/service.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CHILD = path.join(import.meta.dirname, 'fakes', 'fake-child.ts');
const folder = temporaryFolder();
const recordFile = path.join(folder, 'processes.json');
let started: Running | null = null;

// The next one writes to the same record.
afterEach(async () => {
  started?.kill();
  await started?.exited;
});

async function start(
  how: string,
  more: { givesWay?: boolean } = {},
): Promise<{ running: Running; lines: string[]; grandchild: number }> {
  const lines: string[] = [];
  const running = await startChild({
    name: 'child',
    command: process.execPath,
    args: [CHILD, how],
    environment: { PATH: process.env['PATH'] },
    isNode: true,
    log: openLogFile(path.join(folder, 'child.log')),
    record: createProcessRecord(recordFile),
    onLine: (line) => lines.push(line),
    ...more,
    // The others have all the time that a busy machine takes.
    ...(how === 'will not stop' ? { stopDeadlineMs: 300 } : {}),
  });
  started = running;
  const said = await eventually(() => {
    const line = lines.find((candidate) => candidate.startsWith('running '));
    expect(line).toBeDefined();
    return line;
  });
  return { running, lines, grandchild: Number(said?.split(' ')[1]) };
}

const recorded = () =>
  JSON.parse(readFileSync(recordFile, 'utf8')) as { name: string; pid: number }[];

describe('a child', () => {
  it('is told to stop and may end in its own way, and is recorded as long as it runs', async () => {
    const { running, lines } = await start('stops');
    expect(recorded()).toMatchObject([{ name: 'child', stopSignal: 'SIGTERM' }]);
    await running.stop();
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(lines).toContain('stopped cleanly');
    expect(recorded()).toEqual([]);
  });

  it('leads a process group of its own, which a Ctrl-C in the terminal does not reach', async () => {
    await start('stops');
    const [child] = recorded();
    const [, , group] = statFields(child?.pid ?? 0) ?? [];
    expect(group).toBe(String(child?.pid));
  });

  it('goes after others with every thread and as a session when it gives way, and only then', async () => {
    const nicenesses = (pid: number) =>
      readdirSync(`/proc/${pid}/task`).map((thread) => getPriority(Number(thread)));
    const { running } = await start('stops');
    expect(new Set(nicenesses(recorded()[0]?.pid ?? 0))).toEqual(new Set([getPriority()]));
    await running.stop();
    await start('stops', { givesWay: true });
    const pid = recorded()[0]?.pid ?? 0;
    expect(new Set(nicenesses(pid))).toEqual(new Set([10]));
    const session = `/proc/${pid}/autogroup`;
    if (existsSync(session)) expect(readFileSync(session, 'utf8')).toMatch(/ nice 10\n$/);
  });

  it('is ended by force when it does not stop in time', async () => {
    const { running, lines } = await start('will not stop');
    await running.stop();
    expect(lines).toContain('not now');
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('leaves nothing behind that it started, however it ends', async () => {
    for (const how of ['stops', 'ends by itself', 'will not stop']) {
      const { running, grandchild } = await start(how);
      await running.stop();
      await eventually(() => expect(processIdentity(grandchild)).toBeNull());
    }
  });

  it('has its lines in its log, and the last one of standard error at hand', async () => {
    const { running, grandchild } = await start('ends by itself');
    expect(await running.exited).toEqual({ code: 3, signal: null });
    expect(running.lastError()).toBe('said to standard error');
    expect(running.lastLines()).toEqual(
      expect.arrayContaining([`running ${grandchild}`, 'said to standard error']),
    );
    expect(readFileSync(path.join(folder, 'child.log'), 'utf8')).toContain(
      `running ${grandchild}\n`,
    );
  });

  it('that cannot be run is told in one line', async () => {
    const starting = startChild({
      name: 'child',
      command: path.join(folder, 'absent'),
      args: [],
      environment: {},
      isNode: false,
      log: openLogFile(path.join(folder, 'absent.log')),
      record: createProcessRecord(recordFile),
    });
    await expect(starting).rejects.toThrow(`child: ${path.join(folder, 'absent')} cannot be run`);
  });
});
