/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process that runs. */
export interface Running {
  /** Settles when it is gone, for whatever reason. */
  exited: Promise<Exit>;
  /** The end of its log, for people. */
  lastLines(): string[];
  /** The last line it wrote to standard error; null when there is none. */
  lastError(): string | null;
  /** Ends it cleanly; forcibly when that takes too long. Returns when it is gone. */
  stop(): Promise<void>;
  /** Ends it and all that it started, at once. */
  kill(): void;
}

/** Something that is to run as long as this does. */
export interface Service {
  name: string;
  /** Returns when the process runs. A failure at the first start is final. */
  start(signal: AbortSignal): Promise<Running>;
  /** Returns when it can be used. */
  ready(signal: AbortSignal): Promise<void>;
  /** Loopback ports that it listens on as long as it runs, and that are free when it has ended. */
  ports?: readonly number[];
}

/** Something to be done once. */
export interface Step {
  name: string;
  run(signal: AbortSignal): Promise<void>;
}

/** Why everything was stopped, and the lines of a log that explain it. */
export interface Failure {
  message: string;
  lines: string[];
  /** Another process has taken a port since it was chosen: with other ports the start may succeed. */
  isPortTaken?: true;
}

/** A failure to start that the end of a log explains. */
export class StartFailure extends Error {
  override name = 'StartFailure';
  lines: string[];

  constructor(message: string, lines: string[]) {
    super(message);
    this.lines = lines;
  }
}

/** A service cannot have its port: between the choice and the start another process took it. */
export class PortTaken extends Error {
  override name = 'PortTaken';
}

export function portTaken(name: string, port: number): string {
  return `${name}: port ${port} was taken by another program meanwhile`;
}

/** What is thrown on purpose is a plain Error with one line for people; anything else is a defect, told with its place. */
export function failureOf(error: unknown): Failure {
  if (error instanceof PortTaken) return { message: error.message, lines: [], isPortTaken: true };
  if (error instanceof StartFailure) return { message: error.message, lines: error.lines };
  if (error instanceof Error && error.constructor === Error)
    return { message: error.message, lines: [] };
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    lines: [],
  };
}
