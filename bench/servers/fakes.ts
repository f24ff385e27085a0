import path from 'node:path';
import type { FakeNotice, FakeSettings } from '../fakes/protocol.ts';
import { lastWords, startProgram } from './child.ts';

export type Taken = Extract<FakeNotice, { kind: 'taken' }>;

/** The fakes of Meta and of the model, running in their process. */
export interface Fakes {
  graphUrl: string;
  modelUrl: string;
  set(settings: FakeSettings): void;
  /** Gets every text that the fake Meta took. */
  onTaken(take: (taken: Taken) => void): void;
  stop(): Promise<void>;
}

export async function startFakes(folder: string): Promise<Fakes> {
  const logFile = path.join(folder, 'fakes.log');
  const child = await startProgram({
    name: 'fakes',
    command: process.execPath,
    args: [path.join(import.meta.dirname, '../fakes/main.ts')],
    environment: { PATH: process.env['PATH'] },
    isNode: true,
    logFile,
  });
  let take: (taken: Taken) => void = () => undefined;
  const port = await new Promise<number>((resolve, reject) => {
    void child.exited.then(() => reject(new Error(`the fakes ended: ${lastWords(logFile)}`)));
    child.onMessage((message) => {
      const notice = message as FakeNotice;
      if (notice.kind === 'listening') resolve(notice.port);
      else take(notice);
    });
  });
  return {
    graphUrl: `http://127.0.0.1:${port}/v25.0`,
    modelUrl: `http://127.0.0.1:${port}/v1`,
    set: (settings) => child.send(settings),
    onTaken: (taker) => {
      take = taker;
    },
    stop: () => child.stop(),
  };
}
