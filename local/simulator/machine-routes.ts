import { Router } from 'express';
import { z } from 'zod';
import { STAND_IN_MODES } from '../stand-in-control.ts';
import { sendProblem } from '../../api/http/problem.ts';
import type { ModelSwitch } from './model-switch.ts';
import { readAction } from './read-action.ts';
import type { WorkerWatch } from './worker-watch.ts';

/** What the page does to the worker and to the stand-in model, under `/simulator/api`, where there are such. */
export function machineRoutes(deps: {
  worker: WorkerWatch | null;
  model: ModelSwitch | null;
}): Router {
  const { worker, model } = deps;
  const router = Router();
  if (worker !== null) {
    const handle = readAction(z.strictObject({}), (_body, response) => {
      if (worker.kill()) return void response.status(204).end();
      const detail = 'There is no worker to kill: it is not back yet.';
      sendProblem(response, { status: 409, title: 'Nothing done', detail });
    });
    router.post('/simulator/api/kill-worker', handle);
  }
  if (model !== null) {
    const body = z.strictObject({ mode: z.enum(STAND_IN_MODES) });
    const handle = readAction(body, async ({ mode }, response) => {
      if (await model.set(mode)) return void response.status(204).end();
      const detail = 'The stand-in model does not answer.';
      sendProblem(response, { status: 409, title: 'Nothing done', detail });
    });
    router.post('/simulator/api/model', handle);
  }
  return router;
}
