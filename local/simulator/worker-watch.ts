import type { Background } from './background.ts';
import type { WorkerControl } from './kill-worker.ts';
import type { Publish, WorkerView } from './simulator-event.ts';

export interface WorkerWatch {
  view(): WorkerView;
  /** Looks, and tells if something changed. */
  look(): void;
  /** Kills it and follows it until it works again. False when there is none. */
  kill(): boolean;
}

const POLL_MS = 150;
/** `npm start` gives up on a worker that ends again and again; then so does this. */
const FOLLOWED_MS = 120_000;

/** Follows the worker from its end to its return. */
export function createWorkerWatch(deps: {
  control: WorkerControl;
  publish: Publish;
  background: Background;
}): WorkerWatch {
  const { control, publish, background } = deps;
  let view: WorkerView = { state: 'gone', awayMs: null };
  let kills = 0;

  function show(next: WorkerView): void {
    if (next.state === view.state && next.awayMs === view.awayMs) return;
    view = next;
    publish({ type: 'worker', worker: view });
  }
  const look = async () => show({ ...view, state: await control.state() });

  async function follow(kill: number, pause: (ms: number) => Promise<void>): Promise<void> {
    const killedAt = performance.now();
    while (kill === kills && performance.now() - killedAt < FOLLOWED_MS) {
      await pause(POLL_MS);
      const state = await control.state();
      if (kill !== kills) return;
      const isBack = state === 'running';
      show({ state, awayMs: isBack ? Math.round(performance.now() - killedAt) : null });
      if (isBack) return;
    }
  }

  return {
    view: () => view,
    look: () => background.run(look),
    kill() {
      if (!control.kill()) return false;
      kills += 1;
      const kill = kills;
      show({ state: 'gone', awayMs: null });
      background.run((pause) => follow(kill, pause));
      return true;
    },
  };
}
