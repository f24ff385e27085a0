import { EXIT_SETTINGS } from '../../local/keep-service.ts';
import {
  StartFailure,
  type Exit,
  type Running,
  type Service,
  type Step,
} from '../../local/service.ts';
import { supervise, type Supervision } from '../../local/supervisor.ts';
import { eventually } from '../support/eventually.ts';

let lines: string[];
let events: string[];
let stop: AbortController;

beforeEach(() => {
  lines = [];
  events = [];
  stop = new AbortController();
});

function run(groups: (Service | Step)[][]): Supervision {
  const report = (line: string) => void lines.push(line.replace(/\d+\.\d s\)/, 'N s)'));
  return supervise(groups, { report, signal: stop.signal, firstPauseMs: 1 });
}

/** A service whose processes are plain objects: `ends` ends the running one. */
function fakeService(name: string, options: Partial<Service> = {}) {
  let finish: (exit: Exit) => void = () => undefined;
  const service = {
    name,
    starts: 0,
    ends: (exit: Partial<Exit>) => finish({ code: null, signal: null, ...exit }),
    start: async (_signal: AbortSignal): Promise<Running> => {
      service.starts += 1;
      events.push(`start ${name}`);
      const { promise, resolve } = Promise.withResolvers<Exit>();
      finish = resolve;
      return {
        exited: promise,
        lastLines: () => [`the last line of ${name}`],
        lastError: () => `${name} says which setting`,
        stop: async () => {
          events.push(`stop ${name}`);
          resolve({ code: 0, signal: null });
        },
        kill: () => {
          events.push(`kill ${name}`);
          resolve({ code: null, signal: 'SIGKILL' });
        },
      };
    },
    ready: async () => void events.push(`ready ${name}`),
    ...options,
  };
  return service;
}

function fakeStep(name: string, work: () => Promise<void> = async () => undefined): Step {
  return {
    name,
    run: async () => {
      events.push(`run ${name}`);
      await work();
    },
  };
}

describe('bringing up', () => {
  it('waits for each group before the next, and stops in reverse order', async () => {
    const [a, b] = [fakeService('a'), fakeService('b')];
    const supervision = run([[a], [fakeStep('migrate')], [b]]);
    expect(await supervision.up).toBe('up');
    stop.abort();
    expect(await supervision.ended).toBeNull();
    expect(events).toEqual([
      'start a',
      'ready a',
      'run migrate',
      'start b',
      'ready b',
      'stop b',
      'stop a',
    ]);
    expect(lines).toEqual(['a: ready (N s)', 'migrate: done (N s)', 'b: ready (N s)']);
  });

  it('starts the parts of a group at the same time', async () => {
    const bothStarted = Promise.withResolvers<void>();
    const ready = async () => {
      if (events.filter((event) => event.startsWith('start')).length === 2) bothStarted.resolve();
      await bothStarted.promise;
    };
    const supervision = run([[fakeService('a', { ready }), fakeService('b', { ready })]]);
    expect(await supervision.up).toBe('up');
    stop.abort();
    await supervision.ended;
  });

  it('stops what runs when a step fails, and says why with the end of its log', async () => {
    const step = fakeStep('migrate', async () => {
      throw new StartFailure('migrate: failed (code 1)', ['its last line']);
    });
    const supervision = run([[fakeService('a')], [step], [fakeService('b')]]);
    expect(await supervision.up).toBe('ended');
    expect(await supervision.ended).toEqual({
      message: 'migrate: failed (code 1)',
      lines: ['its last line'],
    });
    expect(events).toEqual(['start a', 'ready a', 'run migrate', 'stop a']);
  });

  it('takes the failure of a first start as final, and stops the others of its group', async () => {
    const broken = fakeService('broken', {
      start: async () => {
        throw new Error('broken: port 1 is in use');
      },
    });
    const never = fakeService('never', {
      ready: (signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
    });
    const supervision = run([[never, broken]]);
    expect(await supervision.up).toBe('ended');
    expect(await supervision.ended).toEqual({ message: 'broken: port 1 is in use', lines: [] });
    expect(events).toEqual(['start never', 'stop never']);
  });

  it('stops what was still being started when the end came', async () => {
    const slow = fakeService('slow');
    const { start } = slow;
    slow.start = async (signal) => {
      stop.abort();
      return start(signal);
    };
    const supervision = run([[slow]]);
    expect(await supervision.up).toBe('ended');
    expect(await supervision.ended).toBeNull();
    expect(events.filter((event) => event.startsWith('st'))).toEqual([
      'start slow',
      'stop slow',
      'stop slow',
    ]);
  });
});

describe('keeping up', () => {
  it('starts a service again when it ends, and says so', async () => {
    const service = fakeService('a');
    const supervision = run([[service]]);
    await supervision.up;
    service.ends({ code: 1 });
    await eventually(() => expect(lines).toContain('a: runs again'));
    expect(service.starts).toBe(2);
    expect(lines).toContain('a: ended (code 1), starting it again in 0.001 s');
    stop.abort();
    expect(await supervision.ended).toBeNull();
  });

  it('goes on to wait for a service that ends before it was ready for the first time', async () => {
    const service = fakeService('a', {
      ready: async () => {
        if (service.starts === 1) {
          service.ends({ signal: 'SIGSEGV' });
          await new Promise(() => undefined);
        }
      },
    });
    const supervision = run([[service]]);
    expect(await supervision.up).toBe('up');
    expect(service.starts).toBe(2);
    expect(lines).toEqual(['a: ended (SIGSEGV), starting it again in 0.001 s', 'a: ready (N s)']);
    stop.abort();
    await supervision.ended;
  });

  it('counts a later start that fails as an end, and tries again', async () => {
    const service = fakeService('a');
    const { start } = service;
    service.start = async (signal) => {
      if (service.starts !== 1) return start(signal);
      service.starts += 1;
      throw new Error('a: its port is taken');
    };
    const supervision = run([[service]]);
    await supervision.up;
    service.ends({ code: 1 });
    await eventually(() => expect(lines).toContain('a: runs again'));
    expect(lines).toContain('a: its port is taken, starting it again in 0.002 s');
    stop.abort();
    await supervision.ended;
  });

  it('gives up after more than five ends in a minute, and stops everything with the end of the log', async () => {
    const [other, service] = [fakeService('other'), fakeService('a')];
    const supervision = run([[other], [service]]);
    await supervision.up;
    for (let end = 1; end <= 6; end += 1) {
      await eventually(() =>
        expect(events.filter((event) => event === 'ready a')).toHaveLength(end),
      );
      service.ends({ code: 1 });
    }
    expect(await supervision.ended).toEqual({
      message: 'a: ended (code 1), 6 times in a minute',
      lines: ['the last line of a'],
    });
    expect(service.starts).toBe(6);
    expect(events.at(-1)).toBe('stop other');
  });

  it('stops at once when a service says that a setting is wrong', async () => {
    const service = fakeService('a');
    const supervision = run([[service]]);
    await supervision.up;
    service.ends({ code: EXIT_SETTINGS });
    expect(await supervision.ended).toEqual({ message: 'a says which setting', lines: [] });
    expect(service.starts).toBe(1);
  });

  it('ends every process at once when told to kill', async () => {
    const supervision = run([[fakeService('a')], [fakeService('b')]]);
    await supervision.up;
    stop.abort();
    supervision.kill();
    await supervision.ended;
    expect(events).toEqual(expect.arrayContaining(['kill a', 'kill b']));
  });
});
