import { startChild } from './child-process.ts';
import { EXIT_SETTINGS } from './keep-service.ts';
import { openLogFile, type LogFile } from './log-file.ts';
import type { ProcessRecord } from './process-record.ts';
import { StartFailure, type Running, type Service, type Step } from './service.ts';
import { terminalLine, withoutRepeats } from './terminal-line.ts';

/** A Node program of this project, run as a process of its own. */
export interface NodePart {
  name: string;
  /** The program and its arguments. */
  program: readonly string[];
  logFile: string;
  /** Asked at each start: some settings are known only then. */
  environment: () => NodeJS.ProcessEnv;
  /** See ChildCommand. */
  givesWay?: boolean;
  record: ProcessRecord;
  report: (line: string) => void;
}

/** A program that serves. */
export function nodeService(part: NodePart & Required<Pick<Service, 'ready' | 'ports'>>): Service {
  const log = openLogFile(part.logFile);
  const { name, ready, ports } = part;
  return { name, ready, ports, start: () => startNode(part, log) };
}

/** A program that does something and ends. An exit code other than 0 is a failure. */
export function nodeStep(part: NodePart): Step {
  const log = openLogFile(part.logFile);
  return {
    name: part.name,
    run: async (signal) => {
      const running = await startNode(part, log);
      const stop = () => void running.stop();
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const exit = await running.exited;
      signal.removeEventListener('abort', stop);
      if (exit.code === 0) return;
      const lastError = running.lastError();
      if (exit.code === EXIT_SETTINGS && lastError !== null) throw new Error(lastError);
      throw new StartFailure(
        `${part.name}: failed (${exit.signal ?? `code ${exit.code}`})`,
        running.lastLines(),
      );
    },
  };
}

/** Warnings and errors reach the terminal too, so that nobody has to read the log to learn that there is something in it. */
async function startNode(part: NodePart, log: LogFile): Promise<Running> {
  const report = withoutRepeats(part.report);
  return startChild({
    name: part.name,
    command: process.execPath,
    args: part.program,
    environment: part.environment(),
    isNode: true,
    ...(part.givesWay === undefined ? {} : { givesWay: part.givesWay }),
    log,
    record: part.record,
    onLine: (line) => {
      const told = terminalLine(part.name, line);
      if (told !== null) report(told);
    },
  });
}
