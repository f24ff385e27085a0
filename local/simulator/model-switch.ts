import { z } from 'zod';
import { STAND_IN_CONTROL_PATH, STAND_IN_MODES } from '../stand-in-control.ts';
import type { StandInMode } from '../stand-in-control.ts';
import type { Publish } from './simulator-event.ts';

export interface ModelSwitch {
  /** Null while the stand-in does not answer. */
  mode(): StandInMode | null;
  /** Asks the stand-in, which forgets its mode when it is started again, and tells if something changed. */
  look(): Promise<void>;
  /** False when the stand-in did not take it. */
  set(mode: StandInMode): Promise<boolean>;
}

const ANSWER_MS = 1_000;
const answered = z.object({ mode: z.enum(STAND_IN_MODES) });

/** Makes the stand-in model slow or lets it fail. `modelUrl` is the base URL at which the worker finds it. */
export function createModelSwitch(deps: { modelUrl: string; publish: Publish }): ModelSwitch {
  const url = new URL(STAND_IN_CONTROL_PATH, deps.modelUrl);
  let known: StandInMode | null = null;

  async function ask(request: RequestInit): Promise<void> {
    const mode = await modeIn(fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_MS) }));
    if (mode === known) return;
    known = mode;
    deps.publish({ type: 'model', mode });
  }
  return {
    mode: () => known,
    look: () => ask({}),
    async set(mode) {
      await ask({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mode }),
      });
      return known === mode;
    },
  };
}

/** To the caller, no answer and anything but a mode are the same. */
async function modeIn(response: Promise<Response>): Promise<StandInMode | null> {
  try {
    const parsed = answered.safeParse(await (await response).json());
    return parsed.data?.mode ?? null;
  } catch {
    return null;
  }
}
