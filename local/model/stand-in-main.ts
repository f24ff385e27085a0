/** The stand-in model as a process of its own: `node local/model/stand-in-main.ts`, on the loopback port STAND_IN_MODEL_PORT. */
import { z } from 'zod';
import { startStandInModel } from './stand-in-model.ts';

const { STAND_IN_MODEL_PORT: port } = z
  .object({ STAND_IN_MODEL_PORT: z.coerce.number().int().min(1).max(65_535) })
  .parse(process.env);

const model = await startStandInModel({ host: '127.0.0.1', port });
const end = () => {
  void model.close().then(() => process.exit(0));
};
process.on('SIGTERM', end);
// The process that started it is gone, as after a kill -9.
process.on('disconnect', end);
