import { MINUTE_MS } from '../domain/durations.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { portInUse } from './free-port.ts';
import {
  failureOf,
  PortTaken,
  portTaken,
  type Failure,
  type Running,
  type Service,
} from './service.ts';

/** The exit code by which a child says that a setting is wrong (EX_CONFIG); the line it wrote says which. */
export const EXIT_SETTINGS = 78;

const READY_DEADLINE_MS = 120_000;
const ENDS_ALLOWED_A_MINUTE = 5;
const LONGEST_PAUSE_MS = 8_000;

/** One service, over all its starts. */
export interface Keeper {
  /** Resolves when it is ready for the first time; rejects when it never will be. */
  ready: Promise<void>;
  /** To be called once `over` is aborted: until then the service would be started again. */
  stop(): Promise<void>;
  kill(): void;
}

/** Whom a keeper tells, and until when it keeps its service running. */
export interface Keeping {
  report: (line: string) => void;
  /** The service cannot be kept running. */
  fail: (failure: Failure) => void;
  over: AbortSignal;
  /** Before the first new start; it doubles with each end in the same minute, up to 8 s. */
  firstPauseMs: number;
}

/**
 * Starts a service and starts it again whenever it ends, after a pause that doubles. More than five ends in a minute are a
 * failure; a wrong setting is one at once, and so are a port that somebody else has taken and a first start that fails or
 * is not ready within two minutes.
 */
export function keepService(service: Service, keeping: Keeping): Keeper {
  const { report, fail, over } = keeping;
  let running: Running | null = null;
  let hasBeenReady = false;
  const firstReady = Promise.withResolvers<void>();
  over.addEventListener('abort', () => firstReady.reject(over.reason), { once: true });
  const late = setTimeout(() => {
    const message = `${service.name}: not ready after ${READY_DEADLINE_MS / 1000} s`;
    fail({ message, lines: running?.lastLines() ?? [] });
  }, READY_DEADLINE_MS);

  const live = async (): Promise<Ended> => {
    running = await service.start(over);
    // The end of everything came while it was being started: nobody else knows of it yet.
    if (over.aborted) await running.stop();
    untilReady(service, running, over).then(
      (isReady) => {
        if (!isReady) return;
        if (hasBeenReady) report(`${service.name}: runs again`);
        hasBeenReady = true;
        firstReady.resolve();
      },
      (error: unknown) => firstReady.reject(error),
    );
    return endOf(service, running);
  };
  const kept = keepAlive(live, keeping);
  kept.catch((error: unknown) => firstReady.reject(error));

  return {
    ready: firstReady.promise.finally(() => clearTimeout(late)),
    stop: async () => {
      await running?.stop();
      await kept.catch(() => undefined);
    },
    kill: () => running?.kill(),
  };
}

/** How one life of a service ended. */
interface Ended {
  /** "worker: ended (code 1)" */
  told: string;
  /** The line that names a wrong setting. */
  wrongSetting: string | null;
  /** Another process listens on one of its ports by now: no start of it can succeed. */
  isPortTaken: boolean;
  lines: string[];
}

/** Rejects when the very first start fails: the caller that waits for it reports that. */
async function keepAlive(
  live: () => Promise<Ended>,
  { report, fail, over, firstPauseMs }: Keeping,
): Promise<void> {
  const ends: number[] = [];
  for (let isFirst = true; !over.aborted; isFirst = false) {
    const ended = await live().catch((error: Error): Ended => {
      if (isFirst) throw error;
      const isPortTaken = error instanceof PortTaken;
      return { told: error.message, wrongSetting: null, isPortTaken, lines: [] };
    });
    if (over.aborted) return;
    if (ended.wrongSetting !== null) return fail({ message: ended.wrongSetting, lines: [] });
    if (ended.isPortTaken) return fail(failureOf(new PortTaken(ended.told)));
    ends.push(Date.now());
    const recent = ends.filter((at) => Date.now() - at < MINUTE_MS).length;
    if (recent > ENDS_ALLOWED_A_MINUTE) {
      return fail({ message: `${ended.told}, ${recent} times in a minute`, lines: ended.lines });
    }
    const ms = Math.min(firstPauseMs * 2 ** (recent - 1), LONGEST_PAUSE_MS);
    report(`${ended.told}, starting it again in ${ms / 1000} s`);
    // An abort only ends the pause; the loop's condition sees it.
    await pause(ms, undefined, { signal: over }).catch(() => undefined);
  }
}

/** False when the process, or everything, ends before it is ready; that end is reported separately. */
async function untilReady(service: Service, running: Running, over: AbortSignal): Promise<boolean> {
  const gone = new AbortController();
  void running.exited.finally(() => gone.abort());
  const signal = AbortSignal.any([over, gone.signal]);
  try {
    await service.ready(signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

async function endOf({ name, ports = [] }: Service, running: Running): Promise<Ended> {
  const { code, signal } = await running.exited;
  const wrongSetting = running.lastError() ?? `${name}: a setting is wrong`;
  const port = await portInUse(ports);
  return {
    told: port === null ? `${name}: ended (${signal ?? `code ${code}`})` : portTaken(name, port),
    wrongSetting: code === EXIT_SETTINGS ? wrongSetting : null,
    isPortTaken: port !== null,
    lines: running.lastLines(),
  };
}
